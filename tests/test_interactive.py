"""The interactive figures: they compute what the library computes, and work by keyboard and mouse."""

import json
import re

import keras
import numpy as np
import pytest
from keras import layers

from convbook import costs
from convbook.costs.receptive_field import field_sizes
from convbook.detection import ap_all_points, non_max_suppression, pairwise_iou
from convbook.detection.average_precision import PrecisionRecall
from convbook.in_browser import network_for_browser
from convbook.ops import average_pool, conv, max_pool
from convbook.sizes import output_size, padding_amounts
from tools.browser import CHROMIUM, DESKTOP, WITHOUT_CHROMIUM, Complaints, chromium, offline
from tools.interactive import NAMES, SCRIPTS
from tools.still_pictures import page_with

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT_CHROMIUM)
RNG = np.random.default_rng(9)
PLACE_OF_FOCUS = (
    "() => [...document.querySelectorAll('button, input, select')].indexOf(document.activeElement)"
)


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def calculate(browser):
    """calculate(name, expression): what the script's own functions, in ``f``, give; for numbers, not for the page."""
    with offline(browser, DESKTOP) as context:
        page = context.new_page()

        def run(name: str, expression: str, **values: object):
            source = (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")
            given = "".join(f"const {key} = {json.dumps(value)};" for key, value in values.items())
            return page.evaluate(
                f"() => {{ const module = {{}}; {source}; const f = module.exports; {given} return {expression}; }}"
            )

        yield run


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """Reads pictures of 16×16, untrained; its biases are not zero, as they are at the start."""
    keras.utils.set_random_seed(1)
    image = keras.Input((16, 16, 1))
    x = layers.Conv2D(5, 3, activation="relu", bias_initializer="glorot_normal")(image)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(7, 2, activation="relu", bias_initializer="glorot_normal")(x)
    x = layers.Dropout(0.5)(layers.Flatten()(x))
    x = layers.Dense(10, activation="softmax", bias_initializer="glorot_normal")(x)
    return keras.Model(image, x)


@pytest.fixture
def figure(browser, tmp_path, network):
    """figure(name): a page with this figure, and what it complains of."""
    data = network_for_browser(network, RNG.random((4, 16, 16, 1))).data
    with offline(browser, DESKTOP) as context:

        def show(name: str):
            file = tmp_path / f"{name}.html"
            file.write_text(page_with(name, data), encoding="utf-8")
            page, complaints = context.new_page(), Complaints()
            complaints.watch(page)
            page.goto(file.as_uri())
            return page, complaints

        yield show


@pytest.mark.parametrize("case", range(20))
def test_the_convolution_is_the_librarys(calculate, case):
    stride, padding, dilation, size = (
        int(RNG.integers(*r)) for r in ((1, 4), (0, 3), (1, 4), (1, 4))
    )
    image, kernel = RNG.integers(0, 4, (7, 8)), RNG.integers(-2, 3, (size, size))
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    shown = calculate("convolution", "f.convolve(image, kernel, settings)",
                      image=image.tolist(), kernel=kernel.tolist(), settings=settings)  # fmt: skip
    padded = np.pad(image, padding)[np.newaxis, ..., np.newaxis].astype(float)
    weights = kernel[..., np.newaxis, np.newaxis].astype(float)
    if min(padded.shape[1:3]) < (size - 1) * dilation + 1:
        assert not np.size(shown)
    else:
        expected = conv(padded, weights, strides=stride, dilation=dilation)[0, ..., 0]
        np.testing.assert_array_equal(shown, expected)


def test_sizes_and_zeros_are_the_librarys(calculate):
    cases = [
        (width, kernel, stride, dilation, padding)
        for width in range(1, 15) for kernel in range(1, 8) for stride in range(1, 6)
        for dilation in range(1, 4) for padding in ("same", "valid")
    ]  # fmt: skip
    shown = calculate("sizes", "cases.map((c) => f.layout(...c))", cases=cases)
    for case, found in zip(cases, shown, strict=True):
        width, kernel, stride, dilation, padding = case
        before, after = padding_amounts(width, kernel, stride, padding, dilation)
        assert (found["before"], found["after"]) == (before, after), case
        fits = width + before + after >= (kernel - 1) * dilation + 1
        outputs = output_size(width, kernel, stride, padding, dilation) if fits else 0
        assert found["outputs"] == outputs, case


def test_pooling_is_the_librarys(calculate):
    image = np.array(calculate("shift", "f.picture(2, 5)"))
    maps = image[np.newaxis, ..., np.newaxis].astype(float)
    for name, pool in {"max pooling": max_pool, "average pooling": average_pool}.items():
        for size in (2, 4):
            shown = calculate(
                "shift", "f.LAYERS[layer](image, size)", layer=name, size=size, image=image.tolist()
            )
            np.testing.assert_allclose(shown, pool(maps, size)[0, ..., 0])


def described(layer: dict) -> costs.Layer:
    """A layer of the script as one of the library."""
    settings = {key: value for key, value in layer.items() if key != "kind"}
    return getattr(costs, layer["kind"])(**settings)


def random_stack() -> tuple[list[int], list[dict]]:
    stack = []
    for _ in range(RNG.integers(1, 7)):
        size, strides = int(RNG.integers(1, 6)), int(RNG.integers(1, 4))
        settings = {"strides": strides, "padding": str(RNG.choice(["same", "valid"]))}
        stack.append(
            {"kind": "Conv", "filters": int(RNG.integers(1, 30)), "kernel": size, **settings}
            if RNG.random() < 0.6
            else {"kind": "Pool", "size": size, **settings}
        )
    ends = [
        [],
        [{"kind": "Flatten"}, {"kind": "Dense", "units": 7}],
        [{"kind": "GlobalPool"}, {"kind": "Dense", "units": 3}],
    ]
    return [*RNG.integers(40, 90, 2).tolist(), 3], stack + ends[RNG.integers(3)]


def test_costs_are_the_librarys(calculate):
    presets = calculate("costs", "Object.values(f.PRESETS).map((p) => [p.input, p.layers])")
    counted = 0
    for shape, stack in presets + [random_stack() for _ in range(60)]:
        shown = calculate(
            "costs",
            "(() => { const c = f.costsOf(shape, layers); return { ...c, train: c.train(50) }; })()",
            shape=shape, layers=stack,
        )  # fmt: skip
        try:
            expected = costs.of_layers([described(layer) for layer in stack], tuple(shape))
        except ValueError:
            assert len(shown["rows"]) < len(stack)
            continue
        counted += 1
        for index, (row, own) in enumerate(zip(expected.rows, shown["rows"], strict=True)):
            sizes = field_sizes(expected, index)
            assert (list(row.output_shape), row.parameters, row.multiplications, sizes and set(sizes)) == (
                own["shape"], own["parameters"], own["multiplications"], own["sees"] and {own["sees"]},
            ), (shape, stack, index)  # fmt: skip
        totals = (
            expected.parameters,
            expected.multiplications,
            expected.prediction_bytes(),
            expected.training_bytes(50),
        )
        assert totals == tuple(
            shown[key] for key in ("parameters", "multiplications", "predict", "train")
        )
    assert counted > 40


def test_presets_are_the_published_networks(calculate):
    presets = calculate(
        "costs",
        "Object.fromEntries(Object.entries(f.PRESETS).map(([n, p]) => [n, f.costsOf(p.input, p.layers).parameters]))",
    )
    assert list(presets.values()) == [903_400, 80_266, 61_706, 62_378_344, 138_357_544, 143_667_240]


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.8])
def test_suppression_is_the_librarys(calculate, threshold):
    corners = RNG.uniform(0, 50, (30, 2))
    boxes = np.hstack([corners, corners + RNG.uniform(5, 30, (30, 2))])
    scores = RNG.permutation(30) / 30
    kept = calculate("suppression", "f.suppress(boxes, scores, threshold)",
                     boxes=boxes.tolist(), scores=scores.tolist(), threshold=threshold)  # fmt: skip
    assert kept == list(non_max_suppression(boxes, scores, iou_threshold=threshold))
    overlaps = calculate(
        "suppression", "boxes.map((a) => boxes.map((b) => f.iou(a, b)))", boxes=boxes.tolist()
    )
    np.testing.assert_allclose(overlaps, pairwise_iou(boxes, boxes))


