"""Training as curves, with the luck of the seed in sight, and the mistakes that are left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from convbook.plots.style import BLUE, COLOURS, FULL_WIDTH, GREY, ORANGE, SMALL, fade, text_on
from convbook.plots.words import counted, enumerated, number, say_what, shortened


class History(Protocol):
    """What ``fit`` of a Keras model returns."""

    history: Mapping[str, Sequence[float]]


Run = History | Mapping[str, Sequence[float]]
"""One training: what ``fit`` returns, or one value an epoch for each metric's name."""

FEW_EPOCHS = 12
DASHES = ("-", "--", ":", "-.")
MOST_NUMBERED = 20


def show_training(runs: Run | Sequence[Run], metrics: Sequence[str] | None = None) -> Figure:
    """Curves over the epochs, a panel for each metric, training beside validation.

    Of several runs, from several seeds, the line is the median and the band the range, as far as
    the shortest run goes; thin lines are the runs themselves.

    Args:
        runs: a Keras ``History`` or a dict such as ``{"loss": [...], "val_loss": [...]}``, or a
            list of them.
        metrics: names without ``val_``; all of the first run where None.

    Raises:
        ValueError: no runs, no epochs, or a metric that a run does not have.
    """
    histories = _histories(runs)
    if metrics is None:
        metrics = list(dict.fromkeys(name.removeprefix("val_") for name in histories[0]))
        metrics = [name for name in metrics if name != "learning_rate"]
    figure, axes = plt.subplots(1, len(metrics), figsize=(FULL_WIDTH, 3.1), squeeze=False)
    for axis, metric in zip(axes[0], metrics, strict=True):
        curves = {"training": metric, "validation": f"val_{metric}"}
        shown = {
            label: _Curves.of(histories, name)
            for label, name in curves.items()
            if any(name in history for history in histories)
        }
        if not shown:
            raise ValueError(f"no run has {metric!r}: they have {', '.join(histories[0])}")
        for (label, values), colour in zip(shown.items(), (BLUE, ORANGE), strict=False):
            values.draw(axis, label, colour, "-" if label == "training" else "--")
        _finish(axis, metric, list(shown.values()))
        told = [f"{label} {values.told()}" for label, values in shown.items()]
        sentence = (
            f"{_spelt(metric)} over epochs, {counted(len(histories), 'run')}: {'; '.join(told)}."
        )
        say_what(axis, sentence[0].upper() + sentence[1:])
    axes[0, 0].legend()
    return figure


def compare_training(
    methods: Mapping[str, Run | Sequence[Run]], metric: str, axis: Axes | None = None
) -> Figure:
    """One metric over the epochs for several methods, each with one run or several.

    Lines, bands and thin lines are those of :func:`show_training`.

    Args:
        methods: runs by the method's name.
        metric: what to draw, such as ``"val_accuracy"``.
        axis: where to draw; a new figure where None.

    Raises:
        ValueError: no methods, no epochs, or a run without the metric.
    """
    if not methods:
        raise ValueError("there must be at least one method to draw")
    curves = {name: _Curves.of(_histories(runs), metric) for name, runs in methods.items()}
    axis = plt.subplots(figsize=(FULL_WIDTH, 3.4))[1] if axis is None else axis
    for place, (name, values) in enumerate(curves.items()):
        rounds, colour = divmod(place, len(COLOURS))
        values.draw(axis, name, COLOURS[colour], DASHES[rounds % len(DASHES)])
    _finish(axis, metric, list(curves.values()))
    axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    told = [f"{name} {values.told()}" for name, values in curves.items()]
    return say_what(axis, f"{_spelt(metric)} over epochs: {'; '.join(told)}.")


