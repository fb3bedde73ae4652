"""What a sandbox refuses, seen from inside, and each time what the same program may do outside."""

import errno
import json
import os
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from autograder.sandbox import SandboxLimits, available, command, describe, scratch_folder

if sys.platform != "linux":
    pytest.skip("only Linux makes sandboxes", allow_module_level=True)

from autograder.sandbox.launcher import landlock, seccomp

REPOSITORY = Path(__file__).parents[2]
ORDINARY_USER = 12345
NOBODY = 65534
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
LIMITS = SandboxLimits(memory_bytes=2**30, scratch_bytes=64 * 2**20)
MOST_SECONDS_TO_START = 1.0


def namespaces_are_allowed() -> bool:
    """Asked of util-linux, so that a sandbox of ours that is broken is not taken for a lack of rights."""
    rights = [] if IS_ROOT else ["--user", "--map-root-user"]
    kinds = ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--mount-proc"]
    program = shutil.which("unshare")
    return bool(program) and subprocess.run([program, *rights, *kinds, "true"]).returncode == 0


pytestmark = pytest.mark.skipif(
    not namespaces_are_allowed(), reason=" ".join(available().missing) or "no program unshare"
)


class Runner:
    """Runs Python code as one user, in a sandbox or (``bare``) as it is."""

    def __init__(self, scratch: Path, as_user: list[str], owner: int):
        self.scratch = scratch
        self.as_user = as_user
        self.owner = owner

    def start(
        self, code: str, *arguments: object, readable=(), limits=LIMITS, bare=False, **options
    ) -> subprocess.Popen:
        argv = [sys.executable, "-I", "-S", "-c", textwrap.dedent(code), *map(str, arguments)]
        if not bare:
            argv = command(argv, describe(self.scratch, readable, limits))
        return subprocess.Popen(
            [*self.as_user, *argv],
            cwd=self.scratch,
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )

    def run(self, code: str, *arguments: object, **options) -> subprocess.CompletedProcess:
        with self.start(code, *arguments, **options) as process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def ask(self, code: str, *arguments: object, **options):
        """What the code prints, as JSON."""
        process = self.run(code, *arguments, **options)
        assert process.returncode == 0, process.stderr
        return json.loads(process.stdout)

    def wait_for(self, name: str) -> Path:
        """A file that the code writes into the scratch folder."""
        path = self.scratch / name
        wait_until(lambda: path.exists() and path.stat().st_size > 0)
        return path


def wait_until(condition, seconds: float = 20) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)


def as_ordinary_user() -> list[str]:
    """From root to an ordinary user, who in a private mount namespace can reach the interpreter."""
    closed = {}
    for folder in (sys.base_prefix, sys.prefix, REPOSITORY):
        parents = [parent for parent in Path(folder).parents if not parent.stat().st_mode & 0o001]
        if parents:
            closed[str(folder)] = str(parents[-1])
    keep = [
        f"mkdir /mnt/{number} && mount --bind {folder} /mnt/{number}"
        for number, folder in enumerate(closed)
    ]
    hide = [f"mount -t tmpfs -o mode=755 tmpfs {parent}" for parent in set(closed.values())]
    show = [
        f"mkdir -p {folder} && mount --bind /mnt/{number} {folder}"
        for number, folder in enumerate(closed)
    ]
    become = f'exec setpriv --reuid {ORDINARY_USER} --regid {ORDINARY_USER} --clear-groups "$@"'
    script = "\n".join(["set -e", "mount -t tmpfs tmpfs /mnt", *keep, *hide, *show, become])
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"]


