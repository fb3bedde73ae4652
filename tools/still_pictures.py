"""Takes the still pictures of the interactive figures, for print and for browsers without scripts.

    python -m tools.still_pictures [NAME ...]

Run it when a figure has changed, and look at the pictures in ``images/interactive``. Needs Chromium.
"""

import sys
import tempfile
from pathlib import Path

from tools.browser import CHROMIUM, WITHOUT_CHROMIUM, chromium, offline
from tools.interactive import NAMES, SCRIPTS, SHARED

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "images" / "interactive"
WINDOW = {"width": 820, "height": 1200}
# The names under which the theme keeps the colours that convbook.css uses.
COLOURS = {
    "primary": "#176de8",
    "secondary": "#e89217",
    "success": "#00843f",
    "danger": "#d72d47",
    "border": "#d1d5da",
    "surface": "#f3f4f5",
    "text-base": "#222832",
    "text-muted": "#48566b",
}


def page_with(name: str) -> str:
    """A page that holds one interactive figure and nothing else."""
    variables = "".join(f"--pst-color-{key}: {value};" for key, value in COLOURS.items())
    scripts = "".join(
        f'<script src="{(SCRIPTS / file).as_uri()}"></script>' for file in (SHARED, f"{name}.js")
    )
    style = (ROOT / "static" / "convbook.css").as_uri()
    return (
        f'<!doctype html><meta charset="utf-8"><title>{name}</title><link rel="stylesheet" href="{style}">'
        f"<style>:root {{ {variables} }} body {{ font-family: sans-serif; }}</style>{scripts}"
        f'<div class="interactive" data-figure="{name}" role="group"><div class="stage"></div></div>'
    )


def main() -> int:
    if CHROMIUM is None:
        print(WITHOUT_CHROMIUM, file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for name in sys.argv[1:] or NAMES:
            file = Path(folder, f"{name}.html")
            file.write_text(page_with(name), encoding="utf-8")
            with offline(browser, WINDOW) as context:
                page = context.new_page()
                page.goto(file.as_uri())
                page.locator(".stage").screenshot(path=PICTURES / f"{name}.png")
            print(PICTURES / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
