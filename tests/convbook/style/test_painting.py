"""Painting: the losses fall, each term does what it is for, and a stopped picture goes on."""

from itertools import islice

import keras
import numpy as np
import pytest

from convbook import style
from convbook.data import photos

SIZE = 24


def crop(name, top=100, left=100, size=SIZE, step=4):
    image = photos()[name].image
    return image[top : top + step * size : step, left : left + step * size : step] / 255.0


CONTENT, STYLE = crop("chelsea"), crop("grass", size=30)
STYLE = np.repeat(STYLE, 3, axis=-1) if STYLE.shape[-1] == 1 else STYLE
NOISE = np.random.default_rng(0).uniform(0, 1, (SIZE, SIZE, 3))


@pytest.fixture(scope="module")
def filters():
    return style.random_filters(sizes=(3, 7), maps=16)


def last(steps):
    *_, step = steps
    return step


def test_the_picture_takes_the_style(filters):
    goal = style.Goal(filters, style=STYLE, style_layers={"filters_3": 1, "filters_7": 1})
    steps = list(style.paint(goal, NOISE, steps=60, rate=0.05, every=20))
    assert [step.number for step in steps] == [0, 20, 40, 60]
    assert steps[-1].total < 0.1 * steps[0].total
    assert steps[-1].image.shape == (SIZE, SIZE, 3)
    assert steps[-1].image.min() >= 0
    assert steps[-1].image.max() <= 1
    grams = [goal.extractor(x[np.newaxis].astype("float32")) for x in (steps[-1].image, STYLE)]
    of_image, of_style = (style.gram_matrix(maps["filters_3"]) for maps in grams)
    of_noise = style.gram_matrix(goal.extractor(NOISE[np.newaxis].astype("float32"))["filters_3"])
    distance = lambda gram: float(keras.ops.sum((gram - of_style) ** 2))  # noqa: E731
    assert distance(of_image) < 0.1 * distance(of_noise)


def test_content_alone_brings_the_content_back(filters):
    goal = style.Goal(filters, content=CONTENT, content_layers={"filters_3": 1.0})
    step = last(style.paint(goal, NOISE, steps=150, rate=0.05))
    before, after = (np.abs(image - CONTENT).mean() for image in (NOISE, step.image))
    assert after < 0.25 * before


def test_smoothness_alone_smooths(filters):
    goal = style.Goal(filters, smoothness=1.0)
    step = last(style.paint(goal, NOISE, steps=50, rate=0.02))
    assert step.losses["style"] == step.losses["content"] == 0
    assert step.image.std() < 0.5 * NOISE.std()


def test_both_terms_pull_and_their_weights_decide(filters):
    def distance_from_content(weight):
        goal = style.Goal(
            filters, CONTENT, STYLE, {"filters_3": weight}, {"filters_3": 1, "filters_7": 1}
        )
        return np.abs(last(style.paint(goal, CONTENT, steps=40)).image - CONTENT).mean()

    assert distance_from_content(100.0) < 0.5 * distance_from_content(0.001)


def test_it_stops_where_the_caller_stops_and_goes_on_from_there(filters):
    goal = style.Goal(filters, style=STYLE, style_layers={"filters_3": 1})
    some = list(islice(style.paint(goal, NOISE, steps=1_000_000, every=5), 3))
    assert [step.number for step in some] == [0, 5, 10]
    assert last(style.paint(goal, some[-1].image, steps=5)).total < some[-1].total


def test_the_same_start_gives_the_same_picture(filters):
    goal = style.Goal(filters, style=STYLE, style_layers={"filters_7": 1})
    first, second = (last(style.paint(goal, NOISE, steps=5)).image for _ in range(2))
    np.testing.assert_allclose(first, second, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "a goal needs a layer"),
        ({"style": STYLE, "style_layers": {"filters_9": 1}}, "gives filters_3, filters_7, not"),
        ({"style_layers": {"filters_3": 1}}, "style_layers are given, but no style image"),
        ({"content_layers": {"filters_3": 1}}, "content_layers are given, but no content image"),
    ],
)
def test_a_goal_that_cannot_be_is_refused(filters, arguments, message):
    with pytest.raises(ValueError, match=message):
        style.Goal(filters, **arguments)


def test_pictures_that_do_not_fit_are_refused(filters):
    goal = style.Goal(filters, content=CONTENT, content_layers={"filters_3": 1})
    with pytest.raises(ValueError, match=r"start has the shape \(24, 20, 3\), the content image"):
        style.paint(goal, NOISE[:, :20])
    with pytest.raises(ValueError, match="steps and every must be at least 1"):
        style.paint(goal, NOISE, steps=0)
    smooth = style.Goal(filters, smoothness=1.0)
    with pytest.raises(ValueError, match="divide bytes by 255"):
        style.paint(smooth, (255 * NOISE).astype("uint8"))
    with pytest.raises(ValueError, match=r"an image is \(height, width, 3\), not \(24, 24\)"):
        style.paint(smooth, NOISE[..., 0])
