"""Every number in every story of a re-scored agency, counted again from the raw files by other code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from services.core.contract import LOOKUP
from services.core.keyring import PURPOSES
from services.core.secret_file import write_once
from services.detector import aggregate
from services.detector.rules import RULES
from services.detector.simulate.simulation import simulate
from services.detector.sources.registers import OPTIONAL
from tests.datasets import lines, write_registers
from tests.golden.worlds import CASES
from tests.story.checking import Checker
from tests.story.counted import Counter
from tests.story.rare import (
    RARE,
    before_leaving,
    files_of_staff,
    files_one_by_one,
    lists_and_reports,
    over_months,
    readers_of_signals,
    told_by_registers,
)
from tests.story.raw import Files, Row, read
from tests.story.usual import Usual
from tests.unit.command_line import run
from tests.world import RING, World

pytestmark = pytest.mark.slow
EMPLOYEES, WEEKS, SEED = 150, 8, 5
WORLDS = {
    **CASES,
    "files of staff": files_of_staff,
    "lists and reports": lists_and_reports,
    "files one by one": files_one_by_one,
    "over months": over_months,
    "told by registers": told_by_registers,
    "before leaving": before_leaving,
    "readers of signals": readers_of_signals,
}


WRONG_NUMBERS = (
    *("no-case-link", "own-file", "retroactive-link", "own-street", "volume-own", "volume-peers", "enumeration"),
    *("shared-account", "break-glass", "false-case-claim", "off-hours", "unexplained-share"),
    *("search-by-name-or-address", "leaver", "no-confidentiality-statement"),
)


@dataclass(frozen=True)
class Agency:
    """A re-scored dataset, and what counts it again."""

    files: Files
    signals: tuple[Row, ...]
    explanations: dict[str, str | None]

    def checker(self, files: Files | None = None) -> Checker:
        counter = Counter(files or self.files, self.signals)
        return Checker(counter, Usual(counter, self.explanations))

    def of_rule(self, rule: str) -> Row:
        return next(signal for signal in self.signals if signal["rule"] == rule and signal["status"] == "open")


def rescored(dataset: Path, folder: Path) -> Agency:
    home = folder / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    keys = {purpose: RING.keys.get(purpose, bytes(32)).hex() for purpose in PURPOSES}
    write_once(home / "keyring.json", {"pseudonymVersion": RING.pseudonym_version, "keys": keys})
    assert run("rescore", dataset, "--out", folder / "run", "--home", home, "--json") == 0
    explained = pl.read_parquet(folder / "run" / "explained.parquet").select("lookup_id", "explanation")
    signals = pl.read_parquet(folder / "run" / "signals.parquet")
    return Agency(read(dataset), tuple(signals.iter_rows(named=True)), dict(explained.iter_rows()))


def _written(world: World, dataset: Path) -> Path:
    write_registers(world, dataset)
    for name, rows in world.optional.items():
        register = name.replace("_", "-")
        (dataset / f"{register}.ndjson").write_bytes(lines(OPTIONAL[register], rows))
    (dataset / "lookups" / "all.ndjson").write_bytes(lines(LOOKUP, world.lookups))
    return dataset


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    folder = tmp_path_factory.mktemp("agency")
    simulate(folder / "dataset", EMPLOYEES, WEEKS, SEED, lambda _stage, _done: None)
    return rescored(folder / "dataset", folder)


@pytest.fixture(scope="module")
def checker(agency: Agency) -> Checker:
    return agency.checker()


def test_every_number_of_every_story_is_in_the_raw_files(agency: Agency, checker: Checker) -> None:
    faults = [fault for signal in agency.signals for fault in checker.faults(signal)]
    assert "\n".join(faults[:20]) == ""
    assert len(agency.signals) > 1_000


def test_there_is_a_signal_of_every_rule(agency: Agency) -> None:
    told = {str(signal["rule"]) for signal in agency.signals}
    assert {rule.id for rule in RULES} - told - set().union(*RARE.values()) == set()


@pytest.mark.parametrize("case", sorted(WORLDS))
def test_every_number_of_the_court_cases_and_of_rare_rules_is_in_their_raw_rows(case: str, tmp_path: Path) -> None:
    found = rescored(_written(WORLDS[case](), tmp_path / "dataset"), tmp_path)
    checker = found.checker()
    assert [fault for signal in found.signals for fault in checker.faults(signal)] == []
    assert {str(signal["rule"]) for signal in found.signals} >= RARE.get(case, set())


class TestWrongStories:
    """The negative control: what is not so is found."""

    @pytest.mark.parametrize("rule", WRONG_NUMBERS)
    def test_a_wrong_number_in_a_sentence(self, agency: Agency, checker: Checker, rule: str) -> None:
        signal = agency.of_rule(rule)
        assert checker.faults(signal) == []
        for wrong in _with_one_more(signal):
            assert checker.faults(wrong) != [], wrong

    def test_a_wrong_value_of_a_factor(self, agency: Agency, checker: Checker) -> None:
        signal = agency.of_rule("curiosity-burst")
        factors = signal["factors"]
        assert isinstance(factors, list)
        wrong = [factors[0], *({**factor, "value": "9999"} for factor in factors[1:])]
        assert len(checker.faults({**signal, "factors": wrong})) == len(factors) - 1

    def test_a_factor_that_is_not_told(self, agency: Agency, checker: Checker) -> None:
        signal = agency.of_rule("own-file")
        factors = signal["factors"]
        assert isinstance(factors, list)
        assert any("counted" in fault for fault in checker.faults({**signal, "factors": factors[:1]}))

    def test_a_wrong_expectation_of_a_day(self, agency: Agency, checker: Checker) -> None:
        signal = agency.of_rule("volume-own")
        days = signal["comparison"]
        assert isinstance(days, list)
        wrong = [*days[:-1], {**days[-1], "expected": days[-1]["expected"] + 0.01}]
        assert len(checker.faults({**signal, "comparison": wrong})) == 1

    def test_a_log_line_at_another_time(self, agency: Agency) -> None:
        signal = agency.of_rule("repeated-no-case-link")
        last = agency.checker().counter.looks(signal)[-1]
        moved = replace(last, at=last.at + timedelta(days=1))
        files = replace(agency.files, looks={**agency.files.looks, last.id: moved})
        assert agency.checker(files).faults(signal) != []

    def test_an_engine_that_takes_looks_an_hour_apart_for_one_moment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(aggregate, "MOMENT_GAP_MINUTES", 60)
        found = rescored(_written(files_of_staff(), tmp_path / "dataset"), tmp_path)
        checker = found.checker()
        faults = [fault for signal in found.signals for fault in checker.faults(signal)]
        assert any("moment_count is 3, counted 4" in fault for fault in faults), faults


def _with_one_more(signal: Row) -> Iterator[Row]:
    """The signal, told with another number: in each language of the summary, and in each fact for."""
    for name in ("summary", "summary_nl"):
        yield {**signal, name: _raised(str(signal[name]))}
    facts = signal["facts_for"]
    assert isinstance(facts, list)
    for place, fact in enumerate(facts):
        if any(character.isdigit() for character in fact["en"]) and fact["code"] != "off-hours":
            changed = {**fact, "en": _raised(fact["en"])}
            yield {**signal, "facts_for": [*facts[:place], changed, *facts[place + 1 :]]}


def _raised(sentence: str) -> str:
    """The sentence with its last number one higher."""
    place = max(place for place, character in enumerate(sentence) if character.isdigit())
    digit = (int(sentence[place]) + 1) % 10
    return f"{sentence[:place]}{digit}{sentence[place + 1 :]}"
