"""Sphinx extension: figures that the reader can change, in plain JavaScript.

    :::{interactive} convolution
    :alt: A window on a picture of seven by seven numbers.

    Step through a convolution.
    :::

The scripts in ``static/interactive`` build the figure where the still picture ``images/interactive/<name>.png``
stands, which is what print and a browser without scripts show (``tools/still_pictures.py`` takes it).
"""

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SCRIPTS = Path(__file__).parent.parent / "static" / "interactive"
SHARED = "figure.js"
NAMES = sorted(path.stem for path in SCRIPTS.glob("*.js") if path.name != SHARED)


class interactive(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """A still picture, and below it the caption."""


class InteractiveDirective(SphinxDirective):
    """The name of a figure, its text alternative, and a caption; ``simple`` for its form with fewer knobs."""

    required_arguments = 1
    option_spec = {  # noqa: RUF012 - docutils reads a dictionary
        "alt": directives.unchanged_required,
        "simple": directives.flag,
    }
    has_content = True

    def run(self) -> list[nodes.Node]:
        (name,) = self.arguments
        if name not in NAMES:
            raise self.error(f"no interactive figure {name!r}; there are: {', '.join(NAMES)}")
        if not self.options.get("alt") or not self.content:
            raise self.error("an interactive figure needs :alt: and a caption")
        caption = nodes.container(classes=["caption"])
        self.state.nested_parse(self.content, self.content_offset, caption)
        figure = interactive(figure=name, simple="simple" in self.options)
        figure += nodes.image(uri=f"/images/interactive/{name}.png", alt=self.options["alt"])
        figure += caption
        return [figure]


def visit_html(translator, node: interactive) -> None:
    classes = "interactive simple" if node["simple"] else "interactive"
    translator.body.append(f'<div class="{classes}" data-figure="{node["figure"]}" role="group">')
    translator.body.append('<div class="stage">')
    node[0].walkabout(translator)
    translator.body.append("</div>")
    node[1].walkabout(translator)
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def visit_elsewhere(translator, node: interactive) -> None:
    """The picture and its caption, one below the other."""


def setup(app: Sphinx) -> dict:
    elsewhere = (visit_elsewhere, visit_elsewhere)
    app.add_node(interactive, html=(visit_html, None), latex=elsewhere, text=elsewhere)
    app.add_directive("interactive", InteractiveDirective)
    for name in (SHARED, *(f"{name}.js" for name in NAMES)):
        app.add_js_file(f"interactive/{name}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
