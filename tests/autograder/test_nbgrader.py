"""nbgrader's own commands on our courses: ``autograde`` gives our scores, formgrader shows them."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from nbgrader.api import Gradebook

from autograder.course import find_course
from tests.autograder import mini, red_team
from tests.autograder.conftest import SUBMISSIONS, run_autograder
from tests.autograder.gradebook import content

HOSTILE = (
    "skip-execution tag", "deleted checks", "input transformer", "always equal", "forged execute_reply",
)  # fmt: skip
SECONDS = 60


def run_nbgrader(course: Path, *arguments: str, env: dict) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(command, cwd=course, env=env, capture_output=True, text=True, check=False)


def configure(course: Path, root: Path, sandbox: str) -> None:
    """The settings that the project's own course has."""
    settings = (root / "exercises/nbgrader_config.py").read_text()
    isolation = f'\nc.GradingExporter.sandbox = "{sandbox}"\n'
    (course / "nbgrader_config.py").write_text(settings + isolation)


@pytest.fixture(scope="module")
def by_nbgrader(graded, root, tmp_path_factory, offline_environment):
    """The tiny class, graded by ``nbgrader autograde`` with the stored results of ``autograder grade``."""
    course = tmp_path_factory.mktemp("by-nbgrader") / "course"
    shutil.copytree(
        graded.course, course, ignore=shutil.ignore_patterns("gradebook.db*", "autograded")
    )
    shutil.copytree(graded.submissions, course / "submitted")
    configure(course, root, "off")
    for command in ("generate_assignment", "autograde"):
        process = run_nbgrader(course, command, "mini", env=offline_environment)
        assert process.returncode == 0, process.stderr
    return course, process


def grades_in(course: Path) -> dict:
    return content(find_course(course).gradebook_url)["grades"]


def test_the_scores_are_those_of_autograder_cell_by_cell(graded, by_nbgrader):
    course, _ = by_nbgrader
    ours, theirs = grades_in(graded.course), grades_in(course)
    assert len(ours) == 4 * (len(SUBMISSIONS) + 1)
    ours = {key: (auto, look) for key, (auto, _, _, look) in ours.items() if key[2:] != ("why",)}
    assert {key: (theirs[key][0], theirs[key][3]) for key in ours} == ours


def test_a_rejected_submission_is_one_line_and_a_page_with_the_reason(by_nbgrader):
    course, process = by_nbgrader
    (line,) = [line for line in process.stderr.splitlines() if "web-page:" in line]
    assert "WARNING" in line and "Hand in the .ipynb file" in line
    shown = (course / "autograded/web-page/mini/mini.ipynb").read_text()
    assert "Hand in the .ipynb file" in shown
    assert {grades_in(course)["mini", "web-page", check][0] for check in ("check-same", "why")} == {
        0
    }
    assert "Traceback" not in process.stderr


def grade_by_hand(course: Path, student: str) -> None:
    with Gradebook(find_course(course).gradebook_url) as gradebook:
        gradebook.find_grade("why", "mini", "mini", student).manual_score = 0.5
        gradebook.find_comment("why", "mini", "mini", student).manual_comment = "Say more."
        gradebook.db.commit()


def test_killed_at_any_time_the_next_run_finishes_it(by_nbgrader, offline_environment):
    course, _ = by_nbgrader
    grade_by_hand(course, "half")
    before = content(find_course(course).gradebook_url)
    notebooks = {path: path.read_bytes() for path in course.glob("autograded/*/*/*.ipynb")}
    shutil.rmtree(course / "autograded")
    (course / "gradebook.db").unlink()
    process = run_nbgrader(
        course, "generate_assignment", "mini", "--force", env=offline_environment
    )
    assert process.returncode == 0, process.stderr
    for there in (1, 5):
        command = [sys.executable, "-m", "nbgrader", "autograde", "mini"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=course, env=offline_environment, **quiet) as process:
            give_up = time.monotonic() + SECONDS
            while len([*course.glob("autograded/*/mini")]) < there and time.monotonic() < give_up:
                time.sleep(0.005)
            assert process.poll() is None
            process.kill()
    (course / "autograded/blank/mini").mkdir(parents=True, exist_ok=True)
    (course / "autograded/blank/mini/mini.ipynb").write_text('{"cells": [')  # half of one
    process = run_nbgrader(course, "autograde", "mini", env=offline_environment)
    assert process.returncode == 0, process.stderr
    grade_by_hand(course, "half")
    assert content(find_course(course).gradebook_url) == before
    assert {path: path.read_bytes() for path in course.glob("autograded/*/*/*.ipynb")} == notebooks


