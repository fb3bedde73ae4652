"""Settings that all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
GRADING = "grading"
CLASSES = ("tests/test_sample_class.py", "tests/test_solutions.py")

# The same examples on every run; shared machines are slow at times without anything being wrong.
settings.register_profile(
    "convbook", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("convbook")

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Full-size tests run where ``-m`` asks for them, as ``make verify`` does; what takes longest goes first."""
    if "full" not in config.option.markexpr:
        full = [item for item in items if item.get_closest_marker("full")]
        config.hook.pytest_deselected(items=full)
        items[:] = [item for item in items if not item.get_closest_marker("full")]
    items.sort(key=lambda item: group_of(item.nodeid) != GRADING)


class GroupScheduling(LoadScopeScheduling):
    """Tests of one group run in one process."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> GroupScheduling:
    """With two processes, all that grades stays in one, since it uses two cores and has time limits."""
    return GroupScheduling(config, log)


def group_of(nodeid: str) -> str:
    """The tests that grade are one group, those of any other file another one."""
    file = nodeid.partition("::")[0]
    grades = file.startswith("tests/autograder/") or file in CLASSES
    return GRADING if grades else file


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def offline_environment() -> dict[str, str]:
    """Environment of a process that cannot open a connection to another machine."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tools" / "offline")}
    environment.pop("CONVBOOK_DATA", None)
    return environment
