"""Errors that are for people."""


class UserError(Exception):
    """A mistake that the person at the command line can mend; the message is one clear line."""


class StoppedError(Exception):
    """Ctrl-C during long work; the message says how far it came."""
