"""Every page of the book in a real browser that has no network, on a large screen and on a phone's."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import ROOT
from tools.browser import CHROMIUM, DESKTOP, PHONE, WITHOUT_CHROMIUM, Complaints, chromium, offline
from tools.build_book import pages_in_toc

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT_CHROMIUM)
GRAVE = ("serious", "critical")
NAMED_BY_A_FORMULA = "summary:has(mjx-assistive-mml)"  # MathML, which axe does not read
ONE_OF_EACH_KIND = ("index", "guides/student", "chapters/04-pooling", "glossary", "references")
CHECKED = [
    pytest.param(name, marks=() if name in ONE_OF_EACH_KIND else pytest.mark.full)
    for name in pages_in_toc()
]
WITH_FIGURES = [
    name
    for name in pages_in_toc()
    if name.startswith("chapters/")
    and "{interactive}" in (ROOT / f"{name}.md").read_text(encoding="utf-8")
]
SETTLED = "() => !window.MathJax?.startup || MathJax.startup.promise.then(() => true)"
LOST_IMAGES = (
    "() => [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
)
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("article *")].filter(e => e.getBoundingClientRect().right > width + 1)
    .slice(0, 5).map(e => e.outerHTML.slice(0, 120));
}"""
FORMULAS = "() => document.querySelectorAll('.math.notranslate').length"
RENDERED = "() => document.querySelectorAll('.math.notranslate mjx-container').length"
BROKEN = "() => [...document.querySelectorAll('mjx-merror')].map(e => e.textContent)"


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def html(root) -> Path:
    folder = root / "_build" / "html"
    assert (folder / "index.html").exists(), "build the book first: make book"
    return folder


@pytest.mark.parametrize("name", pages_in_toc())
def test_a_page_is_complete_complains_of_nothing_and_fits_a_phone(browser, html, name):
    complaints = Complaints()
    with offline(browser, DESKTOP) as context:
        page = context.new_page()
        complaints.watch(page)
        page.goto((html / f"{name}.html").as_uri())
        page.wait_for_function(SETTLED)
        assert complaints.texts == []
        assert page.evaluate(LOST_IMAGES) == []
        assert page.evaluate(BROKEN) == []
        assert page.evaluate(RENDERED) == page.evaluate(FORMULAS)
        assert page.evaluate(FORMULAS) > 0 or not name.startswith("chapters/")
        page.set_viewport_size(PHONE)
        assert page.evaluate(TOO_WIDE) == []


def grave(violations: list[dict]) -> list[tuple[str, str]]:
    """Rules that a page breaks, and where."""
    return [
        (rule["id"], node["html"][:200])
        for rule in violations
        for node in rule["nodes"]
        if rule["impact"] in GRAVE
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", CHECKED)
def test_a_page_breaks_no_grave_rule_of_accessibility(browser, html, name, theme):
    with offline(browser, DESKTOP, color_scheme=theme) as context:
        page = context.new_page()
        page.goto((html / f"{name}.html").as_uri())
        page.wait_for_function(SETTLED)
        found = Axe().run(page, context={"exclude": [NAMED_BY_A_FORMULA]}).response
        assert grave(found["violations"]) == []


@pytest.mark.parametrize("name", WITH_FIGURES)
def test_an_interactive_figure_replaces_its_still_picture(browser, html, name):
    page_text = (html / f"{name}.html").read_text(encoding="utf-8")
    with offline(browser, DESKTOP) as context:
        page = context.new_page()
        page.goto((html / f"{name}.html").as_uri())
        assert page.locator(".interactive.live").count() == page_text.count('data-figure="')
