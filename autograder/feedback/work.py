"""A student's cells and their outputs as plain text and images drawn anew, whatever is in them."""

import base64
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from PIL import Image
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.exercise import Exercise, grade_id, takes_student_source

MOST_CODE = 400_000  # characters on a page
LONGEST_HIGHLIGHTED = 20_000  # characters of one cell
MOST_TEXT = 100_000  # characters of output on a page
LONGEST_TEXT = 10_000  # characters of one output
MOST_OUTPUTS = 300
MOST_IMAGES = 30
MOST_IMAGE_BYTES = 8_000_000  # on a page
LARGEST_ENCODED_IMAGE = 4_000_000
MOST_PIXELS = 8_000_000
WIDEST_IMAGE = 1_000  # pixels, as shown

_CUT = "\n... (the rest is left out)"
_ANSI = re.compile(r"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
_JOINERS = "\u200c\u200d"  # words of some languages and many emoji need them
_NAMED = (
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Zl",
    "Zp",
)  # categories: control, format, surrogate, private, separators
_IMAGES = {"image/png": "PNG", "image/jpeg": "JPEG"}


@dataclass(frozen=True)
class Output:
    """Text, or an image as base64 of a PNG that was drawn here."""

    text: str = ""
    png: str = ""


@dataclass(frozen=True)
class ShownCell:
    """A cell of the student's: its name, its source as safe HTML, what it put out."""

    name: str
    code: Markup
    outputs: tuple[Output, ...]


@dataclass
class _Room:
    """What is left on a page."""

    code: int = MOST_CODE
    text: int = MOST_TEXT
    outputs: int = MOST_OUTPUTS
    images: int = MOST_IMAGES
    image_bytes: int = MOST_IMAGE_BYTES


def as_text(value: str) -> str:
    """The text without colour codes; characters that reorder, hide or control text are named instead."""
    return "".join(map(_visible, _ANSI.sub("", value).replace("\r\n", "\n")))


def _visible(character: str) -> str:
    if character in "\n\t" or character in _JOINERS:
        return character
    if unicodedata.category(character) in _NAMED:
        return f"⟨U+{ord(character):04X}⟩"
    return character


def student_work(exercise: Exercise, executed: str | None) -> list[ShownCell]:
    """The cells that the student filled in or added, from the executed notebook, and no other cell."""
    to_fill_in = {grade_id(cell) for cell in exercise.notebook.cells if takes_student_source(cell)}
    room, shown = _Room(), []
    for cell in _cells(executed):
        cell_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        added = cell_id is None and not cell["metadata"].get("tags")
        if cell_id in to_fill_in or (added and _joined(cell["source"]).strip()):
            code = _source(cell, room)
            outputs = tuple(_outputs(cell.get("outputs", []), room))
            shown.append(ShownCell(cell_id or "a cell of your own", code, outputs))
    return shown


def _cells(executed: str | None) -> list[dict[str, Any]]:
    try:
        return json.loads(executed)["cells"] if executed else []
    except RecursionError:  # an output nested deeper than can be read back
        return []


def _source(cell: dict[str, Any], room: _Room) -> Markup:
    source = _joined(cell["source"])
    text = as_text(source[: room.code]) + (_CUT if len(source) > room.code else "")
    room.code -= min(len(source), room.code)
    if cell["cell_type"] != "code" or len(text) > LONGEST_HIGHLIGHTED:
        return escape(text)
    formatter = HtmlFormatter(nowrap=True)
    return Markup(highlight(text, PythonLexer(), formatter))  # noqa: S704 - Pygments escapes


def _outputs(outputs: list[dict[str, Any]], room: _Room) -> Iterator[Output]:
    for output in outputs:
        if room.outputs <= 0 or room.text <= 0:
            yield Output(text=_CUT.strip())
            return
        room.outputs -= 1
        data = output.get("data")
        if isinstance(data, dict) and (png := _image(data, room)):
            yield Output(png=png)
        elif text := _text(output, data):
            most = min(LONGEST_TEXT, room.text)
            room.text -= min(len(text), most)
            yield Output(text=as_text(text[:most]) + (_CUT if len(text) > most else ""))


def _text(output: dict[str, Any], data: Any) -> str:
    if output.get("output_type") == "stream":
        return _as_on_a_terminal(_joined(output.get("text")))
    if output.get("output_type") == "error":
        return "\n".join(map(_joined, _list(output.get("traceback"))))
    if not isinstance(data, dict):
        return ""
    if "text/plain" in data:
        return _joined(data["text/plain"])
    return f"(output that is not shown here: {', '.join(data)})"


def _as_on_a_terminal(text: str) -> str:
    """A line that was written over, as progress bars do, reads as it stood in the end."""
    lines = text.replace("\b", "").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def _image(data: dict[str, Any], room: _Room) -> str | None:
    """The output's image as a PNG of limited size: what a browser gets are our pixels, not a student's file."""
    for kind, decoder in _IMAGES.items():
        encoded = _joined(data.get(kind))
        if not encoded or len(encoded) > LARGEST_ENCODED_IMAGE:
            continue
        if room.images <= 0 or room.image_bytes <= 0:
            return None
        room.images -= 1
        if drawn := _drawn_anew(encoded, decoder):
            room.image_bytes -= len(drawn)
            return drawn if room.image_bytes >= 0 else None
    return None


def _drawn_anew(encoded: str, decoder: str) -> str | None:
    try:
        with Image.open(io.BytesIO(base64.b64decode(encoded)), formats=(decoder,)) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            pixels = image.convert("RGBA")
    except Exception:  # decoders raise many kinds on damaged images
        return None
    pixels.thumbnail((WIDEST_IMAGE, WIDEST_IMAGE))
    drawn = io.BytesIO()
    pixels.save(drawn, "PNG")
    return base64.b64encode(drawn.getvalue()).decode()


def _joined(value: Any) -> str:
    """Text as notebooks keep it, in one piece or in lines; anything else is no text."""
    return "".join(part for part in _list(value) if isinstance(part, str))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
