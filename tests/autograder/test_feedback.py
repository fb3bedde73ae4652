"""Feedback pages: what a student reads, and what must not be on them."""

import base64
import html
import io
import json
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from nbformat.v4 import new_output
from PIL import Image

from autograder.exercise import Exercise, grade_id
from autograder.feedback import feedback_page, work
from autograder.feedback.work import as_text
from autograder.intake import notes_on, read_notebook
from autograder.results import CheckResult, SubmissionResult
from tests.autograder import mini
from tests.autograder.conftest import run_autograder

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
EXERCISE = Exercise("mini", json.dumps(mini.instructor_notebook()), mini.GRADING)


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


def assert_harmless(page: str) -> None:
    """Only tags and attributes of ours: no student text has become markup."""
    allowed = {
        "html": {"lang"}, "head": set(), "meta": {"charset", "http-equiv", "content", "name"}, "title": set(),
        "style": set(), "body": set(), "h1": set(), "h2": set(), "h3": {"class"}, "p": {"class"},
        "div": {"class"}, "small": set(), "progress": {"max", "value", "aria-label"}, "span": {"class"},
        "strong": set(), "pre": {"class", "tabindex"}, "img": {"class", "alt", "src"},
    }  # fmt: skip
    for tag, attributes in Tags(page).seen:
        assert tag in allowed and set(attributes) <= allowed[tag], (tag, attributes)
        assert attributes.get("src", "data:image/png;base64,").startswith("data:image/png;base64,")
        assert attributes.get("http-equiv", "Content-Security-Policy") == "Content-Security-Policy"
    assert page.count("<style>") == 1


def page_with(
    outputs: list | None = None, source: str | None = None, own: str = "", **changes
) -> str:
    """The page of one submission whose cell ``scale`` has these outputs."""
    notebook = mini.submission(mini.RIGHT, extra={4: own} if own else None)
    notebook.cells[3].outputs = outputs or []
    notebook.cells[3].source = mini.RIGHT["scale"] if source is None else source
    fields = {
        "student": "ana", "score": 2, "max_score": 8, "status": "graded", "notebook": json.dumps(notebook),
        "checks": (CheckResult(id="check-scale", points=2, max_points=2, status="passed"),),
    }  # fmt: skip
    return feedback_page(EXERCISE, SubmissionResult(**{**fields, **changes}), {})


def image(
    width: int, height: int, kind: str = "PNG", mode: str = "RGB", noise: bool = False
) -> str:
    drawn = io.BytesIO()
    made = Image.effect_noise((width, height), 200) if noise else Image.new(mode, (width, height))
    made.save(drawn, kind)
    return base64.b64encode(drawn.getvalue()).decode()


def images_on(page: str) -> list[Image.Image]:
    sources = [attributes["src"] for tag, attributes in Tags(page).seen if tag == "img"]
    return [
        Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) for source in sources
    ]


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


def test_a_cell_that_was_missing_is_told():
    work = mini.submission(mini.RIGHT)
    work.cells = [cell for cell in work.cells if grade_id(cell) != "same"]
    (note,) = notes_on(read_notebook(json.dumps(work).encode()), EXERCISE.notebook)
    result = SubmissionResult(student="a", score=0, max_score=8, status="graded", notes=(note,))
    page = feedback_page(EXERCISE, result, {})
    assert "About your notebook" in page and "same: this cell is missing" in page


def test_pages_of_a_graded_class_hold_no_markup_of_a_students(pages):
    for page in pages.values():
        assert_harmless(page)
    assert "&lt;script&gt;alert(1)" in pages["script"]


def test_sources_of_tests_are_not_shown(pages):
    for page in pages.values():
        assert (
            "HIDDEN TESTS" not in page
            and "expect_equal" not in page
            and "student.scale" not in page
        )


def test_inputs_and_outputs_of_other_cells_are_not_shown():
    notebook = mini.submission(
        {**mini.RIGHT, "why": "my reason"}, extra={4: "mine = 1", 6: "HIDDEN = 21"}
    )
    notebook.cells[6].metadata["tags"] = ["injected-parameters"]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", text=f"out of {cell.source}")]
    page = html.unescape(page_with(notebook=json.dumps(notebook)))
    assert page.count("out of ") == 3
    assert "out of mine = 1" in page and "out of def scale" in page and "my reason" in page
    for hidden in ("expect_equal", "HIDDEN", "PROFILE", "import"):
        assert hidden not in page


