"""The book's figures: one style on light or dark paper, and the drawings that chapters share.

Every function that draws returns the matplotlib figure it drew on, and :func:`alt_text` says in
words what is on it. Functions with an ``axis`` draw there, so that a chapter can compose a figure.

Modules: ``style`` (colours, sizes), ``words`` (alternative text), ``pictures``, ``contact_sheets``
(filters, feature maps), ``overlays`` (boxes, masks and heat maps on pictures), ``squares`` (squared
paper), ``windows`` (the sliding window), ``networks`` (architecture diagrams, by way of
``grouping``), ``training`` (curves and confusion), ``costs`` (charts, with the help of ``labels``).
"""

from convbook.plots.contact_sheets import montage, show_feature_maps, show_filters, show_sheet
from convbook.plots.costs import compare_networks, show_layer_costs
from convbook.plots.networks import show_network, show_networks
from convbook.plots.overlays import show_boxes, show_heat, show_masks
from convbook.plots.pictures import show_grid, show_images, show_signed
from convbook.plots.squares import arrow, canvas, cells, cube, frame, say, shades, sheets, signed
from convbook.plots.style import (
    BLUE,
    COLOURS,
    DIVERGING,
    FAINT,
    FULL_WIDTH,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE_BLUE,
    PALE_GREEN,
    PALE_GREY,
    PALE_ORANGE,
    PALE_PURPLE,
    PALE_RED,
    PAPER,
    PURPLE,
    RED,
    SMALL,
    THEMES,
    contrast,
    fade,
    text_on,
    tint,
    use_book_style,
)
from convbook.plots.training import compare_training, show_confusion, show_training
from convbook.plots.windows import WINDOW_COLOURS, draw_windows, show_sliding_window
from convbook.plots.words import alt_text

__all__ = [
    "BLUE",
    "COLOURS",
    "DIVERGING",
    "FAINT",
    "FULL_WIDTH",
    "GREEN",
    "GREY",
    "INK",
    "ORANGE",
    "PALE_BLUE",
    "PALE_GREEN",
    "PALE_GREY",
    "PALE_ORANGE",
    "PALE_PURPLE",
    "PALE_RED",
    "PAPER",
    "PURPLE",
    "RED",
    "SMALL",
    "THEMES",
    "WINDOW_COLOURS",
    "alt_text",
    "arrow",
    "canvas",
    "cells",
    "compare_networks",
    "compare_training",
    "contrast",
    "cube",
    "draw_windows",
    "fade",
    "frame",
    "montage",
    "say",
    "shades",
    "sheets",
    "show_boxes",
    "show_confusion",
    "show_feature_maps",
    "show_filters",
    "show_grid",
    "show_heat",
    "show_images",
    "show_layer_costs",
    "show_masks",
    "show_network",
    "show_networks",
    "show_sheet",
    "show_signed",
    "show_sliding_window",
    "show_training",
    "signed",
    "text_on",
    "tint",
    "use_book_style",
]
