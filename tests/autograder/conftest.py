"""A tiny class, graded once by the command line; the tests look at what came out."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.autograder import mini

SUBMISSIONS = {
    "right": mini.submission(mini.RIGHT),
    "other {way} é": mini.submission(
        {**mini.RIGHT, "scale": "def scale(x): return sum([x] * factor)"}, extra={3: "factor = FACTOR"}
    ),
    "half": mini.submission({**mini.RIGHT, "same": "def same(x): return -x"}),
    "blank": mini.submission({"scale": "raise NotImplementedError()", "same": "raise NotImplementedError()"}),
    "typed-in": mini.submission({**mini.RIGHT, "scale": "def scale(x): return {3: 6, 21: 42}[x]"}),
    "syntax": mini.submission({**mini.RIGHT, "scale": "def scale(x) return x"}),
    "noisy": mini.submission(
        {**mini.RIGHT, "scale": "import sys\nprint('warning', file=sys.stderr)\n" + mini.RIGHT["scale"]}
    ),
    "never-ends": mini.submission({**mini.RIGHT, "same": "def same(x):\n    while True: pass"}),
    "ignores-interrupts": mini.submission(
        {
            **mini.RIGHT,
            "same": "def same(x):\n    while True:\n        try:\n            while True: print('x' * 999)\n"
            "        except BaseException: pass",
        }
    ),
    "kills-kernel": mini.submission({**mini.RIGHT, "same": "import os\ndef same(x): os._exit(0)"}),
    "exits": mini.submission({**mini.RIGHT, "same": "import sys\ndef same(x): sys.exit(0)"}),
    "exits-at-once": mini.submission({**mini.RIGHT, "scale": "import sys\nsys.exit(0)"}),
    "script": mini.submission({**mini.RIGHT, "same": "def same(x): return '<script>alert(1)</script>'"}),
}  # fmt: skip


@dataclass(frozen=True)
class GradedClass:
    """The course folder after grading, the process that graded it, and its ``--json`` output."""

    course: Path
    submissions: Path
    process: subprocess.CompletedProcess
    report: dict

    def result(self, student: str) -> dict:
        return next(result for result in self.report["results"] if result["student"] == student)

    def statuses(self, student: str) -> list[str]:
        return [check["status"] for check in self.result(student)["checks"]]


def run_autograder(*arguments: object, env: dict | None = None) -> subprocess.CompletedProcess:
    """Runs the command line as a user does."""
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


@pytest.fixture(scope="session")
def mini_course(tmp_path_factory) -> Path:
    return mini.write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def graded(mini_course, tmp_path_factory, offline_environment) -> GradedClass:
    submissions = tmp_path_factory.mktemp("submissions")
    for student, notebook in SUBMISSIONS.items():
        mini.write(submissions / student / "mini" / "mini.ipynb", notebook)
    web_page = submissions / "web-page" / "mini" / "mini.ipynb"
    web_page.parent.mkdir(parents=True)
    web_page.write_text("<!doctype html><title>Sign in</title>")
    json_path = submissions.parent / "results.json"
    process = run_autograder(
        "grade", "mini", "--course", mini_course, "--submissions", submissions,
        "--sandbox", "off", "--json", json_path, env=offline_environment,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return GradedClass(mini_course, submissions, process, json.loads(json_path.read_text()))
