"""Policy: what a sandbox sees of this machine, and how much it may use."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

# Folders of programs and libraries under any prefix. Never a whole prefix: a course may lie in one.
PREFIX_ENTRIES = (
    "bin",
    "sbin",
    "lib",
    "lib32",
    "lib64",
    "libexec",
    "share",
    "etc/fonts",
    "pyvenv.cfg",
)
MERGED_INTO_USR = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
FROM_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime")


@dataclass(frozen=True)
class SandboxLimits:
    """What everything in one sandbox may use.

    Args:
        memory_bytes: private memory of one process, and of all processes together.
        processes: processes and threads together (TensorFlow alone starts tens of threads).
        open_files: of one process.
        file_bytes: size of one file.
        scratch_bytes: size of all files in the scratch folder.
        cpu_seconds: of one process.
    """

    memory_bytes: int = 4 * 2**30
    processes: int = 256
    open_files: int = 256
    file_bytes: int = 256 * 2**20
    scratch_bytes: int = 512 * 2**20
    cpu_seconds: int = 600


def describe(scratch: Path, readable: Iterable[Path], limits: SandboxLimits) -> dict[str, Any]:
    """A sandbox as plain data, for the launcher.

    Args:
        scratch: the one folder of the outside that can be written, at its own path. Run as root, it and
            what is in it are given to the user 65534, who runs the program; so use a folder made for this.
        readable: further files and folders to see, at their own paths. Run as root, they must be readable
            for everyone.
        limits: see :class:`SandboxLimits`.

    Raises:
        FileNotFoundError: ``scratch`` or something in ``readable`` does not exist.
    """
    visible = [*_runtime(), *(Path(path).absolute() for path in readable)]
    return {
        "scratch": [str(scratch.resolve(strict=True)), str(scratch.absolute())],
        "binds": [[str(path.resolve(strict=True)), str(path)] for path in _outermost(visible)],
        "links": [[str(Path(path).readlink()), path] for path in MERGED_INTO_USR if _is_link(path)],
        "limits": asdict(limits),
    }


def command(argv: Sequence[str], sandbox: Mapping[str, Any]) -> list[str]:
    """The command line that runs ``argv``, as seen inside, in a sandbox of its own.

    It passes the environment, standard streams, signals and exit status through, starts in the scratch folder, and
    ends with its parent. A set-up that fails exits with status 125 and one line on stderr that names the step;
    the program's own 125 comes out as 1. A program killed by signal n gives 128 + n.

    Args:
        argv: the program and its arguments.
        sandbox: from :func:`describe`.
    """
    start = "import sys; sys.path.append(sys.argv.pop(1)); from launcher.main import main; main()"
    return [sys.executable, "-I", "-S", "-c", start, str(HERE), json.dumps(sandbox), *argv]


@cache
def _runtime() -> tuple[Path, ...]:
    """This interpreter with its packages, ``convbook``, and the system's libraries; no one's own files."""
    prefixes = ("/usr", "/usr/local", sys.base_prefix, sys.prefix)
    found = [Path(prefix, entry) for prefix in prefixes for entry in PREFIX_ENTRIES]
    found += [Path(path) for path in MERGED_INTO_USR if not _is_link(path)]
    found += [Path("/etc", name) for name in FROM_ETC]
    found += _links_to_interpreter()
    convbook = find_spec("convbook")
    if convbook is not None:
        found += [Path(folder) for folder in convbook.submodule_search_locations or ()]
    return tuple(path for path in found if path.exists())


def _links_to_interpreter() -> list[Path]:
    """Every name on the way from ``sys.executable`` to the program, which may lie in other folders."""
    names = [Path(sys.executable)]
    while names[-1].is_symlink():
        names.append(Path(os.path.normpath(names[-1].parent / names[-1].readlink())))
    return names


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """The paths without those that lie in another one of them, parents first."""
    kept: list[Path] = []
    for path in sorted(set(paths)):
        if not any(path.is_relative_to(parent) for parent in kept):
            kept.append(path)
    return kept


def _is_link(path: str) -> bool:
    return Path(path).is_symlink()