def test_outputs_are_shown_under_their_cell():
    page = html.unescape(
        page_with(
            [
                new_output("stream", text=["10%\r50%\r100%\n", "done\r\n"]),
                new_output(
                    "execute_result", data={"text/plain": "array([1])", "text/html": "<b>1</b>"}
                ),
                new_output("display_data", data={"text/html": "<i>x</i>"}),
                new_output(
                    "error", ename="E", evalue="", traceback=["\x1b[31mE\x1b[0m", "on line 1"]
                ),
            ],
            own="# my own helper",
        )
    )
    for text in (">100%\ndone\n<", ">array([1])<", ">(output that is not shown here: text/html)<",
                 ">E\non line 1<", "my own helper"):  # fmt: skip
        assert text in page
    assert "50%" not in page and "<b>" not in page


def test_a_figure_is_drawn_anew_and_no_larger_than_fits():
    outputs = [
        new_output("display_data", data={"image/png": image(40, 20), "text/plain": "<Figure>"}),
        new_output("display_data", data={"image/jpeg": image(2_500, 50, "JPEG")}),
    ]
    shown = images_on(page_with(outputs))
    assert [(each.format, each.size) for each in shown] == [("PNG", (40, 20)), ("PNG", (1_000, 20))]


def with_text_chunk(encoded: str) -> str:
    """The PNG with markup in its metadata and behind its end."""
    original, changed = Image.open(io.BytesIO(base64.b64decode(encoded))), io.BytesIO()
    original.save(changed, "PNG", exif=b"<script>canary</script>")
    return base64.b64encode(changed.getvalue() + b"<script>canary</script>").decode()


def test_of_an_image_only_the_pixels_are_kept():
    (shown,) = images_on(
        page_with([new_output("display_data", data={"image/png": with_text_chunk(image(9, 9))})])
    )
    shown.load()
    assert shown.size == (9, 9) and not shown.info
    assert b"canary" not in shown.tobytes()


