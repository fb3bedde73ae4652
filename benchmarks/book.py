"""How long the book takes: from nothing, and when nothing has changed.

    python -m benchmarks.book

The build from nothing starts from an empty cache of executed chapters, in a copy of this checkout.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jupyter_cache import get_cache
from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
LEFT_BEHIND = shutil.ignore_patterns(".venv", ".git", "_build", "__pycache__", "results")


def main() -> int:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "book"
        shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND)
        cold, again = (_build(copy) for _ in range(2))
        records = get_cache(copy / "_build" / ".jupyter_cache").list_cache_records()
        chapters = {Path(each.uri).stem: each.data["execution_seconds"] for each in records}
    for name, seconds in sorted(chapters.items()):
        console.print(f"{name}: {seconds:.1f} s")
    together = sum(chapters.values())
    console.print(
        f"{len(chapters)} chapters, {together:.0f} s of execution; from nothing {cold:.0f} s "
        f"({cold / together:.2f} of the execution), unchanged {again:.1f} s"
    )
    return 0


def _build(folder: Path) -> float:
    started = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "tools.build_book"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
