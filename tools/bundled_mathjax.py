"""Sphinx extension: MathJax comes from the build itself, so that the book reads offline.

The package ``sphinx-mathjax-offline`` brings the files; of its 24 MB a page uses one script and fonts.
"""

import shutil
from importlib.metadata import distribution
from pathlib import Path

from sphinx.application import Sphinx

FOLDER = "mathjax"
SCRIPT = "tex-chtml.js"
FONTS = "output/chtml/fonts/woff-v2"


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", use_bundled_script)
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def use_bundled_script(app: Sphinx, config) -> None:
    config.mathjax_path = f"{FOLDER}/{SCRIPT}"


def copy_mathjax(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    package = distribution("sphinx-mathjax-offline")
    source = Path(package.locate_file("sphinx-mathjax-offline/static/mathjax"))
    target = Path(app.outdir, "_static", FOLDER)
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / SCRIPT, target / SCRIPT)
    shutil.copytree(source / FONTS, target / FONTS, dirs_exist_ok=True)
