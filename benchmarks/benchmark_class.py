"""The class that the graders are timed on: a small Keras exercise, and submissions that differ a little."""

import copy
import json
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

EXERCISE = "small-cnn"
GRADING = """
title = "A small network"
chapter = "chapters/06-mnist"

[limits]
seconds = 300
cell_seconds = 120
"""
SECOND_VARIANT = """
[[variants]]
name = "as handed out"

[[variants]]
name = "other digits"
parameters = { SEED = 5 }
"""
SETUP = """
import keras
import numpy as np

from convbook.checking import expect_at_least, expect_equal, student
from convbook.data import digits

data = digits(PROFILE)
chosen = np.random.default_rng(SEED).permutation(len(data.x_train))[:1000]
x, y = data.x_train[chosen] / 255.0, data.y_train[chosen]
"""
BUILD = """
def build_model():
    ### BEGIN SOLUTION
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(MAPS, 5, strides=2, activation="relu"),
        keras.layers.Conv2D(2 * MAPS, 3, strides=2, activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
    ### END SOLUTION
"""
TRAIN = """
def train(model, x, y):
    ### BEGIN SOLUTION
    model.fit(x, y, batch_size=50, epochs=2, verbose=0)
    return model
    ### END SOLUTION
"""
CHECKS = {
    "check-output": 'expect_equal(student.build_model().output_shape(), (None, 10), "output shape")',
    "check-fresh": 'expect_equal(student.build_model().predict(x[:3]).shape, (3, 10), "predictions")',
    "check-training": "before = student.build_model()\nafter = student.train(before, x, y)\n"
    'expect_at_least(float(after.predict(x).max()), 0.11, "confidence")',
}


def instructor_notebook() -> NotebookNode:
    """The exercise, with tests that also run where student and tests share a kernel."""
    parameters = _cell('PROFILE = "sample"\nSEED = 3', "parameters", locked=True)
    parameters.metadata["tags"] = ["parameters"]
    return new_notebook(
        cells=[
            parameters,
            _cell(SETUP.strip(), "setup", locked=True),
            _cell(BUILD.strip(), "build", solution=True),
            _cell(TRAIN.strip(), "train", solution=True),
            *(
                _cell(source, name, grade=True, locked=True, points=2)
                for name, source in CHECKS.items()
            ),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )


def submission(number: int) -> NotebookNode:
    """A right solution; its number of maps and its comment are its own."""
    notebook = copy.deepcopy(instructor_notebook())
    for cell in notebook.cells:
        lines = [line for line in cell.source.splitlines() if "### " not in line]
        cell.source = "\n".join(lines).replace("MAPS", str(8 + number % 3))
    notebook.cells[2].source += f"\n# submission {number}"
    return notebook


def write_course(root: Path, submissions: int, variants: bool = False) -> Path:
    """A course folder with submissions in it, in nbgrader's layout."""
    notebooks = {f"source/{EXERCISE}": instructor_notebook()}
    for number in range(submissions):
        notebooks[f"submitted/student-{number:03}/{EXERCISE}"] = submission(number)
    for folder, notebook in notebooks.items():
        path = root / folder / f"{EXERCISE}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")
    grading = root / "grading" / f"{EXERCISE}.toml"
    grading.parent.mkdir()
    grading.write_text(GRADING + (SECOND_VARIANT if variants else ""), encoding="utf-8")
    (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    return root


def _cell(source: str, grade_id: str, **marks) -> NotebookNode:
    cell = new_code_cell(source)
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id, **plain, **marks}
    return cell
