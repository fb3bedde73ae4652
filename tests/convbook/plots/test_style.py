"""The style: colours that everyone tells apart, and text that can be read, on both papers."""

import subprocess
import sys
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose
from skimage.color import deltaE_ciede2000, rgb2lab

from convbook import plots

COLOURS = ["BLUE", "ORANGE", "GREEN", "RED", "PURPLE", "GREY"]

# Machado, Oliveira and Fernandes (2009): what someone sees who lacks one kind of cone, in linear RGB.
VISION = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour):
    channels = np.array(to_rgb(colour))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def seen_as(colour, vision):
    """The colour in CIELAB, where distances are those that people see."""
    light = np.clip(VISION[vision] @ linear(colour), 0, 1)
    screen = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return rgb2lab(screen)


def contrast(one, other):
    """As the Web Content Accessibility Guidelines define it."""
    lights = [linear(colour) @ [0.2126, 0.7152, 0.0722] + 0.05 for colour in (one, other)]
    return max(lights) / min(lights)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("one", "other"), combinations(COLOURS, 2))
def test_colours_are_told_apart_by_everyone(theme, one, other, vision):
    difference = deltaE_ciede2000(
        seen_as(getattr(plots, one), vision), seen_as(getattr(plots, other), vision)
    )
    assert difference > 9  # about 2 can just be noticed, side by side


def test_the_book_style_sets_the_colours_of_lines_and_text():
    plots.use_book_style()
    cycle = plt.rcParams["axes.prop_cycle"].by_key()["color"]
    assert cycle[:2] == [plots.BLUE, plots.ORANGE]
    assert len(set(cycle)) == len(cycle) == 6
    assert plt.rcParams["text.color"] == plots.INK
    figure, axis = plt.subplots()
    axis.plot([0, 1])
    assert axis.lines[0].get_color() == plots.BLUE
    assert not axis.spines["top"].get_visible()
    figure.canvas.draw()


@pytest.mark.parametrize("colour", ["INK", *COLOURS])
def test_colours_are_seen_on_the_paper(theme, colour):
    least = 7 if colour == "INK" else 3  # WCAG: text at level AAA, graphics
    assert contrast(getattr(plots, colour), plots.PAPER) >= least


@pytest.mark.parametrize("name", COLOURS)
def test_text_can_be_read_on_pale_colours(theme, name):
    assert contrast(getattr(plots, f"PALE_{name}"), plots.INK) >= 7


@given(
    one=st.tuples(*[st.floats(0, 1)] * 3),
    other=st.tuples(*[st.floats(0, 1)] * 3),
    chosen=st.sampled_from(["light", "dark"]),
)
def test_contrast_and_the_colour_of_text_follow_the_guidelines(one, other, chosen):
    plots.use_book_style(chosen)
    assert_allclose(plots.contrast(one, other), contrast(one, other), rtol=1e-9)
    assert contrast(plots.text_on(one), one) >= 4.5


def test_a_tint_lies_between_the_paper_and_the_colour(theme):
    paper, blue = np.array(to_rgb(plots.PAPER)), np.array(to_rgb(plots.BLUE))
    assert_allclose(plots.tint(plots.BLUE, 0), paper)
    assert_allclose(plots.tint(plots.BLUE, 1), blue)
    assert_allclose(plots.tint(plots.BLUE, 0.25), 0.75 * paper + 0.25 * blue)
    assert_allclose(plots.fade(plots.BLUE)([0.0, 1.0])[:, :3], [paper, blue], atol=1e-6)


def test_a_theme_changes_what_the_names_look_like():
    light = {name: to_rgb(getattr(plots, name)) for name in [*COLOURS, "INK", "PAPER"]}
    plots.use_book_style("dark")
    assert all(to_rgb(getattr(plots, name)) != colour for name, colour in light.items())
    assert to_rgb(plt.figure().get_facecolor()) == to_rgb(plots.PAPER) != light["PAPER"]
    plots.use_book_style()
    assert all(to_rgb(getattr(plots, name)) == colour for name, colour in light.items())


def test_nothing_has_the_colour_of_the_paper_or_nearly(theme):
    middle = plt.get_cmap(plots.DIVERGING)(0.5)[:3]
    assert_allclose(middle, to_rgb(plots.PAPER), atol=0.1)


def test_an_unknown_theme_is_refused():
    with pytest.raises(ValueError, match="light, dark; there is no 'sepia'"):
        plots.use_book_style("sepia")


def test_importing_plots_does_not_import_a_framework():
    script = "import sys, convbook.plots; print({'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
