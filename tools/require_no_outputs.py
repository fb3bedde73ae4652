"""Pre-commit hook: exercise sources are committed without outputs and execution counts."""

import sys
from pathlib import Path

import nbformat


def has_outputs(path: Path) -> bool:
    """The notebook holds an output or an execution count."""
    notebook = nbformat.read(path, as_version=4)
    return any(
        cell.outputs or cell.execution_count for cell in notebook.cells if cell.cell_type == "code"
    )


if __name__ == "__main__":
    dirty = [path for path in map(Path, sys.argv[1:]) if has_outputs(path)]
    for path in dirty:
        print(f"{path} has outputs: clear them (Edit > Clear Outputs of All Cells) and save")
    sys.exit(bool(dirty))
