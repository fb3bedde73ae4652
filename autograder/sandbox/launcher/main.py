"""Three processes: the launcher outside, the first one inside (``init``), and under it the program.

The launcher passes signals on and ends ``init`` when nobody wants it any more. ``init`` builds the sandbox, watches
what is used in it, and ends with the launcher, whatever happens to that; the kernel then ends all that is inside.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from . import landlock, linux, root, seccomp, usage

FAILED = 125
KILLED = 128 + signal.SIGKILL
NOBODY = 65534
SECONDS_BETWEEN_CHECKS = 0.1
MOST_KILLABLE = "1000"
PASSED_ON = (
    *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2),
)
OWN_NAMESPACES = (
    linux.CLONE_NEWPID
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWCGROUP
)


class StepError(Exception):
    """A step of the set-up failed; the message names it."""


Program = Callable[[], None]
"""What a process turns into. It closes descriptors from 3 on, as starting a new program does."""


def main() -> None:
    """``main(SPEC, PROGRAM, ARGUMENT...)`` from the command line; see ``policy.command``."""
    spec, argv = json.loads(sys.argv[1]), sys.argv[2:]
    if "JPY_PARENT_PID" in os.environ:
        os.environ["JPY_PARENT_PID"] = "1"  # what it is inside; a kernel ends where it is another
    parent = os.getppid()
    try:
        status = run_in_sandbox(spec, partial(_execute, argv), lambda: os.getppid() == parent)
    except StepError as failed:
        status = _fail(failed)
    sys.exit(status)


def _execute(argv: Sequence[str]) -> None:
    linux.close_on_exec(3)
    _step(f"start {argv[0]}", os.execvp, argv[0], argv)


def _fail(failed: StepError) -> int:
    print(f"sandbox: {failed}", file=sys.stderr, flush=True)
    return FAILED


def _step(name: str, function: Callable, *arguments: object) -> object:
    try:
        return function(*arguments)
    except OSError as error:
        about = f" ({error.filename})" if error.filename else ""
        raise StepError(f"{name}: {error.strerror}{about}") from None


# The launcher


def run_in_sandbox(
    spec: dict, program: Program, is_wanted: Callable[[], bool], lifeline: int | None = None
) -> int:
    """Builds a sandbox around a fork of this process, which becomes ``program`` there. Returns its exit status.

    Args:
        spec: from :func:`autograder.sandbox.policy.describe`.
        program: see :data:`Program`.
        is_wanted: asked ten times a second; all inside is ended when it says no.
        lifeline: a descriptor of the caller's that nobody inside may hold.

    Raises:
        StepError: a step on the way failed.
    """
    _take_signals()
    privileged = os.geteuid() == 0
    if privileged:
        user = group = NOBODY
        _step("give the scratch folder to the program's user", _give, spec["scratch"][0], user)
    else:
        user, group = os.geteuid(), os.getegid()
        _step("user namespace", linux.unshare, linux.CLONE_NEWUSER)
        _step("map the user", _map_ids, "self", user, group)
    _step("namespaces", linux.unshare, OWN_NAMESPACES)
    asked, ask = os.pipe()
    answer, answered = os.pipe()
    init = os.fork()
    if init == 0:
        for descriptor in (asked, answered, lifeline):
            if descriptor is not None:
                os.close(descriptor)
        _as_init(spec, program, privileged, (user, group), (ask, answer))
    os.close(ask)
    os.close(answer)
    if privileged and os.read(asked, 1):
        _step("map the user", _map_ids, init, user, group)
        os.write(answered, b"\n")
    if os.read(asked, 1):
        os.write(answered, b"\n")
    return _attend(init, partial(_end_unless, is_wanted, init))


def run_outside(program: Program, is_wanted: Callable[[], bool], lifeline: int) -> int:
    """As ``run_in_sandbox``, without a sandbox."""
    _take_signals()
    child = os.fork()
    if child == 0:
        try:
            os.close(lifeline)
            linux.control_process(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
            _leave_signals()
            program()
        finally:
            os._exit(FAILED)
    return _attend(child, partial(_end_unless, is_wanted, child))


def _take_signals() -> None:
    """From now on signals wait until they are asked for; an ignored one would be lost."""
    for number in (signal.SIGCHLD, *PASSED_ON):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, *PASSED_ON})


def _leave_signals() -> None:
    """A session of its own, in which signals do what they do to any new program."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _end_unless(is_wanted: Callable[[], bool], child: int) -> None:
    if not is_wanted():
        os.kill(child, signal.SIGKILL)


