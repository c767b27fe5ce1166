"""The file of an agency's settings: profiles, faults told at once, and what a setting changes."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from services.core.errors import InputError
from services.detector.budget import Candidate, Tick, decide
from services.detector.pipeline import Pipeline
from services.detector.settings import AgencySettings, load_agency_settings
from services.detector.settings_page import PAGE, PROFILE, configuration_page, default_profile
from services.detector.thresholds import BudgetSettings
from tests.world import LONG_AGO, RING, World, in_one_batch, local, settings

ROOT = Path(__file__).parents[3]
MUNICIPAL = ROOT / "deploy" / "profiles" / "municipal-social-service.toml"
TUESDAY = local("2025-03-11 10:00")

FAULTY = """
systems_without_cases = ["Sonar"]
extra_closed_days = [2025-05-02, "tomorrow"]
[grace_by_system]
sonar = -1
[rules_off]
own-fil = "a slip"
own-file = " "
[budget.quota]
own-street = 2
[[mandates]]
systems = ["sonar"]
team = "T1"
asked_by = "head of audit"
approved_by = "Head of Audit"
reason = ""
from = 2025-01-01
to = 2025-12-31
[[mandates]]
systems = []
asked_by = "head of audit"
approved_by = "director"
reason = "sample"
from = 2025-03-01
to = 2025-02-01
until = 2025-03-01
"""
KNOWN = ("systems", "team", "department", "role", "asked_by", "approved_by", "reason", "from", "to")
MANDATE = {
    "systems": ["sonar"], "role": "claims-handler", "asked_by": "head of audit", "approved_by": "director",
    "reason": "sample", "from": "2025-03-01", "to": "2025-03-31",
}  # fmt: skip


def faults_of(path: Path) -> list[str]:
    with pytest.raises(InputError) as told:
        load_agency_settings(path)
    return [fault.removeprefix(f"{path}: ") for fault in told.value.faults]


def test_all_faults_are_told_with_what_would_be_right(tmp_path: Path) -> None:
    (tmp_path / "agency.toml").write_text(FAULTY)
    assert faults_of(tmp_path / "agency.toml") == [
        "grace_by_system.sonar: should be greater than or equal to 0",
        "systems_without_cases.1: should be the name of a system in lower case, as the lookups write it",
        "extra_closed_days.2: should be a date, written as 2025-03-30",
        "rules_off.own-fil: is no rule; did you mean own-file?",
        "rules_off.own-file: is empty; say it in words",
        "mandates.1.approved_by: must be somebody else than asked_by",
        "mandates.1.reason: is empty; say it in words",
        "mandates.1.to: makes more than 180 days; end it by 2025-06-29 and have it approved anew",
        "mandates.2.systems: should name at least one",
        "mandates.2.role: a mandate names one of team, department and role; write one for each",
        "mandates.2.to: lies before `from`; it is the last day of the mandate",
        f"mandates.2.until: is not known; known are {', '.join(KNOWN)}",
        "budget.quota.own-street: should be less than or equal to 1",
    ]


def test_mandates_that_cover_the_same_people_on_the_same_days_are_refused() -> None:
    later = MANDATE | {"from": "2025-03-31", "to": "2025-04-30"}
    with pytest.raises(ValueError, match="mandates 1 and 2 cover the same people, system and days"):
        settings(mandates=[MANDATE, later])
    assert settings(mandates=[MANDATE, later | {"from": "2025-04-01"}, later | {"role": "job-coach"}]).mandates


def test_a_mandate_of_exactly_180_days_is_the_longest() -> None:
    assert settings(mandates=[MANDATE | {"from": "2025-01-01", "to": "2025-06-29"}])
    with pytest.raises(ValueError, match="180"):
        settings(mandates=[MANDATE | {"from": "2025-01-01", "to": "2025-06-30"}])


def test_the_page_and_the_default_profile_are_up_to_date() -> None:
    again = "run: python -m services.detector.settings_page"
    assert (ROOT / PAGE).read_text(encoding="utf-8") == configuration_page(), again
    assert (ROOT / PROFILE).read_text(encoding="utf-8") == default_profile(), again


def test_the_default_profile_is_the_default() -> None:
    assert load_agency_settings(ROOT / PROFILE) == AgencySettings()


def test_every_setting_says_what_it_means() -> None:
    assert "| None |" not in configuration_page()


def of_a_municipality() -> World:
    """Three employees use Suwinet for their own cases; one has no statement on record."""
    world = World()
    for number in range(3):
        world.employee(number, role="consulent")
        world.link(50 + number, f"e{number}", local("2025-03-01 09:00"))
        world.look(f"e{number}", 50 + number, TUESDAY, system="suwinet")
        if number:
            world.add("statements", employee_id=f"e{number}", system="suwinet", valid_from=LONG_AGO)
    return world


def test_the_profile_of_a_municipality_asks_for_a_statement_of_confidentiality() -> None:
    run = in_one_batch(of_a_municipality(), Pipeline(load_agency_settings(MUNICIPAL), RING))
    assert run.signals().select("rule", "rule_class", "lookup_ids").rows() == [
        ("no-confidentiality-statement", "B", ["look0"])
    ]


def test_a_rule_that_is_switched_off_names_no_signal_and_takes_none_of_the_budget() -> None:
    world = of_a_municipality()
    world.look("e1", 1, TUESDAY)
    off = settings(rules_off={"no-confidentiality-statement": "the register is behind", "own-file": "an example"})
    run = in_one_batch(world, Pipeline(off, RING))
    assert run.signals().is_empty()
    with_rules, without = (in_one_batch(world, Pipeline(each, RING)).state.progress for each in (settings(), off))
    assert with_rules.balance is not None
    assert without.balance is not None
    assert with_rules.balance < without.balance


def test_where_a_rule_is_switched_off_the_next_of_its_family_names_the_signal() -> None:
    world = World()
    world.employee(1)
    for day in (10, 11, 12):
        world.look("e1", 60, local(f"2025-03-{day} 10:00"))
    off = settings(rules_off={"repeated-no-case-link": "an example"})
    assert in_one_batch(world).signals()["rule"].to_list() == ["repeated-no-case-link"]
    assert in_one_batch(world, Pipeline(off, RING)).signals()["rule"].to_list() == ["no-case-link"]


def test_a_switched_off_burst_is_nobodys_parent() -> None:
    world = World()
    for number in range(6):
        world.employee(number, team=f"T{number}")
        world.look(f"e{number}", 60, TUESDAY)
    off = settings(rules_off={"curiosity-burst": "an example"})
    with_bursts, without = (in_one_batch(world, Pipeline(each, RING)).signals() for each in (settings(), off))
    assert with_bursts["parent_id"].count() == 6
    assert without["parent_id"].count() == 0
    assert without["rule"].unique().to_list() == ["no-case-link"]


@pytest.mark.parametrize(("quota", "pushed"), [({}, 2), ({"no-case-link": 0.25}, 1), ({"no-case-link": 0}, 0)])
def test_a_rule_has_the_quota_that_the_settings_give_it(quota: dict[str, float], pushed: int) -> None:
    candidates = [Candidate(-float(30 + place), f"id{place}", "no-case-link", TUESDAY) for place in range(9)]
    budget = BudgetSettings.model_validate({"quota": quota})
    decision = decide(Tick(TUESDAY, 1000, 0), None, lambda: candidates, budget)
    assert len(decision.pushed) == pushed


def test_a_mandate_explains_and_is_counted() -> None:
    world = World()
    world.employee(1)
    world.look("e1", 60, TUESDAY)
    run = in_one_batch(world, Pipeline(settings(mandates=[MANDATE]), RING))
    assert run.signals().is_empty()
    assert pl.concat([found.judged for found in run.findings])["explanation"].to_list() == ["mandate"]


def test_an_agency_that_names_no_source_of_relations_uses_none(tmp_path: Path) -> None:
    (tmp_path / "agency.toml").write_text("relation_sources = []")
    named_none = load_agency_settings(tmp_path / "agency.toml")
    assert named_none.sources_for_history() == named_none.sources_for_monitoring() == ()
    left_out = AgencySettings()
    assert left_out.sources_for_history() == ("declared", "eigen-personeel", "brp")
    assert left_out.sources_for_monitoring() == ("declared", "eigen-personeel")
