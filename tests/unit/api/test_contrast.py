"""Colours can be told apart in the theme: texts at 4.5:1, drawings and borders at 3:1 (WCAG 1.4.3, 1.4.11).

The tests in a browser measure the texts of whole pages; drawings, and colours that a page shows rarely, are held here.
"""

import re
from pathlib import Path

import pytest

from services.api import pages
from services.api.pages.theme import open_theme

STATIC = Path(pages.__file__).parent / "static"
STYLES = {name: (STATIC / name).read_text(encoding="utf-8") for name in ("style.css", "story.css", "chart.css")}
NAMED = dict(
    re.findall(r"--([\w-]+): ([^;]+);", open_theme(None).files["theme.css"].decode() + "".join(STYLES.values()))
)
RULES = dict(re.findall(r"^(\.[^{}]+?) \{([^{}]*)\}", "".join(STYLES.values()), flags=re.MULTILINE))

GROUNDS = ("paper", "ground")
TEXTS = {
    "ink": (*GROUNDS, "quiet", "accent-light"),
    "soft": (*GROUNDS, "quiet", "weekend", "office"),
    "accent": (*GROUNDS, "accent-light"),
    "for": (*GROUNDS, "for-light"),
    "against": (*GROUNDS, "against-light"),
    "fault": (*GROUNDS, "fault-light"),
    "utrecht-link-color": (*GROUNDS, "quiet", "accent-light", "against-light", "for-light", "fault-light"),
    "utrecht-button-primary-action-color": ("utrecht-button-primary-action-background-color",),
    "utrecht-button-secondary-action-color": GROUNDS,
    "utrecht-textbox-color": ("utrecht-textbox-background-color", "utrecht-textbox-invalid-background-color"),
}
"""Colours of text, and the grounds it stands on."""
DRAWN = {
    "accent": GROUNDS,
    "for": ("paper", "office", "weekend"),
    "fault": ("paper", "office", "weekend"),
    "against": ("paper", "office", "weekend"),
    "soft": ("paper", "office", "weekend"),
    "edge": ("paper", "ground", "office", "weekend"),
    "utrecht-textbox-border-color": ("paper", "utrecht-textbox-background-color"),
    "utrecht-select-border-color": ("paper",),
}
"""Colours of marks, lines and borders that mean something, and what they stand against."""
PAINTED = {".look-unexplained", ".look-conflict", ".look-explained", ".look-pending", ".look-any", ".day-other"}


def colour(value):
    """The digits of a colour, a token or its fallback followed to the end."""
    found = re.fullmatch(r"var\(--([\w-]+)(?:, (.+))?\)", value.strip())
    if found:
        return colour(NAMED[found[1]] if found[1] in NAMED else found[2])
    return value.strip()


def channels(value):
    digits = colour(value).removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]


def luminance(value):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels(value)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def of_tokens(one, other):
    return contrast(f"var(--{one})", f"var(--{other})")


def test_the_measure_is_that_of_the_standard():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("text", TEXTS)
def test_texts_can_be_read(text):
    assert {ground: of_tokens(text, ground) for ground in TEXTS[text] if of_tokens(text, ground) < 4.5} == {}


@pytest.mark.parametrize("mark", DRAWN)
def test_marks_lines_and_borders_can_be_told_from_their_ground(mark):
    assert {ground: of_tokens(mark, ground) for ground in DRAWN[mark] if of_tokens(mark, ground) < 3} == {}


@pytest.mark.parametrize("selector", sorted(PAINTED))
def test_what_is_drawn_has_a_line_in_one_of_those_colours(selector):
    line = re.search(r"stroke: var\(--([\w-]+)\)", RULES[selector])
    assert line
    assert line[1] in DRAWN


def test_a_theme_without_our_tokens_falls_back_to_colours_that_hold_too():
    fallbacks = dict(re.findall(r"--([\w-]+): var\(--basis-[\w-]+, (#[0-9a-f]{6})\);", STYLES["style.css"]))
    assert fallbacks.keys() == {"ink", "soft", "line", "edge", *GROUNDS, "quiet", "accent", "accent-light"} | {
        f"{name}{light}" for name in ("for", "against", "fault") for light in ("", "-light")
    }
    pairs = [(one, other) for one, others in TEXTS.items() for other in others if {one, other} <= fallbacks.keys()]
    assert [pair for pair in pairs if contrast(*(fallbacks[name] for name in pair)) < 4.5] == []
