"""Sphinx extension: the page of results, from ``claims.toml`` and what was measured.

    :::{claims} 08-lenet
    :::

A row for each claim of a chapter: what its source states, what this build of the book measured, what the latest
record of ``records/`` measured at full size, and why they differ. ``build_book`` writes the record of this build.

    :::{records}
    :::

A row for each record: when, at which commit, on what, with which data.

    :::{times}
    :::

A row for each chapter: the seconds that it took when it was last executed.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograder.verify.claims import Claim, Number, read_claims
from autograder.verify.record import Record

ROOT = Path(__file__).parent.parent
CLAIMS = ROOT / "claims.toml"
RECORDS = ROOT / "records"
OF_THIS_BUILD = ROOT / "_build" / "record.json"


class ClaimsDirective(SphinxDirective):
    """The claims of one chapter as a table."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        (chapter,) = self.arguments
        claims = [claim for claim in read_claims(CLAIMS) if claim.chapter == chapter]
        if not claims:
            raise self.error(f"claims.toml has no claim of the chapter {chapter}")
        for path in (CLAIMS, OF_THIS_BUILD, *RECORDS.glob("*.json")):
            self.env.note_dependency(str(path))
        here, full = latest([OF_THIS_BUILD]), latest(RECORDS.glob("*.json"))
        header = (f"{{doc}}`/chapters/{chapter}`", "published", "this build", "full size")
        rows = [
            (
                what(claim),
                shown(claim, claim.published),
                measured(claim, here),
                measured(claim, full),
            )
            for claim in claims
        ]
        return parsed(self, header, rows)


class RecordsDirective(SphinxDirective):
    """Where the figures come from."""

    def run(self) -> list[nodes.Node]:
        rows = []
        for path in [OF_THIS_BUILD, *sorted(RECORDS.glob("*.json"))]:
            self.env.note_dependency(str(path))
            record = read_record(path)
            machine = record.machine
            rows.append(
                (
                    "this build" if path == OF_THIS_BUILD else path.stem,
                    f"{record.date:%Y-%m-%d}",
                    f"`{record.commit}`",
                    record.profile,
                    ", ".join(machine.gpus) or f"{machine.cores} cores, {machine.processor}",
                    f"{machine.backend}, Keras {machine.packages['keras']}",
                    ", ".join(record.data),
                )
            )
        header = ("record", "date", "commit", "profile", "device", "software", "data")
        return parsed(self, header, rows, "records")


class TimesDirective(SphinxDirective):
    """How long the chapters took."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(OF_THIS_BUILD))
        rows = [
            (f"{{doc}}`/chapters/{each.name}`", f"{each.seconds:.0f}")
            for each in read_record(OF_THIS_BUILD).notebooks
        ]
        return parsed(self, ("chapter", "seconds"), rows)


def read_record(path: Path) -> Record:
    return Record.model_validate_json(path.read_text(encoding="utf-8"))


def latest(paths: Iterable[Path]) -> dict[str, Number | str]:
    """What was measured last for each claim."""
    values: dict[str, Number | str] = {}
    for record in sorted(map(read_record, paths), key=lambda each: each.date):
        values |= {
            each.id: each.measured for each in record.claims if each.verdict != "not measured"
        }
    return values


def what(claim: Claim) -> str:
    """The statement and its source; below it, why the figures differ."""
    source = f" {{cite:p}}`{claim.source}`" if claim.source else ""
    return claim.statement + source + (f"\\\n    *{claim.difference}*" if claim.difference else "")


def measured(claim: Claim, values: dict[str, Number | str]) -> str:
    value = values.get(claim.id)
    return "–" if value is None else shown(claim, value)


def shown(claim: Claim, value: Number | str) -> str:
    """With as many decimals as the published figure, or two for a share and one for anything larger."""
    if isinstance(value, str):
        text = value
    elif isinstance(claim.published, str):
        text = f"{value:,.{2 if abs(value) <= 1 else 1}f}"
    else:
        text = f"{value:,.{len(str(claim.published).partition('.')[2])}f}"
    return f"{text} {claim.unit}".strip()


def parsed(
    directive: SphinxDirective,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    style: str = "results",
) -> list[nodes.Node]:
    """A table whose cells are Markdown."""
    lines = ["```{list-table}", ":header-rows: 1", f":class: book-table {style}", ""]
    for row in [header, *rows]:
        first, *others = row
        lines += [f"* - {first}", *(f"  - {cell}".rstrip() for cell in others)]
    lines.append("```")
    container = nodes.container()
    directive.state.nested_parse(StringList(lines), directive.content_offset, container)
    return container.children


def setup(app: Sphinx) -> dict:
    app.add_directive("claims", ClaimsDirective)
    app.add_directive("records", RecordsDirective)
    app.add_directive("times", TimesDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
