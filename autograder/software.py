"""The software that decides results: the course's own code, and the packages that compute."""

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

DECIDING_PACKAGES = ("keras", "tensorflow", "numpy", "scipy", "ipykernel", "nbclient", "papermill")


def software_fingerprint() -> str:
    """SHA-256 over the code of ``convbook`` and ``autograder`` as it is on disk, and versions of packages."""
    digest = hashlib.sha256()
    for package in ("convbook", "autograder"):
        root = Path(str(files(package)))
        for path in sorted(root.rglob("*.py")):
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    for package in DECIDING_PACKAGES:
        digest.update(f"{package}=={version(package)}".encode())
    return digest.hexdigest()


@cache
def running_software() -> str:
    """The fingerprint when it was first asked for: this process goes on with what it has imported."""
    return software_fingerprint()
