"""Every hostile notebook earns what the honest failing one earns, and leaves its neighbours alone."""

import json
from collections import Counter

import pytest

from tests.autograder import mini, red_team
from tests.autograder.conftest import run_autograder

LIMIT = 30
NEIGHBOURS = {"aaa-neighbour": 6.0, "zzz-neighbour": 6.0}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory, offline_environment):
    """Results by student name, and what lies outside the scratch folders afterwards."""
    root = tmp_path_factory.mktemp("red-team")
    course = root / "course"
    mini.write(course / "source/squares/squares.ipynb", red_team.instructor_notebook())
    (course / "grading").mkdir()
    (course / "grading/squares.toml").write_text(red_team.GRADING)
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    canary = root / "canary"
    notebooks = {name: attack.notebook() for name, attack in red_team.ATTACKS.items()}
    right = red_team.Attack("honest", "def square(x): return x * x").notebook()
    notebooks |= dict.fromkeys(NEIGHBOURS, right)
    notebooks["honest failure"] = red_team.Attack("honest").notebook()
    for name, notebook in notebooks.items():
        text = json.dumps(notebook).replace("CANARY", str(canary))
        path = root / "submissions" / name / "squares" / "squares.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    before = (course / "source/squares/squares.ipynb").read_bytes()
    process = run_autograder(
        "grade", "squares", "--course", course, "--submissions", root / "submissions",
        "--sandbox", "best", "--json", root / "results.json", env=offline_environment,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert (course / "source/squares/squares.ipynb").read_bytes() == before
    assert not canary.exists()
    results = json.loads((root / "results.json").read_text())["results"]
    return {result["student"]: result for result in results}


def test_the_honest_failure_earns_nothing(outcome):
    assert outcome["honest failure"]["score"] == 0
    assert outcome["honest failure"]["status"] == "graded"


@pytest.mark.parametrize("name", red_team.ATTACKS)
def test_it_earns_nothing_and_keeps_its_limits(outcome, name):
    result = outcome[name]
    passed = [check["id"] for check in result["checks"] if check["status"] == "passed"]
    assert result["status"] in ("graded", "rejected")
    assert (result["score"], passed) == (0, [])
    assert result["seconds"] < LIMIT + 30  # the kernels' start on a busy machine included


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_the_neighbours_keep_their_points(outcome, name):
    assert outcome[name]["score"] == NEIGHBOURS[name]


def test_the_corpus_has_every_family():
    families = Counter(attack.family for attack in red_team.ATTACKS.values())
    print(*(f"{family}: {count}" for family, count in families.items()), sep="\n")
    assert len(red_team.ATTACKS) >= 60
