"""Kills the grader: ``python -m tests.autograder.killed {steps,times} FOLDER``, which prints what it found as JSON.

The grader is ``autograder grade`` as it is, but for the kernels: what a submission earns is read out of it. It is
killed, by a real SIGKILL, before each step that changes anything outside its process (a file, the database), or
at random times; then it is run again undisturbed, and what it leaves is compared with a run that was left alone.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import nbgrader.api
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder import classes, cli
from autograder.grading import Job
from autograder.results import SubmissionResult
from autograder.store import ResultStore
from tests.autograder import mini
from tests.autograder.gradebook import content
from tests.autograder.stubs import half

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = ("os.rename", "os.remove", "os.mkdir")
READS = ("SELECT", "PRAGMA")


def grade_all(jobs: Iterable[Job], store: ResultStore, *_: object) -> Iterator[SubmissionResult]:
    """As :func:`autograder.workers.grade_all`, one after another in this process."""
    for job in jobs:
        result = store.find(job)
        if result is None:
            result = half(job)
            store.keep(job, result)
        yield result


def write_class(folder: Path, count: int) -> None:
    """A course and ``count`` submissions, every fifth of which is not a notebook."""
    mini.write_course(folder / "course")
    for number in range(count):
        path = folder / f"submissions/s{number}/mini/mini.ipynb"
        mini.write(
            path, mini.submission({"scale": f"{number:03b}".translate({48: "x", 49: "012"})})
        )
        if number % 5 == 4:
            path.write_text("<html>")


def in_child(grade: Callable[[], None]) -> int:
    """Starts the grader in a process of its own."""
    child = os.fork()
    if child:
        return child
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.dup2(2, 1)
        grade()
        os._exit(0)
    except SystemExit as end:
        os._exit(end.code or 0)
    finally:
        os._exit(1)


def was_killed(child: int) -> bool:
    """Waits for the end; anything but a kill and a success is a mistake of the grader's."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), status
    return status != 0


def command(folder: Path, output: Path) -> None:
    sys.argv = [
        *("autograder", "grade", "mini", "--course", str(folder / "course")),
        *(
            "--submissions",
            str(folder / "submissions"),
            "--output",
            str(output),
            "--sandbox",
            "off",
        ),
    ]
    cli.main()


def killing_itself(folder: Path, output: Path, step: int) -> Callable[[], None]:
    """The grader, dead before the ``step``-th thing that it would change."""
    left = step

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(name: str, arguments: tuple) -> None:
        if name in CHANGES or (name == "open" and arguments[2] and arguments[2] & WRITING):
            count()

    def before_statement(connection, cursor, statement: str, *_: object) -> None:
        if not statement.startswith(READS):
            count()

    def grade() -> None:
        sys.addaudithook(audit)
        event.listen(Engine, "before_cursor_execute", before_statement)
        event.listen(Engine, "commit", lambda connection: count())
        command(folder, output)

    return grade


def left_by(output: Path) -> dict:
    """What a finished run leaves."""
    results = json.loads((output / "results/mini.json").read_text())["results"]
    return {
        "gradebook": content(f"sqlite:///{output}/gradebook.db"),
        "results": [{**result, "cached": None, "seconds": None} for result in results],
        "notebooks": {
            str(path.relative_to(output)): path.read_text()
            for path in output.glob("autograded/*/*/*.ipynb")
        },
    }


def is_half(output: Path) -> bool:
    """Whether the gradebook holds a part of a submission only."""
    if not (output / "gradebook.db").exists():
        return False
    grades = content(f"sqlite:///{output}/gradebook.db")["grades"]
    checks = mini.instructor_notebook().cells
    expected = sum(bool(cell.metadata.nbgrader.grade) for cell in checks)
    submissions = {student for _, student, _ in grades}
    empty = [key for key, (auto, *_) in grades.items() if auto is None and key[2] != "why"]
    return bool(empty) or len(grades) != expected * len(submissions)


def at_every_step(folder: Path, every: int) -> dict:
    """Kills before the steps ``every`` apart, each in a run of its own."""
    write_class(folder, 3)
    reference = folder / "undisturbed"
    assert not was_killed(in_child(lambda: command(folder, reference)))
    expected, different, half, step = left_by(reference), [], [], 1
    while was_killed(in_child(killing_itself(folder, folder / "disturbed", step))):
        half += [step] if is_half(folder / "disturbed") else []
        assert not was_killed(in_child(lambda: command(folder, folder / "disturbed")))
        different += [step] if left_by(folder / "disturbed") != expected else []
        shutil.rmtree(folder / "disturbed")
        step += every
    return {"kills": (step - 1) // every, "steps": step, "different": different, "half": half}


def at_random_times(folder: Path, kills: int, seed: int) -> dict:
    """Kills one long run again and again, each time after it has got a little further."""
    write_class(folder, 15)
    reference, disturbed = folder / "undisturbed", folder / "disturbed"
    started = time.monotonic()
    assert not was_killed(in_child(lambda: command(folder, reference)))
    whole = time.monotonic() - started
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    done = half = 0
    while done < kills:
        child = in_child(lambda: command(folder, disturbed))
        time.sleep(chance.uniform(0, whole))
        os.kill(child, signal.SIGKILL)
        done += was_killed(child)
        half += is_half(disturbed)
    assert not was_killed(in_child(lambda: command(folder, disturbed)))
    return {"kills": done, "half": half, "equal": left_by(disturbed) == left_by(reference)}


if __name__ == "__main__":
    version = nbgrader.api.get_alembic_version()  # a program that takes a second
    nbgrader.api.get_alembic_version = lambda: version
    classes.grade_all = grade_all
    kind, where = sys.argv[1], Path(sys.argv[2])
    if kind == "steps":
        print(json.dumps(at_every_step(where, int(sys.argv[3]))))
    else:
        print(json.dumps(at_random_times(where, int(sys.argv[3]), seed=1)))
