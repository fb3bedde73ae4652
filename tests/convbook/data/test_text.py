"""The vocabulary, against Keras's TextVectorization and by its own rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras.layers import TextVectorization
from numpy.testing import assert_array_equal

from convbook.data import Vocabulary, reviews
from convbook.data.text import words_of

TEXTS = ["The plot was good, not bad.", "Not bad! The ending was not dull.", "not"]

words = st.text(alphabet="abcde", min_size=1, max_size=3)
sentences = st.lists(st.lists(words, max_size=8).map(" ".join), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop. It's GOOD!", ["don't", "stop", "it's", "good"]),
        ("one<br />two<BR>three", ["one", "two", "three"]),
        ("'quoted' -- 10/10, caf\u00e9", ["quoted", "10", "10", "caf\u00e9"]),
        ("...", []),
        ("", []),
    ],
)
def test_words(text, expected):
    assert words_of(text) == expected


def test_frequent_words_come_first_and_the_alphabet_decides_ties():
    vocabulary = Vocabulary.of(TEXTS)
    assert vocabulary.words == (
        *("", "[UNK]", "not", "bad", "the", "was"),
        *("dull", "ending", "good", "plot"),
    )
    assert len(vocabulary) == 10
    assert Vocabulary.of(TEXTS, size=4).words == ("", "[UNK]", "not", "bad")
    assert repr(vocabulary) == (
        "Vocabulary of 10 numbers, padding and unknown included: not, bad, the, was, dull, ..."
    )


def test_numbers_fill_a_row_from_the_front():
    vocabulary = Vocabulary.of(TEXTS, size=5)
    rows = vocabulary.encode(["The plot was not bad", "", "unheard"], length=4)
    assert rows.dtype == np.int32
    assert rows.tolist() == [[4, 1, 1, 2], [0, 0, 0, 0], [1, 0, 0, 0]]
    assert vocabulary.decode(rows[0]) == "the [UNK] [UNK] not"
    assert vocabulary.decode(rows[1]) == ""


@given(sentences, st.integers(1, 10), st.integers(3, 40))
def test_equal_to_keras(texts, length, size):
    vocabulary = Vocabulary.of(texts, size)
    layer = TextVectorization(
        output_sequence_length=length, vocabulary=list(vocabulary.words[2:]) or ["none"]
    )
    assert_array_equal(vocabulary.encode(texts, length), layer(texts).numpy())


def test_the_reviews_words_are_those_that_keras_learns():
    data = reviews()
    ours = Vocabulary.of(data.texts_train)
    layer = TextVectorization()
    layer.adapt(list(data.texts_train))
    theirs = layer.get_vocabulary()
    assert set(ours.words) == set(theirs)
    assert ours.words[:4] == tuple(theirs[:4])
    rows = ours.encode(data.texts_test, length=40)
    assert not (rows == 1).any()
    assert not rows[:, -1].any()


@given(sentences)
def test_decoding_undoes_encoding(texts):
    vocabulary = Vocabulary.of(texts)
    for text, row in zip(texts, vocabulary.encode(texts, length=8), strict=True):
        assert vocabulary.decode(row) == text


def test_wrong_arguments_are_named():
    vocabulary = Vocabulary.of(TEXTS)
    with pytest.raises(ValueError, match=r"size must be 3 or more, .* not 2"):
        Vocabulary.of(TEXTS, size=2)
    with pytest.raises(ValueError, match="length must be 1 or more, not 0"):
        vocabulary.encode(TEXTS, length=0)
    for wrong in (lambda: Vocabulary.of("a text"), lambda: vocabulary.encode("a text", 3)):
        with pytest.raises(ValueError, match="not one string"):
            wrong()
    with pytest.raises(IndexError):
        vocabulary.decode([10])
