"""Diagrams of networks: nothing is lost, no link is left out or made up, sizes are to scale."""

import networkx
import numpy as np
import pytest
from numpy.testing import assert_allclose

from convbook import costs, plots
from convbook.plots.grouping import DETAILS, INPUT, grouped
from tests.convbook.plots.networks import (
    ALL,
    inception_module,
    least,
    residual,
    squeeze_and_excitation,
    text,
    three_convs,
    unet,
    wide,
)


def cost_of(make):
    network = make()
    return network if isinstance(network, costs.NetworkCost) else costs.of_model(network)


def graph_of_layers(cost):
    """What feeds what, straight from the table; −1 is the input."""
    return networkx.DiGraph(
        (source, number) for number, row in enumerate(cost.rows) for source in row.inputs
    )


# Groups


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("make", ALL)
def test_groups_add_up_to_the_network(make, detail):
    cost = cost_of(make)
    groups = grouped(cost, detail).groups
    assert sum(group.parameters for group in groups) == cost.parameters
    assert sum(group.multiplications for group in groups) == cost.multiplications
    assert sum(group.activations for group in groups) == cost.activations
    assert groups[INPUT].output_shape == cost.input_shape
    assert [node for group in groups for node in group.nodes] == sorted(
        node for group in groups for node in group.nodes
    )


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("make", ALL)
def test_links_are_those_of_the_network(make, detail):
    """Paths between groups exist exactly where they exist between their layers."""
    cost = cost_of(make)
    parts = grouped(cost, detail)
    drawn = networkx.DiGraph(parts.links)
    assert networkx.is_directed_acyclic_graph(drawn)
    assert set(networkx.ancestors(drawn, len(parts.groups) - 1)) == set(
        range(len(parts.groups) - 1)
    )
    if detail == "layers":
        real = networkx.transitive_closure(graph_of_layers(cost))
        names = {row.name: number for number, row in enumerate(cost.rows)} | {"input": -1}
        numbers = [names[group.name] for group in parts.groups]
        closure = networkx.transitive_closure(drawn)
        for one in range(len(numbers)):
            for other in range(len(numbers)):
                real_path = real.has_edge(numbers[one], numbers[other])
                assert closure.has_edge(one, other) == real_path


def test_joints_of_blocks_are_the_dominators_of_the_end():
    """networkx finds the layers that every path from the input to the output passes."""
    cost = cost_of(lambda: residual(3))
    layers = grouped(cost, "layers")
    names = [group.name for group in layers.groups]
    graph = networkx.DiGraph(layers.links)
    dominators = networkx.immediate_dominators(graph, INPUT)
    joints, node = [], len(names) - 1
    while node != INPUT:
        joints.append(names[node])
        node = dominators[node]
    blocks = grouped(cost, "blocks").groups[1:]
    ends = [names[group.nodes[-1]] for group in blocks]
    assert ends == joints[::-1]
    assert ends == ["stem", "unit0_add", "unit1_add", "unit2_add", *ends[-2:]]


def test_blocks_are_named_by_what_their_layers_share():
    names = [group.name for group in grouped(cost_of(residual), "blocks").groups]
    assert names[:4] == ["input", "stem", "unit0", "unit1"]


def test_an_inception_module_is_one_block_of_four_ways():
    parts = grouped(cost_of(inception_module), "blocks")
    assert [group.words for group in parts.groups] == ["input", "6 conv, pool"]
    layers = grouped(cost_of(inception_module), "layers")
    assert len(layers.groups) == 9
    end = len(layers.groups) - 1
    assert sum(target == end for _, target in layers.links) == 4
    assert sum(source == INPUT for source, _ in layers.links) == 4


def test_a_block_that_squeezes_stays_in_one_piece():
    parts = grouped(cost_of(squeeze_and_excitation), "blocks")
    assert [group.output_shape for group in parts.groups] == [
        (8, 8, 3),
        (8, 8, 8),
        (8, 8, 8),
        (8, 8, 4),
    ]
    assert len(grouped(cost_of(squeeze_and_excitation), "stages").groups) == 2


def test_a_unet_is_taken_apart_by_size_with_its_links():
    parts = grouped(cost_of(unet), "stages")
    sides = [group.output_shape[0] for group in parts.groups]
    assert sides == [32, 32, 16, 8, 16, 32]
    past = {link for link in parts.links if link[1] > link[0] + 1}
    assert past == {(1, 5), (2, 4)}


