"""The questions at the end of a chapter, as Sphinx renders them."""

import io

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

QUESTION = """# Page

:::{question}
How many weights has a $3\\times3$ kernel on *RGB*?

( ) 9
: All **three** channels count.

( ) 12
: Not so.

(x) $27$
: A bias comes on top.

  It is one number.
:::
"""


@pytest.fixture
def rendered(tmp_path, root):
    def render(text: str) -> tuple[str, str]:
        (tmp_path / "index.md").write_text(text, encoding="utf-8")
        settings = {
            "extensions": ["myst_parser", "tools.questions"],
            "myst_enable_extensions": ["colon_fence", "deflist", "dollarmath"],
        }
        warnings = io.StringIO()
        folders = (tmp_path, None, tmp_path / "html", tmp_path / "doctrees", "html")
        with docutils_namespace():
            Sphinx(
                *folders, confoverrides=settings, status=None, warning=warnings, freshenv=True
            ).build()
        return (tmp_path / "html" / "index.html").read_text(encoding="utf-8"), warnings.getvalue()

    return render


def test_each_option_opens_and_says_whether_it_is_right(rendered):
    page, warnings = rendered(QUESTION)
    assert not warnings
    assert page.count('<details class="option wrong">') == 2
    assert page.count('<details class="option right">') == 1
    assert "<summary>9</summary>" in page
    assert "<strong>No. </strong>All <strong>three</strong> channels count." in page
    assert "<strong>Yes. </strong>A bias comes on top." in page
    assert "It is one number." in page
    assert "(x)" not in page and "( )" not in page
    right = page.index('class="option right"')
    assert "27" in page[right : page.index("</summary>", right)]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("(x) $27$", "( ) $27$", "one of them is right"),
        ("( ) 12", "(x) 12", "one of them is right"),
        ("( ) 12\n: Not so.\n\n", "", "at least 3 options"),
        ("( ) 12", "12", "begins with"),
        ("How many weights has a $3\\times3$ kernel on *RGB*?\n\n", "", "a question is text"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_is_a_warning(rendered, old, new, complaint):
    assert old in QUESTION
    _, warnings = rendered(QUESTION.replace(old, new))
    assert complaint in warnings
