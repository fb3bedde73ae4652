"""What a chapter puts on its page: values for its text, tables, and how long it ran."""

import os
import time
from collections.abc import Sequence
from html import escape

from IPython.display import HTML


class Page:
    """The values that a chapter's text shows. Made before Keras is imported, since its clock starts then.

    Args:
        name: begins every name under which the text finds a value: ``Page("costs").tell(batch=50)``
            is shown by ``{glue:text}`costs_batch` ``.
    """

    def __init__(self, name: str):
        self.name = name
        self._started = time.perf_counter()

    def tell(self, **values: object) -> None:
        """Makes values known to the text; numbers can be formatted there, as in ``{glue:text}`costs_batch:,` ``."""
        from myst_nb import glue

        for name, value in values.items():
            plain = value.item() if hasattr(value, "item") else value
            glue(f"{self.name}_{name}", plain, display=False)

    def finish(self) -> None:
        """Tells ``seconds`` since the start, ``cores``, ``backend`` and the version of ``keras``."""
        import keras

        self.tell(
            seconds=time.perf_counter() - self._started,
            cores=os.cpu_count(),
            backend=keras.backend.backend(),
            keras=keras.__version__,
        )


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    text_columns: int = 1,
    sortable: bool = False,
) -> HTML:
    """A table of text and numbers; whole numbers get their thousands apart.

    Args:
        text_columns: so many columns from the left are text, the others are numbers.
        sortable: a click on a heading sorts the rows, where scripts run.
    """
    style = "book-table sortable" if sortable else "book-table"
    head = "".join(
        f'<th scope="col" class="{_side(number, text_columns)}">{escape(name)}</th>'
        for number, name in enumerate(header)
    )
    body = "".join(_row(row, len(header), text_columns) for row in rows)
    return HTML(
        f'<table class="{style}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _row(cells: Sequence[object], columns: int, text_columns: int) -> str:
    if len(cells) != columns:
        raise ValueError(f"a row has {len(cells)} cells, the header {columns}: {cells}")
    return "".join(
        ["<tr>"]
        + [
            f'<td class="{_side(number, text_columns)}">{escape(_shown(cell))}</td>'
            for number, cell in enumerate(cells)
        ]
        + ["</tr>"]
    )


def _side(number: int, text_columns: int) -> str:
    return "text" if number < text_columns else "number"


def _shown(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
