"""Every exercise tells right from wrong: right solutions earn all points, wrong ones lose what they should."""

import nbformat
import pytest
from nbgrader.preprocessors import ClearSolutions

from autograder.course import Course
from tests.conftest import ROOT
from tests.handed_in import graded_by_command, solutions_of
from tests.test_sample_class import EXERCISES as IN_SAMPLE_CLASS

COURSE = Course(ROOT / "exercises", ROOT / "exercises")
EXERCISES = [name for name in COURSE.exercise_names() if name not in IN_SAMPLE_CLASS]
SOLUTIONS = [(name, solution) for name in EXERCISES for solution in solutions_of(name)]
REFERENCE, BLANK = "reference", "blank"


@pytest.fixture(scope="session")
def graded(request, tmp_path_factory, offline_environment) -> dict[str, dict[str, dict]]:
    """All solutions of the exercises that the selected tests are about, graded by the command line."""
    parameters = [
        item.callspec.params for item in request.session.items if hasattr(item, "callspec")
    ]
    names = [name for name in EXERCISES if any(each.get("name") == name for each in parameters)]
    submissions = tmp_path_factory.mktemp("solutions")
    for name in names:
        exercise = COURSE.exercise(name)
        stubs, _ = ClearSolutions().preprocess(exercise.notebook, {})
        notebooks = {REFERENCE: exercise.source, BLANK: nbformat.writes(stubs)}
        notebooks |= {each.name: each.notebook(exercise) for each in solutions_of(name)}
        for student, notebook in notebooks.items():
            path = submissions / student / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(notebook, encoding="utf-8")
    output = tmp_path_factory.mktemp("graded")
    return graded_by_command(COURSE, names, submissions, output, offline_environment)


def lost(result: dict) -> set[str]:
    assert result["status"] == "graded", result["reason"]
    return {check["id"] for check in result["checks"] if check["points"] < check["max_points"]}


def by_hand(name: str) -> set[str]:
    """Checks that wait for a person."""
    return {check.id for check in COURSE.exercise(name).checks if check.manual}


@pytest.mark.parametrize("name", EXERCISES)
def test_the_reference_solution_gets_full_marks(graded, name):
    result = graded[name][REFERENCE]
    assert lost(result) == by_hand(name), result


@pytest.mark.parametrize("name", EXERCISES)
def test_the_exercise_as_handed_out_gets_nothing(graded, name):
    assert graded[name][BLANK]["score"] == 0, graded[name][BLANK]


@pytest.mark.parametrize(
    ("name", "solution"), SOLUTIONS, ids=[f"{name}-{each.name}" for name, each in SOLUTIONS]
)
def test_a_solution_loses_the_checks_that_it_should_and_no_others(graded, name, solution):
    result = graded[name][solution.name]
    assert lost(result) - by_hand(name) == solution.loses, result


@pytest.mark.parametrize("name", EXERCISES)
def test_there_are_right_and_wrong_solutions_enough(graded, name, capsys):
    solutions = solutions_of(name)
    right = [each for each in solutions if each.is_right]
    wrong = [each for each in solutions if not each.is_right]
    assert len(right) >= 2 and len(wrong) >= 6
    assert not any(each.loses for each in right) and all(each.loses for each in wrong)
    caught = [each for each in wrong if lost(graded[name][each.name]) - by_hand(name)]
    seconds = sum(result["seconds"] for result in graded[name].values())
    with capsys.disabled():
        print(
            f"\n{name}: {graded[name][REFERENCE]['max_score']:.0f} points, {len(COURSE.exercise(name).checks)} checks, "
            f"{len(caught)} of {len(wrong)} wrong solutions caught, {len(right)} other right ones pass, {seconds:.0f} s"
        )
    assert caught == wrong