def show_confusion(
    matrix: np.ndarray, names: Sequence[str] | None = None, axis: Axes | None = None
) -> Figure:
    """A confusion matrix: blue what was right, orange the mistakes, stronger for more.

    The two have a scale each, so that the mistakes are seen beside what was right. The numbers are
    written up to 20 classes.

    Args:
        matrix: ``(classes, classes)`` counts, a row for each true class, a column for each answer.
        names: of the classes; their numbers where None.
        axis: where to draw; a new figure where None.

    Raises:
        ValueError: not a square matrix of counts, or not one name for each class.
    """
    matrix = _as_counts(matrix)
    classes = len(matrix)
    names = [str(n) for n in range(classes)] if names is None else [str(name) for name in names]
    if len(names) != classes:
        raise ValueError(f"got {len(names)} names for {classes} classes")
    written = [shortened(name) for name in names]
    axis = _confusion_axis(written) if axis is None else axis
    right, wrong = np.diag(matrix), matrix * (1 - np.eye(classes, dtype=int))
    faces = fade(ORANGE)(0.75 * wrong / (wrong.max() or 1))
    faces[np.diag_indices(classes)] = fade(BLUE)(0.15 + 0.5 * right / (right.max() or 1))
    axis.imshow(faces)
    if classes <= MOST_NUMBERED:
        for (true, answer), count in np.ndenumerate(matrix):
            colour = text_on(tuple(faces[true, answer, :3]))
            text = f"{count}" if count or true == answer else ""
            axis.text(answer, true, text, ha="center", va="center", fontsize=SMALL, color=colour)
    turned = max(map(len, written)) > 3
    style = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if turned else {}
    step = -(-classes // 25)  # names that are legible beside each other
    axis.set_xticks(range(0, classes, step), written[::step], **style)
    axis.set_yticks(range(0, classes, step), written[::step])
    axis.set(xlabel="answer", ylabel="true class")
    axis.tick_params(length=0)
    axis.spines[:].set(visible=True, color=GREY)
    total = int(matrix.sum())
    axis.set_title(f"{int(right.sum()):,} of {total:,} right")
    return say_what(axis, _confusion_sentence(matrix, wrong, names))


@dataclass
class _Curves:
    """One metric of some runs, a row for each run, NaN after its last epoch."""

    values: np.ndarray
    shortest: int

    @classmethod
    def of(cls, histories: list[Mapping[str, Sequence[float]]], name: str) -> "_Curves":
        for history in histories:
            if name not in history:
                raise ValueError(f"a run has no {name!r}: it has {', '.join(history)}")
        lengths = [len(history[name]) for history in histories]
        if min(lengths) == 0:
            raise ValueError(f"a run has no epochs of {name!r}")
        values = np.full((len(histories), max(lengths)), np.nan)
        for row, history, length in zip(values, histories, lengths, strict=True):
            row[:length] = history[name]
        return cls(values, min(lengths))

    def draw(self, axis: Axes, label: str, colour: str, dashes: str) -> None:
        epochs = np.arange(1, self.values.shape[1] + 1)
        common = slice(0, self.shortest)
        marker = "o" if self.values.shape[1] <= FEW_EPOCHS else ""
        style = {"color": colour, "linestyle": dashes, "marker": marker, "markersize": 4}
        axis.plot(epochs[common], self.median, label=label, **style)
        if len(self.values) > 1:
            low, high = self.values[:, common].min(axis=0), self.values[:, common].max(axis=0)
            axis.fill_between(epochs[common], low, high, color=colour, alpha=0.2, linewidth=0)
            axis.plot(epochs, self.values.T, color=colour, linewidth=0.6, alpha=0.6)

    @property
    def median(self) -> np.ndarray:
        """Over the runs, for each epoch that all of them have; NaN where one of them is."""
        return np.median(self.values[:, : self.shortest], axis=0)

    def told(self) -> str:
        """The ends of the curve, in words."""
        common = self.values[:, : self.shortest]
        sound = np.isfinite(common).all(axis=0)
        broken = f", not finite in epoch {np.argmin(sound) + 1}" if not sound.all() else ""
        if not sound.any():
            return f"never finite in all {counted(len(common), 'run')}"
        first, *_, last = np.flatnonzero(sound)[[0, -1]]
        told = f"from {number(self.median[first])} to {number(self.median[last])}"
        if len(common) > 1:
            low, high = common[:, last].min(), common[:, last].max()
            told += f" (median; range {number(low)} to {number(high)})"
        return told + broken


def _histories(runs: Run | Sequence[Run]) -> list[Mapping[str, Sequence[float]]]:
    """The dict of each run."""
    single = isinstance(runs, Mapping) or hasattr(runs, "history")
    histories = [getattr(run, "history", run) for run in ([runs] if single else runs)]
    if not histories:
        raise ValueError("there must be at least one run to draw")
    for history in histories:
        if not isinstance(history, Mapping) or not history:
            raise ValueError(f"a run is a History or a dict with a metric in it, got {history!r}")
    return histories


def _finish(axis: Axes, metric: str, curves: list[_Curves]) -> None:
    last = max(curve.values.shape[1] for curve in curves)
    axis.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    axis.set(xlabel="epoch", ylabel=_spelt(metric), xlim=(0.5, last + 0.5))
    axis.grid(axis="y")


def _spelt(metric: str) -> str:
    words = metric.replace("_", " ")
    return f"validation {words.removeprefix('val ')}" if metric.startswith("val_") else words


def _as_counts(matrix: np.ndarray) -> np.ndarray:
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"a confusion matrix has the shape (classes, classes), got {matrix.shape}")
    if not np.isfinite(matrix.astype(float)).all() or (matrix < 0).any() or (matrix % 1).any():
        raise ValueError("a confusion matrix holds counts: whole numbers, none of them negative")
    return matrix.astype(int)


def _confusion_axis(names: Sequence[str]) -> Axes:
    side = float(np.clip(0.36 * len(names) + 1.2, 2.6, 6.6))
    longest = 0.08 * max(map(len, names))
    return plt.subplots(figsize=(min(side + longest, FULL_WIDTH), side + 0.6 * longest))[1]


def _confusion_sentence(matrix: np.ndarray, wrong: np.ndarray, names: Sequence[str]) -> str:
    total, right = int(matrix.sum()), int(np.trace(matrix))
    share = f" ({right / total:.1%})" if total else ""
    order = np.argsort(-wrong, axis=None, kind="stable")[:3]
    pairs = [np.unravel_index(place, wrong.shape) for place in order]
    worst = [
        f"{names[true]} taken for {names[answer]} {counted(int(wrong[true, answer]), 'time')}"
        for true, answer in pairs
        if wrong[true, answer]
    ]
    often = f" The most frequent mistakes: {enumerated(worst)}." if worst else " No mistakes."
    return (
        f"Confusion matrix of {counted(len(matrix), 'class').replace('classs', 'classes')}:"
        f" {right:,} of {total:,} right{share}.{often}"
    )
