"""`doelbinding signals show`: the story of a signal in print."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from services.casefile.words import COMPARED
from services.detector.rules import FAMILIES, UNEXPLAINED
from tests.unit.casefile.conftest import Find
from tests.unit.command_line import run

HEADINGS = {
    "en": ["What speaks for asking", "What speaks against it", "What is not known", "When this signal would not exist"],
    "nl": ["Wat voor een vraag pleit", "Wat ertegen pleit", "Wat niet bekend is", "Opbouw van de score"],
}


@pytest.fixture
def printed(run_folder: Path, capsys: pytest.CaptureFixture[str]):
    """What the command prints; the lines of a paragraph joined, blanks once."""

    def show(signal_id: str, *options: str) -> str:
        assert run("signals", "show", signal_id, "--from", run_folder, *options) == 0
        return re.sub(r"[ \n]+", " ", capsys.readouterr().out)

    return show


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_part_of_the_story_is_printed_in_its_language(printed, find: Find, lang: str) -> None:
    text = printed(find(rule="relative-file"), "--lang", lang)
    other = "en" if lang == "nl" else "nl"
    assert [heading for heading in HEADINGS[lang] if heading not in text] == []
    assert [heading for heading in HEADINGS[other] if heading in text] == []


def test_an_investigator_reads_what_the_code_of_conduct_weighs(printed, find: Find) -> None:
    text = printed(find(rule="relative-file"))
    for said in (
        "The employee consulted the file of a child at 2 moments (2 log lines), from 2025-03-03 to 2025-03-04.",
        "Relative's file (relative-file, version",
        "P, always put forward",
        "Counts 2 log lines, 2 moments, 2 days (counting rule moments-30min-v1)",
        "Data shown income, medical",
        "Sign of sharing in 1 of 2 log lines data were printed or exported",
        "Relation The person looked up is recorded as the employee's child.",
        "Repeat after a warning not known to the detector",
        "Compared with the employee's recorded relations at the moment of the lookup",
        "- Whether the employee had been instructed on this rule does not follow from the logging.",
        "- log and registers as recorded up to 2025-03-04 10:00",
        "settings with fingerprint",
        "2025-03-03 10:00 sonar print BSN income, medical 1 unexplained look0",
        "2025-03-04 10:00 sonar view BSN not stated in the log 1 unexplained look1",
    ):
        assert said in text


def test_dutch_numbers_and_dates_are_written_the_dutch_way(printed, find: Find) -> None:
    text = printed(find(rule="relative-file"), "--lang", "nl")
    assert re.search(r"Score \d\d,\d van 100", text)
    assert "van 03-03-2025 tot en met 04-03-2025" in text


def test_a_withdrawn_signal_says_why_and_since_when(printed, find: Find) -> None:
    text = printed(find(status="withdrawn"))
    assert "Status withdrawn: explained later" in text
    assert "On 2025-03-13 what explains the lookup was recorded after all: case registered later by a system." in text


def test_a_parent_names_the_signals_under_it_and_each_of_them_names_the_parent(printed, find: Find) -> None:
    parent = find(rule="curiosity-burst")
    child = find(parent_id=parent)
    assert f"under it {child}" in printed(parent)
    assert f"belongs to {parent}" in printed(child)


def test_a_volume_prints_the_days_beside_it(printed, find: Find) -> None:
    text = printed(find(rule="bulk-export"))
    assert "day count expected mean of others 2025-03-03 0 1.0 0.1 2025-03-23 5000 1.0 0.0" in text


def test_the_beginning_of_an_id_is_enough(printed, find: Find) -> None:
    signal_id = find(rule="relative-file")
    assert f"Signal {signal_id}" in printed(signal_id[:16])


def test_machines_get_the_signal_with_its_evidence(
    run_folder: Path, find: Find, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("signals", "show", find(rule="relative-file"), "--from", run_folder, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["signal"]["dataCategories"] == ["income", "medical"]
    assert told["signal"]["sharedCount"] == 1
    assert [lookup["lookupId"] for lookup in told["evidence"]] == ["look0", "look1"]


class TestFaults:
    def said(self, capsys: pytest.CaptureFixture[str], code: int, *arguments: str | Path) -> str:
        assert run("signals", *arguments) == code
        return capsys.readouterr().err

    def test_an_unknown_id(self, run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "no signal of this run has the id s-x" in self.said(capsys, 1, "show", "s-x", "--from", run_folder)

    def test_an_id_that_several_begin_with(self, run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "give more of it" in self.said(capsys, 1, "show", "s-", "--from", run_folder)

    def test_a_directory_without_a_run(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "doelbinding rescore DATASET --out RUN" in self.said(capsys, 2, "list", tmp_path)

    def test_a_run_of_an_earlier_release(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        pl.DataFrame({"signal_id": ["s-1"]}).write_parquet(tmp_path / "signals.parquet")
        assert "settings_hash" in self.said(capsys, 2, "list", tmp_path)

    def test_columns_of_another_type(
        self, run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        other = pl.read_parquet(run_folder / "signals.parquet").with_columns(pl.col("pushed").cast(pl.String))
        other.write_parquet(tmp_path / "signals.parquet")
        assert "lacks pushed, or has another type of it" in self.said(capsys, 2, "list", tmp_path)

    def test_a_rule_that_is_none(self, run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "rule 'own-fiel' is not known" in self.said(capsys, 2, "list", run_folder, "--rule", "own-fiel")

    def test_a_file_that_is_not_parquet(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "signals.parquet").write_text("signals")
        assert "is not Parquet" in self.said(capsys, 2, "list", tmp_path)


def test_every_family_says_what_it_is_compared_with() -> None:
    assert set(FAMILIES) - set(COMPARED) <= {UNEXPLAINED}
