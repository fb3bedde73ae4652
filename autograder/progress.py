"""Progress of grading: how fast, how much longer, what failed, and what took longest."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from autograder.results import SubmissionResult

SECONDS_BETWEEN_LINES = 30
LATEST = 200  # submissions from which the rate is taken


@dataclass
class Tally:
    """Counts results as they come.

    Args:
        total: submissions, whether they have to run or not.
        started: when (``time.monotonic``) the first could have begun to run.
    """

    total: int
    started: float
    done: int = 0
    ran: int = 0
    rejected: int = 0
    failed: int = 0
    slowest: SubmissionResult | None = None
    _times: deque[float] = field(default_factory=lambda: deque(maxlen=LATEST))

    def add(self, result: SubmissionResult, now: float) -> None:
        """One more result, at a time."""
        self.done += 1
        self.rejected += result.status == "rejected"
        self.failed += result.status == "failed"
        if result.status == "graded" and not result.cached:
            self.ran += 1
            self._times.append(now)
            if self.slowest is None or result.seconds > self.slowest.seconds:
                self.slowest = result.model_copy(update={"notebook": None, "checks": ()})

    @property
    def rate(self) -> float | None:
        """Submissions a second among the latest that ran; None before any did."""
        if not self._times:
            return None
        first = self.started if self.ran == len(self._times) else self._times[0]
        number = len(self._times) - (first != self.started)
        return number / max(self._times[-1] - first, 1e-3)

    @property
    def seconds_left(self) -> float | None:
        """As if everything that is left had to run; None before anything did."""
        return (self.total - self.done) / self.rate if self.rate else None

    def __str__(self) -> str:
        parts = []
        if self.rate:
            parts += [f"{60 * self.rate:.3g} a minute", f"{told(self.seconds_left)} left"]
        if self.rejected:
            parts.append(f"{self.rejected} rejected")
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self.slowest:
            parts.append(f"slowest {self.slowest.student}: {self.slowest.seconds:.1f} s")
        return ", ".join(parts)


def told(seconds: float) -> str:
    """A time for people: seconds, minutes or hours and minutes."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02} min"


@contextmanager
def progress(
    title: str, total: int, console: Console
) -> Iterator[Callable[[SubmissionResult], None]]:
    """Shows a bar on a terminal, and elsewhere a line now and then. Gives what takes each result."""
    tally = Tally(total, time.monotonic())
    show = _bar if console.is_terminal else _lines
    with show(title, tally, console) as update:

        def take(result: SubmissionResult) -> None:
            tally.add(result, time.monotonic())
            update()

        yield take


@contextmanager
def _bar(title: str, tally: Tally, console: Console) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    tail = TextColumn("{task.fields[tally]}", markup=False)
    with Progress(*columns, tail, console=console) as bar:
        task = bar.add_task(title, total=tally.total, tally="")
        yield lambda: bar.update(task, completed=tally.done, tally=str(tally))


@contextmanager
def _lines(title: str, tally: Tally, console: Console) -> Iterator[Callable[[], None]]:
    next_line, last = tally.started + SECONDS_BETWEEN_LINES, ""

    def line() -> None:
        nonlocal last
        tail = f": {tally}" if str(tally) else ""
        text = f"{title} {tally.done}/{tally.total}{tail}"
        if text != last:
            console.print(Text(text))
        last = text

    def update() -> None:
        nonlocal next_line
        if time.monotonic() >= next_line:
            next_line = time.monotonic() + SECONDS_BETWEEN_LINES
            line()

    try:
        yield update
    finally:
        line()
