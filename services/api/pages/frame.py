"""The measures of a chart: where its plot lies in a drawing of 960 x 310, and where hours stand in it."""

from __future__ import annotations

LEFT, RIGHT, TOP, BOTTOM = 56.0, 936.0, 10.0, 274.0
WIDTH, HEIGHT = RIGHT - LEFT, BOTTOM - TOP
HOUR_WIDTH = WIDTH / 24
LAST_LABEL = RIGHT - 42
"""Where a date can be written that still fits on the drawing."""
HOURS_DOWN = (0, 6, 12, 19, 24)
"""Labelled hours of the timeline; 6 and 19 bound the office hours."""
HOURS_ACROSS = tuple(range(0, 25, 3))
"""Labelled hours of the bars."""
GAP = 3.0
"""Free space on either side of a bar."""


def down(hour: float) -> float:
    """Where an hour stands in the timeline: the day runs down, as in a diary."""
    return TOP + hour / 24 * HEIGHT


def across(hour: float) -> float:
    """Where an hour begins among the bars."""
    return LEFT + hour * HOUR_WIDTH
