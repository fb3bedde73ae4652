"""System calls that the standard library lacks. Each raises OSError, as the functions of ``os`` do."""

import ctypes
import os
from ctypes import c_int, c_long, c_uint32, c_uint64, c_ulong, c_void_p

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 2

MOUNT_ATTR_RDONLY = 0x1
MOUNT_ATTR_NOSUID = 0x2
MOUNT_ATTR_NODEV = 0x4
MOUNT_ATTR_NOEXEC = 0x8

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38

# The same on every architecture, as all numbers above 423 are.
SYS_CLOSE_RANGE = 436
SYS_MOUNT_SETATTR = 442

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_CLOSE_RANGE_CLOEXEC = 4
_LINUX_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = c_long
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, c_ulong, ctypes.c_char_p]


def _checked(result: int) -> int:
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def system_call(number: int, *arguments: object) -> int:
    """Any system call; plain integers are passed as C's ``long``."""
    return _checked(
        _libc.syscall(c_long(number), *(c_long(a) if isinstance(a, int) else a for a in arguments))
    )


def unshare(flags: int) -> None:
    """Moves this process (for processes: its children) into new namespaces."""
    _checked(_libc.unshare(c_int(flags)))


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mounts a file system, or with ``MS_BIND`` a part of one."""
    _checked(_libc.mount(source.encode(), target.encode(), kind.encode(), flags, options.encode()))


class _MountAttributes(ctypes.Structure):
    _fields_ = [
        ("set", c_uint64),
        ("clear", c_uint64),
        ("propagation", c_uint64),
        ("user_namespace", c_uint64),
    ]


def restrict_mount(path: str, attributes: int, recursive: bool = True) -> None:
    """Adds attributes such as read-only to the mount at ``path``, and to those under it."""
    wanted = _MountAttributes(set=attributes)
    flags = _AT_RECURSIVE if recursive else 0
    system_call(
        SYS_MOUNT_SETATTR,
        _AT_FDCWD,
        ctypes.c_char_p(path.encode()),
        flags,
        ctypes.byref(wanted),
        ctypes.sizeof(wanted),
    )


def pivot_root(new: str, old: str) -> None:
    """Makes the mount ``new`` the root, and puts the present root at ``old``."""
    _checked(_libc.pivot_root(new.encode(), old.encode()))


def detach(path: str) -> None:
    """Unmounts what is at ``path`` and under it."""
    _checked(_libc.umount2(path.encode(), c_int(MNT_DETACH)))


def set_host_name(name: str) -> None:
    """Names this UTS namespace."""
    _checked(_libc.sethostname(name.encode(), ctypes.c_size_t(len(name.encode()))))


def control_process(option: int, *values: object) -> int:
    """``prctl``."""
    padded = [c_ulong(v) if isinstance(v, int) else v for v in (*values, 0, 0, 0, 0)[:4]]
    return _checked(_libc.prctl(c_int(option), *padded))


def close_on_exec(first: int) -> None:
    """Marks every file descriptor from ``first`` on as not for the next program."""
    system_call(SYS_CLOSE_RANGE, first, 0xFFFFFFFF, _CLOSE_RANGE_CLOEXEC)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", c_uint32), ("pid", c_int)]


def drop_capabilities() -> None:
    """Gives up every capability, for this process and for what it starts."""
    for capability in range(64):
        try:
            control_process(PR_CAPBSET_READ, capability)
        except OSError:  # the kernel knows no more
            break
        control_process(PR_CAPBSET_DROP, capability)
    header = _CapabilityHeader(_LINUX_CAPABILITY_VERSION_3, 0)
    none = (c_uint32 * 6)()
    _checked(_libc.capset(ctypes.byref(header), ctypes.cast(none, c_void_p)))
