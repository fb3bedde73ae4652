"""What test cells import: plain data both ways, and messages that help."""

import copy
import math
import sys
from collections import namedtuple

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from convbook.checking import (
    CheckFailed,
    ModelHandle,
    Student,
    discretion,
    expect_at_least,
    expect_at_most,
    expect_close,
    expect_equal,
    plain,
    student,
)
from convbook.checking.models import describe, rebuild

many = settings(max_examples=200)


def message_of(check, *args, **options):
    with pytest.raises(CheckFailed) as error:
        check(*args, **options)
    return str(error.value)


class AlwaysEqual:
    """Equal to whatever it is compared with, as wrong answers would like to be."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __ge__(self, other):
        return True

    def __le__(self, other):
        return True


class ClaimsToBeAnArray(AlwaysEqual):
    __class__ = np.ndarray
    dtype, shape, ndim = np.dtype(float), (3,), 1


class AlwaysEqualArray(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)


class AlwaysEqualFloat(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class BrokenTensor:
    dtype = np.dtype(float)

    def __array__(self, *_args, **_kwargs):
        raise KeyError("never converts")


Point = namedtuple("Point", "x y")

# Names of the student


def test_values_and_functions_come_by_name():
    work = Student({"answer": 42, "double": lambda x: 2 * x})
    assert work.answer == 42
    assert work.double(4) == 8
    assert work.double(x=4) == 8


def test_the_student_of_a_notebook_is_its_main_namespace(monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "answer", 42, raising=False)
    assert student.answer == 42
    monkeypatch.setattr(sys.modules["__main__"], "answer", 43)
    assert student.answer == 43


def test_an_undefined_name_is_a_failed_check():
    assert message_of(lambda: Student({}).conv2d) == (
        "conv2d is not defined. Did you rename it, or not run the cell that makes it?"
    )


def test_unwritten_work_is_a_failed_check():
    def conv2d(x):
        raise NotImplementedError("### YOUR CODE HERE")

    assert message_of(Student({"conv2d": conv2d}).conv2d, 1) == "conv2d is still to be written."


def test_an_error_in_the_work_is_the_students_own():
    def conv2d(x):
        return x / 0

    with pytest.raises(ZeroDivisionError):
        Student({"conv2d": conv2d}).conv2d(1)


def test_arguments_reach_the_work_as_copies():
    def spoil(array, *, nested):
        array[:] = 0
        nested["rows"][0][:] = 0
        nested["rows"].append(None)

    array, rows = np.ones(3), [np.ones(2)]
    Student({"spoil": spoil}).spoil(array, nested={"rows": rows})
    assert_array_equal(array, np.ones(3))
    assert len(rows) == 1
    assert_array_equal(rows[0], np.ones(2))


def test_results_and_values_are_copies_too():
    weights = np.ones(3)
    work = Student({"weights": weights, "trained": lambda: [weights]})
    before, (result,) = work.weights, work.trained()
    weights[:] = 0
    assert_array_equal(before, np.ones(3))
    assert_array_equal(result, np.ones(3))
    before[:] = 7
    assert_array_equal(weights, np.zeros(3))


@pytest.mark.parametrize("argument", [AlwaysEqual(), abs, {1, 2}, [ModelHandle(None)]])
def test_arguments_that_are_not_plain_are_refused(argument):
    message = message_of(Student({"f": lambda x: 1}).f, argument)
    assert message.startswith("an argument is a ")


def test_a_result_that_is_not_plain_is_named():
    work = Student({"f": lambda: (n for n in range(3)), "seen": {1, 2}})
    expected = "expected numbers, text, arrays, lists or dicts."
    assert message_of(work.f) == f"the result of f is a generator; {expected}"
    assert message_of(lambda: work.seen) == f"seen is a set; {expected}"


# Plain data

NUMBERS = st.booleans() | st.integers() | st.floats() | st.text() | st.none()
ARRAYS = hnp.arrays(
    st.sampled_from([np.float32, np.float64, np.int8, np.int64, np.uint8, np.bool_]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
PLAIN = st.recursive(
    NUMBERS | ARRAYS,
    lambda items: (
        st.lists(items, max_size=3)
        | st.tuples(items, items)
        | st.dictionaries(st.text() | st.integers(), items, max_size=3)
    ),
    max_leaves=8,
)


def arrays_in(value):
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from arrays_in(item)


@many
@given(PLAIN)
def test_plain_data_stays_as_it_is_and_shares_nothing(value):
    copied = plain(value)
    np.testing.assert_equal(copied, value)  # NaN equals NaN here
    assert type(copied) is type(value)
    for before, after in zip(arrays_in(value), arrays_in(copied), strict=True):
        assert before.dtype == after.dtype
        assert not np.shares_memory(before, after)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(1.5), 1.5),
        (np.float32(1.5), 1.5),
        (np.int64(3), 3),
        (np.uint8(255), 255),
        (np.bool_(True), True),
        (np.str_("max"), "max"),
    ],
)
def test_numpy_scalars_become_built_in_numbers(value, expected):
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


def test_long_doubles_are_numbers_too():
    assert plain(np.longdouble(1.5)) == 1.5


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.ones(3).view(AlwaysEqualArray), id="subclass"),
        pytest.param(np.ma.masked_array([1.0, 1.0, 1.0]), id="masked"),
        pytest.param(keras.ops.ones(3), id="tensor"),
        pytest.param(keras.Variable(np.ones(3)), id="variable"),
    ],
)
def test_every_kind_of_array_becomes_a_real_one(array):
    copied = plain(array)
    assert type(copied) is np.ndarray
    assert_array_equal(copied, np.ones(3))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (AlwaysEqual(), "the value is a AlwaysEqual"),
        (AlwaysEqualFloat(1), "the value is a AlwaysEqualFloat"),
        ([1, [AlwaysEqual()]], "the value is a AlwaysEqual"),
        ({"key": AlwaysEqual()}, "the value is a AlwaysEqual"),
        ({AlwaysEqual(): 1}, "the value is a AlwaysEqual"),
        (Point(1, 2), "the value is a Point"),
        (range(3), "the value is a range"),
        (1j, "the value is a complex"),
        (b"bytes", "the value is a bytes"),
        (float, "the value is a type"),
        (keras.Input((3,)), "the value is a KerasTensor"),
        (BrokenTensor(), "the value is a BrokenTensor"),
        (np.array([AlwaysEqual()]), "the value is an array of object"),
        (np.array([1j]), "the value is an array of complex128"),
        (np.array(["2020-01-01"], np.datetime64), "the value is an array of datetime64"),
        (ClaimsToBeAnArray(), "the value is an array of object"),
    ],
)
def test_everything_else_is_refused(value, message):
    assert message in message_of(plain, value)


# Models


@pytest.fixture(scope="module")
def model():
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3), keras.layers.Flatten()], name="mine"
    )
    model.layers[0].set_weights([np.arange(12.0).reshape(4, 3), np.array([1.0, 0.0, -1.0])])
    return model


def test_a_model_stays_and_answers(model):
    handle = Student({"model": model}).model
    assert type(handle) is ModelHandle
    x = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0]])
    assert_array_equal(handle.predict(x), [[1, 1, 1], [4, 4, 4]])
    assert type(handle.predict(x)) is np.ndarray
    assert handle.parameters() == 15
    assert handle.input_shape() == (None, 4)
    assert handle.output_shape() == (None, 3)
    assert handle.layer_kinds() == ["Dense", "Flatten"]


def test_a_model_with_two_heads_predicts_a_list_of_arrays():
    x = keras.Input((2,))
    heads = [keras.layers.Dense(n, kernel_initializer="ones")(x) for n in (1, 3)]
    handle = ModelHandle(keras.Model(x, heads))
    one, three = handle.predict(np.ones((5, 2)))
    assert_array_equal(one, np.full((5, 1), 2))
    assert_array_equal(three, np.full((5, 3), 2))


def test_a_model_that_a_function_returns_can_be_handed_back(model):
    received = []

    def build():
        return model

    def count(model, scale):
        received.append(model)
        return scale * model.count_params()

    work = Student({"build": build, "count": count})
    handle = work.build()
    assert work.count(handle, 2) == 30
    assert work.count(model=handle, scale=3) == 45
    assert all(other is model for other in received)


def test_a_model_is_not_taken_for_a_function_nor_a_layer_for_a_model(model):
    work = Student({"model": model, "layer": model.layers[0]})
    assert type(work.model) is ModelHandle
    assert_array_equal(work.layer(np.zeros((1, 4))), [[1, 0, -1]])


# expect_equal

EQUAL = [
    (3, 3),
    (np.int64(3), 3),
    (3, np.int64(3)),
    (3.0, 3),
    (True, True),
    (True, np.bool_(True)),
    ("max", "max"),
    (None, None),
    ([1, 2], [1, 2]),
    ((1, 2), [1, 2]),
    ([(1, 2), [3]], [[1, 2], (3,)]),
    ((), []),
    (np.array([1, 2]), np.array([1.0, 2.0])),
    (np.array(4), 4),
    (4, np.array(4)),
    ([np.array([1, 2])], [np.array([1, 2])]),
    ({"a": np.array([1, 2]), "b": (1,)}, {"b": [1], "a": np.array([1, 2])}),
]

DIFFERENT = [
    (4, 3, "expected 3, got 4"),
    (1234567, 3, "expected 3, got 1,234,567"),
    (0.5, 0.25, "expected 0.25, got 0.5"),
    (True, 1, "expected 1, got True"),
    (1, True, "expected True, got 1"),
    (1, np.bool_(True), "expected True, got 1"),
    ([1, True], [1, 1], "expected [1, 1], got [1, True]"),
    ({"a": True}, {"a": 1}, "expected {'a': 1}, got {'a': True}"),
    ({"a": 1}, {"a": 1, "b": 2}, "expected {'a': 1, 'b': 2}, got {'a': 1}"),
    ({"a": 1, "b": 2}, {"a": 1}, "expected {'a': 1}, got {'a': 1, 'b': 2}"),
    ([1], {"a": 1}, "expected {'a': 1}, got [1]"),
    ("3", 3, "expected 3, got '3'"),
    (None, 3, "expected 3, got None"),
    (math.nan, math.nan, "expected nan, got nan"),
    ([1, 2], [1, 2, 3], "expected [1, 2, 3], got [1, 2]"),
    ([1, 2, 3], [1, 2], "expected [1, 2], got [1, 2, 3]"),
    ([1, 2], 1, "expected 1, got [1, 2]"),
    (np.array([1, 2]), [1, 2], "expected [1, 2], got an array of shape (2,)"),
    ([1, 2], np.array([1, 2]), "expected an array of shape (2,), got [1, 2]"),
    (np.array([3]), 3, "expected 3, got an array of shape (1,)"),
    (
        np.zeros((2, 3)),
        np.zeros((3, 2)),
        "expected an array of shape (3, 2), got an array of shape (2, 3)",
    ),
    (
        np.array([[1, 2], [9, 9]]),
        np.array([[1, 2], [3, 4]]),
        "2 of 4 values differ, the first at [1, 0]: expected 3, got 9",
    ),
    (
        np.array([1.0, math.nan]),
        np.array([1.0, 2.0]),
        "1 of 2 values differ, the first at [1]: expected 2, got nan",
    ),
    (
        np.array(["a", "c"]),
        np.array(["a", "b"]),
        "1 of 2 values differ, the first at [1]: expected 'b', got 'c'",
    ),
]


@pytest.mark.parametrize(("actual", "expected"), EQUAL)
def test_equal_passes(actual, expected):
    expect_equal(actual, expected, "it")


@pytest.mark.parametrize(("actual", "expected", "difference"), DIFFERENT)
def test_different_says_what_was_expected_what_came_and_a_hint(actual, expected, difference):
    message = message_of(expect_equal, actual, expected, "output_size(13)", "round down")
    assert message.startswith("output_size(13)")
    assert difference in message
    assert message.endswith(". Hint: round down")
    without_hint = message_of(expect_equal, actual, expected, "output_size(13)")
    assert without_hint == message.removesuffix(" Hint: round down")


@pytest.mark.parametrize("impostor", [AlwaysEqual(), AlwaysEqualFloat(3), ClaimsToBeAnArray()])
@pytest.mark.parametrize("expected", [3, [3], np.ones(3), {"a": 1}, None])
def test_an_answer_that_equals_everything_passes_nothing(impostor, expected):
    for answer in (impostor, [impostor], {"a": impostor}):
        message_of(expect_equal, answer, expected, "it")
        message_of(expect_close, answer, expected, "it")
    message_of(expect_at_least, impostor, 0, "it")
    message_of(expect_at_most, impostor, 9, "it")


def test_an_array_that_equals_everything_is_compared_by_its_values():
    impostor = np.zeros(3).view(AlwaysEqualArray)
    message_of(expect_equal, impostor, np.ones(3), "it")
    expect_equal(impostor, np.zeros(3), "it")


@many
@given(PLAIN)
def test_data_equals_itself(value):
    assume("nan" not in repr(value))
    expect_equal(value, copy.deepcopy(value), "it")


@many
@given(
    hnp.arrays(np.int64, (2, 3), elements=st.integers(0, 2)),
    hnp.arrays(np.int64, (2, 3), elements=st.integers(0, 2)),
)
def test_arrays_are_equal_where_every_value_is(actual, expected):
    if actual.tolist() == expected.tolist():
        expect_equal(actual, expected, "it")
    else:
        message_of(expect_equal, actual, expected, "it")


def test_long_answers_are_cut():
    message = message_of(expect_equal, list(range(1000)), 3, "it")
    assert message.endswith(" ….")
    assert len(message) < 350


# expect_close


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (0.3, 0.1 + 0.2),
        (1, 1.0),
        (np.float32(1 / 3), 1 / 3),
        ([1, 2], np.array([1.0, 2.0])),
        (keras.ops.ones(2), [1, 1]),
        (np.array(2.0), 2.0),
        (math.inf, math.inf),
        ([], np.zeros(0)),
        (10**30, 1e30),
    ],
)
def test_close_passes(actual, expected):
    expect_close(actual, expected, "it")


@pytest.mark.parametrize(
    ("actual", "expected", "difference"),
    [
        (1.001, 1, "the loss: expected 1, got 1.001"),
        (math.nan, 1, "the loss: expected 1, got nan"),
        (math.nan, math.nan, "the loss: expected nan, got nan"),
        (-math.inf, math.inf, "the loss: expected inf, got -inf"),
        ("1.0", 1.0, "the loss: expected 1, got '1.0'"),
        (np.array(["1.0"]), [1.0], "the loss: expected [1.0], got an array of shape (1,)"),
        (["1.0", 2.0], [1.0, 2.0], "the loss: expected [1.0, 2.0], got ['1.0', 2.0]"),
        (None, 1.0, "the loss: expected 1, got None"),
        ({"loss": 1.0}, 1.0, "the loss: expected 1, got {'loss': 1.0}"),
        ([[1], [1, 2]], 1.0, "the loss: expected 1, got [[1], [1, 2]]"),
        (10**400, 1.0, "the loss: expected 1, got 10,000,"),
        (np.ones((2, 1)), np.ones(2), "the loss: expected the shape (2,), got (2, 1)"),
        (np.ones(1), 1.0, "the loss: expected the shape (), got (1,)"),
        (
            np.array([[1, 2], [math.nan, 4.5]]),
            np.array([[1, 2], [3, 4]]),
            "the loss: 2 of 4 values differ, the first at [1, 0]: expected 3, got nan",
        ),
    ],
)
def test_not_close_says_what_was_expected_what_came_and_a_hint(actual, expected, difference):
    message = message_of(expect_close, actual, expected, "the loss", "mean, not sum")
    assert message.startswith(difference)
    assert message.endswith(". Hint: mean, not sum")


@many
@given(
    st.floats(-1e6, 1e6),
    st.floats(-1e6, 1e6) | st.floats(-1e-5, 1e-5),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_close_means_within_the_tolerances(expected, difference, rtol, atol):
    actual = expected + difference
    allowed = atol + rtol * abs(expected)
    if abs(actual - expected) <= allowed:
        expect_close(actual, expected, "it", rtol=rtol, atol=atol)
        expect_close([0, actual], [0, expected], "it", rtol=rtol, atol=atol)
    else:
        message_of(expect_close, actual, expected, "it", rtol=rtol, atol=atol)
        message = message_of(expect_close, [0, actual], [0, expected], "it", rtol=rtol, atol=atol)
        assert "1 of 2 values differ, the first at [1]" in message


# expect_at_least, expect_at_most


@pytest.mark.parametrize("value", [0.9, 1, np.float32(0.95), np.array(0.9), keras.ops.ones(())])
def test_bounds_pass(value):
    expect_at_least(value, 0.9, "the accuracy")
    expect_at_most(value, 1, "the accuracy")
    expect_at_most(value, np.int64(1), "the accuracy")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.89, "0.89"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
        (True, "True"),
        ("0.95", "'0.95'"),
        (None, "None"),
        ([0.95], "[0.95]"),
        (np.array([0.95]), "an array of shape (1,)"),
    ],
)
def test_too_little_says_what_was_expected_what_came_and_a_hint(value, shown):
    message = message_of(expect_at_least, value, 0.9, "the accuracy", "train for longer")
    expected = f"the accuracy: expected at least 0.9, got {shown}. Hint: train for longer"
    assert message == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (120_001, "120,001"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (False, "False"),
        ("1", "'1'"),
        (None, "None"),
        ([1], "[1]"),
    ],
)
def test_too_much_says_what_was_expected_what_came_and_a_hint(value, shown):
    message = message_of(expect_at_most, value, 120_000, "parameters", "fewer maps")
    assert message == f"parameters: expected at most 120,000, got {shown}. Hint: fewer maps"


def test_a_failed_check_is_an_assertion_that_failed():
    assert issubclass(CheckFailed, AssertionError)


@pytest.fixture
def hidden():
    discretion.begin(True)
    yield
    discretion.begin(False)


@pytest.mark.parametrize(
    "compare",
    [
        lambda: expect_equal([30011], 4, of="it", hint="look again."),
        lambda: expect_equal(np.array([30011]), np.array([4]), of="it", hint="look again."),
        lambda: expect_close(30011.5, 30012.5, of="it", hint="look again."),
        lambda: expect_close(np.zeros((30011, 1)), np.zeros(3), of="it", hint="look again."),
        lambda: expect_at_least(30010, 30011, of="it", hint="look again."),
        lambda: expect_at_most(30012, 30011, of="it", hint="look again."),
    ],
)
def test_hidden_checks_tell_the_hint_and_no_values(hidden, compare):
    with pytest.raises(CheckFailed) as failed:
        compare()
    assert str(failed.value) == "it: not what was expected. Hint: look again."


def test_what_a_hidden_check_has_measured_is_told(hidden):
    with pytest.raises(CheckFailed, match=r"^it: expected at least 0.9, got 0.8\.$"):
        expect_at_least(0.8, 0.9, of="it", measured=True)
    with pytest.raises(CheckFailed, match=r"^it: expected at most 5, got 6\.$"):
        expect_at_most(6, 5, of="it", measured=True)


def test_a_model_answers_with_other_weights_and_keeps_its_own(model):
    before = model.get_weights()
    handle = Student({"model": model}).model
    x = np.array([[1.0, 0, 0, 0], [1, 1, 0, 0]])
    asked = {}

    def weights(name, shape):
        asked[name] = shape
        return {"kernel": 2, "bias": np.array([0, 1, 2])}[name]

    assert_array_equal(handle.predict_with(x, weights), [[2, 3, 4], [4, 5, 6]])
    assert asked == {"kernel": (4, 3), "bias": (3,)}
    assert all(map(np.array_equal, model.get_weights(), before))
    with pytest.raises(KeyError):
        handle.predict_with(x, lambda name, shape: {"kernel": 2}[name])
    assert all(map(np.array_equal, model.get_weights(), before))


@pytest.mark.parametrize("size", [0, 1, 5, 256, 300])
def test_a_model_predicts_what_keras_predicts_from_it_whatever_the_batch(model, size):
    x = np.random.default_rng(size).normal(size=(size, 4))
    answer = ModelHandle(model).predict(x, batch_size=256)
    assert answer.shape == (size, 3)
    if size:
        assert_allclose(answer, model.predict(x, verbose=0), rtol=1e-5, atol=1e-6)


def test_a_model_with_operators_between_its_layers_is_refused_as_the_grader_would():
    image = keras.Input((2,))
    added = keras.Model(image, keras.layers.Dense(2)(image) + image)
    with pytest.raises(CheckFailed, match=r"layers\.Add"):
        Student({"added": added}).added  # noqa: B018 - looking is what fails
    with pytest.raises(CheckFailed, match=r"layers\.Add"):
        rebuild(describe(added))
