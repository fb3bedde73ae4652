"""Settings that all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

# The same examples on every run; shared machines are slow at times without anything being wrong.
settings.register_profile(
    "convbook", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("convbook")

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Full-size tests run where ``-m`` asks for them, as ``make verify`` does.

    With two processes, all that grades stays in one, since it uses two cores and has time limits;
    the library's tests go to the other.
    """
    if "full" not in config.option.markexpr:
        full = [item for item in items if item.get_closest_marker("full")]
        config.hook.pytest_deselected(items=full)
        items[:] = [item for item in items if not item.get_closest_marker("full")]
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group_of(item)))
    items.sort(key=lambda item: _group_of(item) != "grading")


def _group_of(item: pytest.Item) -> str:
    grades = item.path.parent.name == "autograder" or item.path.stem == "test_exercises"
    return "grading" if grades else item.path.stem


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
