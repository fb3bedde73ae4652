"""With this folder on PYTHONPATH, a Python process cannot open a connection beyond its own machine.

The book is built and the sample class is graded in the tests under it: the sample profile needs no
network. Python imports a module of this name at every start.
"""

import socket

LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "")  # noqa: S104 - compared, not bound


class NetworkForbiddenError(OSError):
    """Something tried to reach another machine."""


def _allow(family: int, address: object) -> bool:
    return family not in (socket.AF_INET, socket.AF_INET6) or address[0] in LOOPBACK


def _guarded(method):
    def call(self, address, *args):
        if not _allow(self.family, address):
            raise NetworkForbiddenError(f"a connection to {address} was attempted offline")
        return method(self, address, *args)

    return call


def _resolve_loopback_only(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and name not in (*LOOPBACK, socket.gethostname()):
        raise NetworkForbiddenError(f"a look-up of {name} was attempted offline")
    return _getaddrinfo(host, *args, **kwargs)


_getaddrinfo = socket.getaddrinfo
socket.getaddrinfo = _resolve_loopback_only
socket.socket.connect = _guarded(socket.socket.connect)
socket.socket.connect_ex = _guarded(socket.socket.connect_ex)
