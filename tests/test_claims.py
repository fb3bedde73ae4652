"""The course's own claims: whole, sourced, told by their chapters, and true in the book that was built."""

import re

import pytest

from autograder.verify.claims import read_claims
from convbook.models.table import architectures
from tests.conftest import ROOT
from tools.build_book import RECORD, chapter_files
from tools.results import read_record

CLAIMS = read_claims(ROOT / "claims.toml")


@pytest.fixture(scope="module")
def record():
    return read_record(RECORD)


def test_every_source_is_in_the_bibliography():
    keys = re.findall(r"^@\w+\{(\S+),", (ROOT / "references.bib").read_text(), re.MULTILINE)
    assert {claim.source for claim in CLAIMS} - {""} <= set(keys)


def test_every_chapter_with_claims_is_on_the_page_of_results():
    shown = re.findall(r"^:::\{claims\} (\S+)", (ROOT / "results.md").read_text(), re.MULTILINE)
    chapters = [path.stem for path in chapter_files()]
    assert shown == [name for name in chapters if any(claim.chapter == name for claim in CLAIMS)]
    assert {claim.chapter for claim in CLAIMS} <= set(chapters)


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.id for claim in CLAIMS])
def test_a_claim_holds_in_the_book(claim, record):
    judged = {each.id: each for each in record.claims}[claim.id]
    expected = "not measured" if claim.band("sample") is None else "holds"
    assert judged.verdict == expected, judged


@pytest.mark.parametrize("name", architectures())
def test_every_published_count_is_claimed(name):
    row = architectures()[name]
    (claim,) = [claim for claim in CLAIMS if claim.architecture == name]
    assert (claim.published, claim.to_nearest or 1) == (row.published, row.to_nearest)