def test_manual_grades_survive_and_so_does_all_else_in_a_fault_of_the_courses(
    by_nbgrader, offline_environment
):
    course, _ = by_nbgrader
    grade_by_hand(course, "right")
    arguments = ("autograde", "mini", "--student", "right")
    assert run_nbgrader(course, *arguments, env=offline_environment).returncode == 0
    before = grades_in(course)
    assert before["mini", "right", "why"][:2] == (None, 0.5)
    grading = course / "grading/mini.toml"
    whole = grading.read_text()
    grading.write_text("title = ")
    try:
        process = run_nbgrader(course, *arguments, env=offline_environment)
    finally:
        grading.write_text(whole)
    assert process.returncode == 1
    assert "ERROR" in process.stderr and "grading/mini.toml is not valid TOML" in process.stderr
    assert grades_in(course) == before
    assert not (course / "autograded/right/mini").exists()
    assert run_nbgrader(course, *arguments, env=offline_environment).returncode == 0
    assert (course / "autograded/right/mini/mini.ipynb").exists()
    assert grades_in(course) == before


def test_feedback_by_nbgrader_shows_no_hidden_test(by_nbgrader, offline_environment):
    course, _ = by_nbgrader
    arguments = ("generate_feedback", "mini", "--student", "script")
    process = run_nbgrader(course, *arguments, env=offline_environment)
    assert process.returncode == 0, process.stderr
    page = (course / "feedback/script/mini/mini.html").read_text()
    assert "check-same" in page and "FACTOR * HIDDEN" not in page
    assert "<script>alert(1)</script>" not in page


