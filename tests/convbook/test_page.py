"""Tables and values on a chapter's page."""

import myst_nb
import numpy as np
import pytest

from convbook.page import Page, table


@pytest.fixture
def told(monkeypatch) -> dict:
    """What was glued, by name."""
    values = {}
    monkeypatch.setattr(myst_nb, "glue", lambda name, value, display: values.update({name: value}))
    return values


def test_values_carry_the_chapters_name_and_are_plain(told):
    Page("lenet").tell(parameters=61_706, accuracy=np.float32(0.5))
    assert told == {"lenet_parameters": 61_706, "lenet_accuracy": 0.5}
    assert type(told["lenet_accuracy"]) is float  # or the page would show np.float32(0.5)


def test_the_end_tells_time_and_machine(told):
    page = Page("lenet")
    page.finish()
    assert 0 < told["lenet_seconds"] < 60
    assert told["lenet_backend"] in ("tensorflow", "jax", "torch")
    assert set(told) == {f"lenet_{name}" for name in ("seconds", "cores", "backend", "keras")}


def test_a_table_keeps_text_left_numbers_right_and_thousands_apart():
    shown = table(
        ["network", "maker", "parameters"], [["LeNet <5>", "L", 61706]], text_columns=2
    ).data
    assert '<td class="text">LeNet &lt;5&gt;</td>' in shown
    assert '<td class="text">L</td>' in shown
    assert '<td class="number">61,706</td>' in shown
    assert "sortable" not in shown


def test_a_table_can_be_sortable():
    assert 'class="book-table sortable"' in table(["a"], [["b"]], sortable=True).data


def test_a_row_of_the_wrong_length_is_a_mistake():
    with pytest.raises(ValueError, match="a row has 1 cells, the header 2"):
        table(["a", "b"], [["only"]])
