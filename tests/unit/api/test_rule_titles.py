"""Every rule has a title in both languages; a rule of a newer detector is shown by its id."""

import json
import re
from pathlib import Path

import pytest

from services.api.pages.texts import RULES

ROOT = Path(__file__).parents[3]


def documented_rules():
    """Rules by the page of the rules, by their files of cases, and by the examples of signals."""
    pages = [path.read_text(encoding="utf-8") for path in ROOT.glob("docs/rules.md")]
    headings = {rule for page in pages for rule in re.findall(r"^## ([a-z0-9]+(?:-[a-z0-9]+)+)$", page, re.MULTILINE)}
    cases = {path.stem for path in ROOT.glob("tests/rules/*.yaml")}
    examples = {json.loads(path.read_text())["rule"] for path in ROOT.glob("schemas/examples/valid/signal*.json")}
    assert examples
    return headings | cases | examples


def test_every_rule_has_a_title():
    missing = documented_rules() - RULES.keys()
    assert not missing, "give these a title in services/api/pages/texts.py: " + ", ".join(sorted(missing))


def test_no_two_rules_share_a_title():
    for place in (0, 1):
        assert len({titles[place] for titles in RULES.values()}) == len(RULES)


@pytest.mark.parametrize(("language", "title"), [("nl", "Geen zaakkoppeling"), ("en", "No case link")])
def test_titles_stand_in_the_queue_and_above_the_story(api, make_signal, language, title):
    api.results(make_signal(1, rule="no-case-link"), make_signal(2, rule="of-a-newer-detector"))
    api.sign_in()
    queue = api.get(f"/queue?lang={language}", None).text
    assert f"</span>{title}</a>" in queue
    assert "</span>of-a-newer-detector</a>" in queue
    story = api.get("/signals/s-" + f"{1:032x}", None).text
    assert f"<title>{title} · Doelbinding</title>" in story
    assert "<code>no-case-link</code>" in story
