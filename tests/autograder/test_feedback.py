"""Feedback pages: what a student reads, and what must not be on them."""

from html.parser import HTMLParser

import pytest

from tests.autograder.conftest import run_autograder


@pytest.fixture(scope="module")
def pages(graded) -> dict[str, str]:
    process = run_autograder("feedback", "mini", "--course", graded.course)
    assert process.returncode == 0, process.stderr
    return {
        path.parent.parent.name: path.read_text(encoding="utf-8")
        for path in (graded.course / "feedback").glob("*/mini/mini.html")
    }


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.seen: list[tuple[str, dict]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def test_everyone_has_a_page(pages, graded):
    assert set(pages) == {result["student"] for result in graded.report["results"]}


def test_a_page_tells_the_score_and_each_check(pages):
    assert "5 <small>of 8 points" in pages["script"]
    for check in ("check-scale", "check-same", "check-scale-hidden", "why"):
        assert check in pages["half"]
    assert "same(3): expected 3, got -3." in pages["half"]


def test_a_rejection_and_an_error_in_the_students_own_cell_are_explained(pages):
    assert "Hand in the .ipynb file" in pages["web-page"]
    assert "Errors in your own cells" in pages["syntax"]
    assert "SyntaxError" in pages["syntax"]


def test_text_of_a_student_is_never_markup(pages):
    for page in pages.values():
        tags = Tags(page).seen
        assert "script" not in {tag for tag, _ in tags}
        assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert "&lt;script&gt;alert(1)" in pages["script"]


def test_sources_of_tests_are_not_shown(pages):
    for page in pages.values():
        assert (
            "HIDDEN TESTS" not in page
            and "expect_equal" not in page
            and "student.scale" not in page
        )


def test_pages_need_nothing_from_elsewhere(pages):
    for page in pages.values():
        assert not [a for _, a in Tags(page).seen if {"src", "href"} & set(a)]