def test_average_precision_is_the_librarys(calculate):
    for objects in (1, 4, 9):
        right = RNG.permutation(np.arange(12) < objects)
        points = calculate(
            "suppression", "f.curve(right, objects)", right=right.tolist(), objects=objects
        )
        recall, precision = (
            np.array([point[key] for point in points]) for key in ("recall", "precision")
        )
        np.testing.assert_allclose(recall, np.cumsum(right) / objects)
        shown = calculate("suppression", "f.averagePrecision(points)", points=points)
        expected = ap_all_points(PrecisionRecall(recall, precision, np.zeros(12), objects))
        assert shown == pytest.approx(expected)


def test_the_network_that_reads_digits_is_keras(calculate, network):
    pictures = np.round(255 * RNG.random((6, 16, 16, 1))) / 255
    data = json.loads(re.search(">(.*)<", network_for_browser(network, pictures).data)[1])
    shown = calculate(
        "digit",
        """(() => {
          const network = f.prepared(data);
          return network.pictures.map((picture) => {
            const { probabilities, maps } = f.answer(network, picture);
            return { probabilities, maps: maps.map(({ values }) => [...values]) };
          });
        })()""",
        data=data,
    )
    convolutions = [layer.output for layer in network.layers if isinstance(layer, layers.Conv2D)]
    *maps, probabilities = keras.Model(network.inputs, [*convolutions, network.output])(pictures)
    for number, answer in enumerate(shown):
        np.testing.assert_allclose(answer["probabilities"], probabilities[number], atol=1e-5)
        for own, expected in zip(answer["maps"], maps, strict=True):
            np.testing.assert_allclose(own, np.ravel(expected[number]), atol=1e-5)


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv2D(3, 3, activation="relu", padding="same"),
        layers.Conv2D(3, 3, activation="tanh"),
        layers.Conv2D(3, 3, strides=2, activation="relu"),
        layers.MaxPooling2D(3),
        layers.BatchNormalization(),
        layers.Dense(300),
    ],
)
def test_a_network_that_the_script_cannot_compute_is_refused(layer):
    model = keras.Sequential([keras.Input((12, 12, 1)), layer])
    with pytest.raises(ValueError, match="cannot compute"):
        network_for_browser(model, np.zeros((1, 12, 12, 1)))