@pytest.fixture(params=["root", "ordinary user"])
def runner(request) -> Iterator[Runner]:
    if request.param == "root" and not IS_ROOT:
        pytest.skip("only root can run as root")
    with scratch_folder() as scratch:
        if request.param == "root":
            yield Runner(scratch, [], NOBODY)
        elif IS_ROOT:
            os.chown(scratch, ORDINARY_USER, ORDINARY_USER)
            yield Runner(scratch, as_ordinary_user(), ORDINARY_USER)
        else:
            yield Runner(scratch, [], os.geteuid())


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that anyone may read and write, with a file in it."""
    with scratch_folder() as folder:
        folder.chmod(0o777)
        (folder / "secret").write_text("42")
        (folder / "secret").chmod(0o666)
        yield folder


# Running a program


def test_the_machine_is_found_able():
    assert available().ok, available().missing


def test_output_environment_and_status_come_out(runner):
    code = """
        import os, sys
        print(os.environ["GREETING"], os.getcwd())
        print("careful", file=sys.stderr)
        sys.exit(7)
    """
    process = runner.run(code, env={**os.environ, "GREETING": "hello"})
    assert process.stdout == f"hello {runner.scratch}\n"
    assert process.stderr == "careful\n"
    assert process.returncode == 7


def test_a_signal_that_ends_the_program_is_told(runner):
    assert runner.run("import os; os.kill(os.getpid(), 9)").returncode == 128 + 9


def test_no_program_passes_for_a_failed_set_up(runner):
    assert runner.run("import sys; sys.exit(125)").returncode == 1


def test_a_failed_step_is_named(runner):
    argv = command(["/no/such/program"], describe(runner.scratch, [], LIMITS))
    process = subprocess.run([*runner.as_user, *argv], capture_output=True, text=True, check=False)
    assert process.returncode == 125
    assert process.stderr == "sandbox: start /no/such/program: No such file or directory\n"


def test_no_sandbox_in_a_sandbox_and_available_says_why(runner):
    code = f"""
        import json, sys
        sys.path.append({str(REPOSITORY)!r})
        from autograder.sandbox import available
        print(json.dumps([available().ok, available().missing]))
    """
    ok, missing = runner.ask(code, readable=[REPOSITORY / "autograder"])
    assert not ok
    assert "user namespace: Operation not permitted" in missing[0]
    assert "sysctl -w user.max_user_namespaces" in missing[1]


def test_files_made_inside_can_be_read_and_removed(runner):
    code = """
        import os
        open("answer", "w").write("42")
        os.makedirs("closed/inner")
        os.chmod("closed", 0)
        for level in range(3000):
            os.mkdir("deeper")
            os.chdir("deeper")
    """
    assert runner.run(code).returncode in (0, 128 + 9)
    answer = runner.scratch / "answer"
    assert answer.read_text() == "42"
    assert answer.stat().st_uid == runner.owner
    with scratch_folder() as other:
        runner.scratch.rename(other / "left")
    assert not other.exists()
    runner.scratch.mkdir()


@pytest.mark.parametrize("group", [False, True])
def test_an_interrupt_reaches_the_program(runner, group):
    code = """
        import sys, time
        try:
            open("ready", "w").write("yes")
            time.sleep(60)
        except KeyboardInterrupt:
            sys.exit(42)
    """
    with runner.start(code, start_new_session=True) as process:
        runner.wait_for("ready")
        (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
        assert process.wait(10) == 42


def test_termination_reaches_the_program(runner):
    code = 'import time; open("ready", "w").write("yes"); time.sleep(60)'
    with runner.start(code) as process:
        runner.wait_for("ready")
        process.terminate()
        assert process.wait(10) == 128 + signal.SIGTERM


STUBBORN = """
    import ctypes, os, signal, time
    for number in set(range(1, 65)) - {9, 19, 32, 33}:
        signal.signal(number, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(1, 0)  # no signal at the parent's death
    if os.fork() or os.fork():
        time.sleep(60)
    os.setsid()
    while True:
        with open("alive", "a") as file:
            file.write("x")
        time.sleep(0.02)
"""


def assert_it_stops_growing(path: Path) -> None:
    def stands_still() -> bool:
        before = path.stat().st_size
        time.sleep(0.3)
        return path.stat().st_size == before

    wait_until(stands_still, 5)


def test_everything_inside_dies_with_the_launcher(runner):
    with runner.start(STUBBORN) as process:
        alive = runner.wait_for("alive")
        process.kill()
        assert_it_stops_growing(alive)


def test_everything_inside_dies_with_the_grader(runner):
    argv = command(
        [sys.executable, "-c", textwrap.dedent(STUBBORN)], describe(runner.scratch, [], LIMITS)
    )
    start = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    with subprocess.Popen([*runner.as_user, sys.executable, "-c", start, *argv]) as grader:
        alive = runner.wait_for("alive")
        grader.kill()
        assert_it_stops_growing(alive)


def test_everything_inside_dies_with_the_program(runner):
    code = """
        import os, time
        if os.fork() == 0:
            os.setsid()
            while True:
                open("alive", "a").write("x")
                time.sleep(0.02)
        while not os.path.exists("alive"):
            time.sleep(0.02)
    """
    assert runner.run(code).returncode == 0
    assert_it_stops_growing(runner.scratch / "alive")


def test_it_starts_fast(runner):
    def seconds(bare: bool) -> float:
        start = time.perf_counter()
        assert runner.run("pass", bare=bare).returncode == 0
        return time.perf_counter() - start

    more = statistics.median(seconds(False) for _ in range(9)) - statistics.median(
        seconds(True) for _ in range(9)
    )
    print(f"a sandbox takes {more * 1000:.0f} ms more to start, the median of 9")
    assert more < MOST_SECONDS_TO_START


# Network

CONNECT = """
    import json, socket, sys
    family, kind, address = json.loads(sys.argv[1])
    if family == "AF_UNIX" and address.startswith("@"):
        address = "\\0" + address[1:]
    try:
        with socket.socket(getattr(socket, family), getattr(socket, kind)) as client:
            client.settimeout(5)
            client.connect(tuple(address) if isinstance(address, list) else address)
            client.send(b"out")
        print("true")
    except OSError:
        print("false")
"""


def listeners(folder: Path) -> dict[str, tuple[socket.socket, list]]:
    """Sockets of the grader's, and how one connects to each."""
    made = {}
    for kind in ("SOCK_STREAM", "SOCK_DGRAM"):
        server = socket.socket(socket.AF_INET, getattr(socket, kind))
        server.bind(("127.0.0.1", 0))
        made[f"loopback {kind}"] = server, ["AF_INET", kind, list(server.getsockname())]
    for name, address in (("path", str(folder / "socket")), ("abstract", f"@{folder.name}")):
        server = socket.socket(socket.AF_UNIX)
        server.bind("\0" + address[1:] if name == "abstract" else address)
        made[f"unix {name}"] = server, ["AF_UNIX", "SOCK_STREAM", address]
    (folder / "socket").chmod(0o777)
    return made


def test_no_socket_of_the_outside_can_be_reached(runner, outside):
    for name, (server, address) in listeners(outside).items():
        with closing(server):
            if server.type == socket.SOCK_STREAM:
                server.listen()
            server.settimeout(0)
            assert runner.ask(CONNECT, json.dumps(address), bare=True) is True, name
            if server.type == socket.SOCK_STREAM:
                server.accept()[0].close()
            else:
                server.recv(100)
            assert runner.ask(CONNECT, json.dumps(address)) is False, name
            with pytest.raises(BlockingIOError):
                server.accept() if server.type == socket.SOCK_STREAM else server.recv(100)


def test_no_network_but_the_sandboxs_own_is_there(runner):
    code = """
        import json, os, socket
        refused = []
        for family in range(2, 46):
            try:
                socket.socket(family, socket.SOCK_DGRAM).close()
            except OSError:
                refused.append(family)
        devices = [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]]
        print(json.dumps([refused, devices, os.readlink("/proc/self/ns/net")]))
    """
    refused, devices, namespace = runner.ask(code)
    netlink = 16  # for one question: what addresses have I?
    assert set(range(2, 46)) - set(refused) <= {netlink}
    assert socket.AF_VSOCK in refused
    assert devices == ["lo"]
    assert namespace != str(Path("/proc/self/ns/net").readlink())


# Files

READ = """
    import json, os, sys
    def readable(path):
        try:
            if os.path.isdir(path):
                return bool(os.listdir(path))
            return len(open(path, "rb").read(1)) == 1
        except OSError:
            return False
    print(json.dumps([path for path in sys.argv[1:] if readable(path)]))
"""

WRITE = """
    import json, os, sys
    def writable(folder):
        path = os.path.join(folder, "written")
        try:
            open(path, "w").close()
            return True
        except OSError:
            return False
    print(json.dumps([folder for folder in sys.argv[1:] if writable(folder)]))
"""


def test_no_one_elses_file_can_be_read(runner, outside):
    private = [
        *(outside, outside / "secret", Path.home(), "/etc/shadow", "/etc/hostname"),
        *(REPOSITORY / "exercises", REPOSITORY / "exercises/source", REPOSITORY / "pyproject.toml"),
        *(REPOSITORY / "tests", "/var", "/home", "/boot", "/sys/kernel", "/dev/kmsg"),
    ]
    if Path.home().is_relative_to("/root"):
        private.remove(Path.home())  # its folder is there, with the interpreter in it
        private += [path for path in Path.home().iterdir() if path.name != ".pyenv"]
    assert str(outside / "secret") in runner.ask(READ, *private, bare=True)
    assert runner.ask(READ, *private) == []


def test_what_is_said_to_be_readable_can_be_read_only(runner, outside):
    secret = str(outside / "secret")
    assert runner.ask(READ, secret, readable=[outside]) == [secret]
    assert runner.ask(WRITE, outside, bare=True) == [str(outside)]
    (outside / "written").unlink()
    assert runner.ask(WRITE, outside, readable=[outside]) == []
    assert not (outside / "written").exists()


def test_only_scratch_and_temporary_folders_can_be_written(runner, outside):
    code = """
        import json, os
        written = []
        for folder, folders, files in os.walk("/"):
            if folder == "/proc":
                folders[:] = ["self", "sys", "1"]
            paths = [os.path.join(folder, name) for name in files]
            if folder.startswith(("/usr", "/root", "/sys")):
                paths = paths[:1]  # one mount, many files
            for path in [os.path.join(folder, "written-inside"), *paths]:
                try:
                    os.close(os.open(path, os.O_WRONLY | (os.O_CREAT if path.endswith("/written-inside") else 0)))
                    written.append(os.path.realpath(path))
                except OSError:
                    pass
        print(json.dumps(written))
    """
    written = runner.ask(code)
    devices = {f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom")}
    own = {"/dev/pts/ptmx"}
    expected = {f"{folder}/written-inside" for folder in (runner.scratch, "/tmp", "/dev/shm")}  # noqa: S108
    written = {path for path in written if "pipe:" not in path}  # its own standard streams
    assert expected <= written
    # A repository below /tmp is shown on the sandbox's own /tmp, where more folders can be made.
    in_memory = {path for path in written if path.startswith("/tmp/") and not Path(path).exists()}  # noqa: S108
    assert written - in_memory <= expected | devices | own
    assert not Path("/tmp/written-inside").exists()  # noqa: S108


def test_links_lead_nowhere(runner, outside):
    code = """
        import json, os, sys
        secret = sys.argv[1]
        os.symlink(secret, "link")
        os.symlink("/proc/1/root" + secret, "through-init")
        os.symlink("../" * 20 + secret, "up")
        read = []
        for name in ("link", "through-init", "up"):
            try:
                read.append(open(name).read())
            except OSError:
                pass
        for name in ("/etc/passwd", sys.executable, os.__file__):
            try:
                os.link(name, "hard")
                read.append(name)
            except OSError:
                pass
        print(json.dumps(read))
    """
    assert runner.ask(code, outside / "secret") == []


# Processes and rights


def test_other_processes_cannot_be_seen_or_signalled(runner):
    code = """
        import json, os, sys
        reached = []
        for process in [int(sys.argv[1]), *range(2, 5000)]:
            if process == os.getpid():
                continue
            try:
                os.kill(process, 9)
                reached.append(process)
            except OSError:
                pass
        for target in (-1, 1):
            try:
                os.kill(target, 9)
            except OSError:
                pass
        seen = sorted(int(name) for name in os.listdir("/proc") if name.isdecimal())
        print(json.dumps([reached, seen, os.getpid()]))
    """
    with runner.start("import time; time.sleep(60)", bare=True) as sleeper:
        reached, seen, own = runner.ask(code, sleeper.pid)
        assert reached == []
        assert seen == [1, own]
        assert sleeper.poll() is None
        sleeper.kill()


def test_the_first_process_inside_cannot_be_touched(runner):
    code = """
        import ctypes, json, os, resource
        libc = ctypes.CDLL(None, use_errno=True)
        done = []
        def attempt(name, action):
            try:
                if action() != -1:
                    done.append(name)
            except OSError:
                pass
        attempt("ptrace", lambda: libc.ptrace(16, 1, 0, 0))
        attempt("mem", lambda: os.open("/proc/1/mem", os.O_RDWR))
        attempt("environ", lambda: os.open("/proc/1/environ", os.O_RDONLY))
        attempt("fd", lambda: os.listdir("/proc/1/fd"))
        attempt("root", lambda: os.listdir("/proc/1/root"))
        attempt("prlimit", lambda: resource.prlimit(1, resource.RLIMIT_CPU, (1, 1)))
        attempt("nice", lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
        attempt("nice all", lambda: os.setpriority(os.PRIO_USER, 0, 19))
        attempt("idle", lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)))
        attempt("affinity", lambda: os.sched_setaffinity(1, {0}))
        attempt("vm", lambda: libc.process_vm_readv(1, None, 0, None, 0, 0))
        print(json.dumps(done))
    """
    assert runner.ask(code) == []


def test_no_setting_of_the_kernels_can_be_changed(runner):
    code = """
        import json, os
        changed = []
        for folder, folders, files in os.walk("/proc/sys"):
            for name in files:
                try:
                    os.close(os.open(os.path.join(folder, name), os.O_WRONLY))
                    changed.append(name)
                except OSError:
                    pass
        for path in ("/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/proc/self/uid_map"):
            try:
                open(path, "w").write("0")
                changed.append(path)
            except OSError:
                pass
        print(json.dumps(changed))
    """
    assert runner.ask(code) == []


def test_no_namespace_can_be_made_nor_rights_gained(runner):
    code = """
        import ctypes, json, os, platform
        libc = ctypes.CDLL(None, use_errno=True)
        flags = {"mount": 0x20000, "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000}
        done = [name for name, flag in flags.items() if libc.unshare(flag) == 0]
        clone = {"x86_64": 56, "aarch64": 220}[platform.machine()]
        for number, arguments in ((clone, (0x10000000 | 17, 0, 0, 0, 0)), (435, (bytes(88), 88))):
            process = libc.syscall(number, *arguments)
            if process == 0:
                os._exit(0)
            if process > 0:
                done.append(f"clone by {number}")
        if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
            done.append("mount")
        if libc.umount2(b"/usr/lib", 2) == 0:
            done.append("umount")
        for user in (0, 1000):
            try:
                os.setuid(user)
                done.append(f"setuid {user}")
            except OSError:
                pass
        rights = [line.split()[1] for line in open("/proc/self/status") if line.startswith("Cap")]
        print(json.dumps([done, set(rights) == {"0" * 16}]))
    """
    assert runner.ask(code) == [[], True]


@pytest.mark.skipif(not IS_ROOT, reason="only root can make a program setuid root")
def test_setuid_programs_give_no_rights(runner, outside):
    program = outside / "cat"
    program.write_bytes(Path("/bin/cat").read_bytes())
    program.chmod(0o4755)
    (outside / "secret").chmod(0o600)
    code = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    arguments = program, outside / "secret"
    assert runner.run(code, *arguments, bare=True).stdout == "42"
    assert runner.run(code, *arguments, readable=[outside]).stdout == ""


def verdict(machine: str, number: int, *arguments: int) -> int:
    """What the filter of a machine says to a system call: an error's number, or 0."""
    data = struct.pack(
        "=iIQ6Q", number, seccomp.AUDIT_ARCH[machine], 0, *arguments, *[0] * (6 - len(arguments))
    )
    program, at, loaded = seccomp._program(machine), 0, 0
    while True:
        code, if_true, if_false, value = program[at]
        at += 1
        if code == 0x20:
            (loaded,) = struct.unpack_from("=I", data, value)
        elif code == 0x06:
            return {0x7FFF0000: 0, 0x00050000: value & 0xFFFF}[value & 0xFFFF0000]
        else:
            holds = {0x15: loaded == value, 0x35: loaded >= value, 0x45: loaded & value}[code]
            at += if_true if holds else if_false


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_filter_for_each_machine(machine):
    calls = {
        "x86_64": {"unshare": 272, "clone": 56, "socket": 41, "read": 0, "prlimit": 302},
        "aarch64": {"unshare": 97, "clone": 220, "socket": 198, "read": 63, "prlimit": 261},
    }[machine]
    assert verdict(machine, calls["unshare"], 0x10000000) == errno.EPERM
    assert verdict(machine, calls["clone"], 0x10000000 | 17) == errno.EPERM
    assert verdict(machine, calls["clone"], 0x3D0F00) == 0  # a thread
    assert verdict(machine, calls["socket"], socket.AF_INET, 1) == errno.EAFNOSUPPORT
    assert verdict(machine, calls["socket"], socket.AF_VSOCK, 1) == errno.EAFNOSUPPORT
    assert verdict(machine, calls["socket"], socket.AF_UNIX, 1) == 0
    assert verdict(machine, calls["prlimit"], 1) == errno.EPERM
    assert verdict(machine, calls["prlimit"], 0) == 0
    assert verdict(machine, calls["read"]) == 0


LANDLOCK_ALONE = """
    import json, os, socket, sys
    sys.path.append(sys.argv[1])
    from launcher import landlock, linux
    scratch, outside, other, port = *sys.argv[2:5], int(sys.argv[5])
    done = []
    def attempt(name, action):
        try:
            action()
            done.append(name)
        except OSError:
            pass
    def attempts():
        attempt("read", lambda: open(outside + "/secret").read())
        attempt("write", lambda: open(outside + "/written", "w").close())
        attempt("write in scratch", lambda: open(scratch + "/written", "w").close())
        attempt("signal", lambda: os.kill(int(other), 0))
        attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + outside))
        attempt("tcp", lambda: socket.create_connection(("127.0.0.1", port)))
    attempts()
    before, done = done, []
    linux.control_process(linux.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict([scratch])
    attempts()
    print(json.dumps([before, done]))
"""


@pytest.mark.skipif(landlock.abi() < 6, reason="Linux 6.12 closes all that is tried here")
def test_landlock_holds_where_the_first_layer_is_missing(runner, outside):
    everything = ["read", "write", "write in scratch", "signal", "abstract", "tcp"]
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as abstract,
        runner.start("import time; time.sleep(60)", bare=True) as sleeper,
    ):
        abstract.bind(f"\0{outside}")
        abstract.listen()
        package = REPOSITORY / "autograder" / "sandbox"
        others = runner.scratch, outside, sleeper.pid, tcp.getsockname()[1]
        assert runner.ask(LANDLOCK_ALONE, package, *others, bare=True) == [
            everything,
            ["read", "write in scratch"],
        ]
        sleeper.kill()


# Limits


def test_memory_of_one_process(runner):
    code = """
        try:
            bytearray(2 * 2**30)
        except MemoryError:
            print("true")
    """
    assert runner.ask(code) is True


@pytest.mark.parametrize("shared", ["bytearray(size)", "mmap.mmap(-1, size)"])
def test_memory_of_all_processes_together(runner, shared):
    code = f"""
        import mmap, os, time
        size = 200 * 2**20
        for number in range(20):
            if os.fork() == 0:
                block = {shared}
                for start in range(0, size, 4096):
                    block[start] = 1
                time.sleep(60)
            time.sleep(0.1)
        time.sleep(60)
    """
    process = runner.run(code)
    assert process.returncode == 128 + 9
    assert process.stderr == (
        f"sandbox: the program was ended: its processes used more than {2**30} bytes of memory\n"
    )


def test_memory_outside_every_process(runner):
    code = """
        import ctypes, json, os
        got = []
        try:
            os.memfd_create("hidden")
            got.append("memfd")
        except OSError:
            pass
        libc = ctypes.CDLL(None)
        if libc.shmget(0, 2**20, 0o1600) != -1 or libc.msgget(0, 0o1600) != -1:
            got.append("System V")
        for folder in ("/tmp", "/dev/shm"):
            total = 0
            try:
                for number in range(100):
                    with open(f"{folder}/{number}", "wb") as file:
                        total += file.write(bytes(10 * 2**20))
                got.append(folder)
            except OSError:
                assert total <= 256 * 2**20
        print(json.dumps(got))
    """
    assert runner.ask(code) == []


def test_a_fork_bomb_ends_at_the_number_of_processes(runner):
    code = """
        import os, time
        made = 0
        try:
            while made < 10_000:
                if os.fork() == 0:
                    time.sleep(60)
                made += 1
        except OSError:
            print(made)
    """
    limits = SandboxLimits(processes=40)
    assert 20 <= runner.ask(code, limits=limits) < 40


def test_limits_count_for_each_sandbox_alone(runner):
    code = """
        import os, time
        for _ in range(30):
            if os.fork() == 0:
                time.sleep(60)
        print("true", flush=True)
        time.sleep(60)
    """
    limits = SandboxLimits(processes=40)
    with runner.start(code, limits=limits) as first, runner.start(code, limits=limits) as second:
        assert [first.stdout.readline(), second.stdout.readline()] == ["true\n", "true\n"]
        first.kill()
        second.kill()


def test_size_of_a_file(runner):
    code = """
        import os
        try:
            with open("large", "wb") as file:
                for _ in range(100):
                    file.write(bytes(2**20))
        except OSError as error:
            print(os.path.getsize("large"))
    """
    assert runner.ask(code, limits=SandboxLimits(file_bytes=10 * 2**20)) == 10 * 2**20


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("open(f'{i}', 'wb').write(bytes(2**20))", "its files took more than"),
        ("open(f'{i}', 'wb').close()", "it made more than"),
        ("(os.mkdir('deeper' * 20), os.chdir('deeper' * 20))", "its files cannot be counted"),
    ],
)
def test_size_and_number_of_all_files(runner, action, reason):
    code = f"""
        import os, time
        for i in range(200_000):
            {action}
        time.sleep(5)
    """
    process = runner.run(code)
    assert process.returncode == 128 + 9
    assert process.stderr.startswith(f"sandbox: the program was ended: {reason}")