def _give(scratch: str, user: int) -> None:
    os.chown(scratch, user, user, follow_symlinks=False)
    for folder, folders, files in os.walk(scratch):
        for name in (*folders, *files):
            os.chown(Path(folder, name), user, user, follow_symlinks=False)


def _map_ids(process: int | str, user: int, group: int) -> None:
    """Makes one user and one group exist in a user namespace; all others are nobody there."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path(f"/proc/{process}/{name}").write_text(text, encoding="utf-8")


def _attend(child: int, check: Callable[[], None]) -> int:
    """Passes signals on to ``child`` until it ends, and checks ten times a second. Returns its exit status."""
    while True:
        received = signal.sigtimedwait({signal.SIGCHLD, *PASSED_ON}, SECONDS_BETWEEN_CHECKS)
        if received is not None and received.si_signo in PASSED_ON:
            os.kill(child, received.si_signo)
        status = _reap(child)
        if status is not None:
            return status
        check()


def _reap(child: int) -> int | None:
    while True:
        process, status = os.waitpid(-1, os.WNOHANG)
        if process == 0:
            return None
        if process == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


# The first process inside


def _as_init(
    spec: dict,
    program: Program,
    privileged: bool,
    ids: tuple[int, int],
    to_launcher: tuple[int, int],
) -> None:
    os.setsid()  # a signal to the launcher's group comes once, by way of the launcher
    status = KILLED
    try:
        status = _init(spec, program, privileged, ids, to_launcher)
    except StepError as failed:
        status = _fail(failed)
    except usage.TooMuchError as too_much:
        print(f"sandbox: the program was ended: {too_much}", file=sys.stderr, flush=True)
    except Exception:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def _init(
    spec: dict,
    program: Program,
    privileged: bool,
    ids: tuple[int, int],
    to_launcher: tuple[int, int],
) -> int:
    ask, answer = to_launcher

    def wait_for_launcher() -> None:
        os.write(ask, b"\n")
        if not os.read(answer, 1):
            os._exit(FAILED)  # the launcher is gone, or has said why

    _step("first to go when memory ends", _write, "/proc/self/oom_score_adj", MOST_KILLABLE)
    _step("host name", linux.set_host_name, "sandbox")
    _step("mount namespace", linux.unshare, linux.CLONE_NEWNS)
    _step("file system", root.build, spec, *ids)
    if privileged:
        # Last, so that the namespaces above belong to a user namespace in which no one inside is.
        _step("user namespace", linux.unshare, linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
        wait_for_launcher()
        _step("become the program's user", _become, *ids)
    _step("no further user namespaces", _write, "/proc/sys/user/max_user_namespaces", "0")
    _step("read-only /proc", root.close_proc)
    _step("drop capabilities", linux.drop_capabilities)
    _step("no new privileges", linux.control_process, linux.PR_SET_NO_NEW_PRIVS, 1)
    _step("not to be looked into", linux.control_process, linux.PR_SET_DUMPABLE, 0)
    _step("end with the launcher", linux.control_process, linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    wait_for_launcher()
    scratch, limits = spec["scratch"][1], spec["limits"]
    child = _start(program, scratch, limits)
    status = _attend(child, lambda: usage.check(limits, scratch))
    return 1 if status == FAILED else status  # so that no program can pass for a failed set-up


def _become(user: int, group: int) -> None:
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)


def _write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="utf-8")


# The program


def _start(program: Program, scratch: str, limits: dict) -> int:
    """Starts the program; its process number. What fails on the way comes back through a pipe."""
    failure, fail = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _step("limit the program", _confine, scratch, limits)
            program()
        except StepError as failed:
            os.write(fail, str(failed).encode())
        finally:
            os._exit(FAILED)
    os.close(fail)
    with os.fdopen(failure, encoding="utf-8") as file:
        message = file.read()
    if message:
        raise StepError(message)
    return child


def _confine(scratch: str, limits: dict) -> None:
    _leave_signals()
    os.chdir(scratch)
    for kind, most in (
        (resource.RLIMIT_DATA, limits["memory_bytes"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    landlock.restrict([scratch, "/tmp", "/dev/shm"])  # noqa: S108 - the sandbox's own
    seccomp.install()
