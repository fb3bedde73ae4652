"""Landlock: the kernel's access rules for unprivileged processes, a second layer behind the mounts."""

import ctypes
import os
from ctypes import c_int32, c_uint64

from . import linux

SYS_CREATE_RULESET = 444
SYS_ADD_RULE = 445
SYS_RESTRICT_SELF = 446

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
MAKE_CHAR = 1 << 6
MAKE_BLOCK = 1 << 11
IOCTL_DEV = 1 << 15
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # by ABI: how many of the bits from 0 on
FILE_RIGHTS_FROM_5 = 16

READ = EXECUTE | READ_FILE | READ_DIR
ALL_TCP = 0b11
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

_VERSION = 1
_PATH_BENEATH = 1


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", c_uint64), ("network", c_uint64), ("scoped", c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", c_uint64), ("parent", c_int32)]


def abi() -> int:
    """The version of Landlock that this kernel offers; 0 where there is none."""
    try:
        return linux.system_call(SYS_CREATE_RULESET, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(writable: list[str]) -> None:
    """Leaves this process reading, writing under ``writable``, and no TCP; needs ``no_new_privs``.

    Abstract sockets and signals that lead out are closed too, where the kernel can (Linux 6.12).
    """
    version = abi()
    if version == 0:
        return
    every_right = (1 << FILE_RIGHTS.get(version, FILE_RIGHTS_FROM_5)) - 1
    ruleset = _Ruleset(files=every_right)
    size = 8
    if version >= 4:
        ruleset.network = ALL_TCP
        size = 16
    if version >= 6:
        ruleset.scoped = ABSTRACT_SOCKETS_AND_SIGNALS
        size = 24
    rules = linux.system_call(SYS_CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    _allow(rules, "/", READ)
    _allow(rules, "/dev", (READ | WRITE_FILE | IOCTL_DEV) & every_right)
    for path in writable:
        _allow(rules, path, every_right & ~(MAKE_CHAR | MAKE_BLOCK | IOCTL_DEV))
    linux.system_call(SYS_RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = _PathBeneath(rights, handle)
    linux.system_call(SYS_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(handle)
