"""Figures are drawn without a window, in the light theme, and closed after each test."""

import matplotlib.pyplot as plt
import pytest

from convbook import plots


@pytest.fixture(autouse=True)
def no_window():
    backend = plt.get_backend()
    plt.switch_backend("Agg")
    with plt.rc_context():
        plots.use_book_style()
        yield
    plots.use_book_style()
    plt.close("all")
    plt.switch_backend(backend)


@pytest.fixture(params=["light", "dark"])
def theme(request) -> str:
    """Each of the two themes, in use."""
    plots.use_book_style(request.param)
    return request.param
