"""Doctor: what this machine can do, in plain words."""

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import psutil

from autograder.devices import find_devices
from autograder.sandbox import available
from autograder.workers import available_cores

PACKAGES = ("keras", "tensorflow", "numpy", "nbgrader", "papermill", "jupyter-book")
FULL_SIZE_DATA = (
    *("mnist.npz", "fashion_mnist.npz", "cifar10.npz", "imdb_reviews.tsv"),
    *("cats_vs_dogs", "flowers", "raccoon"),
)

Verdict = Literal["good", "note", "bad"]


@dataclass(frozen=True)
class Finding:
    """One line of the examination: what was looked at, how it is, and what to do about it."""

    subject: str
    verdict: Verdict
    text: str


def examine() -> list[Finding]:
    """Looks at everything once; a "bad" finding stops the course from working here."""
    return [_python(), *_packages(), _machine(), _backend(), _sandbox(), _data(), _browser()]


def _python() -> Finding:
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    text = platform.python_version() + ("" if supported else "; the course needs 3.11 to 3.13")
    return Finding("Python", "good" if supported else "bad", text)


def _packages() -> list[Finding]:
    findings = []
    for name in PACKAGES:
        try:
            findings.append(Finding(name, "good", version(name)))
        except PackageNotFoundError:
            findings.append(Finding(name, "bad", "not installed; run `make course`"))
    return findings


def _machine() -> Finding:
    memory = psutil.virtual_memory()
    text = f"{available_cores()} cores, {memory.total / 1e9:.0f} GB of memory, {memory.available / 1e9:.0f} GB free"
    return Finding("machine", "good" if memory.available > 2e9 else "note", text)


def _backend() -> Finding:
    devices = find_devices()
    if devices is None:
        return Finding("Keras", "bad", "it does not import; run `make clean course`")
    names = f" ({', '.join(devices.gpus)})" if devices.gpus else ""
    text = f"{len(devices.gpus)} visible to {devices.backend}{names}"
    return Finding("GPU", "good" if devices.gpus else "note", text)


def _sandbox() -> Finding:
    report = available()
    reasons = " ".join(report.missing)
    if report.ok:
        return Finding("sandbox", "note" if reasons else "good", f"it holds. {reasons}".strip())
    consequence = "Grade only code that you trust, with --sandbox best or off."
    return Finding("sandbox", "note", f"{reasons} {consequence}")


def _data() -> Finding:
    folder = os.environ.get("CONVBOOK_DATA")
    if not folder:
        return Finding(
            "full-size data", "note", "CONVBOOK_DATA is not set; Keras downloads what is needed"
        )
    if not Path(folder).is_dir():
        return Finding("full-size data", "bad", f"CONVBOOK_DATA is {folder}, which is not a folder")
    missing = [name for name in FULL_SIZE_DATA if not Path(folder, name).exists()]
    text = f"{folder}" + (f" lacks {', '.join(missing)}" if missing else " is complete")
    return Finding("full-size data", "note" if missing else "good", text)


def _browser() -> Finding:
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    return Finding(
        "browser for tests",
        "good" if found else "note",
        found or "no Chromium; its tests are skipped",
    )
