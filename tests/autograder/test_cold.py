"""Forked kernels, two submissions at a time, give the scores that new kernels give, one submission after the other."""

import pytest
from nbformat import writes
from nbgrader.preprocessors import ClearSolutions

from autograder.course import Course
from autograder.exercise import Exercise
from autograder.grading import Job, grade_submission
from autograder.results import SubmissionResult
from autograder.sandbox import available
from autograder.store import ResultStore
from autograder.workers import grade_all
from autograder.workers.local import LocalWorkers
from tests.autograder import mini, red_team
from tests.conftest import ROOT
from tests.handed_in import solutions_of

pytestmark = pytest.mark.full  # a new kernel imports Keras: an hour for all

COURSE = Course(ROOT / "exercises", ROOT / "exercises")
SANDBOX = available().ok
ATTACKS = red_team.ATTACKS | (red_team.NEED_A_SANDBOX if SANDBOX else {})
WRONG = 2  # solutions of each exercise


def scores(result: SubmissionResult) -> tuple:
    """What a student gets, without the wording, which has addresses and times in it."""
    return result.status, result.score, [(check.id, check.points) for check in result.checks]


def jobs(exercise: Exercise, notebooks: dict[str, str], *, warm: bool) -> list[Job]:
    return [
        Job(exercise, student, notebook.encode(), "sample", 1, SANDBOX, warm)
        for student, notebook in notebooks.items()
    ]


def in_parallel(exercise: Exercise, notebooks: dict[str, str], folder) -> dict[str, tuple]:
    with LocalWorkers(2) as workers:
        results = grade_all(jobs(exercise, notebooks, warm=True), ResultStore(folder), workers)
        return {result.student: scores(result) for result in results}


def one_by_one(exercise: Exercise, notebooks: dict[str, str]) -> dict[str, tuple]:
    results = [grade_submission(job) for job in jobs(exercise, notebooks, warm=False)]
    return {result.student: scores(result) for result in results}


@pytest.mark.parametrize("name", COURSE.exercise_names())
def test_an_exercise_is_scored_alike(name, tmp_path):
    exercise = COURSE.exercise(name)
    stubs, _ = ClearSolutions().preprocess(exercise.notebook, {})
    solutions = [each for each in solutions_of(name) if not each.is_right][:WRONG]
    notebooks = {each.name: each.notebook(exercise) for each in solutions}
    notebooks |= {"reference": exercise.source, "blank": writes(stubs)}
    parallel = in_parallel(exercise, notebooks, tmp_path)
    assert parallel["reference"] != parallel["blank"]
    assert parallel == one_by_one(exercise, notebooks)


@pytest.fixture(scope="module")
def squares(tmp_path_factory) -> Exercise:
    """The exercise that the red team attacks."""
    folder = tmp_path_factory.mktemp("squares")
    mini.write(folder / "source/squares/squares.ipynb", red_team.instructor_notebook())
    (folder / "grading").mkdir()
    (folder / "grading/squares.toml").write_text(red_team.GRADING)
    return Course(folder, folder).exercise("squares")


@pytest.fixture(scope="module")
def attacked_in_parallel(squares, tmp_path_factory) -> dict[str, tuple]:
    notebooks = {name: writes(attack.notebook()) for name, attack in ATTACKS.items()}
    return in_parallel(squares, notebooks, tmp_path_factory.mktemp("results"))


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_scored_alike(name, squares, attacked_in_parallel):
    notebooks = {name: writes(ATTACKS[name].notebook())}
    assert one_by_one(squares, notebooks) == {name: attacked_in_parallel[name]}
