"""Tables for people: scores, and what a grading would change."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from autograder.results import SubmissionResult
from autograder.standing import Change
from autograder.verify.claims import Claim
from autograder.verify.record import Record

SCORES = (
    ("student", "left"),
    ("points", "right"),
    ("status", "left"),
    ("seconds", "right"),
    ("lost", "left"),
)
CHANGES = (("student", "left"), ("score", "right"), ("by", "right"), ("checks", "left"))
NOTEBOOKS = (("notebook", "left"), ("seconds", "right"), ("MB", "right"), ("outcome", "left"))
CLAIMS = (
    ("claim", "left"),
    ("published", "right"),
    ("measured", "right"),
    ("band", "right"),
    ("verdict", "left"),
)


def print_record(out: Console, record: Record, claims: Sequence[Claim]) -> None:
    """A row for each notebook and for each claim that could be judged."""
    rows = [
        (
            each.name,
            f"{each.seconds:.1f}",
            f"{each.peak_mb:.0f}" if each.peak_mb else "",
            each.error or "ran",
        )
        for each in record.notebooks
    ]
    _print(out, f"notebooks, {record.profile} profile", NOTEBOOKS, rows)
    by_id = {claim.id: claim for claim in claims}
    rows = []
    for judged in record.claims:
        if judged.verdict != "not measured":
            claim = by_id[judged.id]
            low, high = claim.band(record.profile)
            band = "exact" if claim.is_exact else f"{low:,} to {high:,}"
            rows.append(
                (claim.id, _number(claim.published), _number(judged.measured), band, judged.verdict)
            )
    if rows:
        _print(out, "claims", CLAIMS, rows)


def _number(value: object) -> str:
    if value is None:
        return "nothing"
    return (
        f"{value:,.6g}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )


def print_scores(out: Console, title: str, results: Iterable[SubmissionResult]) -> None:
    """A row for each submission: its points, and the checks that cost some, or why there are none."""
    rows = []
    for result in results:
        lost = [check.id for check in result.checks if check.points < check.max_points]
        rows.append(
            (
                result.student,
                f"{result.score:g} of {result.max_score:g}",
                result.status,
                "cached" if result.cached else f"{result.seconds:.1f}",
                result.reason or ", ".join(lost),
            )
        )
    _print(out, title, SCORES, rows)


def print_changes(out: Console, title: str, changes: Iterable[Change]) -> None:
    """A row for each student whose points would change."""
    rows = []
    for change in changes:
        checks = ", ".join(f"{check} {old:g} to {new:g}" for check, old, new in change.checks)
        is_new = change.before is None
        score = f"{change.after:g}" if is_new else f"{change.before:g} to {change.after:g}"
        by = "new" if is_new else f"{change.after - change.before:+g}"
        rows.append((change.student, score, by, checks))
    if rows:
        _print(out, title, CHANGES, rows)
    else:
        out.print(Text(title))


def _print(
    out: Console, title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]
) -> None:
    """Plain lines: Rich's own tables take a millisecond a row, and fold rows where nobody looks."""
    lines = [[name for name, _ in columns], *rows]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    text = [title]
    for line in lines:
        cells = zip(line, widths, columns, strict=True)
        padded = [_padded(cell, width, justify) for cell, width, (_, justify) in cells]
        text.append("  ".join(padded).rstrip())
    out.print(Text("\n".join(text)))


def _padded(cell: str, width: int, justify: str) -> str:
    space = " " * (width - cell_len(cell))
    return space + cell if justify == "right" else cell + space
