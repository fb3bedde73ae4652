"""From texts to rows of whole numbers."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

PADDING, UNKNOWN = 0, 1
RESERVED = ("", "[UNK]")
"""What stands in the vocabulary for :data:`PADDING` and :data:`UNKNOWN`."""

_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation and HTML's line breaks.

    A word with an apostrophe in it, such as "don't", is one word.
    """
    return _WORD.findall(_LINE_BREAK.sub(" ", text).lower())


def _require_texts(texts: Iterable[str]) -> None:
    if isinstance(texts, str):
        raise ValueError("expected texts, such as a list of strings, not one string")


@dataclass(frozen=True, repr=False)
class Vocabulary:
    """Words and their numbers: 0 is padding, 1 any unknown word, 2 the most frequent.

    Attributes:
        words: the word of each number.
    """

    words: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str], size: int | None = None) -> "Vocabulary":
        """The most frequent words of the texts; among equals, the alphabet decides.

        Learn it from training texts alone: a word that only test texts have is unknown.

        Args:
            size: how many numbers there are in all, with padding and unknown; None for
                no limit.

        Raises:
            ValueError: no room for a single word, or one string in place of several.
        """
        _require_texts(texts)
        if size is not None and size <= len(RESERVED):
            raise ValueError(
                f"size must be {len(RESERVED) + 1} or more, for padding, unknown and "
                f"a word, not {size}"
            )
        counts = Counter(word for text in texts for word in words_of(text))
        by_frequency = sorted(counts, key=lambda word: (-counts[word], word))
        return cls((*RESERVED, *by_frequency)[:size])

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        first = ", ".join(self.words[len(RESERVED) : len(RESERVED) + 5])
        size = f"{len(self):,} numbers, padding and unknown included"
        return f"Vocabulary of {size}: {first}, ..."

    def encode(self, texts: Sequence[str], length: int) -> np.ndarray:
        """The numbers of the words of each text: ``(texts, length)``, int32.

        A longer text loses its end, a shorter one is filled up at the end with padding.

        Raises:
            ValueError: a length below 1, or one string in place of several.
        """
        _require_texts(texts)
        if length < 1:
            raise ValueError(f"length must be 1 or more, not {length}")
        number_of = {word: number for number, word in enumerate(self.words)}
        rows = np.full((len(texts), length), PADDING, np.int32)
        for row, text in zip(rows, texts, strict=True):
            numbers = [number_of.get(word, UNKNOWN) for word in words_of(text)[:length]]
            row[: len(numbers)] = numbers
        return rows

    def decode(self, row: Iterable[int]) -> str:
        """The words of one row of numbers, without the padding.

        Raises:
            IndexError: a number outside the vocabulary.
        """
        return " ".join(self.words[number] for number in row if number != PADDING)