@pytest.mark.parametrize(
    "data",
    [
        {"image/png": image(5_000, 4_000, mode="1")},
        {"image/png": image(20_000, 20_000, mode="1")},
        {"image/png": "not base64 \u2028"},
        {"image/png": base64.b64encode(b"<svg onload=alert(1)>").decode()},
        {"image/png": image(30, 30)[:60]},
        {"image/png": image(9, 9, "GIF")},
        {"image/png": 5},
        {"image/png": {"a": "b"}},
        {"image/png": ["\ud800"]},
        {"image/png": "A" * 5_000_000},
        {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"},
        {"image/gif": image(9, 9, "GIF")},
    ],
    ids=range(12),
)
def test_what_is_no_image_of_sane_size_is_not_shown_as_one(data):
    page = page_with(
        [
            {
                "output_type": "display_data",
                "data": {**data, "text/plain": "in its place"},
                "metadata": {},
            }
        ]
    )
    assert not images_on(page) and "in its place" in page
    assert_harmless(page)


@pytest.mark.parametrize(
    "output",
    [
        {}, {"output_type": "stream"}, {"output_type": "stream", "text": {"a": 1}},
        {"output_type": "error", "traceback": 7}, {"output_type": "error", "traceback": [["<b>"], None, 3]},
        {"output_type": "display_data", "data": []}, {"output_type": "display_data", "data": {}},
        {"output_type": "display_data", "data": {"text/plain": {"x": []}}},
        {"output_type": "execute_result", "data": {"<script>canary()</script>": 1}},
        {"output_type": [], "text": "x"},
    ],
    ids=range(10),
)  # fmt: skip
def test_outputs_of_the_wrong_shape_do_not_stop_the_page(output):
    assert_harmless(page_with([output]))


def test_a_notebook_too_deep_to_read_back_has_a_page_without_work():
    page = page_with(notebook='{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")
    assert "check-scale" in page and "Your work" not in page


def test_a_page_stays_small_and_is_made_in_time_whatever_was_put_out():
    noise = new_output("display_data", data={"image/png": image(1_000, 1_000, noise=True)})
    text = new_output("stream", text="\u202e<" * 100_000)
    problems = tuple("x" * 2_000 for _ in range(500))
    started = time.monotonic()
    page = page_with([noise] * 40 + [text] * 500, source='f"""{' * 50_000, problems=problems)
    assert time.monotonic() - started < 20
    assert len(page) < 15_000_000
    assert page.count("(the rest is left out)") > 5 and "And 480 more." in page
    assert 1 <= len(images_on(page)) <= work.MOST_IMAGES


@pytest.mark.parametrize("source", ["'" * 20_000, "\\" * 20_000, "(" * 20_000, "f'{" * 6_000, "a." * 10_000,
                                    "0" * 20_000, "_" * 20_000, "@" * 20_000, '"\\N{' * 5_000, " " * 20_000,
                                    "from " * 4_000, "%(" * 10_000, "{!r:" * 5_000])  # fmt: skip
def test_code_made_to_be_slow_to_highlight_is_not(source):
    started = time.monotonic()
    assert_harmless(page_with(source=source))
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;window title\x07after", "after"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("\x1b", "⟨U+001B⟩"),
        ("admin\u202egnp.exe", "admin⟨U+202E⟩gnp.exe"),
        ("\u2066\u2069\u200f\u200b\ufeff\xad", "⟨U+2066⟩⟨U+2069⟩⟨U+200F⟩⟨U+200B⟩⟨U+FEFF⟩⟨U+00AD⟩"),
        ("a\0b\x08\x7f\x9b", "a⟨U+0000⟩b⟨U+0008⟩⟨U+007F⟩⟨U+009B⟩"),
        ("\ud800\u2028", "⟨U+D800⟩⟨U+2028⟩"),
        ("passed\rfailed", "passed⟨U+000D⟩failed"),
        ("tab\tline\r\nnext 👩‍💻 می‌خواهم", "tab\tline\nnext 👩‍💻 می‌خواهم"),
    ],
)
def test_characters_that_reorder_hide_or_control_text_are_named(text, shown):
    assert as_text(text) == shown


"""In a browser."""


class Canary:
    """A server on this machine that notes what is asked of it."""

    def __enter__(self):
        self.requests: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def _serve(self):
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self.requests.append(connection.recv(4_096))
                connection.sendall(b"HTTP/1.0 204 No Content\r\n\r\n")

    def __exit__(self, kind, error, trace):
        self._server.close()


REFRESH = 8  # its place in the list below


def hostile_texts(address: str) -> list[str]:
    """What runs, loads, leaves, or covers the page where it reaches a browser as markup."""
    mark = "document.title='taken'"
    return [
        f"<script>{mark}</script>",
        f"</pre></span></style></title></textarea><script>{mark}</script>",
        f"<img src=x onerror=\"{mark}\">",
        f"<img src='{address}/pixel.png'>",
        f"<svg onload=\"{mark}\"><script>{mark}</script></svg>",
        f"<a href=\"javascript:{mark}\" autofocus onfocus=\"{mark}\">click</a>",
        f"<iframe srcdoc=\"<script>parent.{mark}</script>\"></iframe><iframe src='{address}/frame'></iframe>",
        f"<base href='{address}/'><link rel=stylesheet href='{address}/style.css'>",
        f"<meta http-equiv=refresh content='0;url={address}/refresh'>",
        f"<style>@import url({address}/import.css); body {{ display: none }}</style>",
        f"<div style='position:fixed;inset:0;background:url({address}/cover) red;z-index:9'>8 of 8 points</div>",
        f"<object data='{address}/object'></object><embed src='{address}/embed'>",
        f"<form action='{address}/form'><input autofocus onfocus=\"{mark}\"></form>",
        f"<video src='{address}/video' autoplay></video><details open ontoggle=\"{mark}\">",
        f"<math><mtext></table><mglyph><style><!--</style><img title=\"--><img src=x onerror={mark}>\">",
        f"\"><script>{mark}</script><!-- '><script>{mark}</script> ]]> {{{{ 7*7 }}}} {{% raw %}}",
        f"[x](javascript:{mark}) ![x]({address}/markdown.png) <script>{mark}</script>",
        f"$\\require{{html}}\\href{{javascript:{mark}}}{{x}} \\includegraphics{{{address}/latex}}$",
        "\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07\x1b[2J \u202e\u2066 reversed \ud800",
        "x" * 20_000 + "\u0301" * 500,
    ]  # fmt: skip


