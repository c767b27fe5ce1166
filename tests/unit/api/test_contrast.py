"""The colours of the pages can be told apart: texts at 4.5:1, drawings and borders at 3:1 (WCAG 1.4.3, 1.4.11)."""

import re
from pathlib import Path

import pytest

from services.api import pages

STYLE = Path(pages.__file__).parent.joinpath("static", "style.css").read_text(encoding="utf-8")
SCREEN = re.sub(r"/\*.*?\*/", "", STYLE[: STYLE.index("@media print")], flags=re.DOTALL)
NAMED = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", SCREEN))
RULES = [(selector.strip(), body) for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", SCREEN)]

GROUNDS = ("ground", "paper")
TEXTS = {
    "body": GROUNDS,
    "a": (*GROUNDS, "accent-light", "#eaf5ef", "#fafbfc"),
    ".intro, .aside, .eyebrow, caption": (*GROUNDS, "#fafbfc"),
    "thead th": ("paper",),
    "footer": ("ground",),
    ".masthead": ("accent",),
    ".masthead a, .masthead button": ("accent",),
    ".brand span": ("accent",),
    ".field label": ("paper",),
    ".faults p": ("paper",),
    ".fault": ("paper",),
    ".score-label": ("paper",),
    ".score-figure span": ("paper",),
    ".outline dt": ("paper",),
    ".legend dt": ("ground",),
    ".numbers summary": ("ground",),
}
"""Selectors that set the colour of text, and the grounds it stands on; the others set both."""
DRAWN = {
    "--accent": GROUNDS,
    "--for": ("#fff", "#e3edf7", "#e9eaed"),
    "--fault": ("#fff", "#e3edf7", "#e9eaed"),
    "--against": ("#fff", "#e3edf7", "#e9eaed"),
    "--soft": ("#fff", "#e3edf7", "#e9eaed"),
    "--ink": ("#fff", "#e9eaed"),
    ".day-other": ("#fff", "#e9eaed"),
    ".look-any": ("ground",),
    ".field input, .field select": ("#fff",),
}
"""Colours of marks, lines and borders that mean something, and what they stand against."""


def channels(colour):
    digits = NAMED.get(colour.removeprefix("--"), colour).removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]


def luminance(colour):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels(colour)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def value(body, *names):
    for name in names:
        found = re.search(rf"(?<![\w-]){name}:[^;]*?(#[0-9a-f]{{3,6}}|var\(--[\w-]+\))", body)
        if found:
            return found[1].removeprefix("var(--").removesuffix(")")
    return None


COLOURED = [(selector, body) for selector, body in RULES if value(body, "color")]


def test_the_measure_is_that_of_the_standard():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("selector", "body"), COLOURED, ids=[selector for selector, _ in COLOURED])
def test_texts_can_be_read(selector, body):
    ground = value(body, "background")
    grounds = (ground,) if ground and selector not in TEXTS else TEXTS[selector]
    assert [each for each in grounds if contrast(value(body, "color"), each) < 4.5] == []


def test_texts_of_a_drawing_can_be_read():
    drawn = dict(RULES)[".chart-text"]
    assert min(contrast(value(drawn, "fill"), ground) for ground in ("#fff", "#e9eaed")) >= 4.5


@pytest.mark.parametrize("colour", DRAWN)
def test_marks_lines_and_borders_can_be_told_from_their_ground(colour):
    drawn = colour if colour.startswith("--") else value(dict(RULES)[colour], "stroke", "border")
    assert [each for each in DRAWN[colour] if contrast(drawn, each) < 3] == []
