"""Costs: against Keras, TensorFlow's profiler, brute force, and published numbers."""

import math
from itertools import pairwise

import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from convbook import costs
from convbook.costs import NETWORK_INPUT, Conv, Dense, Flatten, GlobalPool, Pool
from tests.convbook.profiled import needs_tensorflow, profiled_multiplications


def stack(input_shape, *keras_layers):
    return keras.Sequential([keras.Input(input_shape), *keras_layers])


# A stack of layers, described and built


def keras_layer(layer, rank):
    """The Keras layer that a described layer stands for."""
    match layer:
        case Conv():
            return getattr(layers, f"Conv{rank}D")(
                layer.filters,
                layer.kernel,
                layer.strides,
                layer.padding,
                dilation_rate=layer.dilation,
                groups=layer.groups,
                use_bias=layer.bias,
            )
        case Pool():
            pool = getattr(layers, f"MaxPooling{rank}D")
            return pool(layer.size, layer.strides, padding=layer.padding)
        case GlobalPool():
            return getattr(layers, f"GlobalAveragePooling{rank}D")()
        case Flatten():
            return layers.Flatten()
        case Dense():
            return layers.Dense(layer.units, use_bias=layer.bias)


@st.composite
def stacks(draw):
    """Layers that fit one another, and the input shape they fit."""
    rank = draw(st.integers(1, 3))
    shape = (*draw(st.tuples(*[st.integers(6, 15)] * rank)), draw(st.integers(1, 4)))
    paddings = st.sampled_from(["valid", "same"])

    def one_or_per_axis(numbers):
        return numbers | st.tuples(*[numbers] * rank)

    described, size = [], shape
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from([Conv, Pool, Dense]))
        if kind is Conv:
            groups = draw(st.sampled_from([g for g in (1, 2, 3) if size[-1] % g == 0]))
            strides = draw(one_or_per_axis(st.integers(1, 3)))
            dilated = draw(st.booleans()) and strides in (1, (1,) * rank)
            layer = Conv(
                filters=groups * draw(st.integers(1, 3)),
                kernel=draw(one_or_per_axis(st.integers(1, 3))),
                strides=strides,
                padding=draw(paddings),
                dilation=draw(one_or_per_axis(st.integers(1, 2))) if dilated else 1,
                groups=groups,
                bias=draw(st.booleans()),
            )
        elif kind is Pool:
            window = draw(one_or_per_axis(st.integers(1, 3)))
            strides = draw(st.none() | one_or_per_axis(st.integers(1, 3)))
            layer = Pool(window, strides, draw(paddings))
        else:
            layer = Dense(draw(st.integers(1, 5)), draw(st.booleans()))  # at every position
        try:
            size = layer.output_shape(size)
        except ValueError:  # the window does not fit any more
            break
        described.append(layer)
    described.append(draw(st.sampled_from([Flatten(), GlobalPool()])))
    described += [Dense(draw(st.integers(1, 5)), draw(st.booleans()))] * draw(st.integers(0, 2))
    return described, shape


@settings(max_examples=80)
@given(stacks())
def test_a_stack_costs_the_same_described_and_built_and_counted_by_keras(described_and_shape):
    described, shape = described_and_shape
    model = stack(shape, *(keras_layer(layer, len(shape) - 1) for layer in described))
    cost, of_model = costs.of_layers(described, shape), costs.of_model(model)
    assert cost.parameters == of_model.parameters == model.count_params()
    assert (None, *cost.output_shape) == (None, *of_model.output_shape) == model.output_shape
    assert cost.input_shape == of_model.input_shape == shape
    assert cost.outputs == of_model.outputs
    for row, model_row, layer in zip(cost.rows, of_model.rows, model.layers, strict=True):
        assert (None, *row.output_shape) == layer.output.shape
        assert row.parameters == layer.count_params()
        for field in ("output_shape", "parameters", "multiplications", "inputs", "stores_output"):
            assert getattr(row, field) == getattr(model_row, field), field
    assert cost.prediction_bytes(7) == of_model.prediction_bytes(7)
    assert cost.training_bytes(7) == of_model.training_bytes(7)


# Multiplications, against TensorFlow's profiler


