"""The record of a verification: when, on what, with which data, and what was measured."""

import hashlib
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
from pydantic import BaseModel

from autograder.devices import Devices, processor
from autograder.verify.claims import Claim, Number, Profile, Verdict
from autograder.verify.notebooks import Outcome
from autograder.workers import available_cores

PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "scikit-learn")
EMBEDDED = {"embedded": "what the installed packages bring along"}


class Machine(BaseModel):
    """What computed."""

    backend: str
    gpus: tuple[str, ...]
    processor: str
    cores: int
    memory_gb: int
    system: str
    python: str
    packages: dict[str, str]


class Judged(BaseModel):
    """A claim, and what was measured for it."""

    id: str
    measured: Number | str | None
    verdict: Verdict


class Record(BaseModel):
    """One verification."""

    date: datetime
    commit: str
    profile: Profile
    machine: Machine
    data: dict[str, str]
    """What each file or folder of the data is: SHA-256 of a file, number and size of a folder's files."""
    notebooks: list[Outcome]
    claims: list[Judged]

    @property
    def is_good(self) -> bool:
        return not any(each.error for each in self.notebooks) and not any(
            each.verdict == "out of band" for each in self.claims
        )


def make_record(
    outcomes: list[Outcome],
    claims: list[Claim],
    profile: Profile,
    commit: str,
    devices: Devices,
) -> Record:
    """Judges the claims whose chapter was run, and describes what they were measured on."""
    values = {name: value for each in outcomes for name, value in each.values.items()}
    ran = {each.name for each in outcomes}
    judged = [
        _judge(
            claim, profile, _parameters(claim) if claim.architecture else values.get(claim.value)
        )
        for claim in claims
        if claim.chapter in ran
    ]
    return Record(
        date=datetime.now(UTC).replace(microsecond=0),
        commit=commit,
        profile=profile,
        machine=_machine(devices),
        data=_data(profile),
        notebooks=outcomes,
        claims=judged,
    )


def _parameters(claim: Claim) -> int:
    from convbook.models.table import architectures

    return architectures()[claim.architecture].parameters()


def _judge(claim: Claim, profile: Profile, measured: Number | str | None) -> Judged:
    number = measured if isinstance(measured, (int, float)) else None
    return Judged(id=claim.id, measured=measured, verdict=claim.judge(profile, number))


def _machine(devices: Devices) -> Machine:
    packages = {}
    for name in PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            continue
    return Machine(
        backend=devices.backend,
        gpus=devices.gpus,
        processor=processor(),
        cores=available_cores(),
        memory_gb=round(psutil.virtual_memory().total / 1e9),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages=packages,
    )


def _data(profile: Profile) -> dict[str, str]:
    if profile == "sample":
        return EMBEDDED
    folder = os.environ.get("CONVBOOK_DATA")
    if not folder:
        return {"downloaded": "what Keras downloads"}
    return {path.name: _described(path) for path in sorted(Path(folder).iterdir())}


def _described(path: Path) -> str:
    if path.is_file():
        with path.open("rb") as file:
            return f"sha256 {hashlib.file_digest(file, 'sha256').hexdigest()}"
    sizes = [each.stat().st_size for each in path.rglob("*") if each.is_file()]
    return f"{len(sizes)} files, {sum(sizes)} bytes"
