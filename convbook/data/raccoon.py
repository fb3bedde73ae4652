"""Photographs of raccoons with a box around each."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from convbook.data.dataset import DetectionDataset, Profile
from convbook.data.full_size import Published, naming_damage, require_full
from convbook.data.image_files import require_size

RACCOON = Published("Raccoon", "raccoon", small="digit_scenes()")
CLASS_NAMES = ("raccoon",)


def raccoon(profile: Profile = "sample", size: int = 224) -> DetectionDataset:
    """200 photographs of raccoons with 217 boxes (D. Tran's raccoon_dataset, 2017).

    A photograph keeps its shape: its longer side becomes ``size``, black fills up the square on the
    right or below, and the boxes shrink or grow with it.

    Full size only, from ``$CONVBOOK_DATA/raccoon``: ``images/*.jpg`` and ``boxes.csv``, which also
    says which images train. 200 images of 224x224 hold 30 MB and take about a second.

    Args:
        size: height and width in pixels of every image in the result.

    Raises:
        ValueError: any profile but "full", for which ``digit_scenes()`` stands in at sample size;
            a size below 1.
        MissingDataError: the folder is not there, or a file in it is missing or damaged.
    """
    require_full(profile, RACCOON.data_set, stand_in="digit_scenes")
    require_size(size)
    folder_and_boxes, source = RACCOON.load(lambda folder: (folder, _boxes(folder / "boxes.csv")))
    folder, boxes = folder_and_boxes
    arrays = {}
    for part, boxes_of in boxes.items():
        images, scaled = _squares(folder / "images", boxes_of, size)
        arrays[f"x_{part}"] = images
        arrays[f"boxes_{part}"] = scaled
        arrays[f"classes_{part}"] = tuple(np.zeros(len(one), np.int64) for one in scaled)
    return DetectionDataset(
        name="Raccoons",
        profile=profile,
        class_names=CLASS_NAMES,
        licence="MIT (Dat Tran)",
        source=source,
        **arrays,
    )


def _boxes(path: Path) -> dict[str, dict[str, list[list[float]]]]:
    """For "train" and "test", the boxes of each image file."""
    boxes = {"train": {}, "test": {}}
    with naming_damage(path, "a complete table of boxes"):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                box = [float(row[side]) for side in ("xmin", "ymin", "xmax", "ymax")]
                boxes[row["split"]].setdefault(row["filename"], []).append(box)
        if not all(boxes.values()):
            raise ValueError("no box in train or none in test")
    return boxes


def _squares(
    folder: Path, boxes_of: dict[str, list[list[float]]], size: int
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    squares = np.zeros((len(boxes_of), size, size, 3), np.uint8)
    scaled = []
    for square, (name, boxes) in zip(squares, boxes_of.items(), strict=True):
        path = folder / name
        with naming_damage(path, "a complete image"), Image.open(path) as image:
            old = np.array(image.size)
            new = np.maximum(old * size // old.max(), 1)
            small = image.convert("RGB").resize(tuple(new.tolist()), Image.Resampling.BILINEAR)
            square[: new[1], : new[0]] = small
        scaled.append(np.array(boxes) * np.tile(new / old, 2))
    return squares, tuple(scaled)
