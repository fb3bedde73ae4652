"""The optimisation that paints: gradient steps on the pixels of a picture."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras import ops

from convbook.gradients import value_and_gradient
from convbook.style.losses import content_loss, gram_matrix, style_loss, total_variation


@dataclass(frozen=True)
class Goal:
    """What the picture shall be like (Gatys 2016, equation 7).

    Attributes:
        extractor: what looks at the pictures.
        content: image whose content is kept, ``(height, width, 3)`` from 0 to 1; only needed with
            ``content_layers``.
        style: image whose style is taken, of any size; only needed with ``style_layers``.
        content_layers, style_layers: weight of each of the extractor's maps, by name.
        smoothness: weight of the total variation.

    Raises:
        ValueError: no term at all, a name that the extractor does not give, or an image missing.
    """

    extractor: keras.Model
    content: np.ndarray | None = None
    style: np.ndarray | None = None
    content_layers: Mapping[str, float] = field(default_factory=dict)
    style_layers: Mapping[str, float] = field(default_factory=dict)
    smoothness: float = 0.0

    def __post_init__(self) -> None:
        named = {*self.content_layers, *self.style_layers}
        if not named and not self.smoothness:
            raise ValueError("a goal needs a layer for content or style, or smoothness")
        if unknown := named - set(self.extractor.output):
            raise ValueError(
                f"the extractor gives {', '.join(self.extractor.output)}, not "
                f"{', '.join(sorted(unknown))}"
            )
        for what in ("content", "style"):
            if getattr(self, f"{what}_layers") and getattr(self, what) is None:
                raise ValueError(f"{what}_layers are given, but no {what} image")

    def losses(self) -> "Losses":
        """The terms to be minimised, with the targets computed."""
        content = self._maps_of(self.content) if self.content_layers else {}
        style = self._maps_of(self.style) if self.style_layers else {}
        return Losses(
            self,
            {name: content[name] for name in self.content_layers},
            {name: gram_matrix(style[name]) for name in self.style_layers},
        )

    def _maps_of(self, image: np.ndarray) -> dict[str, Any]:
        return self.extractor(as_batch(image), training=False)


@dataclass(frozen=True)
class Losses:
    """Weighted terms of a goal as a function of a picture."""

    goal: Goal
    content_maps: Mapping[str, Any]
    style_grams: Mapping[str, Any]

    def terms(self, batch: Any) -> dict[str, Any]:
        """Content, style and smoothness of a batch of one, as scalars; their sum is minimised."""
        goal, maps = self.goal, self.goal.extractor(batch, training=False)
        return {
            "content": sum(
                weight * content_loss(maps[name], self.content_maps[name])
                for name, weight in goal.content_layers.items()
            ),
            "style": sum(
                weight * style_loss(maps[name], self.style_grams[name])
                for name, weight in goal.style_layers.items()
            ),
            "smoothness": goal.smoothness * total_variation(batch),
        }

    def total(self, batch: Any) -> Any:
        return sum(self.terms(batch).values())


@dataclass(frozen=True)
class Step:
    """The picture after some steps.

    Attributes:
        number: steps taken.
        image: ``(height, width, 3)`` from 0 to 1.
        losses: the weighted terms ``content``, ``style`` and ``smoothness``.
    """

    number: int
    image: np.ndarray
    losses: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.losses.values())


def paint(
    goal: Goal, start: np.ndarray, steps: int = 200, rate: float = 0.02, every: int = 10
) -> Iterator[Step]:
    """Steps with Adam from ``start`` towards the goal, one ``Step`` at a time.

    Being a generator, it shows progress by what it yields, stops where the caller stops, and goes on
    from any picture:

        for step in paint(goal, start=photo):
            print(step.number, step.total)

    Args:
        start: the first picture, ``(height, width, 3)`` from 0 to 1; noise or the content image.
        steps: gradient steps.
        rate: Adam's learning rate, about the change of a pixel in one step.
        every: steps between two yields; the start (0) and the last step are always there.

    Raises:
        ValueError: steps or every below 1, or a start whose size differs from the content's.
    """
    if steps < 1 or every < 1:
        raise ValueError(f"steps and every must be at least 1, got {steps} and {every}")
    if goal.content_layers and np.shape(start) != np.shape(goal.content):
        raise ValueError(
            f"start has the shape {np.shape(start)}, the content image {np.shape(goal.content)}"
        )
    return _painting(goal, as_batch(start), steps, rate, every)


def _painting(goal: Goal, start: np.ndarray, steps: int, rate: float, every: int) -> Iterator[Step]:
    losses = goal.losses()
    descend = value_and_gradient(losses.total)
    picture = keras.Variable(start)
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build([picture])
    yield _step(0, picture, losses)
    for number in range(1, steps + 1):
        _, gradient = descend(picture.value)
        optimizer.apply([gradient], [picture])
        picture.assign(ops.clip(picture.value, 0, 1))
        if number % every == 0 or number == steps:
            yield _step(number, picture, losses)


def _step(number: int, picture: keras.Variable, losses: Losses) -> Step:
    terms = losses.terms(picture.value)
    return Step(
        number,
        ops.convert_to_numpy(picture.value)[0],
        {name: float(value) for name, value in terms.items()},
    )


def as_batch(image: np.ndarray) -> np.ndarray:
    """A colour image as a batch of one.

    Raises:
        ValueError: not ``(height, width, 3)``, or values outside 0 to 1.
    """
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[-1] != 3:
        raise ValueError(f"an image is (height, width, 3), not {image.shape}")
    if image.dtype.kind != "f" or image.min() < 0 or image.max() > 1:
        raise ValueError(
            f"an image has values from 0 to 1, not {image.dtype} from {image.min()} to "
            f"{image.max()}: divide bytes by 255"
        )
    return image.astype("float32")[np.newaxis]
