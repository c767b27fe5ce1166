"""Settings with five faults at once: all are told, each with its path and what would be right."""

from __future__ import annotations

from tests.unit.damaged.agency import Agency

FIVE_FAULTS = """
timezone = "Europe/Amsterdm"
lateness_minutes = -1
grace_workin_days = 2

[volume]
window_days = "many"

[budget]
push_hour = 13
"""


def test_five_faults_of_the_settings_are_told_at_once(agency: Agency) -> None:
    settings = agency.folder / "agency.toml"
    settings.write_text(FIVE_FAULTS)
    found = agency.rescored("--rules", settings)
    assert (found.code, found.told) == (
        2,
        [
            f"doelbinding: {settings}: {told}"
            for told in (
                "timezone: 'Europe/Amsterdm' is not known; write one like Europe/Amsterdam",
                "lateness_minutes: should be greater than or equal to 0; the default is 60",
                "volume.window_days: should be a whole number; the default is 56",
                "budget.push_hour: should be less than or equal to 12; the default is 6",
                "grace_workin_days: is not known; did you mean grace_working_days?",
            )
        ],
    )
    assert not found.out.exists()


def test_faults_of_settings_and_dataset_are_told_together(agency: Agency) -> None:
    settings = agency.folder / "agency.toml"
    settings.write_text("country = 31")
    (agency.dataset / "relations.ndjson").unlink()
    found = agency.rescored("--rules", settings)
    ends = ".parquet, .ndjson, .ndjson.gz, .ndjson.zst"
    assert (found.code, found.told) == (
        2,
        [
            f"doelbinding: {agency.dataset}: relations is missing; expected a file relations with {ends}",
            f"doelbinding: {settings}: country: should be text; the default is NL",
        ],
    )


def test_a_name_that_is_like_no_other_is_told_with_those_that_are_known(agency: Agency) -> None:
    settings = agency.folder / "agency.toml"
    settings.write_text("[budget]\ncolour = 1\nper_thousand_a_week = 1.5\nrule_share = 0.0\n")
    found = agency.rescored("--rules", settings)
    known = "per_thousand_a_week, score_floor, settling_days, push_hour, rule_share, quota"
    assert (found.code, found.told) == (
        2,
        [
            f"doelbinding: {settings}: {told}"
            for told in (
                "budget.per_thousand_a_week: should be a whole number; the default is 1",
                "budget.rule_share: should be greater than 0; the default is 0.5",
                f"budget.colour: is not known; known are {known}",
            )
        ],
    )