def test_number_of_open_files(runner):
    code = """
        files = []
        try:
            while len(files) < 1000:
                files.append(open("/dev/null"))
        except OSError:
            print(len(files))
    """
    assert 40 <= runner.ask(code, limits=SandboxLimits(open_files=50)) < 50


def test_processor_time(runner):
    start = time.monotonic()
    process = runner.run("while True: pass", limits=SandboxLimits(cpu_seconds=1))
    assert process.returncode in (128 + signal.SIGXCPU, 128 + 9)
    assert time.monotonic() - start < 30


def test_no_core_is_dumped(runner):
    process = runner.run("import os; os.abort()")
    assert process.returncode == 128 + signal.SIGABRT
    assert list(runner.scratch.iterdir()) == []


# A kernel

TRAINING = """
    import json, os, sys
    import keras, numpy as np, matplotlib.pyplot as plt
    import convbook
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3),
                              keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(64, 8, 8, 1))
    losses = model.fit(x, x.mean((1, 2, 3)), epochs=3, verbose=0).history["loss"]
    model.save("model.keras")
    plt.plot(losses)
    plt.savefig("losses.png")
    plt.show()
    json.dump({"losses": losses, "user": os.getuid()}, open("result.json", "w"))
"""

MANAGER = """
    import sys, time
    from pathlib import Path
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import KernelManager
    from autograder.sandbox import SandboxLimits, command, describe
    scratch, code = Path(sys.argv[1]), sys.argv[2]
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager = KernelManager(transport="ipc", connection_file=str(scratch / "kernel.json"))
    manager._kernel_spec = KernelSpec(
        argv=command(argv, describe(scratch, [], SandboxLimits())), display_name="", language="python"
    )
    folders = {name: str(scratch) for name in ("HOME", "IPYTHONDIR", "MPLCONFIGDIR", "KERAS_HOME")}
    manager.start_kernel(cwd=str(scratch), env={**folders, "TF_CPP_MIN_LOG_LEVEL": "3"})
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    reply = client.execute_interactive(code, timeout=120)
    assert reply["content"]["status"] == "ok", reply["content"]
    request = client.execute("open('started', 'w').write('yes')\\nwhile True: pass")
    while not (scratch / "started").exists():
        time.sleep(0.05)
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=20))["parent_header"]["msg_id"] != request:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt", reply["content"]
    assert manager.is_alive()
    manager.shutdown_kernel(now=True)
"""


def test_a_kernel_trains_draws_and_can_be_interrupted(runner):
    arguments = [textwrap.dedent(MANAGER), str(runner.scratch), textwrap.dedent(TRAINING)]
    process = subprocess.run(
        [*runner.as_user, sys.executable, "-c", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    result = json.loads((runner.scratch / "result.json").read_text())
    assert result["losses"][-1] < result["losses"][0]
    assert result["user"] == runner.owner
    assert (runner.scratch / "losses.png").read_bytes().startswith(b"\x89PNG")
    assert (runner.scratch / "model.keras").stat().st_size > 1000
