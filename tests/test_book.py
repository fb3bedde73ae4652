"""The rendered book: every page there, chapters executed without a complaint, readable offline."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jupyter_cache import get_cache
from myst_nb.core.read import myst_nb_reader_plugin as read_chapter

from autograder.course import Course
from tests.conftest import ROOT
from tools.build_book import pages_in_toc

COURSE = Course(ROOT / "exercises", ROOT / "exercises")
SECRET = re.compile(
    r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END (?:SOLUTION|HIDDEN TESTS)", re.DOTALL
)
CHAPTERS = [page for page in pages_in_toc() if page.startswith("chapters/")]
SLOWEST_CHAPTER = 240  # seconds: six times the 40 that a chapter may take on two quiet cores


@pytest.fixture(scope="module")
def html(root) -> Path:
    folder = root / "_build" / "html"
    assert (folder / "index.html").is_file(), "the book is not built: run `make book`"
    return folder


@pytest.fixture(scope="module")
def executed(root) -> dict:
    """Executed chapters and what jupyter-cache noted of them, by page."""
    cache = get_cache(root / "_build" / ".jupyter_cache")
    chapters = {}
    for page in CHAPTERS:
        try:
            record = cache.match_cache_notebook(read_chapter(root / f"{page}.md"))
        except KeyError:
            pytest.fail(f"{page} has not been executed as it stands: run `make book`")
        chapters[page] = (record, cache.get_cache_bundle(record.pk).nb)
    return chapters


def outputs_of(notebook):
    return [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]


class Page(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def page_of(html: Path, name: str) -> Page:
    return Page((html / f"{name}.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", pages_in_toc())
def test_every_page_exists(html, name):
    assert (html / f"{name}.html").is_file()


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_ran_without_errors_and_without_a_word_on_stderr(executed, name):
    _, notebook = executed[name]
    outputs = outputs_of(notebook)
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_quick(executed, name):
    record, _ = executed[name]
    assert record.data["execution_seconds"] < SLOWEST_CHAPTER


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_has_the_parts_of_a_chapter(root, name):
    text = (root / f"{name}.md").read_text(encoding="utf-8")
    for part in ("After this chapter you can", "Before you start", "Summary", "Check yourself",
                 "Exercises", "Further reading"):  # fmt: skip
        assert part in text, f"{name} has no part {part!r}"
    notebook = read_chapter(root / f"{name}.md")
    (parameters,) = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    assert parameters.source == 'PROFILE = "sample"'
    assert 4 <= text.count(":::{question}") <= 6


@pytest.mark.parametrize("name", pages_in_toc())
def test_every_image_says_what_it_shows(html, name):
    images = [attributes for tag, attributes in page_of(html, name).tags if tag == "img"]
    for image in images:
        assert len(image.get("alt") or "") > 3, image
        assert not re.search(r"\.(png|svg|jpe?g)$", image["alt"]), image


@pytest.mark.parametrize("name", pages_in_toc())
def test_a_page_needs_nothing_from_another_machine(html, name):
    loads = [
        attributes.get("src") or attributes.get("href")
        for tag, attributes in page_of(html, name).tags
        if tag in ("script", "img", "iframe", "source")
        or (tag == "link" and attributes.get("rel") in ("stylesheet", "preload"))
    ]
    assert not [address for address in loads if address and re.match(r"(https?:)?//", address)]


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_code_cell_of_a_chapter_ran(executed, root, name):
    _, notebook = executed[name]
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    source = (root / f"{name}.md").read_text(encoding="utf-8")
    assert len(code) == source.count("```{code-cell}") > 0
    assert all(cell.execution_count for cell in code)


@pytest.mark.parametrize("name", COURSE.exercise_names())
def test_an_exercise_is_shown_and_listed_and_gives_nothing_away(html, root, name):
    """No line of a solution or of a hidden check is in what students get, on the page, or in the search."""
    release = root / f"exercises/release/{name}/{name}.ipynb"
    cells = COURSE.exercise(name).notebook.cells
    given = "\n".join(SECRET.sub("", cell.source) for cell in cells)
    secret = [
        line.strip()
        for cell in cells
        for part in SECRET.findall(cell.source)
        for line in part.splitlines()
    ]
    secret = [line for line in secret if len(line) > 24 and line not in given]
    assert secret
    page = f"exercises/release/{name}/{name}"
    places = [
        release.read_text(encoding="utf-8"),
        BeautifulSoup(
            (html / f"{page}.html").read_text(encoding="utf-8"), "html.parser"
        ).get_text(),
        (html / "searchindex.js").read_text(encoding="utf-8"),
    ]
    assert not [
        line
        for line in secret
        if any(line in place or json.dumps(line)[1:-1] in place for place in places)
    ]
    assert page in pages_in_toc()
    assert f"</{page}>" in (root / "guides/exercises.md").read_text(encoding="utf-8")
    assert (
        not list((html / "exercises").rglob("*.toml"))
        and not (html / "_sources/exercises/source").exists()
    )


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_does_not_import_what_its_cache_does_not_look_at(root, name):
    assert "convbook.checking" not in (root / f"{name}.md").read_text(encoding="utf-8")
