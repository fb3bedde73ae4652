"""Root: the file system that a sandbox sees, built from nothing in a mount namespace of its own."""

import os
from pathlib import Path

from . import linux

TMP_BYTES = 256 * 2**20
SHARED_MEMORY_BYTES = 64 * 2**20
TMP_FILES = 10_000
OLD = "/.outside"

DEVICES = ("null", "zero", "full", "random", "urandom")
DEVICE_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "ptmx": "pts/ptmx",
}
# What libraries ask about the processors, to choose their numbers of threads.
FROM_SYS = "/sys/devices/system/cpu"

_NO_SETUID_NOR_DEVICES = linux.MS_NOSUID | linux.MS_NODEV
_READ_ONLY = linux.MOUNT_ATTR_RDONLY | linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NODEV
_WRITABLE = linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NODEV | linux.MOUNT_ATTR_NOEXEC


def build(spec: dict, user: int, group: int) -> None:
    """Replaces the root of this process, which must be the first in new mount and PID namespaces.

    Args:
        spec: from :func:`autograder.sandbox.policy.command`.
        user: who the program will run as.
        group: likewise.
    """
    source, scratch = spec["scratch"]
    _begin(source)
    _temporary("/tmp", "mode=1777", TMP_BYTES)  # noqa: S108 - the sandbox's own
    _devices()
    for real, path in [*spec["binds"], [FROM_SYS, FROM_SYS]]:
        _bind(real, path, _READ_ONLY)
    for text, path in spec["links"]:
        Path(path).symlink_to(text)
    _bind(source, scratch, _WRITABLE)
    _users(scratch, user, group)
    Path("/proc").mkdir()
    linux.mount("proc", "/proc", "proc", _NO_SETUID_NOR_DEVICES | linux.MS_NOEXEC)
    linux.detach(OLD)
    Path(OLD).rmdir()
    linux.restrict_mount("/dev", linux.MOUNT_ATTR_RDONLY, recursive=False)
    linux.restrict_mount("/", linux.MOUNT_ATTR_RDONLY, recursive=False)


def close_proc() -> None:
    """Makes all of ``/proc`` read-only, after the last settings were made through it."""
    linux.restrict_mount("/proc", linux.MOUNT_ATTR_RDONLY)


def _begin(anywhere: str) -> None:
    """An empty root, with the outside at ``OLD`` until the end; ``anywhere`` is where it is put together."""
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("tmpfs", anywhere, "tmpfs", _NO_SETUID_NOR_DEVICES, "mode=755,size=4m")
    Path(anywhere + OLD).mkdir()
    linux.pivot_root(anywhere, anywhere + OLD)
    os.chdir("/")


def _temporary(path: str, options: str, size: int) -> None:
    Path(path).mkdir(parents=True, exist_ok=True)
    flags = _NO_SETUID_NOR_DEVICES | linux.MS_NOEXEC
    linux.mount("tmpfs", path, "tmpfs", flags, f"{options},size={size},nr_inodes={TMP_FILES}")


def _devices() -> None:
    _temporary("/dev", "mode=755", 2**20)
    for name in DEVICES:
        path = f"/dev/{name}"
        _make_mount_point(OLD + path, path)
        linux.mount(OLD + path, path, flags=linux.MS_BIND)
        linux.restrict_mount(path, linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NOEXEC)
    for name, target in DEVICE_LINKS.items():
        Path("/dev", name).symlink_to(target)
    Path("/dev/pts").mkdir()
    flags = linux.MS_NOSUID | linux.MS_NOEXEC
    linux.mount("devpts", "/dev/pts", "devpts", flags, "newinstance,ptmxmode=0666,mode=620")
    _temporary("/dev/shm", "mode=1777", SHARED_MEMORY_BYTES)  # noqa: S108 - the sandbox's own


def _bind(real: str, path: str, attributes: int) -> None:
    _make_mount_point(OLD + real, path)
    linux.mount(OLD + real, path, flags=linux.MS_BIND | linux.MS_REC)
    linux.restrict_mount(path, attributes)


def _make_mount_point(source: str, path: str) -> None:
    point = Path(path)
    if point.exists():
        return
    if Path(source).is_dir():
        point.mkdir(parents=True)
    else:
        point.parent.mkdir(parents=True, exist_ok=True)
        point.touch()


def _users(home: str, user: int, group: int) -> None:
    """Programs ask for the name of who runs them; the names on this machine are nobody's business."""
    Path("/etc").mkdir(exist_ok=True)
    Path("/etc/passwd").write_text(f"student:x:{user}:{group}::{home}:/bin/sh\n", encoding="utf-8")
    Path("/etc/group").write_text(f"student:x:{group}:\n", encoding="utf-8")
