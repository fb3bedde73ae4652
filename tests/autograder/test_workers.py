"""Workers: what dies is replaced, nobody pays for a neighbour, and nothing piles up."""

import json
import os
import tracemalloc
from concurrent.futures import CancelledError, Future

import psutil
import pytest

from autograder.errors import UserError
from autograder.grading import Job
from autograder.results import SubmissionResult
from autograder.store import ResultStore
from autograder.warm.template import SOCKET_VARIABLE, NoTemplateError
from autograder.workers import LocalWorkers, grade_all, local, schedule
from tests.autograder import mini
from tests.autograder.stubs import EXERCISE, NoStore, obey, runs_of, told_job

TOLD = {
    "zero": "", "nothing": "score nothing", "one": "", "kills once": "kill once", "two": "",
    "kills always": "kill always", "three": "", "fails once": "fail once", "fails always": "fail always", "four": "",
}  # fmt: skip


def none_here():
    raise NoTemplateError("not for stubs")


def grade(log, told, workers: int) -> list[SubmissionResult]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "grade_submission", obey)
        patch.setattr(local, "Template", none_here)
        jobs = [told_job(log, name, does) for name, does in told.items()]
        with LocalWorkers(workers) as pool:
            return list(grade_all(jobs, NoStore(), pool))


@pytest.fixture(scope="module")
def graded_by_two(tmp_path_factory):
    log = tmp_path_factory.mktemp("log")
    return grade(log, TOLD, workers=2), runs_of(log)


def test_only_what_breaks_its_worker_twice_or_fails_twice_is_failed(graded_by_two):
    results, _ = graded_by_two
    statuses = {result.student: result.status for result in results}
    assert len(results) == len(TOLD)
    assert {name for name, status in statuses.items() if status == "failed"} == {
        "kills always",
        "fails always",
    }


def test_faults_of_the_machine_run_twice_and_everything_else_once(graded_by_two):
    _, runs = graded_by_two
    twice = {"kills once", "kills always", "fails once", "fails always"}
    assert runs == {name: 2 if name in twice else 1 for name in TOLD}


def test_what_a_worker_took_with_it_is_told(graded_by_two):
    reasons = {result.student: result.reason for result in graded_by_two[0]}
    assert "the worker was lost" in reasons["kills always"]
    assert "run the command again" in reasons["kills always"]
    assert reasons["fails always"] == "no kernel"


def test_results_do_not_depend_on_the_order_or_the_number_of_workers(graded_by_two, tmp_path):
    results, _ = graded_by_two
    alone = grade(tmp_path, dict(reversed(TOLD.items())), workers=1)
    assert {r.student: r for r in alone} == {r.student: r for r in results}


def test_no_process_is_left(graded_by_two):
    below = psutil.Process().children(recursive=True)
    assert [each for each in below if "spawn_main" in " ".join(each.cmdline())] == []


class Promised:
    """Workers whose futures the test fulfils; counts what is under way."""

    slots, threads = 3, 1

    def __init__(self, result=None):
        self.under_way: list[Future] = []
        self.most = self.renewals = 0
        self._result = result

    def submit(self, job):
        future = Future()
        self.under_way = [each for each in self.under_way if not each.done()] + [future]
        self.most = max(self.most, len(self.under_way))
        if self._result:
            self._result(job, future)
        return future

    def renew(self):
        self.renewals += 1


def job(student: str, content: bytes = b"") -> Job:
    return Job(EXERCISE, student, content, "sample", threads=1)


def test_ten_thousand_submissions_do_not_sit_in_memory():
    size, number, taken = 100_000, 10_000, 0

    def jobs():
        nonlocal taken
        for taken in range(1, number + 1):
            yield job(f"student-{taken}", taken.to_bytes(4) * (size // 4))

    def fulfil(one, future):
        notebook = one.content.decode("latin-1")
        future.set_result(
            SubmissionResult(
                student=one.student, score=1, max_score=1, status="graded", notebook=notebook
            )
        )

    workers = Promised(fulfil)
    tracemalloc.start()
    try:
        most_ahead = 0
        for done, result in enumerate(grade_all(jobs(), NoStore(), workers), 1):
            assert result.notebook
            most_ahead = max(most_ahead, taken - done)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (taken, done) == (number, number)
    assert most_ahead <= 2 * workers.slots
    assert peak < 10 * 2 * workers.slots * size


def test_where_everything_fails_second_attempts_are_bounded():
    ran = []

    def fail(one, future):
        ran.append(one.student)
        future.set_exception(OSError("no space left"))

    number = 3 * schedule.MOST_SECOND_ATTEMPTS
    results = list(grade_all((job(str(n)) for n in range(number)), NoStore(), Promised(fail)))
    assert {result.status for result in results} == {"failed"} and len(results) == number
    assert len(ran) == number + schedule.MOST_SECOND_ATTEMPTS


def test_second_attempts_run_alone_in_fresh_workers():
    attempts = {}

    def fail_first(one, future):
        attempts[one.student] = len(workers.under_way), workers.renewals
        if workers.renewals:
            future.set_result(
                SubmissionResult(student=one.student, score=1, max_score=1, status="graded")
            )
        else:
            future.set_exception(OSError())

    workers = Promised(fail_first)
    results = list(grade_all(map(job, "abc"), NoStore(), workers))
    assert [result.status for result in results] == ["graded"] * 3
    assert attempts == dict.fromkeys("abc", (1, 1))


@pytest.mark.parametrize("error", [CancelledError(), UserError("the workers have gone")])
def test_workers_that_are_gone_end_the_run_in_one_line(error):
    def lose(one, future):
        if isinstance(error, UserError):
            future.set_exception(error)
        else:
            future.cancel()
            future.set_running_or_notify_cancel()

    with pytest.raises(UserError, match="the workers have gone"):
        list(grade_all([job("a")], NoStore(), Promised(lose)))


def test_what_is_in_the_store_does_not_run(tmp_path):
    def content(number):
        return json.dumps(mini.submission({"scale": f"x = {number}"})).encode()

    def fulfil(one, future):
        future.set_result(
            SubmissionResult(student=one.student, score=1, max_score=1, status="graded")
        )

    store = ResultStore(tmp_path)
    jobs = [job(str(n), content(n)) for n in range(4)]
    assert [r.cached for r in grade_all(jobs[:3], store, Promised(fulfil))] == [False] * 3
    cached = {r.student: r.cached for r in grade_all(jobs, store, Promised(fulfil))}
    assert cached == {"0": True, "1": True, "2": True, "3": False}


def test_a_template_that_dies_costs_time_and_nothing_else(tmp_path):
    """The real one: its worker falls back to a template of its own, and both are gone in the end."""
    content = json.dumps(mini.submission(mini.RIGHT)).encode()
    others = templates()
    with LocalWorkers(1) as workers:
        jobs = iter([job("before", content), job("after", content)])
        results = grade_all(jobs, NoStore(), workers)
        assert next(results).score == 7
        (template,) = templates() - others
        template.kill()
        template.wait()
        (after,) = results
        assert (after.student, after.status, after.score) == ("after", "graded", 7)
        assert len(templates() - others) == 1
    assert templates() <= others and SOCKET_VARIABLE not in os.environ


def templates() -> set[psutil.Process]:
    below = psutil.Process().children(recursive=True)
    return {each for each in below if "autograder.warm.server" in each.cmdline()}
