"""Run: notebooks one after the other, each kept as soon as it is done, so that a stopped run goes on."""

from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError

from autograder.errors import StoppedError
from autograder.files import write_atomically
from autograder.verify.claims import Profile
from autograder.verify.notebooks import Notebook, Outcome, fingerprint


class _Kept(BaseModel):
    """An outcome on disk, and what it is the outcome of."""

    fingerprint: str
    outcome: Outcome


def run_notebooks(
    notebooks: list[Notebook],
    profile: Profile,
    threads: int,
    folder: Path,
    resume: bool,
    tell: Callable[[str], None],
) -> Iterator[Outcome]:
    """Outcomes, in order.

    Args:
        threads: for the numerical libraries of an exercise's kernels.
        folder: keeps outcomes and executed notebooks.
        resume: what ran to its end before, from the same sources and packages, does not run again.
        tell: is given a line before a notebook begins.

    Raises:
        StoppedError: Ctrl-C.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, notebook in enumerate(notebooks, 1):
        path = folder / f"{notebook.name}.json"
        mark = fingerprint(notebook, profile)
        if resume and (kept := _kept(path, mark)):
            yield kept
            continue
        tell(f"{number} of {len(notebooks)}: {notebook.name}")
        try:
            outcome = notebook.run(profile, threads, folder)
        except KeyboardInterrupt:
            done = f"{number - 1} of {len(notebooks)} notebooks done"
            raise StoppedError(f"{done}; --resume leaves them out") from None
        write_atomically(path, _Kept(fingerprint=mark, outcome=outcome).model_dump_json())
        yield outcome


def _kept(path: Path, mark: str) -> Outcome | None:
    try:
        kept = _Kept.model_validate_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return None
    return kept.outcome if kept.fingerprint == mark and not kept.outcome.error else None
