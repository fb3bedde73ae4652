"""Verify: a small book with claims that hold and that do not, by the command line."""

import json
import re

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.devices import Devices
from autograder.errors import UserError
from autograder.verify.claims import Claim, read_claims
from tests.autograder import mini
from tests.autograder.conftest import run_autograder

CHAPTER = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# Chapter

```{code-cell} python
:tags: [parameters]
PROFILE = "sample"
```

```{code-cell} python
from myst_nb import glue

glue("first_width", {"sample": 20, "full": 21}[PROFILE], display=False)
glue("first_accuracy", 0.9, display=False)
glue("first_name", "a name", display=False)
```
"""
BROKEN = CHAPTER.replace(
    'glue("first_accuracy", 0.9, display=False)', 'raise ValueError("no such file")'
)
CLAIMS = """
[[claim]]
id = "width"
chapter = "01-first"
statement = "Width"
published = 20
value = "first_width"

[[claim]]
id = "accuracy"
chapter = "01-first"
statement = "Accuracy"
published = "about 0.95"
value = "first_accuracy"
sample = [0.85, 0.92]
difference = "Few pictures."

[[claim]]
id = "parameters"
chapter = "01-first"
statement = "Parameters of LeNet-5"
published = 61_706
architecture = "LeNet-5"

[[claim]]
id = "error"
chapter = "01-first"
statement = "Error on ImageNet"
published = 5.1
difference = "ImageNet is too large."
"""


@pytest.fixture
def book(tmp_path):
    """A book of one chapter and one exercise."""
    mini.write_course(tmp_path / "exercises")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters/01-first.md").write_text(CHAPTER)
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n- file: chapters/01-first\n"
    )
    (tmp_path / "claims.toml").write_text(CLAIMS)
    return tmp_path


@pytest.fixture
def verify(book, monkeypatch):
    """The command in this process, which saves its imports, on a machine without a GPU."""
    monkeypatch.setattr("autograder.cli.find_devices", lambda: Devices("tensorflow", ()))

    def run(*options):
        return CliRunner().invoke(
            app, ["verify", "--course", str(book / "exercises"), *map(str, options)]
        )

    return run


def record_of(book, profile="sample"):
    return json.loads((book / f"_build/verify/{profile}/record.json").read_text())


def test_all_is_run_and_every_claim_is_judged(book):
    process = run_autograder("verify", "--course", book / "exercises")
    assert process.returncode == 0, process.stdout + process.stderr
    record = record_of(book)
    assert {each["id"]: (each["measured"], each["verdict"]) for each in record["claims"]} == {
        "width": (20, "holds"),
        "accuracy": (0.9, "holds"),
        "parameters": (61_706, "holds"),
        "error": (None, "not measured"),
    }
    chapter, exercise = record["notebooks"]
    assert (chapter["name"], chapter["error"], exercise["name"], exercise["error"]) == (
        "01-first",
        "",
        "mini",
        "",
    )
    assert chapter["values"] == {"first_width": 20, "first_accuracy": 0.9, "first_name": "a name"}
    assert chapter["seconds"] > 0 and 50 < chapter["peak_mb"] < 5000
    assert record["profile"] == "sample" and record["machine"]["packages"]["keras"]
    assert record["data"] == {"embedded": "what the installed packages bring along"}
    assert "width" in process.stdout and "holds" in process.stdout


def test_a_claim_out_of_its_band_fails(book, verify):
    (book / "claims.toml").write_text(CLAIMS.replace("0.92", "0.89").replace("= 20", "= 19"))
    process = verify("--only", "01-first")
    assert process.exit_code == 1
    verdicts = {each["id"]: each["verdict"] for each in record_of(book)["claims"]}
    assert verdicts["width"] == verdicts["accuracy"] == "out of band"
    assert re.search(r"^width +19 +20 +exact +out of band$", process.stdout, re.MULTILINE)


def test_the_profile_reaches_the_chapter_and_chooses_the_band(book, verify, tmp_path):
    process = verify("--only", "01-first", "--profile", "full", "--json", tmp_path / "record.json")
    assert process.exit_code == 1
    claims = {
        each["id"]: each for each in json.loads((tmp_path / "record.json").read_text())["claims"]
    }
    assert (claims["width"]["measured"], claims["width"]["verdict"]) == (21, "out of band")
    assert claims["accuracy"]["verdict"] == "not measured"


def test_a_chapter_that_breaks_fails_with_its_reason(book, verify):
    (book / "chapters/01-first.md").write_text(BROKEN)
    process = verify("--only", "01-first")
    assert process.exit_code == 1
    assert "ValueError: no such file" in process.stdout
    claims = {each["id"]: each for each in record_of(book)["claims"]}
    assert claims["width"]["verdict"] == "holds"
    assert (claims["accuracy"]["measured"], claims["accuracy"]["verdict"]) == (None, "out of band")


def test_a_reference_solution_that_loses_points_fails(book, verify):
    path = book / "exercises/source/mini/mini.ipynb"
    path.write_text(path.read_text().replace("return ", "return 3 + "))
    process = verify("--only", "mini")
    assert process.exit_code == 1, process.stdout
    assert record_of(book)["notebooks"][0]["error"]


def test_resume_leaves_out_what_has_not_changed(book, verify):
    assert "1 of 1: 01-first" in verify("--only", "01-first").stderr
    again = verify("--only", "01-first", "--resume")
    assert again.exit_code == 0
    assert "01-first" not in again.stderr
    assert record_of(book)["claims"][0]["measured"] == 20
    chapter = book / "chapters/01-first.md"
    chapter.write_text(chapter.read_text().replace('"sample": 20', '"sample": 20.0'))
    assert "1 of 1: 01-first" in verify("--only", "01-first", "--resume").stderr


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ["--only", "02-second"],
            "no chapter or exercise is named 02-second; there are: 01-first, mini",
        ),
        (["--book", "nowhere"], "there is no nowhere/claims.toml"),
        (["--require-gpu"], "tensorflow sees no GPU here, and --require-gpu asks for one"),
    ],
)
def test_mistakes_are_told_in_a_line(book, verify, options, line):
    result = verify(*options)
    assert isinstance(result.exception, UserError)
    assert str(result.exception) == line
    assert not (book / "_build").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": ""}, "says why"),
        ({"architecture": "VGG-16"}, "not both"),
        ({"published": "about 20"}, "has a band"),
        ({"sample": (3, 2)}, "is empty"),
        ({"vlaue": "x"}, "Extra inputs"),
    ],
)
def test_a_claim_that_is_not_whole_is_refused(change, message):
    whole = {"id": "a", "chapter": "01-first", "statement": "s", "published": 20, "value": "v"}
    Claim.model_validate(whole)
    with pytest.raises(ValueError, match=message):
        Claim.model_validate(whole | change)


def test_a_file_with_a_claim_twice_is_refused(tmp_path):
    (tmp_path / "claims.toml").write_text(CLAIMS + CLAIMS)
    with pytest.raises(UserError, match="twice: accuracy, error"):
        read_claims(tmp_path / "claims.toml")


@pytest.mark.parametrize(
    ("published", "to_nearest", "measured", "holds"),
    [(20, 0, 20, True), (20, 0, 20.001, False), (12.6, 0.1, 12.64, True), (12.6, 0.1, 12.66, False),
     (151_000, 1000, 151_178, True), (20, 0, None, False)],
)  # fmt: skip
def test_what_is_exact_is_exact_to_the_unit_that_is_published(
    published, to_nearest, measured, holds
):
    claim = Claim(
        id="a", chapter="c", statement="s", published=published, to_nearest=to_nearest, value="v"
    )
    assert (claim.judge("full", measured) == "holds") is holds