@pytest.fixture(scope="module")
def hostile(root, tmp_path_factory, offline_environment):
    """Hostile and honest submissions, run by nbgrader and by ``autograder grade``, each for itself."""
    course = tmp_path_factory.mktemp("hostile")
    mini.write(course / "source/squares/squares.ipynb", red_team.instructor_notebook())
    (course / "grading").mkdir()
    (course / "grading/squares.toml").write_text(
        red_team.GRADING.replace("cell_seconds = 4", "cell_seconds = 2")
    )
    configure(course, root, "best")
    notebooks = {name: red_team.ATTACKS[name].notebook() for name in HOSTILE}
    notebooks["right"] = red_team.Attack("honest", "def square(x): return x * x").notebook()
    notebooks["half"] = red_team.Attack(
        "honest", "def square(x): return x * x if x == 7 else 1"
    ).notebook()
    for student, notebook in notebooks.items():
        mini.write(course / "submitted" / student / "squares/squares.ipynb", notebook)
    (course / "submitted/link/squares").mkdir(parents=True)
    (course / "submitted/link/squares/squares.ipynb").symlink_to(
        "../../right/squares/squares.ipynb"
    )
    for command in ("generate_assignment", "autograde"):
        process = run_nbgrader(course, command, "squares", env=offline_environment)
        assert process.returncode == 0, process.stderr
    other = course.parent / "by-autograder"
    process = run_autograder(
        "grade", "squares", "--course", course, "--output", other, "--sandbox", "best", env=offline_environment,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return course, other


def test_hostile_notebooks_earn_the_same_both_ways(hostile):
    theirs, ours = (content(f"sqlite:///{folder}/gradebook.db")["grades"] for folder in hostile)
    assert theirs == ours
    points = {}
    for (_, student, _), (auto, *_) in theirs.items():
        points[student] = points.get(student, 0) + auto
    assert points == {**dict.fromkeys(HOSTILE, 0), "link": 0, "right": 6, "half": 1}


class Formgrader:
    """A Jupyter server with formgrader in a course's folder, on loopback."""

    def __init__(self, course: Path, runtime: Path, env: dict):
        own = {name: str(runtime / name) for name in ("config", "data", "runtime")}
        self._env = {
            **env,
            **{f"JUPYTER_{name.upper()}_DIR": folder for name, folder in own.items()},
            "JUPYTER_TOKEN": "secret",
        }
        extension = '{"nbgrader.server_extensions.formgrader": True}'
        command = [
            *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
            *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={course}"),
            f"--ServerApp.jpserver_extensions={extension}",
        ]
        self._log = (runtime / "log").open("w+")
        self.process = subprocess.Popen(
            command, cwd=course, env=self._env, stdout=self._log, stderr=subprocess.STDOUT
        )
        self.url = self._wait_for(runtime / "runtime")

    def _wait_for(self, folder: Path) -> str:
        give_up = time.monotonic() + SECONDS
        while time.monotonic() < give_up and self.process.poll() is None:
            for path in folder.glob("jpserver-*.json"):
                if text := path.read_text():
                    return json.loads(text)["url"]
            time.sleep(0.1)
        raise AssertionError(Path(self._log.name).read_text())

    def get(self, path: str, method: str = "GET") -> str:
        headers = {"Authorization": "token secret"}
        request = Request(f"{self.url}formgrader/{path}", headers=headers, method=method)  # noqa: S310
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.read().decode()

    def close(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._log.close()


@pytest.fixture(scope="module")
def formgrader(by_nbgrader, tmp_path_factory, offline_environment):
    course, _ = by_nbgrader
    server = Formgrader(course, tmp_path_factory.mktemp("jupyter"), offline_environment)
    yield server
    server.close()


def test_formgrader_lists_the_scores(graded, formgrader):
    listed = json.loads(formgrader.get("api/submitted_notebooks/mini/mini"))
    assert {each["student"]: each["score"] for each in listed} == {
        result["student"]: result["score"] + (0.5 if result["student"] in ("half", "right") else 0)
        for result in graded.report["results"]
    }
    assert "mini" in formgrader.get("manage_submissions/mini")
    assert "mini" in formgrader.get("gradebook/mini/mini")


def test_formgrader_shows_each_submission_to_be_graded_by_hand(formgrader):
    listed = json.loads(formgrader.get("api/submitted_notebooks/mini/mini"))
    pages = {each["student"]: formgrader.get(f"submissions/{each['id']}/") for each in listed}
    assert len(pages) == len(SUBMISSIONS) + 1
    for page in pages.values():
        assert re.findall(r'<input class="score tabbable" id="([\w-]+)"', page) == [
            "check-scale", "check-same", "check-scale-hidden", "why",
        ]  # fmt: skip
    assert "same(3): expected 3, got -3." in pages["half"].replace("&#39;", "'")
    assert "Hand in the .ipynb file" in pages["web-page"]
    assert "<script>alert(1)</script>" not in pages["script"]


def test_formgraders_own_button_grades(by_nbgrader, formgrader):
    """In the server's process and its event loop, what is not stored yet."""
    course, _ = by_nbgrader
    mini.write(course / "submitted/late/mini/mini.ipynb", SUBMISSIONS["half"])
    answer = json.loads(formgrader.get("api/submission/mini/late/autograde", method="POST"))
    assert answer["success"], answer
    scores = {name: auto for (_, s, name), (auto, *_) in grades_in(course).items() if s == "late"}
    assert scores == {"check-scale": 2, "check-same": 0, "check-scale-hidden": 3, "why": None}
