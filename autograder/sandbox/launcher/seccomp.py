"""Seccomp: a filter of system calls, as a program for the kernel's classic BPF machine.

It refuses what the namespaces do not cover (sockets that no network namespace contains, such as a virtual
machine's, and memory that no limit counts) and closes doors on which kernel faults have been found.
"""

import ctypes
import errno
import os
import struct
from ctypes import c_char_p, c_ushort, c_void_p

from . import linux

# name: (number on x86_64, number on aarch64)
REFUSED = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "request_key": (249, 218),
    "setns": (308, 268),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
# "Not in this kernel" makes libraries fall back: clone3 hides its flags from a filter, the others
# hold memory outside every process.
UNKNOWN = {
    "clone3": (435, 435),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "semget": (64, 190),
    "shmget": (29, 194),
}
CLONE, IOCTL, SETPRIORITY = (56, 220), (16, 29), (141, 140)
SOCKET_CALLS = ((41, 198), (53, 199))  # socket, socketpair
# prlimit64, sched_setaffinity, sched_setattr, sched_setparam, sched_setscheduler
CALLS_ON_A_PROCESS = ((302, 261), (203, 122), (314, 274), (142, 118), (144, 119))

MACHINES = ("x86_64", "aarch64")
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000
EVERY_NAMESPACE = 0x7E020000
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
AF_UNIX, AF_NETLINK = 1, 16
NETLINK_ROUTE = 0  # asked for the machine's own addresses, by a kernel's message queue among others
PRIO_PROCESS = 0
INIT = 1

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_MODE_FILTER = 2

Instruction = tuple[int, int, int, int]


def install() -> None:
    """Filters the system calls of this process and its children from now on; needs ``no_new_privs``."""
    machine = os.uname().machine
    if machine not in MACHINES:
        raise OSError(errno.ENOSYS, f"no filter of system calls for {machine}")
    code = b"".join(struct.pack("=HBBI", *each) for each in _program(machine))
    holder = _Program(len(code) // 8, ctypes.cast(c_char_p(code), c_void_p))
    linux.control_process(linux.PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(holder))


class _Program(ctypes.Structure):
    _fields_ = [("length", c_ushort), ("instructions", c_void_p)]


def _program(machine: str) -> list[Instruction]:
    column = MACHINES.index(machine)
    refuse = _return_error(errno.EPERM)
    program = [
        (_LOAD, 0, 0, _ARCH),
        (_JUMP_EQUAL, 1, 0, AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_GREATER_EQUAL, 0, 1, X32_BIT),
        _return_error(errno.ENOSYS),
    ]
    for numbers in REFUSED.values():
        program += _for_call(numbers[column], [refuse])
    for numbers in UNKNOWN.values():
        program += _for_call(numbers[column], [_return_error(errno.ENOSYS)])
    routes = _if_argument(2, _JUMP_EQUAL, NETLINK_ROUTE, [_allow()])
    local = [
        *_if_argument(0, _JUMP_EQUAL, AF_UNIX, [_allow()]),
        *_if_argument(0, _JUMP_EQUAL, AF_NETLINK, routes),
    ]
    for numbers in SOCKET_CALLS:
        program += _for_call(numbers[column], [*local, _return_error(errno.EAFNOSUPPORT)])
    namespaces = _if_argument(0, _JUMP_BITS, EVERY_NAMESPACE, [refuse])
    program += _for_call(CLONE[column], [*namespaces, _allow()])
    typing = [
        instruction
        for request in (TIOCSTI, TIOCLINUX)
        for instruction in _if_argument(1, _JUMP_EQUAL, request, [refuse])
    ]
    program += _for_call(IOCTL[column], [*typing, _allow()])
    for numbers in CALLS_ON_A_PROCESS:
        on_init = _if_argument(0, _JUMP_EQUAL, INIT, [refuse])
        program += _for_call(numbers[column], [*on_init, _allow()])
    on_one = _if_argument(0, _JUMP_EQUAL, PRIO_PROCESS, [
        *_if_argument(1, _JUMP_EQUAL, INIT, [refuse]), _allow(),
    ])  # fmt: skip
    program += _for_call(SETPRIORITY[column], [*on_one, refuse])
    return [*program, _allow()]


def _for_call(number: int, body: list[Instruction]) -> list[Instruction]:
    """``body``, which always returns, for one system call; the others jump over it."""
    return [(_JUMP_EQUAL, 0, len(body), number), *body]


def _if_argument(index: int, jump: int, value: int, body: list[Instruction]) -> list[Instruction]:
    """``body`` where the lower half of an argument compares; all that are looked at here are C ints."""
    return [(_LOAD, 0, 0, _ARGUMENTS + 8 * index), (jump, 0, len(body), value), *body]


def _return_error(number: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | number)


def _allow() -> Instruction:
    return (_RETURN, 0, 0, _ALLOW)
