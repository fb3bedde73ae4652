"""Claims: what the sources state, and how what the course measures is judged beside it."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from autograder.errors import UserError

Profile = Literal["sample", "full"]
Number = int | float
Verdict = Literal["holds", "out of band", "not measured"]

PROFILES: tuple[Profile, ...] = ("sample", "full")


class Claim(BaseModel):
    """One figure of a source, or of the course itself, and where the course measures it.

    Without bands a claim is exact: what is measured must be ``published``, in both profiles. With neither a value nor
    an architecture nothing is measured.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    chapter: str
    """The chapter that teaches it, as ``08-lenet``."""
    statement: str
    source: str = ""
    """A key of the bibliography, or empty for a claim of the course's own."""
    published: Number | str
    """As the source states it; a text where that is no number, such as "about 80"."""
    unit: str = ""
    value: str = ""
    """The name under which the chapter tells what it measured (``Page.tell``)."""
    architecture: str = ""
    """Or the row of ``convbook.models.table`` whose parameters are counted."""
    to_nearest: Number = 0
    """Unit to which the published figure is rounded; 0 where it is not."""
    sample: tuple[Number, Number] | None = None
    """The band for the sample profile, both ends included."""
    full: tuple[Number, Number] | None = None
    """The band for the full profile."""
    difference: str = ""
    """Why what is measured is not what is published, or why nothing is measured, in a sentence."""

    @model_validator(mode="after")
    def _is_whole(self) -> "Claim":
        if self.value and self.architecture:
            raise ValueError("a claim has a value or an architecture, not both")
        if not self.is_measured and not (self.difference and self.is_exact):
            raise ValueError("a claim that is not measured says why, and has no band")
        if self.is_measured and self.is_exact and isinstance(self.published, str):
            raise ValueError("a claim whose published figure is a text has a band")
        for band in (self.sample, self.full):
            if band is not None and band[0] > band[1]:
                raise ValueError(f"the band {list(band)} is empty")
        return self

    @property
    def is_measured(self) -> bool:
        return bool(self.value or self.architecture)

    @property
    def is_exact(self) -> bool:
        return self.sample is None and self.full is None

    def band(self, profile: Profile) -> tuple[Number, Number] | None:
        """Smallest and largest figure that holds; None where this profile does not measure it."""
        if not self.is_measured:
            return None
        if not self.is_exact:
            return self.sample if profile == "sample" else self.full
        return self.published - self.to_nearest / 2, self.published + self.to_nearest / 2

    def judge(self, profile: Profile, measured: Number | None) -> Verdict:
        """Whether what was measured lies in the band; a claim that should be measured and is not, is out of it."""
        band = self.band(profile)
        if band is None:
            return "not measured"
        return "holds" if measured is not None and band[0] <= measured <= band[1] else "out of band"


def read_claims(path: Path) -> list[Claim]:
    """All claims, in the order of the file.

    Raises:
        UserError: the file is not there, or a claim in it is not whole.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["claim"]
    except FileNotFoundError:
        raise UserError(f"there is no {path}") from None
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise UserError(f"{path} is no list of [[claim]]: {error}") from None
    claims = []
    for number, entry in enumerate(entries, 1):
        try:
            claims.append(Claim.model_validate(entry))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            name = entry.get("id", f"number {number}")
            raise UserError(f"{path.name}, claim {name}: {where} {first['msg']}".strip()) from None
    names = [claim.id for claim in claims]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(f"{path.name} has these claims twice: {', '.join(twice)}")
    return claims
