"""A real Dask cluster on this machine: a scheduler and two worker processes, which are killed."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from types import ModuleType

import pytest

from autograder.errors import UserError
from autograder.grading import Job
from autograder.workers import ClusterWorkers, cluster, grade_all
from tests.autograder import mini
from tests.autograder.stubs import EXERCISE, NoStore, obey_with, runs_of, told_job

distributed = pytest.importorskip("distributed", reason="Dask's distributed is not installed")

SECONDS = 120


def start(root, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def scheduler(root, tmp_path_factory):
    """A scheduler without workers, that gives up a submission with its first worker."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
        options = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
        process = start(root, "scheduler", *options, "--scheduler-file", str(file))
    with process:
        give_up = time.monotonic() + SECONDS
        while not (file.exists() and file.read_text().endswith("}")):
            assert process.poll() is None and time.monotonic() < give_up
            time.sleep(0.1)
        yield json.loads(file.read_text())["address"]
        os.killpg(process.pid, signal.SIGKILL)


def test_a_cluster_without_workers(scheduler):
    with pytest.raises(UserError, match=f"the Dask cluster at {scheduler} has no workers"):
        ClusterWorkers(scheduler, sandboxed=False)


@pytest.fixture(scope="module")
def address(root, scheduler, tmp_path_factory):
    """The scheduler with two workers, which Dask starts again when they die."""
    folder = str(tmp_path_factory.mktemp("workers"))
    options = ["--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
    with start(root, "worker", scheduler, *options, "--local-directory", folder) as process:
        with distributed.Client(scheduler, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=SECONDS)
        yield scheduler
        os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("address", "sandboxed"), [("tcp://127.0.0.1:1", False), ("nonsense://x", False)]
)
def test_a_cluster_that_is_not_there_is_one_line(address, sandboxed, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    with pytest.raises(UserError, match="there is no Dask scheduler at") as told:
        ClusterWorkers(address, sandboxed)
    assert len(str(told.value).splitlines()) == 1
    # A client of Dask's that could not connect must not be collected while another one starts.
    gc.collect()


def test_without_the_package_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match="pip install distributed"):
        ClusterWorkers("tcp://127.0.0.1:1", sandboxed=False)


def test_workers_with_other_software_are_refused(address, monkeypatch):
    monkeypatch.setattr(cluster, "running_software", lambda: "another version")
    with pytest.raises(UserError, match="its version of the course's software is another") as told:
        ClusterWorkers(address, sandboxed=False)
    assert len(str(told.value).splitlines()) == 1


def test_a_worker_that_came_later_with_other_software_is_refused(address, monkeypatch):
    with ClusterWorkers(address, sandboxed=False) as workers:
        monkeypatch.setattr(cluster, "running_software", lambda: "another version")
        with pytest.raises(UserError, match="its version of the course's software is another"):
            list(grade_all([told_job("/tmp", "ada")], NoStore(), workers))  # noqa: S108 - never runs


def test_workers_without_the_software_are_refused(address, monkeypatch):
    """As for a worker that cannot import the course's package, there is none of this name anywhere."""
    absent = ModuleType("course_software_that_is_nowhere")
    exec("def why_not(software, sandboxed): return ''", absent.__dict__)  # noqa: S102
    monkeypatch.setitem(sys.modules, absent.__name__, absent)
    monkeypatch.setattr(cluster, "why_not", absent.why_not)
    with pytest.raises(UserError, match="the course's software cannot be used there") as told:
        ClusterWorkers(address, sandboxed=False)
    assert absent.__name__ in str(told.value) and len(str(told.value).splitlines()) == 1


def test_the_same_function_grades_there(address):
    """Real kernels, on a worker that shares nothing with this process but bytes."""
    content = json.dumps(mini.submission({**mini.RIGHT, "same": "def same(x): return -x"})).encode()
    with ClusterWorkers(address, sandboxed=False) as workers:
        job = Job(EXERCISE, "ada", content, "sample", workers.threads)
        (result,) = grade_all([job], NoStore(), workers)
    assert (result.status, result.score, result.max_score) == ("graded", 5, 8)
    assert [c.status for c in result.checks] == ["passed", "failed", "passed", "manual"]


TOLD = {
    "fails once": "fail once", **{f"before-{n}": "" for n in range(4)},
    "kills once": "kill once", "kills always": "kill always", "nothing": "score nothing",
    **{f"after-{n}": "wait" for n in range(6)},
}  # fmt: skip


def test_lost_workers_cost_nobody_anything_but_the_one_who_kills_them(
    address, tmp_path, monkeypatch
):
    monkeypatch.setattr(cluster, "grade_with", obey_with)
    log, go = tmp_path / "log", tmp_path / "go"
    log.mkdir()
    with ClusterWorkers(address, sandboxed=False) as workers:
        assert workers.slots == 4
        jobs = [told_job(log, name, does, go) for name, does in TOLD.items()]
        killer = threading.Thread(target=kill_half_way, args=(log, go), daemon=True)
        killer.start()
        results = {result.student: result for result in grade_all(jobs, NoStore(), workers)}
        killer.join(SECONDS)
    assert set(results) == set(TOLD)
    failed = {name for name, result in results.items() if result.status == "failed"}
    assert failed == {"kills always"}
    assert "KilledWorker" in results["kills always"].reason
    scores = {name: result.score for name, result in results.items()}
    assert scores == {name: float(name not in ("kills always", "nothing")) for name in TOLD}
    runs = runs_of(log)
    assert min(runs["kills once"], runs["fails once"]) == 2
    # Dask computes anew what its worker had not handed over yet, but not for ever.
    assert max(runs.values()) <= 8


def kill_half_way(log, go):
    """Kills a worker while it is busy with a submission that waits, then lets those go on."""
    while not (waiting := [path for path in log.glob("after-*") if path.read_text()]):
        time.sleep(0.05)
    os.kill(int(waiting[0].read_text().split()[0]), signal.SIGKILL)
    go.touch()
