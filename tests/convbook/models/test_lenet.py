"""LeNet-5: the numbers in the paper, and its unusual layers against NumPy."""

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from convbook.models import lenet
from convbook.models.table import outline


def random_like(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def numpy(tensor):
    return keras.ops.convert_to_numpy(tensor)


def squash(a):
    return 1.7159 * np.tanh(2 / 3 * a)


@pytest.fixture(scope="module")
def original():
    keras.utils.set_random_seed(0)
    return lenet.lenet5_original()


def test_the_sizes_of_the_paper(original):
    sizes = {
        "C1": (28, 28, 6),
        "S2": (14, 14, 6),
        "C3": (10, 10, 16),
        "S4": (5, 5, 16),
        "C5": (1, 1, 120),
        "F6": (84,),
        "output": (10,),
    }
    for name, size in sizes.items():
        assert original.get_layer(name).output.shape == (None, *size)


def test_parameters_and_connections_of_the_paper(original):
    """Parameters layer by layer, and all 340,908 connections, biases and output codes included."""
    kernels = {"C1": 25 * 1, "S2": 4, "S4": 4, "C5": 25 * 16, "F6": 120}
    connections = 84 * 10
    for name, inputs in kernels.items():
        units = np.prod(original.get_layer(name).output.shape[1:])
        connections += units * (inputs + 1)
    c3 = [original.get_layer(f"C3_{index}") for index in range(16)]
    connections += sum(10 * 10 * layer.count_params() for layer in c3)
    assert connections == 340_908

    counted = {name: original.get_layer(name).count_params() for name in kernels}
    assert counted == {"C1": 156, "S2": 12, "S4": 32, "C5": 48_120, "F6": 10_164}
    assert sum(layer.count_params() for layer in c3) == 1_516
    assert original.count_params() == 60_000


def test_the_connection_table_is_as_the_paper_words_it():
    """Contiguous threes, contiguous fours, three discontinuous fours, and all (section II-B)."""
    table = [set(seen) for seen in lenet.c3_connections()]

    def contiguous(width):
        return [{(start + i) % 6 for i in range(width)} for start in range(6)]

    assert sorted(map(sorted, table[:6])) == sorted(map(sorted, contiguous(3)))
    assert sorted(map(sorted, table[6:12])) == sorted(map(sorted, contiguous(4)))
    assert all(len(seen) == 4 and seen not in contiguous(4) for seen in table[12:15])
    assert table[15] == set(range(6))
    assert len({frozenset(seen) for seen in table}) == 16
    uses = [sum(row in seen for seen in table) for row in range(6)]
    assert uses == [10] * 6


def test_c3_sees_only_what_the_table_connects(original):
    c3 = keras.Model(original.get_layer("S2").output, original.get_layer("C3").output)
    maps = random_like(0, 1, 14, 14, 6)
    before = numpy(c3(maps))
    for row in range(6):
        moved = maps.copy()
        moved[..., row] += 1
        changed = np.abs(numpy(c3(moved)) - before).max(axis=(0, 1, 2)) > 0
        expected = [row in seen for seen in lenet.c3_connections()]
        assert_array_equal(changed, expected)


def test_subsampling_adds_four_values_scales_shifts_and_squashes():
    inputs = keras.Input((6, 4, 2))
    model = keras.Model(inputs, lenet.subsampling(inputs, "S"))
    coefficients, biases = np.array([0.5, -2.0], "float32"), np.array([0.1, 1], "float32")
    model.get_layer("S").set_weights([4 * coefficients.reshape(1, 1, 2, 1), biases])
    x = random_like(1, 3, 6, 4, 2)
    sums = x.reshape(3, 3, 2, 2, 2, 2).sum(axis=(2, 4))
    assert_allclose(numpy(model(x)), squash(coefficients * sums + biases), rtol=1e-5)


def test_squash_maps_one_to_one_and_has_its_steepest_bend_there():
    """Appendix A: f(1) = 1, f(-1) = -1, and |f''| is largest at 1."""
    x = np.linspace(-3, 3, 601)
    values = numpy(lenet.squash(x))
    assert_allclose(values, squash(x), rtol=1e-6)
    assert_allclose(numpy(lenet.squash(np.array([-1.0, 1.0]))), [-1, 1], atol=1e-4)
    bend = np.abs(np.gradient(np.gradient(squash(x), x), x))
    assert abs(abs(x[bend.argmax()]) - 1) < 0.02


def test_radial_basis_is_minus_the_squared_distance():
    codes, x = random_like(2, 4, 6), random_like(3, 5, 6)
    expected = [[-np.sum((a - w) ** 2) for w in codes] for a in x]
    assert_allclose(numpy(lenet.RadialBasis(codes)(x)), expected, rtol=1e-5)


def test_cross_entropy_of_the_outputs_is_the_papers_criterion():
    """Equation 9 without its constant: y of the digit + log(sum of exp(-y)), y the distances."""
    codes, x, digits = random_like(4, 4, 6), random_like(5, 5, 6), np.array([0, 3, 1, 2, 2])
    y = np.array([[np.sum((a - w) ** 2) for w in codes] for a in x])
    expected = np.mean(y[np.arange(5), digits] + np.log(np.exp(-y).sum(axis=1)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert_allclose(loss(digits, lenet.RadialBasis(codes)(x)), expected, rtol=1e-5)


def test_codes_are_ten_different_bitmaps_of_ink_and_paper():
    codes = lenet.digit_codes()
    assert codes.shape == (10, 7 * 12)
    assert set(np.unique(codes)) == {-1, 1}
    differing = (codes[:, np.newaxis] != codes).sum(axis=-1)
    assert differing[~np.eye(10, dtype=bool)].min() >= 3
    assert_array_equal(codes[1].reshape(12, 7)[:, 3] == 1, [0, *[1] * 10, 0])


def test_radial_basis_says_what_would_fit():
    with pytest.raises(ValueError, match=r"\(classes, features\), got \(3,\)"):
        lenet.RadialBasis([1, 2, 3])
    with pytest.raises(ValueError, match=r"fit inputs \(batch, 84\), got \(2, 80\)"):
        lenet.RadialBasis(lenet.digit_codes())(np.zeros((2, 80)))


def test_original_can_be_saved_and_loaded(original, tmp_path):
    original.save(tmp_path / "lenet.keras")
    loaded = keras.saving.load_model(tmp_path / "lenet.keras")
    images = random_like(6, 2, 32, 32, 1)
    assert_array_equal(numpy(loaded(images)), numpy(original(images)))


def test_modern_form_pads_digits_to_32_pixels():
    model = outline(lenet.lenet5)
    assert model.get_layer("C1").output.shape == (None, 28, 28, 6)
    assert model.get_layer("S4").output.shape == (None, 5, 5, 16)


@pytest.mark.parametrize(("border", "smallest"), [(0, 16), (2, 12)])
def test_smallest_image(border, smallest):
    outline(lambda: lenet.lenet5((smallest, 40, 1), border=border))
    with pytest.raises(ValueError, match=f"at least {smallest}x{smallest}"):
        lenet.lenet5((40, smallest - 1, 1), border=border)
