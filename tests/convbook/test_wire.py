"""What crosses between processes: plain data arrives as it left, and hostile bytes build nothing."""

import json
import struct
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from convbook.checking.wire import Reference, WireError, pack, unpack

DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(),
    hnp.floating_dtypes(sizes=(16, 32, 64)),
    hnp.unicode_string_dtypes(max_len=5),
    hnp.byte_string_dtypes(max_len=5),
)
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0)))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    SCALARS | ARRAYS | st.builds(Reference, st.integers(0, 9)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(SCALARS, inner, max_size=4)
    ),
    max_leaves=12,
)


def same(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    return one == other or (one != one and other != other)


@given(VALUES)
def test_plain_data_arrives_as_it_left(value):
    assert same(unpack(pack(value)), value)


@given(ARRAYS)
def test_an_array_that_arrived_can_be_written_to(array):
    arrived = unpack(pack(array))
    assert arrived.flags.writeable
    assert arrived.flags.owndata or arrived.base is not None


def test_views_arrive_as_what_they_show():
    values = np.arange(24).reshape(4, 6)
    for view in (values[::2], values.T, values[:, ::-1], np.broadcast_to(values[0], (3, 6))):
        np.testing.assert_array_equal(unpack(pack(view)), view)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_value_or_an_error(message):
    with suppress(WireError):
        unpack(message)


@given(VALUES, st.data())
def test_a_message_with_a_flaw_is_a_value_or_an_error(value, data):
    message = bytearray(pack(value))
    for _ in range(data.draw(st.integers(1, 3))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    with suppress(WireError):
        unpack(bytes(message))


def message(header, raw=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">Q", len(text)) + text + raw


@pytest.mark.parametrize(
    "hostile",
    [
        message({"value": {"array": 0}, "arrays": [["<f8", [10**12]]]}),
        message({"value": {"array": 0}, "arrays": [["<f8", [-1]]]}, b"12345678"),
        message({"value": {"array": 0}, "arrays": [["<f8", [2**40, 0, 2**40]]]}, b"12345678"),
        message({"value": {"array": 0}, "arrays": [["|O", [1]]]}, b"12345678"),
        message({"value": {"array": 0}, "arrays": [["V8", [1]]]}, b"12345678"),
        message({"value": {"array": 0}, "arrays": [["<U0", [9]]]}),
        message({"value": {"array": 0}, "arrays": [["<U1", [1]]]}, b"\xff\xff\xff\x7f"),
        message({"value": {"array": 1}, "arrays": []}),
        message({"value": {"array": -1}, "arrays": [["|b1", [1]]]}, b"1"),
        message({"value": {"array": True}, "arrays": [["|b1", [1]]]}, b"1"),
        message({"value": {"reference": "../x"}, "arrays": []}),
        message({"value": {"object": "os.system"}, "arrays": []}),
        message({"value": {"dict": [[{"list": []}, 1]]}, "arrays": []}),
        message({"value": {"list": [], "tuple": []}, "arrays": []}),
        message({"value": None, "arrays": []}, b"left over"),
        message({"value": None}),
        message([]),
        message(b"[" * 100_000),
        message(b'{"value": ' + b"9" * 5_000 + b', "arrays": []}'),
        struct.pack(">Q", 2**60) + b"{}",
        b"",
        b"\x80\x04\x95",
    ],
)
def test_hostile_messages_are_refused_and_take_no_memory(hostile):
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            unpack(hostile)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20e6


class Number(float):
    pass


@pytest.mark.parametrize(
    "value",
    [
        object(),
        print,
        {1, 2},
        Number(3),
        1j,
        np.array([object()]),
        np.array([1j]),
        b"bytes",
        range(3),
    ],
)
def test_what_is_not_plain_does_not_leave(value):
    with pytest.raises(WireError, match="is not plain data"):
        pack([value])


def test_what_is_too_large_does_not_leave(monkeypatch):
    monkeypatch.setattr("convbook.checking.wire.LARGEST_MESSAGE", 1_000)
    with pytest.raises(WireError, match="MB are too much"):
        pack(np.zeros(1_000))
