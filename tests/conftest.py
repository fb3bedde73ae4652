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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Full-size tests run where ``-m`` asks for them, as ``make verify`` does."""
    if "full" in config.option.markexpr:
        return
    full = [item for item in items if item.get_closest_marker("full")]
    config.hook.pytest_deselected(items=full)
    items[:] = [item for item in items if not item.get_closest_marker("full")]


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