KINDS = ("text/html", "text/markdown", "text/latex", "image/svg+xml", "application/javascript",
         "application/vnd.jupyter.widget-view+json", "text/plain", "image/png")  # fmt: skip


def hostile_page(address: str) -> str:
    texts = hostile_texts(address)
    outputs = [
        {"output_type": "display_data", "data": {kind: text}, "metadata": {}}
        for text in texts
        for kind in KINDS
    ]
    outputs += [{"output_type": "stream", "name": text, "text": text} for text in texts]
    outputs += [
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]}
        for text in texts
    ]
    together = "\n".join(texts)
    return page_with(
        outputs,
        source=together,
        own=f'"""{together}"""',
        student=texts[0] + texts[1],
        reason=together,
        problems=tuple(texts),
        checks=tuple(
            CheckResult(id="check-scale", points=0, max_points=1, status="failed", message=text)
            for text in texts
        ),
    )


def browse(page: str, *arguments: str) -> str:
    """The page's document after five seconds in Chromium."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "page.html")
        path.write_text(page, encoding="utf-8")
        return subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--virtual-time-budget=5000", f"--user-data-dir={folder}/profile", *arguments,
             "--dump-dom", path.as_uri()],
            capture_output=True, text=True, timeout=120, check=True,
        ).stdout  # fmt: skip


def test_a_hostile_notebook_becomes_text():
    page = hostile_page("http://127.0.0.1:9")
    assert_harmless(page)
    text = html.unescape(page)
    for hostile in hostile_texts("http://127.0.0.1:9"):
        assert as_text(hostile)[:5_000] in text


needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine to open pages with"
)


@needs_browser
def test_a_hostile_page_runs_loads_and_covers_nothing_in_a_browser():
    with Canary() as canary:
        document = browse(hostile_page(canary.address))
    assert canary.requests == []
    assert_harmless(document)
    assert "<title>mini: feedback for " in document and "failed" in document
    assert document.rstrip().endswith("</html>")


@needs_browser
@pytest.mark.parametrize("number", range(5))
def test_the_same_texts_as_markup_are_noticed(number):
    """Without this, the test before could not fail: a page that shows a text as markup is caught."""
    with Canary() as canary:
        text = [hostile_texts(canary.address)[i] for i in (0, 2, 3, REFRESH, 9)][number]
        document = browse(f"<title>mini</title>{text}")
    assert canary.requests or "<title>taken</title>" in document


@needs_browser
@pytest.mark.parametrize("number", set(range(17)) - {REFRESH})
def test_the_pages_policy_holds_where_escaping_would_fail(number):
    """The second line of defence: markup that gets into a page is not run, and nothing is loaded for it.

    Chromium may connect ahead of a frame that it then refuses, without a request. A refresh no policy forbids.
    """
    with Canary() as canary:
        text = hostile_texts(canary.address)[number]
        page = page_with().replace("<h1>", f"{text}<h1>")
        assert text in page
        document = browse(page)
    assert not any(canary.requests) and "<title>taken</title>" not in document


@needs_browser
def test_the_pages_own_style_is_allowed_by_its_policy():
    """A digest that did not fit would leave the page without style: then nothing has this width."""
    probe = page_with().replace('<p class="sub">', '<p class="sub" id="probe">', 1)
    assert "52rem" in probe
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder, "page.png")
        browse(probe, f"--screenshot={shot}", "--window-size=1400,600")
        pixels = Image.open(shot).convert("RGB")
    left = min(
        x for x in range(1_400) for y in range(0, 200, 2) if min(pixels.getpixel((x, y))) < 128
    )
    assert left > 200
