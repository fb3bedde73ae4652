"""Cost charts: bars are the table's numbers, labels lie beside their points and apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.text import Annotation
from numpy.testing import assert_allclose

from convbook import costs, plots
from convbook.plots.grouping import INPUT, grouped
from tests.convbook.plots.networks import ALL, least, residual, three_convs


def heights(axis):
    return np.array([bar.get_height() for bar in axis.patches])


@pytest.mark.parametrize("detail", ["layers", "stages"])
@pytest.mark.parametrize("make", ALL)
def test_bars_add_up_to_the_totals(make, detail):
    network = make()
    cost = network if isinstance(network, costs.NetworkCost) else costs.of_model(network)
    figure = plots.show_layer_costs(network, detail=detail)
    units = {"billion": 1e9, "million": 1e6, "thousand": 1e3}
    totals = (cost.parameters, cost.multiplications, cost.activations * 4 / 1e6)
    for axis, total in zip(figure.axes, totals, strict=True):
        unit = units.get(axis.get_ylabel().split("\n")[-1], 1)
        assert_allclose(heights(axis).sum() * unit, total)
    figure.canvas.draw()
    plt.close(figure)


def test_bars_are_the_rows_of_the_table():
    cost = costs.of_model(three_convs())
    figure = plots.show_layer_costs(cost, "CNN")
    parameters, multiplications, memory = figure.axes
    groups = [group for n, group in enumerate(grouped(cost).groups) if n != INPUT]
    assert_allclose(heights(parameters) * 1e3, [group.parameters for group in groups])
    assert_allclose(heights(multiplications) * 1e6, [group.multiplications for group in groups])
    assert_allclose(heights(memory) * 1e6 / 4, [group.activations for group in groups])
    names = [label.get_text() for label in memory.get_xticklabels()]
    assert names == [group.name for group in groups]
    words = plots.alt_text(figure)
    assert "Parameters: 80,266 in 6 bars, the most in" in words
    assert f"Multiplications: {cost.multiplications:,} in 6 bars" in words


def test_a_network_without_parameters_has_none_to_show():
    words = plots.alt_text(plots.show_layer_costs(least()))
    assert words.startswith("No parameters. No multiplications. Output in MB:")


def test_long_names_are_shortened_and_do_not_overlap():
    figure = plots.show_layer_costs(residual(6), detail="layers")
    figure.canvas.draw()
    labels = figure.axes[-1].get_xticklabels()
    assert all(len(label.get_text()) <= 24 for label in labels)
    assert all(label.get_fontsize() >= plots.SMALL for label in labels)


# Accuracy against cost


def named(values):
    return {f"network {n}": value for n, value in enumerate(values)}


def test_points_lie_at_their_cost_and_median_score():
    sizes = named([2e6, 5e7, 1.2e8])
    scores = named([[0.7, 0.72, 0.9], 0.8, [0.75, 0.77]])
    (axis,) = plots.compare_networks(sizes, scores, "parameters", "accuracy").axes
    points = axis.collections[-1].get_offsets()
    assert_allclose(points, [[2e6, 0.72], [5e7, 0.8], [1.2e8, 0.76]])
    ranges = [segment[:, 1].tolist() for segment in axis.collections[0].get_segments()]
    assert_allclose(ranges, [[0.7, 0.9], [0.8, 0.8], [0.75, 0.77]])
    assert axis.get_xscale() == "log"
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("parameters, million", "accuracy")
    words = plots.alt_text(axis.figure)
    assert "network 0 0.72 (range 0.7 to 0.9) at 2 million" in words
    assert "network 1 0.8 at 50 million" in words


@given(
    places=st.lists(st.tuples(st.floats(1, 1e4), st.floats(0, 1)), min_size=1, max_size=20),
    length=st.integers(1, 18),
)
@settings(max_examples=15)
def test_labels_cover_neither_each_other_nor_a_point(places, length):
    names = [f"{n} {'W' * length}"[:length] + str(n) for n in range(len(places))]
    x, y = ([place[side] for place in places] for side in (0, 1))
    figure = plots.compare_networks(
        dict(zip(names, x, strict=True)), dict(zip(names, y, strict=True)), "cost", "score"
    )
    figure.canvas.draw()
    (axis,) = figure.axes
    labels = [text for text in axis.texts if isinstance(text, Annotation)]
    extents = [label.get_window_extent() for label in labels]
    points = axis.transData.transform(axis.collections[-1].get_offsets())
    assert [label.get_text() for label in labels] == names
    for number, extent in enumerate(extents):
        assert extent.count_overlaps(extents[:number]) == 0
        assert not any(extent.contains(*point) for point in points)
        assert figure.bbox.x0 <= extent.x0 and extent.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= extent.y0 and extent.y1 <= figure.bbox.y1
    plt.close(figure)


@pytest.mark.parametrize("cost", [0.0, 1e-12, 1e15])
def test_one_network_at_any_cost_can_be_drawn(theme, cost):
    plots.compare_networks({"only": cost}, {"only": 0.5}, "s", "accuracy").canvas.draw()


@pytest.mark.parametrize(
    ("sizes", "scores", "words"),
    [
        ({}, {}, "at least one network"),
        ({"a": 1, "b": 2}, {"a": 0.5, "c": 0.5}, "missing for b, c"),
        ({"a": -1}, {"a": 0.5}, "a needs a finite cost"),
        ({"a": 1}, {"a": float("nan")}, "finite scores"),
        ({"a": 1}, {"a": []}, "finite scores"),
    ],
)
def test_what_cannot_be_compared_is_refused(sizes, scores, words):
    with pytest.raises(ValueError, match=words):
        plots.compare_networks(sizes, scores, "cost", "score")