@needs_tensorflow
@pytest.mark.parametrize(
    "model",
    [
        pytest.param(
            lambda: stack(
                (28, 28, 1),
                layers.Conv2D(8, 5, activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(16, (3, 2), strides=2, padding="same", use_bias=False),
                layers.BatchNormalization(),
                layers.Flatten(),
                layers.Dense(32, activation="relu"),
                layers.Dropout(0.5),
                layers.Dense(10, activation="softmax"),
            ),
            id="image-classifier",
        ),
        pytest.param(
            lambda: stack(
                (32, 24, 3),
                layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
                layers.Conv2D(8, 1),
                layers.SeparableConv2D(12, 3, strides=2, depth_multiplier=3),
                layers.GlobalAveragePooling2D(),
                layers.Dense(5),
            ),
            id="depthwise-and-separable",
        ),
        pytest.param(
            lambda: stack(
                (7, 6, 4),
                layers.Conv2DTranspose(3, (3, 2), strides=2, padding="same"),
                layers.Conv2DTranspose(2, 2, strides=2, use_bias=False),
            ),
            id="transposed",
        ),
        pytest.param(
            lambda: stack((50, 6), layers.Conv1D(8, 7), layers.Conv1D(4, 5, padding="same")),
            id="1D",
        ),
        pytest.param(
            lambda: stack((8, 9, 10, 2), layers.Conv3D(3, (3, 2, 1)), layers.MaxPooling3D()),
            id="3D",
        ),
        pytest.param(
            lambda: stack((5, 4, 6), layers.Dense(7), layers.Dense(3, use_bias=False)),
            id="dense-at-every-position",
        ),
    ],
)
def test_multiplications_are_those_that_tensorflow_counts(model):
    model = model()
    assert costs.of_model(model).multiplications == profiled_multiplications(model)


def test_each_dilated_weight_is_used_once_at_each_output():
    """TensorFlow runs dilation as an ordinary convolution on a rearranged, larger input."""
    model = stack((20, 20, 3), layers.Conv2D(4, 3, dilation_rate=3))
    assert model.output_shape == (None, 14, 14, 4)
    assert costs.of_model(model).multiplications == 3 * 3 * 3 * 4 * 14 * 14


# Memory


def layer_with_one_input(kind, number, name):
    match kind:
        case "conv":
            return layers.Conv2D(number % 4 + 1, 1, name=name)
        case "relu":
            return layers.ReLU(name=name)
        case "drop":
            return layers.Dropout(0.5, name=name)
        case "reshape":
            return layers.Reshape((4, 4, -1), name=name)


class Graph:
    """A network with branches, built step by step, and what each of its arrays was made from.

    Each step is the kind of a layer and which of the arrays so far it takes; the last array and
    perhaps another are the outputs.
    """

    def __init__(self, steps, other_output):
        tensors = {"x": keras.Input((4, 4, 2), name="x")}
        self.sources, self.numbers = {}, {"x": 32}
        for number, (kind, *choices) in enumerate(steps):
            names = list(tensors)
            taken = [names[choice % len(names)] for choice in choices]
            name = f"{kind}_{number}"
            inputs = [tensors[source] for source in taken]
            if kind == "merge":
                alike = inputs[0].shape == inputs[1].shape
                layer = (layers.Add if alike else layers.Concatenate)(name=name)
                tensors[name] = layer(inputs)
                self.sources[name] = taken
            else:
                tensors[name] = layer_with_one_input(kind, number, name)(inputs[0])
                self.sources[name] = taken[:1]
            if kind not in {"drop", "reshape"}:
                self.numbers[name] = math.prod(tensors[name].shape[1:])
        made = list(self.sources)
        self.outputs = {made[-1], made[other_output % len(made)]}
        self.model = keras.Model(tensors["x"], [tensors[name] for name in sorted(self.outputs)])

    def holder(self, name):
        """The array behind a name: what only passes its input on has none of its own."""
        return name if name in self.numbers else self.holder(self.sources[name][0])


KINDS = st.sampled_from(["conv", "relu", "drop", "reshape", "merge"])
STEPS = st.lists(st.tuples(KINDS, st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=7)


@settings(max_examples=100)
@given(STEPS, st.integers(0, 9), st.integers(1, 9))
def test_peak_memory_is_that_of_a_brute_force_simulation(steps, other_output, batch):
    """At each step, an array exists if it has been made and something still to come reads it."""
    graph = Graph(steps, other_output)
    cost = costs.of_model(graph.model)
    order = [row.name for row in cost.rows]
    assert order == [layer.name for layer in graph.model.layers[1:]]  # as in model.summary()
    made_at = {"x": 0} | {name: at for at, name in enumerate(order) if name in graph.numbers}
    last_read = {graph.holder(name): len(order) for name in graph.outputs}
    for at, name in enumerate(order):
        for source in map(graph.holder, graph.sources[name]):
            last_read[source] = max(last_read.get(source, 0), at)
    in_memory = [
        sum(graph.numbers[name] for name in made_at if made_at[name] <= at <= last_read[name])
        for at in range(len(order))
    ]
    expected = 4 * (graph.model.count_params() + batch * max(in_memory))
    assert cost.prediction_bytes(batch) == expected


@settings(max_examples=60)
@given(stacks())
def test_a_plain_stack_needs_its_largest_pair_of_neighbours(described_and_shape):
    cost = costs.of_layers(*described_and_shape)
    arrays = [math.prod(cost.input_shape)]
    arrays += [row.activations for row in cost.rows if row.kind != "Flatten"]
    largest_pair = max(map(sum, pairwise(arrays)), default=arrays[0])
    assert cost.prediction_bytes() == 4 * (cost.parameters + largest_pair)


@settings(max_examples=60)
@given(stacks(), st.integers(1, 50), st.integers(1, 4))
def test_training_stores_everything_for_each_example_and_the_weights_once(
    described_and_shape, batch, copies
):
    cost = costs.of_layers(*described_and_shape)
    stored = math.prod(cost.input_shape)
    stored += sum(row.activations for row in cost.rows if row.kind != "Flatten")
    per_example = cost.training_bytes(batch + 1) - cost.training_bytes(batch)
    assert per_example == 4 * stored > 0
    assert cost.training_bytes(batch) == cost.weight_bytes() + batch * per_example
    assert cost.training_bytes(batch) >= cost.prediction_bytes(batch)
    extra_weights = cost.training_bytes(batch, weight_copies=copies) - cost.training_bytes(batch)
    assert extra_weights == (copies - 1) * cost.weight_bytes()
    for of_batch in (cost.prediction_bytes, cost.training_bytes):
        assert 2 * of_batch(batch, bytes_per_number=2) == of_batch(batch)


# Published numbers


def test_a_layer_of_two_hundred_maps_on_a_small_photograph():
    """Géron (2019), chapter 14."""
    cost = costs.of_layers([Conv(200, 5, padding="same")], (150, 100, 3))
    assert cost.parameters == 15_200
    assert cost.multiplications == 225_000_000
    (row,) = cost.rows
    assert row.activations * 4 == 12_000_000
    assert row.activations * 4 * 100 == 1_200_000_000
    dense = costs.of_layers([Flatten(), Dense(150 * 100, bias=False)], (150, 100, 3))
    assert dense.parameters == 675_000_000


def test_the_three_layer_exercise():
    """Géron (2019), chapter 14, exercise 2."""
    maps = [100, 200, 400]
    three = [Conv(filters, 3, strides=2, padding="same") for filters in maps]
    cost = costs.of_layers(three, (200, 300, 3))
    assert cost.parameters == 903_400
    assert f"{cost.prediction_bytes() / 1e6:.1f}" == "12.6"
    assert f"{cost.training_bytes(50) / 1e6:.1f}" == "565.6"
    assert [row.activations * 4 for row in cost.rows] == [6_000_000, 3_000_000, 1_520_000]
    assert math.prod(cost.input_shape) * 4 == 720_000
    assert f"{cost.weight_bytes() / 1e6:.2f}" == "3.61"


@pytest.mark.parametrize(
    ("described", "input_shape", "parameters"),
    [
        pytest.param([Conv(20, 5)], (32, 32, 3), 1_520, id="20-maps"),
        pytest.param([Flatten(), Dense(20)], (32, 32, 3), 61_460, id="20-dense-units"),
        pytest.param([Conv(1, 5)], (32, 32, 3), 76, id="small-template"),
        pytest.param([Flatten(), Dense(1)], (32, 32, 3), 3_073, id="whole-template"),
        pytest.param(
            [Flatten(), Dense(100, bias=False)], (200, 200, 3), 12_000_000, id="dense-on-colour"
        ),
        pytest.param(
            [Flatten(), Dense(1000, bias=False)], (100, 100, 1), 10_000_000, id="dense-on-grey"
        ),
        pytest.param(
            [Flatten(), Dense(200), Dense(200), Dense(10)],
            (28, 28, 1),
            199_210,
            id="784-200-200-10",
        ),
        pytest.param(
            [Flatten(), Dense(256), Dense(256), Dense(10)],
            (28, 28, 1),
            269_322,
            id="784-256-256-10",
        ),
        pytest.param(
            [Conv(64, 3), Pool(), Conv(64, 3), Pool(), Conv(64, 3), Flatten(), Dense(10)],
            (28, 28, 1),
            80_266,
            id="three-times-64",
        ),
        pytest.param(
            [Conv(32, 3), Conv(64, 3), Pool(), Flatten(), Dense(128), Dense(10)],
            (28, 28, 1),
            1_199_882,
            id="32-64-dense-128",
        ),
        pytest.param(
            [Conv(64, 5), Pool(), Flatten(), Dense(100), Dense(10)],
            (28, 28, 1),
            924_374,
            id="5x5x64-dense-100",
        ),
        pytest.param(
            [
                *(Conv(64, 7, padding="same"), Pool()),
                *(Conv(128, 3, padding="same"), Conv(128, 3, padding="same"), Pool()),
                *(Conv(256, 3, padding="same"), Conv(256, 3, padding="same"), Pool()),
                *(Flatten(), Dense(128), Dense(64), Dense(10)),
            ],
            (28, 28, 1),
            1_413_834,
            id="fashion",
        ),
        pytest.param(
            [Conv(6, 5), Pool(), Conv(16, 5), Pool(), Flatten(), Dense(120), Dense(84), Dense(10)],
            (32, 32, 1),
            61_706,
            id="modern-LeNet-5",
        ),
    ],
)
def test_published_parameter_counts(described, input_shape, parameters):
    assert costs.of_layers(described, input_shape).parameters == parameters


def test_one_dense_layer_holds_most_of_the_colour_network():
    convolutions = [
        *(Conv(32, 3), Conv(32, 3), Pool()),
        *(Conv(64, 3), Conv(64, 3), Pool()),
        Conv(64, 3),
    ]
    flattened = costs.of_layers([*convolutions, Flatten(), Dense(1024), Dense(10)], (32, 32, 3))
    assert flattened.parameters == 703_594
    largest = max(row.parameters for row in flattened.rows)
    assert largest == 590_848
    assert f"{largest / flattened.parameters:.0%}" == "84%"
    pooled = costs.of_layers([*convolutions, GlobalPool(), Dense(1024), Dense(10)], (32, 32, 3))
    assert pooled.parameters == 179_306


VGG16 = [
    *([Conv(64, 3, padding="same")] * 2 + [Pool()]),
    *([Conv(128, 3, padding="same")] * 2 + [Pool()]),
    *([Conv(256, 3, padding="same")] * 3 + [Pool()]),
    *([Conv(512, 3, padding="same")] * 3 + [Pool()]) * 2,
    *(Flatten(), Dense(4096), Dense(4096), Dense(1000)),
]


def test_vgg16_described_layer_by_layer_is_the_network_that_keras_ships():
    described = costs.of_layers(VGG16, (224, 224, 3))
    built = costs.of_model(keras.applications.VGG16(weights=None))
    assert described.parameters == built.parameters == 138_357_544
    assert described.multiplications == built.multiplications
    assert described.prediction_bytes() == built.prediction_bytes()


@pytest.mark.parametrize(
    ("name", "parameters", "millions"),
    [
        pytest.param("MobileNet", 4_253_864, 569, id="Howard 2017, table 8"),
        pytest.param("MobileNetV2", 3_538_984, 300, id="Sandler 2018, table 4"),
    ],
)
def test_multiplications_of_mobile_networks_are_those_their_papers_state(
    name, parameters, millions
):
    cost = costs.of_model(getattr(keras.applications, name)(weights=None))
    assert cost.parameters == parameters
    assert cost.multiplications / 1e6 == pytest.approx(millions, abs=1)


def test_the_text_network():
    model = stack(
        (500,),
        layers.Embedding(10_000, 128),
        layers.Conv1D(32, 7, activation="relu"),
        layers.MaxPooling1D(5),
        layers.Conv1D(32, 7, activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(1),
    )
    cost = costs.of_model(model)
    assert cost.parameters == 1_315_937
    embedding, *_ = cost.rows
    assert embedding.multiplications == 0  # it looks rows up


# What a Keras model can look like


def test_a_model_that_grew_layer_by_layer_costs_what_it_would_at_once():
    at_once = stack((8, 8, 1), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(2))
    grown = keras.Sequential()
    grown.add(keras.Input((8, 8, 1)))
    for layer in (layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(2)):
        grown.add(layer)
    rows = zip(costs.of_model(grown).rows, costs.of_model(at_once).rows, strict=True)
    assert all(
        (a.output_shape, a.parameters, a.multiplications, a.inputs)
        == (b.output_shape, b.parameters, b.multiplications, b.inputs)
        for a, b in rows
    )


def test_a_layer_reused_at_another_size_costs_what_it_does_here():
    convolution = layers.Conv2D(4, 3)
    stack((32, 32, 1), convolution)
    here = stack((8, 8, 1), convolution)
    (row,) = costs.of_model(here).rows
    assert row.output_shape == (6, 6, 4)
    assert row.multiplications == 9 * 4 * 6 * 6


def test_shared_weights_are_counted_once_and_their_multiplications_each_time():
    shared = layers.Conv2D(2, 3, padding="same", name="shared")
    x = keras.Input((5, 5, 2))
    model = keras.Model(x, shared(shared(x)))
    cost = costs.of_model(model)
    assert [(row.name, row.inputs) for row in cost.rows] == [
        ("shared", (NETWORK_INPUT,)),
        ("shared", (0,)),
    ]
    assert cost.parameters == model.count_params() == 38
    assert cost.multiplications == 2 * 36 * 25


def test_operations_between_layers_are_rows_too():
    x = keras.Input((5, 5, 2))
    branch = layers.Conv2D(2, 3, padding="same")(x)
    cost = costs.of_model(keras.Model(x, keras.ops.relu(branch + x)))
    assert [row.inputs for row in cost.rows] == [(NETWORK_INPUT,), (0, NETWORK_INPUT), (1,)]
    assert [row.multiplications for row in cost.rows] == [18 * 2 * 25, 0, 0]


def test_two_heads_are_both_returned():
    x = keras.Input((6,))
    trunk = layers.Dense(100)(x)
    heads = [layers.Dense(3)(trunk), layers.Dense(4)(trunk)]
    cost = costs.of_model(keras.Model(x, [*heads, trunk]))
    assert cost.output_shape == (3,)
    assert [cost.rows[index].output_shape for index in cost.outputs] == [(3,), (4,), (100,)]
    assert cost.prediction_bytes() == 4 * (cost.parameters + 100 + max(6, 3 + 4))


class Squared(keras.layers.Layer):
    """A layer of one's own, with a weight that this library knows nothing about."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],))

    def call(self, x):
        return keras.ops.square(x * self.scale)


class Subclassed(keras.Model):
    def call(self, x):
        return x


def two_inputs():
    a, b = keras.Input((4,)), keras.Input((4,))
    return keras.Model([a, b], layers.Add()([a, b]))


def attention():
    x = keras.Input((5, 4))
    return keras.Model(x, layers.Attention()([x, x]))


def several_outputs():
    x = keras.Input((4,))
    return keras.Model(x, keras.ops.split(x, 2, axis=1)[0])


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: keras.Sequential([layers.Dense(3)]), "must be built, with one input"),
        (Subclassed, "must be built, with one input"),
        (two_inputs, "must be built, with one input"),
        (lambda: stack((None, None, 3), layers.Conv2D(2, 3)), "no fixed input size"),
        (
            lambda: stack((8, 8, 3), keras.layers.TimeDistributed(layers.Dense(2))),
            "cannot count the multiplications of .*, a TimeDistributed",
        ),
        (
            lambda: stack((8, 3), layers.LSTM(2)),
            "cannot count the multiplications of lstm.*, a LSTM",
        ),
        (
            lambda: stack((8, 3), Squared()),
            "cannot count the multiplications of squared.*, a Squared",
        ),
        (attention, "cannot count the multiplications of attention.*, a Attention"),
        (several_outputs, "cannot describe split.*, a Split: it has 2 outputs"),
    ],
)
def test_what_cannot_be_counted_is_refused_by_name(model, message):
    with pytest.raises(ValueError, match=message):
        costs.of_model(model())


@pytest.mark.parametrize(
    ("described", "message"),
    [
        ([], "a network needs at least one layer"),
        ([Conv(2, 5), Conv(2, 5)], "a window of 5 does not fit into 4 positions"),
        ([Conv(2, (3, 3, 3))], "kernel has 3 values for 2 spatial axes"),
        ([Conv(6, 3, groups=4)], "4 groups must divide both 2 input channels and 6 filters"),
        ([Conv(3, 3, groups=2)], "2 groups must divide both 2 input channels and 3 filters"),
        ([Flatten(), Conv(2, 3)], "after Flatten there is none"),
        ([Flatten(), Pool()], "after Flatten there is none"),
    ],
)
def test_layers_that_do_not_fit_are_named(described, message):
    with pytest.raises(ValueError, match=message):
        costs.of_layers(described, (8, 8, 2))


# Tables

SMALL = costs.of_layers([Conv(16, 3, padding="same"), Pool(), Flatten(), Dense(10)], (28, 28, 1))


def test_the_table_as_text():
    assert str(SMALL) == (
        "layer      kind     output        sees   parameters  multiplications  output in MB\n"
        "conv_1     Conv     28 × 28 × 16  3 × 3         160          112,896         0.050\n"
        "pool_2     Pool     14 × 14 × 16  4 × 4           0                0         0.013\n"
        "flatten_3  Flatten  3136          all             0                0             –\n"
        "dense_4    Dense    10            all        31,370           31,360         0.000\n"
        "total                                        31,530          144,256\n"
        "parameters include 16 biases of convolutions"
    )


def test_the_table_as_html():
    assert SMALL._repr_html_() == (
        '<table class="network-cost">'
        "<caption>parameters include 16 biases of convolutions</caption>"
        "<thead><tr><th>layer</th><th>kind</th><th>output</th><th>sees</th><th>parameters</th>"
        "<th>multiplications</th><th>output in MB</th></tr></thead>"
        "<tbody>"
        "<tr><td>conv_1</td><td>Conv</td><td>28 × 28 × 16</td><td>3 × 3</td><td>160</td>"
        "<td>112,896</td><td>0.050</td></tr>"
        "<tr><td>pool_2</td><td>Pool</td><td>14 × 14 × 16</td><td>4 × 4</td><td>0</td>"
        "<td>0</td><td>0.013</td></tr>"
        "<tr><td>flatten_3</td><td>Flatten</td><td>3136</td><td>all</td><td>0</td>"
        "<td>0</td><td>–</td></tr>"
        "<tr><td>dense_4</td><td>Dense</td><td>10</td><td>all</td><td>31,370</td>"
        "<td>31,360</td><td>0.000</td></tr>"
        "</tbody>"
        "<tfoot><tr><th>total</th><th></th><th></th><th></th><th>31,530</th>"
        "<th>144,256</th><th></th></tr></tfoot></table>"
    )


def test_a_table_without_anything_to_leave_out_states_no_convention():
    dense = costs.of_layers([Dense(3)], (4,))
    assert "include" not in str(dense)
    assert "caption" not in dense._repr_html_()


def test_a_name_cannot_write_html():
    model = stack((4,), layers.Dense(2, name="<script>"))
    html = costs.of_model(model)._repr_html_()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


@settings(max_examples=30)
@given(stacks())
def test_the_totals_are_the_sums_of_the_columns(described_and_shape):
    header, *lines, total = costs.of_layers(*described_and_shape).table()
    for column in (header.index("parameters"), header.index("multiplications")):
        numbers = [int(line[column].replace(",", "")) for line in [*lines, total]]
        assert sum(numbers[:-1]) == numbers[-1]
    assert {len(line) for line in [header, *lines, total]} == {7}
