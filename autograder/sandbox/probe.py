"""Probe: whether a sandbox can be made on this machine, found out by making one."""

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.sandbox.policy import SandboxLimits, command, describe
from autograder.sandbox.scratch import scratch_folder

OLDEST_KERNEL = (5, 14)
SECONDS_TO_TRY = 60

# Run inside; says what it could do that a sandbox must refuse.
TRIAL = """
import os, socket, sys
outside, scratch = sys.argv[1:]
found = []
if os.path.exists(outside):
    found.append("files outside can be seen")
try:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.append("the network can be reached")
except OSError:
    pass
if len([name for name in os.listdir("/proc") if name.isdecimal()]) > 2:
    found.append("other processes can be seen")
try:
    open("/proc/sys/user/max_user_namespaces", "w").close()
    found.append("settings of the kernel can be changed")
except OSError:
    pass
with open(os.path.join(scratch, "found"), "w") as file:
    file.write("; ".join(found))
"""


@dataclass(frozen=True)
class Report:
    """What this machine can do.

    Args:
        ok: a sandbox was made, and it held.
        missing: what the machine lacks and how an administrator enables it, a sentence each. Not empty
            where ``ok`` is true but a second layer is missing.
    """

    ok: bool
    missing: tuple[str, ...]


@cache
def available() -> Report:
    """Makes a sandbox and looks out of it; once in the life of this process."""
    if sys.platform != "linux":
        return Report(False, ("Only Linux makes sandboxes; grade in a Linux virtual machine.",))
    from autograder.sandbox.launcher import landlock  # imports on Linux only

    failure = _try_one()
    if failure:
        return Report(False, (f"No sandbox can be made here ({failure}).", *_reasons()))
    if landlock.abi() == 0:
        return Report(
            True, ("Landlock, the second layer, is off; boot Linux with lsm=landlock,... .",)
        )
    return Report(True, ())


def _try_one() -> str:
    """What went wrong, in a few words; empty where nothing did."""
    with TemporaryDirectory() as outside, scratch_folder() as scratch:
        trial = [sys.executable, "-I", "-S", "-c", TRIAL, outside, str(scratch)]
        try:
            process = subprocess.run(  # noqa: S603 - our own program
                command(trial, describe(scratch, [], SandboxLimits())),
                capture_output=True,
                text=True,
                timeout=SECONDS_TO_TRY,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"nothing happened for {SECONDS_TO_TRY} s"
        if process.returncode != 0:
            lines = process.stderr.strip().splitlines() or [f"exit status {process.returncode}"]
            return lines[-1].removeprefix("sandbox: ")
        return (scratch / "found").read_text(encoding="utf-8")


def _reasons() -> tuple[str, ...]:
    """The known ones among the reasons that this machine has."""
    from autograder.sandbox.launcher import seccomp  # imports on Linux only

    root = os.geteuid() == 0
    reasons = []
    if platform.machine() not in seccomp.MACHINES:
        reasons.append(f"The filter of system calls knows {' and '.join(seccomp.MACHINES)} only.")
    release = tuple(int(part) for part in platform.release().split("-")[0].split(".")[:2])
    if release < OLDEST_KERNEL:
        reasons.append("Linux 5.14 or later is needed; this is " + platform.release() + ".")
    if _setting("user/max_user_namespaces") == "0":
        reasons.append(
            "User namespaces are switched off; an administrator allows them with "
            "`sysctl -w user.max_user_namespaces=10000`."
        )
    if not root and _setting("kernel/unprivileged_userns_clone") == "0":
        reasons.append(
            "Only root may make user namespaces; an administrator allows others to with "
            "`sysctl -w kernel.unprivileged_userns_clone=1`."
        )
    if not root and _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        reasons.append(
            "AppArmor takes the rights out of user namespaces (Ubuntu 23.10 and later); an administrator "
            "switches that off with `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`."
        )
    return tuple(reasons) or (
        "In a container, start it with `--cap-add SYS_ADMIN --security-opt seccomp=unconfined "
        "--security-opt apparmor=unconfined --security-opt systempaths=unconfined`.",
    )


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
