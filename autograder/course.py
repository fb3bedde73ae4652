"""Where things are: the nbgrader course folder and what it holds."""

from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.errors import UserError
from autograder.exercise import Exercise, checks_of, parse_grading_file

CONFIG_FILE = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """An nbgrader course folder, and the folder that grading writes into (by default the same)."""

    root: Path
    output: Path

    @property
    def submissions_folder(self) -> Path:
        return self.root / "submitted"

    @property
    def release_folder(self) -> Path:
        return self.root / "release"

    @property
    def results_folder(self) -> Path:
        return self.output / "results"

    @property
    def gradebook_url(self) -> str:
        return f"sqlite:///{self.output / 'gradebook.db'}"

    def autograded_path(self, student: str, name: str) -> Path:
        """The executed notebook, where nbgrader's formgrader looks for it."""
        return self.output / "autograded" / student / name / f"{name}.ipynb"

    def feedback_path(self, student: str, name: str) -> Path:
        return self.output / "feedback" / student / name / f"{name}.html"

    def report_path(self, name: str) -> Path:
        """Results of the last grading, from which feedback is made."""
        return self.results_folder / f"{name}.json"

    def source_path(self, name: str) -> Path:
        return self.root / "source" / name / f"{name}.ipynb"

    def exercise_names(self) -> list[str]:
        """Every exercise that has a source notebook, in alphabetical order."""
        return sorted(
            path.stem
            for path in self.root.glob("source/*/*.ipynb")
            if path.stem == path.parent.name
        )

    def exercise(self, name: str) -> Exercise:
        """Reads an exercise.

        Raises:
            UserError: no such exercise, or its notebook or grading file cannot be used.
        """
        if name not in self.exercise_names():
            known = ", ".join(self.exercise_names()) or "none"
            raise UserError(
                f"there is no exercise {name!r} in {self.root / 'source'}; there are: {known}"
            )
        grading_path = self.root / "grading" / f"{name}.toml"
        try:
            source = self.source_path(name).read_text(encoding="utf-8")
            grading_toml = grading_path.read_text(encoding="utf-8")
            notebook = nbformat.reads(source, as_version=4)
        except FileNotFoundError:
            raise UserError(
                f"the exercise {name} has no grading file; it belongs at {grading_path}"
            ) from None
        except (OSError, ValueError, nbformat.reader.NotJSONError) as error:
            raise UserError(f"the exercise {name} cannot be read: {error}") from None
        parse_grading_file(grading_toml, name)
        if not checks_of(notebook):
            raise UserError(f"the exercise {name} has no graded cells in {self.source_path(name)}")
        return Exercise(name, source, grading_toml)


def find_course(folder: Path | None = None, output: Path | None = None) -> Course:
    """The course at ``folder``, or the one at or above the working directory.

    Raises:
        UserError: there is none.
    """
    root = folder.resolve() if folder else _search_upwards()
    if not (root / CONFIG_FILE).is_file():
        raise UserError(f"{folder} is not a course folder: it has no {CONFIG_FILE}")
    return Course(root, output.resolve() if output else root)


def _search_upwards() -> Path:
    for parent in [Path.cwd(), *Path.cwd().parents]:
        for candidate in (parent, parent / "exercises"):
            if (candidate / CONFIG_FILE).is_file():
                return candidate
    raise UserError(f"no course here: no {CONFIG_FILE} in this folder or above; use --course DIR")
