"""Takes the still pictures of the interactive figures, for print and for browsers without scripts.

    python -m tools.still_pictures [NAME ...]

Run it when a figure has changed, and look at the pictures in ``images/interactive``. Needs Chromium.
"""

import sys
import tempfile
from pathlib import Path

from convbook.data import digits
from convbook.in_browser import network_for_browser
from convbook.quiet import quiet_start
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


def page_with(name: str, data: str = "") -> str:
    """A page that holds one interactive figure, the data that it reads from the page, and nothing else."""
    variables = "".join(f"--pst-color-{key}: {value};" for key, value in COLOURS.items())
    scripts = "".join(
        f'<script src="{(SCRIPTS / file).as_uri()}"></script>' for file in (SHARED, f"{name}.js")
    )
    style = (ROOT / "static" / "convbook.css").as_uri()
    return (
        f'<!doctype html><meta charset="utf-8"><title>{name}</title><link rel="stylesheet" href="{style}">'
        f"<style>:root {{ {variables} }} body {{ font-family: sans-serif; }}</style>{data}{scripts}"
        f'<div class="interactive" data-figure="{name}" role="group"><div class="stage"></div></div>'
    )


def trained_network() -> str:
    """A small network that reads digits, as the chapter on MNIST puts it on its page."""
    with quiet_start():
        import keras
        from keras import layers
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for size in (2, 2, None):
        model.add(layers.Conv2D(16, 3, activation="relu"))
        if size:
            model.add(layers.MaxPooling2D(size))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    data = digits()
    model.fit(data.x_train / 255, data.y_train, epochs=5, verbose=0)
    return network_for_browser(model, data.x_test[:5] / 255).data


def main() -> int:
    if CHROMIUM is None:
        print(WITHOUT_CHROMIUM, file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for name in sys.argv[1:] or NAMES:
            file = Path(folder, f"{name}.html")
            data = trained_network() if name == "digit" else ""
            file.write_text(page_with(name, data), encoding="utf-8")
            with offline(browser, WINDOW) as context:
                page = context.new_page()
                page.goto(file.as_uri())
                page.locator(".stage").screenshot(path=PICTURES / f"{name}.png")
            print(PICTURES / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
