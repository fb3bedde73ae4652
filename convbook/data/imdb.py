"""Film reviews: the Large Movie Review Dataset, known as IMDB."""

import tarfile
from pathlib import Path, PurePosixPath

import numpy as np

from convbook.data.chance import generator
from convbook.data.dataset import Profile, TextDataset
from convbook.data.full_size import Published, naming_damage, require_full

IMDB = Published(
    "IMDB",
    "imdb_reviews.tsv",
    small="reviews()",
    origin="Stanford's aclImdb_v1.tar.gz by Keras's download, MD5 checked",
)

CLASS_NAMES = ("negative", "positive")
COLUMNS = ["split", "label", "rating", "id", "text"]

Review = tuple[str, int, int, str]
"""Part, label, number within both, and text."""


def imdb(profile: Profile = "sample") -> TextDataset:
    """Film reviews as written, 25,000 + 25,000, half of them positive (Maas et al. 2011).

    Full size only: from ``$CONVBOOK_DATA/imdb_reviews.tsv`` or by download of the published texts.
    Keras's own IMDB, words already numbered, is not used: texts can be read, and
    :class:`Vocabulary` numbers them. Either way gives the same order, a fixed shuffle.

    Raises:
        ValueError: any profile but "full"; ``reviews()`` stands in at sample size.
        MissingDataError: the data is neither there nor downloadable, or it is damaged.
    """
    require_full(profile, IMDB.data_set, stand_in="reviews")
    found, source = IMDB.load(_read, _download)
    texts_train, y_train = _part("train", found)
    texts_test, y_test = _part("test", found)
    return TextDataset(
        name="IMDB",
        profile=profile,
        class_names=CLASS_NAMES,
        licence="none stated; cite Maas et al. 2011",
        source=source,
        texts_train=texts_train,
        y_train=y_train,
        texts_test=texts_test,
        y_test=y_test,
    )


def _part(part: str, found: list[Review]) -> tuple[tuple[str, ...], np.ndarray]:
    chosen = sorted(review for review in found if review[0] == part)
    order = generator(2011).permutation(len(chosen))
    labels = np.array([label for _, label, _, _ in chosen], np.int64)
    return tuple(chosen[i][-1] for i in order), labels[order]


def _read(path: Path) -> list[Review]:
    # Texts have quotation marks and other signs at which the csv module would stop.
    with naming_damage(path, "a complete IMDB file"):
        header, *lines, rest = path.read_text(encoding="utf-8").split("\n")
        if header.split("\t") != COLUMNS:
            raise ValueError(f"expected columns {', '.join(COLUMNS)}")
        if rest:
            raise ValueError("it ends within a line")
        found = [_review(line.split("\t")) for line in lines]
        if {part for part, *_ in found} != {"train", "test"}:
            raise ValueError("expected reviews of train and of test")
        return found


def _review(fields: list[str]) -> Review:
    part, label, _, number, text = fields
    if part not in ("train", "test") or label not in ("0", "1"):
        raise ValueError(f"a review of part {part} with label {label}")
    return part, int(label), int(number), text


def _download() -> list[Review]:
    import keras

    path = Path(
        keras.utils.get_file(
            "aclImdb_v1.tar.gz",
            origin="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
            file_hash="7c2ac02c03563afcf9b574c7e56c153a",
        )
    )
    labels = {"neg": 0, "pos": 1}
    found = []
    with naming_damage(path, "a complete IMDB archive"), tarfile.open(path) as archive:
        for member in archive:
            _, part, kind, name = (*PurePosixPath(member.name).parts, "", "", "")[:4]
            if member.isfile() and part in ("train", "test") and kind in labels:
                number = int(name.partition("_")[0])
                text = archive.extractfile(member).read().decode("utf-8")
                found.append((part, labels[kind], number, text))
    return found
