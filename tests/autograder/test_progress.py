"""What an instructor sees while a class is graded, and what Ctrl-C leaves."""

import io
import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from rich.console import Console

from autograder import progress as progress_module
from autograder.progress import Tally, progress, told
from autograder.results import SubmissionResult, without_run
from tests.autograder import mini

SECONDS_TO_GET_GOING = 240
SECONDS_TO_STOP = 15


def graded(student: str, seconds: float = 1.0, cached: bool = False) -> SubmissionResult:
    return SubmissionResult(
        student=student, score=0, max_score=1, status="graded", seconds=seconds, cached=cached
    )


def test_rate_time_left_failures_and_the_slowest():
    tally = Tally(total=20, started=100)
    assert (tally.rate, tally.seconds_left, str(tally)) == (None, None, "")
    tally.add(graded("cached", 99, cached=True), 100)
    tally.add(without_run("page", 1, "rejected", "no notebook"), 100)
    assert (tally.rate, str(tally)) == (None, "1 rejected")
    for number in range(4):
        tally.add(graded(f"s{number}", seconds=1 + number % 3), 102 + 2 * number)
    tally.add(without_run("s9", 1, "failed", "no kernel"), 110)
    assert tally.rate == pytest.approx(0.5)
    assert tally.seconds_left == pytest.approx(13 / 0.5)
    assert str(tally) == "30 a minute, 26 s left, 1 rejected, 1 failed, slowest s2: 3.0 s"


def test_the_rate_is_that_of_the_latest():
    tally = Tally(total=2_000, started=0)
    for number in range(1_000):
        tally.add(graded(str(number)), number)
    for number in range(progress_module.LATEST):
        tally.add(graded(str(number)), 1_000 + number / 10)
    assert tally.rate == pytest.approx(10, rel=0.1)
    assert tally.seconds_left == pytest.approx(80, rel=0.1)


def test_no_executed_notebook_is_kept():
    tally = Tally(total=1, started=0)
    tally.add(graded("ada").model_copy(update={"notebook": "{}"}), 1)
    assert tally.slowest.notebook is None


def test_times_for_people():
    assert [told(s) for s in (0.4, 99, 100, 3_000, 6_100)] == [
        "0 s", "99 s", "2 min", "50 min", "1 h 42 min",
    ]  # fmt: skip


def test_lines_now_and_then_where_there_is_no_terminal(monkeypatch):
    clock = iter([0, 1, 1, 31, 31, 31, 32, 32])
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: next(clock))
    text = io.StringIO()
    with progress("grading mini", 3, Console(file=text, width=200)) as take:
        for name in "abc":
            take(graded(name))
    assert text.getvalue().splitlines() == [
        "grading mini 2/3: 3.87 a minute, 16 s left, slowest a: 1.0 s",
        "grading mini 3/3: 5.62 a minute, 0 s left, slowest a: 1.0 s",
    ]


def test_a_bar_on_a_terminal():
    text = io.StringIO()
    with progress("grading [mini]", 2, Console(file=text, width=150, force_terminal=True)) as take:
        take(graded("[red]ada"))
        take(without_run("bob", 1, "failed", "no kernel"))
    last = text.getvalue().split("\r")[-1]
    for part in ("grading [mini]", "2/2", "a minute", "1 failed", "slowest [red]ada: 1.0 s"):
        assert part in last


@pytest.fixture
def stuck(tmp_path):
    """A class whose second half never ends, for five minutes."""
    course = mini.write_course(tmp_path / "course")
    limits = mini.GRADING.replace("seconds = 40", "seconds = 300")
    (course / "grading/mini.toml").write_text(
        limits.replace("cell_seconds = 6", "cell_seconds = 300")
    )
    endless = {**mini.RIGHT, "scale": "import time\nwhile True: time.sleep(1)"}
    for student, sources in (("a", mini.RIGHT), ("b", endless), ("c", endless)):
        mini.write(course / f"submitted/{student}/mini/mini.ipynb", mini.submission(sources))
    return course


def test_ctrl_c_keeps_what_is_done_ends_every_process_and_says_how_to_go_on(
    stuck, tmp_path, tmp_path_factory
):
    scratch = tmp_path_factory.mktemp("s")  # short: it is to hold sockets
    environment = {**os.environ, "TMPDIR": str(scratch)}
    command = [sys.executable, "-m", "autograder", "grade", "mini", "--course", str(stuck)]
    options = ["--sandbox", "off", "--jobs", "2"]
    with subprocess.Popen(
        [*command, *options], stderr=subprocess.PIPE, text=True, env=environment, process_group=0,
        preexec_fn=listen_to_ctrl_c,
    ) as grader:  # fmt: skip
        give_up = time.monotonic() + SECONDS_TO_GET_GOING
        while not list(stuck.glob("autograded/a/mini/mini.ipynb")) or len(kernels(scratch)) < 4:
            assert grader.poll() is None and time.monotonic() < give_up
            time.sleep(0.2)
        os.killpg(grader.pid, signal.SIGINT)  # as a terminal does
        started = time.monotonic()
        said = grader.stderr.read()
        code = grader.wait()
    assert code == 130 and time.monotonic() - started < SECONDS_TO_STOP
    assert "stopped (1 of 3 submissions of mini done)" in said
    assert "run the command again to go on" in said and "Traceback" not in said
    assert processes(scratch) == [] and list(scratch.iterdir()) == []
    for student in "bc":
        (stuck / f"submitted/{student}/mini/mini.ipynb").unlink()
    options += ["--json", str(tmp_path / "r.json")]
    again = subprocess.run([*command, *options], env=environment, capture_output=True, check=False)
    (result,) = json.loads((tmp_path / "r.json").read_text())["results"][:1]
    assert (again.returncode, result["student"], result["cached"]) == (0, "a", True)


def listen_to_ctrl_c() -> None:
    """A shell makes what it starts in the background deaf to it, these tests and all that they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def processes(scratch) -> list[psutil.Process]:
    """All that were started with this folder for temporary files, or below."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(scratch) in process.environ().get("TMPDIR", "") and process.status() != "zombie":
                found.append(process)
        except psutil.Error:
            pass
    return found


def kernels(scratch) -> list[psutil.Process]:
    """Kernels and their keepers; a forked one has the environment of the template it comes from."""
    return [each for each in processes(scratch) if "warm.server" in " ".join(each.cmdline())][1:]
