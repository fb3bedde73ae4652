"""Why a submission is not graded, said to its student."""


class RejectedError(Exception):
    """A file that is no notebook we can grade; the message is written for the student."""
