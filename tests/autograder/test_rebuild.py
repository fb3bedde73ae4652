"""Rebuild takes solution sources and a student's own cells from a submission, and nothing else."""

from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.exercise import checks_of, grade_id
from autograder.rebuild import rebuild
from tests.autograder import mini


def sources_by_id(notebook) -> dict[str, str]:
    return {grade_id(cell): cell.source for cell in notebook.cells if grade_id(cell)}


def test_solutions_are_pasted_by_id():
    sources = sources_by_id(rebuild(mini.instructor_notebook(), mini.submission(mini.RIGHT)))
    assert sources["scale"] == mini.RIGHT["scale"]
    assert sources["same"] == mini.RIGHT["same"]


def test_checks_and_given_cells_come_from_the_instructor():
    changed = mini.submission(
        {
            **mini.RIGHT,
            "check-scale": "pass",
            "imports": "student = None",
            "parameters": "FACTOR = 0",
        }
    )
    for cell in changed.cells:
        if "grade" in cell.metadata.nbgrader:
            cell.metadata.nbgrader["points"] = 1000
            cell.metadata["tags"] = ["skip-execution", "raises-exception"]
    rebuilt = rebuild(mini.instructor_notebook(), changed)
    expected, sources = sources_by_id(mini.instructor_notebook()), sources_by_id(rebuilt)
    assert all(sources[name] == expected[name] for name in ("check-scale", "imports", "parameters"))
    assert checks_of(rebuilt) == checks_of(mini.instructor_notebook())
    tags = {tag for cell in rebuilt.cells for tag in cell.metadata.get("tags", [])}
    assert tags == {"parameters"}


def test_a_deleted_solution_becomes_the_stub_and_a_deleted_check_comes_back():
    partial = mini.submission(mini.RIGHT)
    partial.cells = [cell for cell in partial.cells if grade_id(cell) not in ("same", "check-same")]
    sources = sources_by_id(rebuild(mini.instructor_notebook(), partial))
    assert "NotImplementedError" in sources["same"] and "return x" not in sources["same"]
    assert sources["check-same"] == sources_by_id(mini.instructor_notebook())["check-same"]


def test_an_empty_notebook_becomes_the_exercise_with_stubs():
    empty = mini.submission({})
    empty.cells = []
    rebuilt = rebuild(mini.instructor_notebook(), empty)
    ids = [grade_id(cell) for cell in rebuilt.cells]
    assert ids == [grade_id(cell) for cell in mini.instructor_notebook().cells]


def test_own_cells_stay_under_the_cell_they_stood_under_as_plain_cells():
    own = new_code_cell(
        "helper = 1", metadata={"tags": ["parameters"], "nbgrader": {"grade_id": "new"}}
    )
    note = new_markdown_cell("thinking aloud", metadata={"tags": ["injected-parameters"]})
    work = mini.submission(mini.RIGHT)
    work.cells[4:4] = [own, note]
    work.cells.insert(0, new_code_cell("first = 0"))
    rebuilt = rebuild(mini.instructor_notebook(), work)
    texts = [cell.source for cell in rebuilt.cells]
    assert texts[0] == "first = 0"
    position = texts.index(mini.RIGHT["scale"])
    assert texts[position + 1 : position + 3] == ["helper = 1", "thinking aloud"]
    assert rebuilt.cells[position + 1].metadata == {}


def test_the_first_of_two_cells_with_one_id_is_the_solution_and_the_second_runs_after_it():
    work = mini.submission(mini.RIGHT)
    copied = new_code_cell("def scale(x): return 0", metadata=work.cells[3].metadata)
    work.cells.insert(4, copied)
    texts = [cell.source for cell in rebuild(mini.instructor_notebook(), work).cells]
    position = texts.index(mini.RIGHT["scale"])
    assert texts[position + 1] == "def scale(x): return 0"


def test_a_second_copy_of_a_check_does_not_come_along():
    work = mini.submission(mini.RIGHT)
    work.cells.append(work.cells[5])
    rebuilt = rebuild(mini.instructor_notebook(), work)
    assert [grade_id(cell) for cell in rebuilt.cells].count("check-scale") == 1
    assert len(rebuilt.cells) == len(mini.instructor_notebook().cells)


def test_order_and_cell_type_of_a_submission_do_not_matter():
    work = mini.submission(mini.RIGHT)
    work.cells = [
        new_markdown_cell(cell.source, metadata=cell.metadata) for cell in reversed(work.cells)
    ]
    rebuilt = rebuild(mini.instructor_notebook(), work)
    expected = rebuild(mini.instructor_notebook(), mini.submission(mini.RIGHT))
    assert [(c.cell_type, c.source) for c in rebuilt.cells] == [
        (c.cell_type, c.source) for c in expected.cells
    ]


def test_the_instructors_notebook_is_not_changed():
    instructor = mini.instructor_notebook()
    before = [cell.source for cell in instructor.cells]
    rebuild(instructor, mini.submission(mini.RIGHT, extra={1: "x = 1"}))
    assert [cell.source for cell in instructor.cells] == before
