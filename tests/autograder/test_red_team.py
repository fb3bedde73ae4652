"""Every hostile notebook earns what the honest failing one earns, and leaves its neighbours alone."""

import json
import socket
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.sandbox import available
from tests.autograder import mini, red_team
from tests.autograder.conftest import run_autograder

LIMIT = 30
JOBS = 5  # most of them wait for a time limit
SANDBOX = available()
ATTACKS = red_team.ATTACKS | (red_team.NEED_A_SANDBOX if SANDBOX.ok else {})
NEIGHBOURS = {"aaa-neighbour": 6.0, "zzz-neighbour": 6.0}


@dataclass(frozen=True)
class Outcome:
    """The course's folder after grading, and results by student."""

    course: Path
    results: dict[str, dict]

    def __getitem__(self, student: str) -> dict:
        return self.results[student]

    def seen_by(self, student: str) -> str:
        """All that a student, or their instructor in formgrader, reads of their work."""
        pages = [self.course / f"feedback/{student}/squares/squares.html"]
        pages += self.course.glob(f"autograded/{student}/squares/squares.ipynb")
        return json.dumps(self[student]) + "".join(page.read_text() for page in pages)


@pytest.fixture(
    scope="module",
    params=["require", pytest.param("best", marks=pytest.mark.full)] if SANDBOX.ok else ["off"],
)
def outcome(request, tmp_path_factory, offline_environment):
    """Results by student name, and what lies outside the scratch folders afterwards."""
    root = tmp_path_factory.mktemp("red-team")
    course = root / "course"
    mini.write(course / "source/squares/squares.ipynb", red_team.instructor_notebook())
    (course / "grading").mkdir()
    (course / "grading/squares.toml").write_text(red_team.GRADING)
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    canary = root / "canary"
    notebooks = {name: attack.notebook() for name, attack in ATTACKS.items()}
    right = red_team.Attack("honest", "def square(x): return x * x").notebook()
    notebooks |= dict.fromkeys(NEIGHBOURS, right)
    notebooks["honest failure"] = red_team.Attack("honest").notebook()
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind("")  # a free name, of the kernel's choice
    abstract.listen()
    abstract.setblocking(False)
    meant = {
        "CANARY": canary,
        "COURSE": course,
        "SUBMISSIONS": root / "submissions",
        "PORT": server.getsockname()[1],
        "ABSTRACT": abstract.getsockname().hex(),
    }
    for name, notebook in notebooks.items():
        text = json.dumps(notebook)
        for word, value in meant.items():
            text = text.replace(word, str(value))
        path = root / "submissions" / name / "squares" / "squares.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    before = _files_of(course)
    process = run_autograder(
        "grade", "squares", "--course", course, "--submissions", root / "submissions",
        "--jobs", JOBS, "--sandbox", request.param, "--json", root / "results.json",
        env=offline_environment,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert _files_of(course) == before
    time.sleep(5)  # for what outlives its notebook
    assert not canary.exists()
    for listener in (server, abstract):
        with pytest.raises(BlockingIOError):  # nobody called
            listener.accept()
        listener.close()
    process = run_autograder("feedback", "squares", "--course", course, env=offline_environment)
    assert process.returncode == 0, process.stderr
    results = json.loads((root / "results.json").read_text())["results"]
    return Outcome(course, {result["student"]: result for result in results})


def _files_of(course):
    """The instructor's own files, which grading must not change."""
    files = [*course.glob("source/**/*.ipynb"), *course.glob("grading/*"), *course.glob("*.py")]
    return {path: path.read_bytes() for path in files}


def test_the_honest_failure_earns_nothing(outcome):
    assert outcome["honest failure"]["score"] == 0
    assert outcome["honest failure"]["status"] == "graded"


@pytest.mark.parametrize("name", ATTACKS)
def test_it_earns_nothing_and_keeps_its_limits(outcome, name):
    result = outcome[name]
    passed = [check["id"] for check in result["checks"] if check["status"] == "passed"]
    assert result["status"] in ("graded", "rejected")
    assert (result["score"], passed) == (0, [])
    assert result["seconds"] < LIMIT + 30  # the kernels' start on a busy machine included


@pytest.mark.parametrize("name", [n for n, a in ATTACKS.items() if a.family == "hidden inputs"])
def test_hidden_inputs_are_nowhere_to_be_read(outcome, name):
    seen = outcome.seen_by(name)
    shown = [number for number in ("30011", "30,011", "30010", "30,010", "30012") if number in seen]
    assert shown == []


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_the_neighbours_keep_their_points(outcome, name):
    assert outcome[name]["score"] == NEIGHBOURS[name]


@pytest.mark.skipif(not SANDBOX.ok, reason=f"no sandbox on this machine: {SANDBOX.missing}")
def test_the_corpus_has_every_family():
    families = Counter(attack.family for attack in ATTACKS.values())
    print(*(f"{family}: {count}" for family, count in families.items()), sep="\n")
    assert len(ATTACKS) >= 60
    assert len(families) >= 12
