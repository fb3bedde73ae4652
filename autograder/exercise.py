"""An exercise as the grader sees it: the instructor's notebook and its hidden grading file."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_locked, is_solution
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.errors import UserError

STUDENT_PLACEHOLDER = "{student}"
BEGIN_HIDDEN_TESTS = ClearHiddenTests.begin_test_delimeter.default_value


class Limits(BaseModel):
    """Seconds that a run of the notebook, and each of its cells, may take."""

    model_config = ConfigDict(extra="forbid")

    seconds: int = Field(default=120, gt=0)
    cell_seconds: int = Field(default=60, gt=0)


class Variant(BaseModel):
    """One run of the notebook, under its own papermill parameters."""

    model_config = ConfigDict(extra="forbid")

    name: str
    parameters: dict[str, str | int | float | bool | list] = {}

    @property
    def is_of_student(self) -> bool:
        """Every student gets other parameters."""
        return STUDENT_PLACEHOLDER in self.parameters.values()

    def parameters_for(self, student: str, profile: str) -> dict[str, Any]:
        """The values to inject; ``"{student}"`` stands for the student's id."""
        own = {
            name: student if value == STUDENT_PLACEHOLDER else value
            for name, value in self.parameters.items()
        }
        return {"PROFILE": profile, **own}


class GradingFile(BaseModel):
    """``grading/<exercise>.toml``: what students do not see."""

    model_config = ConfigDict(extra="forbid")

    title: str
    chapter: str
    limits: Limits = Limits()
    variants: list[Variant] = Field(default=[Variant(name="as handed out")], min_length=1)
    checker: dict[str, Any] = {}


@dataclass(frozen=True)
class Check:
    """A graded cell: automatic, or graded by hand where the student writes the answer in it."""

    id: str
    max_points: float
    manual: bool


@dataclass(frozen=True)
class Exercise:
    """Everything that grading needs, as data: no paths, no database."""

    name: str
    source: str
    grading_toml: str

    @property
    def notebook(self) -> NotebookNode:
        """A fresh copy of the instructor's notebook."""
        return nbformat.reads(self.source, as_version=4)

    @cached_property
    def grading(self) -> GradingFile:
        return parse_grading_file(self.grading_toml, self.name)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        return checks_of(self.notebook)

    @property
    def max_score(self) -> float:
        return sum(check.max_points for check in self.checks)


def parse_grading_file(text: str, exercise: str) -> GradingFile:
    """Raises UserError where the TOML is broken or has a key or value that is not known."""
    try:
        return GradingFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"grading/{exercise}.toml is not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(f"grading/{exercise}.toml: {where}: {first['msg']}") from None


def grade_id(cell: NotebookNode) -> str | None:
    """nbgrader's id of the cell, or None for a cell that nbgrader does not know."""
    known = cell.metadata.get("nbgrader")
    return known.get("grade_id") if isinstance(known, dict) else None


def takes_student_source(cell: NotebookNode) -> bool:
    """The student writes this cell: a solution, or an answer that is graded by hand."""
    return grade_id(cell) is not None and is_solution(cell)


def is_check(cell: NotebookNode) -> bool:
    """A test cell: its outcome decides over its points."""
    return grade_id(cell) is not None and is_grade(cell) and not is_solution(cell)


def has_hidden_tests(cell: NotebookNode) -> bool:
    """A test cell of which students do not see everything."""
    return is_check(cell) and BEGIN_HIDDEN_TESTS in cell.source


def is_given(cell: NotebookNode) -> bool:
    """A locked cell of the instructor's that is no test: text, imports, parameters."""
    return grade_id(cell) is not None and is_locked(cell) and not is_grade(cell)


def checks_of(notebook: NotebookNode) -> tuple[Check, ...]:
    """The graded cells of an instructor's notebook, in order."""
    return tuple(
        Check(cell_id, float(cell.metadata.nbgrader["points"]), manual=is_solution(cell))
        for cell in notebook.cells
        if (cell_id := grade_id(cell)) is not None and is_grade(cell)
    )


def without_hidden_tests(notebook: NotebookNode) -> tuple[NotebookNode, Sequence[str]]:
    """The notebook as students get it to check, and the ids of checks of which nothing is visible."""
    visible, _ = ClearHiddenTests().preprocess(notebook, {})
    hidden = [
        grade_id(cell) for cell in visible.cells if is_check(cell) and not _has_code(cell.source)
    ]
    return visible, hidden


def _has_code(source: str) -> bool:
    return any(line.strip() and not line.strip().startswith("#") for line in source.splitlines())
