"""Notebooks: what verify runs, one at a time, and what came of each."""

import hashlib
import subprocess
import sys
import time
from ast import literal_eval
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
import yaml
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from pydantic import BaseModel
from traitlets.config import Config

from autograder.course import Course
from autograder.errors import UserError
from autograder.grading import Job, grade_submission
from autograder.kernels import KERNEL
from autograder.sandbox import scratch_folder
from autograder.software import software_fingerprint
from autograder.verify.claims import Number, Profile

CHAPTERS = "chapters/"
PEAK = "import resource as _resource\nprint(_resource.getrusage(_resource.RUSAGE_SELF).ru_maxrss)"
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


class Outcome(BaseModel):
    """What came of one notebook."""

    name: str
    seconds: float
    peak_mb: float | None = None
    """Largest memory of a chapter's kernel, what it imports included."""
    error: str = ""
    """Empty where it ran to its end or, for an exercise, got all points that no person gives."""
    values: dict[str, Number | str] = {}
    """What a chapter told its page."""


@dataclass(frozen=True)
class Chapter:
    """A chapter of the book."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def run(self, profile: Profile, threads: int, folder: Path) -> Outcome:
        """Executes it by papermill; the notebook with its outputs stays in the folder."""
        import jupytext  # not there where only the grader is installed

        notebook = jupytext.read(self.path)
        notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
        source, executed = folder / f"{self.name}.source.ipynb", folder / f"{self.name}.ipynb"
        nbformat.write(notebook, source)
        started = time.monotonic()
        error = ""
        try:
            _execute(source, executed, profile, self.path.parent)
        except PapermillExecutionError as failure:
            error = f"{failure.ename}: {failure.evalue}".splitlines()[0]
        finally:
            source.unlink()
        seconds = time.monotonic() - started
        done = nbformat.read(executed, as_version=4)
        return Outcome(
            name=self.name, seconds=seconds, peak_mb=None if error else _peak_mb(done), error=error,
            values=told_values(done),
        )  # fmt: skip


def _execute(source: Path, executed: Path, profile: Profile, folder: Path) -> None:
    with scratch_folder() as scratch:
        sockets = {"transport": "ipc", "connection_file": str(scratch / "kernel.json")}
        papermill.execute_notebook(
            source, executed, {"PROFILE": profile}, kernel_name=KERNEL, cwd=folder, progress_bar=False,
            config=Config({"KernelManager": sockets}),
        )  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """An exercise's reference solution."""

    course: Course
    name: str

    @property
    def text(self) -> str:
        path = self.course.root / "grading" / f"{self.name}.toml"
        return self.course.source_path(self.name).read_text(encoding="utf-8") + path.read_text(
            encoding="utf-8"
        )

    def run(self, profile: Profile, threads: int, folder: Path) -> Outcome:
        """Grades it as if it had been handed in; it must get every point that no person gives."""
        exercise = self.course.exercise(self.name)
        result = grade_submission(
            Job(exercise, "reference", exercise.source.encode(), profile, threads)
        )
        lost = [f"{check.id}: {check.message or check.status}" for check in result.checks
                if check.status not in ("passed", "manual")]  # fmt: skip
        error = result.reason or "; ".join(lost)
        return Outcome(name=self.name, seconds=result.seconds, error=error)


Notebook = Chapter | Reference


def find_notebooks(book: Path, course: Course, only: list[str]) -> list[Notebook]:
    """Chapters in the order of the table of contents, then exercises; all of them, or those named.

    Raises:
        UserError: a name is none of them.
    """
    every: list[Notebook] = [Chapter(book / f"{page}.md") for page in chapters_in(book)]
    every += [Reference(course, name) for name in course.exercise_names()]
    known = [each.name for each in every]
    if unknown := [name for name in only if name not in known]:
        raise UserError(
            f"no chapter or exercise is named {unknown[0]}; there are: {', '.join(known)}"
        )
    return [each for each in every if not only or each.name in only]


def chapters_in(book: Path) -> Iterator[str]:
    """The chapters that ``_toc.yml`` lists, as paths without extension."""
    toc = yaml.safe_load((book / "_toc.yml").read_text(encoding="utf-8"))
    for part in toc.get("parts", [toc]):
        for entry in part["chapters"]:
            if entry["file"].startswith(CHAPTERS):
                yield entry["file"]


def told_values(notebook: NotebookNode) -> dict[str, Number | str]:
    """What an executed chapter told its page (``convbook.page.Page.tell``), by name."""
    values: dict[str, Number | str] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            texts = [
                text for kind, text in output.get("data", {}).items() if kind.endswith("text/plain")
            ]
            if name and texts:
                values[name] = _plain("".join(texts[0]))
    return values


def _plain(text: str) -> Number | str:
    try:
        value = literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value if isinstance(value, (int, float)) else str(value)


def _peak_mb(notebook: NotebookNode) -> float:
    text = notebook.cells[-1].outputs[-1].text
    return int(text) * BYTES_PER_UNIT / 1e6


def fingerprint(notebook: Notebook, profile: Profile) -> str:
    """Changes with the notebook, the profile, the course's code and the packages."""
    digest = hashlib.sha256()
    for part in (notebook.text, profile, software_fingerprint()):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def commit_of(book: Path) -> str:
    """The commit that is checked out, marked where files differ from it; "unknown" outside of a repository."""
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"],  # noqa: S607
            cwd=book, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return answer.stdout.strip()