def test_a_stroke_of_the_mouse_is_read(figure):
    page, complaints = figure("digit")
    page.get_by_role("button", name="empty the paper").click()
    assert "Draw a digit" in page.locator(".told").text_content()
    box = page.locator("canvas.paper").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 40)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(box["x"] + 60 + 10 * step, box["y"] + 40 + 15 * step)
    page.mouse.up()
    assert "The network reads a" in page.locator(".told").text_content()
    assert complaints.texts == []


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_used_by_keyboard_alone(figure, name):
    """Everything that can be changed is reached with the tab key, and what is said changes with it."""
    page, complaints = figure(name)
    controls = page.locator("button:not([tabindex='-1']), input, select").count()
    reached = set()
    for _ in range(controls):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(PLACE_OF_FOCUS))
    assert len(reached - {-1}) == controls
    page.reload()
    said = {page.locator(".told").text_content()}
    for _ in range(controls):
        page.keyboard.press("Tab")
        for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
            page.keyboard.press(key)
            said.add(page.locator(".told").text_content())
    assert len(said) > 2
    assert complaints.texts == []


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_has_a_still_picture(root, name):
    assert (root / "images" / "interactive" / f"{name}.png").stat().st_size < 60_000


def test_a_pixel_that_is_pressed_changes_and_so_does_the_output(figure):
    page, _ = figure("convolution")
    before = page.locator("table").nth(2).inner_text()
    page.get_by_label("row 1, column 1: 0").first.click()
    assert page.locator("table").nth(2).inner_text() != before
    assert "1·1" in page.locator(".told").text_content()


def test_windows_step_on_and_come_round(figure):
    page, _ = figure("convolution")
    said = []
    for _ in range(26):
        said.append(page.locator(".told").text_content())
        page.get_by_role("button", name="next").click()
    assert len(set(said)) == 25 and said[0] == said[25]