def test_stages_of_vgg_are_its_sizes():
    blocks = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]
    stack = []
    for convolutions, maps in blocks:
        stack += [costs.Conv(maps, 3, padding="same")] * convolutions + [costs.Pool(2)]
    stack += [costs.Flatten(), costs.Dense(4096), costs.Dense(4096), costs.Dense(1000)]
    parts = grouped(costs.of_layers(stack, (224, 224, 3)))
    assert parts.detail == "stages"
    assert [group.output_shape for group in parts.groups] == [
        (224, 224, 3),
        (224, 224, 64),
        (112, 112, 128),
        (56, 56, 256),
        (28, 28, 512),
        (14, 14, 512),
        (7, 7, 512),
        (4096,),
        (4096,),
        (1000,),
    ]
    assert [group.words for group in parts.groups[1:4]] == [
        "2 conv",
        "pool, 2 conv",
        "pool, 3 conv",
    ]


def test_the_finest_detail_that_fits_is_taken():
    cost = cost_of(lambda: residual(4))
    for at_most in (5, 9, 40):
        parts = grouped(cost, at_most=at_most)
        finer = DETAILS[: DETAILS.index(parts.detail)]
        assert all(len(grouped(cost, detail).groups) > at_most for detail in finer)
        assert len(parts.groups) <= at_most or parts.detail == "stages"


def test_an_unknown_detail_is_refused():
    with pytest.raises(ValueError, match="layers, blocks, stages; there is no 'atoms'"):
        plots.show_network(least(), detail="atoms")


# Drawing


def fronts(figure):
    """Width and height of the front of each box, in inches: every third polygon is one."""
    corners = [patch.get_xy() for patch in figure.axes[0].patches[::3]]
    return np.array([np.ptp(xy, axis=0) for xy in corners])


def test_boxes_are_to_scale():
    figure = plots.show_network(three_convs())
    sizes = fronts(figure)
    sides, maps = [28, 26, 13, 11, 5, 3], [1, 64, 64, 64, 64, 64]
    position, channel = sizes[1] / [64, 26]
    assert_allclose(sizes[1:6, 0], channel * 0 + position * np.array(maps[1:]))
    assert_allclose(sizes[:6, 1], channel * np.array(sides))
    assert_allclose(sizes[6, 1], position * 10)


def test_networks_of_one_figure_share_a_scale():
    small = costs.of_layers([costs.Conv(8, 3, padding="same")], (16, 16, 4))
    large = costs.of_layers([costs.Conv(32, 3, padding="same")], (64, 64, 8))
    sizes = fronts(plots.show_networks({"small": small, "large": large}))
    assert_allclose(sizes[2:], 4 * sizes[:2] * [[0.5, 1], [1, 1]])


def test_labels_and_words_hold_the_sizes_and_parameters():
    figure = plots.show_network(three_convs(), "CNN")
    labels = [text.get_text() for text in figure.axes[0].texts]
    assert labels[0] == "CNN: 80,266 parameters"
    assert labels[1:4] == ["28×28×1\ninput", "26×26×64\nconv\n640", "13×13×64\npool"]
    words = plots.alt_text(figure)
    assert words.startswith("CNN: 80,266 parameters, in layers: input 28×28×1; conv 26×26×64 with")
    assert "dense 10 with 5,770 parameters" in words


def test_text_networks_and_those_without_parameters_can_be_drawn():
    assert "1,315,937 parameters" in plots.alt_text(plots.show_network(text()))
    words = plots.alt_text(plots.show_network(least()))
    assert "0 parameters" in words and "The most" not in words


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("make", ALL)
def test_nothing_overlaps_and_nothing_leaves_the_page(make, detail):
    figure = plots.show_network(make(), "A title", detail)
    figure.canvas.draw()
    (axis,) = figure.axes
    texts = [text.get_window_extent() for text in axis.texts if text.get_text()]
    boxes = [patch.get_window_extent() for patch in axis.patches[::3]]
    page = figure.bbox
    for extent in [*texts, *boxes]:
        assert page.x0 <= extent.x0 and extent.x1 <= page.x1
        assert page.y0 <= extent.y0 and extent.y1 <= page.y1
    for number, extent in enumerate(texts):
        assert extent.count_overlaps(texts[:number]) == 0
        assert extent.count_overlaps(boxes) == 0


def test_long_networks_go_over_several_rows():
    figure = plots.show_network(wide(), detail="layers")
    heights = {round(float(patch.get_xy()[:, 1].min()), 3) for patch in figure.axes[0].patches[::3]}
    assert len(heights) > 2
    assert figure.get_figwidth() == plots.FULL_WIDTH


def test_links_between_rows_carry_the_same_letter_twice():
    figure = plots.show_network(residual(5), detail="layers")
    letters = [text.get_text() for text in figure.axes[0].texts if len(text.get_text()) == 1]
    assert letters and all(letters.count(letter) == 2 for letter in letters)


def test_no_networks_are_refused():
    with pytest.raises(ValueError, match="at least one network"):
        plots.show_networks({})
