"""Which numbers each rule and factor tells: what a story must say, for the test that counts them again.

A new rule needs an entry in RULES, and a new factor one in FACTORS; `test_registry.py` names what is missing. A column
that `counted.py` does not count yet is added there, from the raw rows, without the detector.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.story.counted import Columns

Numbers = tuple[str, ...]
COUNTS = ("moments", "lookups")
PERIOD = "period"
"""The first day, or the first and the last."""
MONTHS = ("unexplained-share", "search-by-name-or-address")
WINDOW = ("since_day", "until_day")
IN_A_SPAN = ("first_day", "span_minutes", "subjects")
EXPECTED = "expected_tenths"
CONSTANTS: Columns = {"one": 1, "ninety": 90, "dormant_months": 24, "emergency_days": 90, "least_reads": 3}
"""Numbers that the settings give, and not the raw rows."""


@dataclass(frozen=True)
class Told:
    """When a factor applies, the column that is its value, and the columns behind the numbers of its sentence."""

    holds: Callable[[Columns], bool]
    value: str
    numbers: Numbers = ()
    says: str | None = None
    """A column whose word the sentence must hold."""


@dataclass(frozen=True)
class Story:
    """The columns behind the numbers of a rule's own sentence, its summary and its counterfactual."""

    reason: Numbers
    summary: Numbers
    counterfactual: Numbers = ()
    says: str | None = None
    """A column whose word the reason and the summary must hold."""
    holds: Callable[[Columns], bool] = lambda _columns: True
    """What must be so in the raw rows for the rule to be named at all."""


def at_least(column: str, least: int) -> Callable[[Columns], bool]:
    """The column reaches a number."""
    return lambda columns: _int(columns[column]) >= least


def half_of(column: str) -> Callable[[Columns], bool]:
    """The column reaches half of the lookups."""
    return lambda columns: 2 * _int(columns[column]) >= _int(columns["lookups"])


def all_of(column: str) -> Callable[[Columns], bool]:
    """The column holds every lookup."""
    return lambda columns: columns[column] == columns["lookups"]


def is_value(column: str, value: object) -> Callable[[Columns], bool]:
    """The column has a value."""
    return lambda columns: columns[column] == value


def at_most(column: str, most: int) -> Callable[[Columns], bool]:
    """The column is known and does not exceed a number."""
    return lambda columns: columns[column] is not None and _int(columns[column]) <= most


def never(_columns: Columns) -> bool:
    """In no signal under the settings that a run without a file of settings has."""
    return False


def always(_columns: Columns) -> bool:
    """In every signal of the rule."""
    return True


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def part(column: str) -> Numbers:
    """So many of the lookups."""
    return (column, "lookups")


def _name_only(columns: Columns) -> bool:
    return _int(columns["by_name"]) > 0 and columns["by_address"] == 0


def _of_exports(counted: str, compared_with: str) -> Callable[[Columns], bool]:
    """An export is told by records or by persons, beside the role or the agency."""
    return lambda columns: (
        (columns["counted"], columns["compared_with"]) == (counted, compared_with)
        and (compared_with == "role" or _int(columns["history_days"]) > 0)
    )


def _worked_from_there(columns: Columns) -> bool:
    return _int(columns["false_claims"]) >= 2 and _int(columns["edits"]) > 0


def _weekly_and_nobodys(columns: Columns) -> bool:
    return _int(columns["days"]) >= 4 and half_of("without_case")(columns)


def _somebodys_cases(columns: Columns) -> bool:
    lookups = _int(columns["lookups"])
    return 10 * _int(columns["without_case"]) <= lookups and 2 * _int(columns["colleague_case"]) < lookups


def _related(columns: Columns) -> bool:
    return columns["interest"] not in (None, "self", "team_mate")


FACTORS: Mapping[str, Told] = {
    "number-of-consultations": Told(at_least("moments", 2), "moments", ("moments", "days", "lookups")),
    "nature-of-data": Told(lambda columns: "medical" in str(columns["categories"]), "medical"),
    "sign-of-sharing": Told(at_least("shared", 1), "shared", part("shared")),
    "from-a-case-at-work": Told(at_least("claims_at_work", 1), "claims_at_work", part("claims_at_work")),
    "from-a-worklist": Told(half_of("by_worklist"), "by_worklist", part("by_worklist")),
    "worked-on-it": Told(at_least("edits", 1), "edits", part("edits")),
    "cases-of-others": Told(_somebodys_cases, "without_case", part("without_case")),
    "went-on": Told(at_least("continued", 1), "continued", ("continued",)),
    "others-stood-out": Told(at_least("stood_out", 4), "stood_out", ("stood_out",)),
    "authorised": Told(all_of("by_handler"), "by_handler", part("by_handler")),
    "off-hours": Told(half_of("off_hours"), "off_hours", part("off_hours")),
    "found-by-name": Told(_name_only, "by_name", part("by_name")),
    "found-by-address": Told(at_least("by_address", 1), "by_address", part("by_address")),
    "break-glass": Told(at_least("break_glass", 1), "break_glass", part("break_glass")),
    "case-link-exists": Told(at_least("conflicts", 1), "conflicts", part("conflicts")),
    "no-case-link": Told(is_value("conflicts", 0), "unlinked", ("lookups",)),
    "nobody-had-a-case": Told(all_of("without_case"), "without_case", ("lookups",)),
    "colleague-had-the-case": Told(at_least("colleague_case", 1), "colleague_case", part("colleague_case")),
    "colleagues-had-the-case": Told(at_least("colleague_case", 1), "colleague_case", part("colleague_case")),
    "colleagues-had-the-cases": Told(half_of("colleague_case"), "colleague_case", part("colleague_case")),
    "others-looked-too": Told(at_least("other_viewers", 2), "other_viewers", ("other_viewers",)),
    "same-team": Told(is_value("same_team", value=True), "one"),
    "former-staff": Told(is_value("staff", 0), "ex_staff", part("ex_staff")),
    "own-street": Told(at_least("in_street", 1), "in_street", part("in_street")),
    "number-of-persons": Told(at_least("subjects", 2), "subjects", ("subjects",)),
    "number-of-employees": Told(at_least("employees", 10), "employees", ("moments", "days", "lookups")),
    "above-own-history": Told(always, "surplus", ("history_days", EXPECTED, "surplus")),
    "above-peers": Told(always, "surplus", ("person_days", "peers", "history_days", EXPECTED, "surplus")),
    "persistent": Told(at_least("days", 5), "days", ("days",)),
    "compared-with-the-agency": Told(is_value("compared_with", "agency"), "peers"),
    "number-of-records": Told(at_least("records", 250), "records", ("records",)),
    "above-role-norm": Told(_of_exports("records", "role"), "norm", ("norm", "history_days", "peers")),
    "above-agency-norm": Told(_of_exports("records", "agency"), "norm", ("norm", "history_days", "peers")),
    "files-one-by-one": Told(is_value("counted", "persons"), "subjects", ("subjects",)),
    "persons-above-role-norm": Told(_of_exports("persons", "role"), "norm", ("norm_persons", "history_days", "peers")),
    "persons-above-agency-norm": Told(
        _of_exports("persons", "agency"), "norm", ("norm_persons", "history_days", "peers")
    ),
    "lists": Told(at_least("lists", 1), "lists", part("lists")),
    "months-watched": Told(at_least("months", 6), "months", ("months",)),
    "returned": Told(is_value("recurrent", value=True), "days", ("ninety",)),
    "unregistered-case": Told(_worked_from_there, "edits", part("edits")),
    "false-case-claim": Told(at_least("false_claims", 1), "false_claims", part("false_claims")),
    "dormant-file": Told(at_least("dormant", 1), "dormant", (*part("dormant"), "dormant_months")),
    "during-leave": Told(at_least("on_leave", 1), "on_leave", part("on_leave")),
    "self-report": Told(at_least("self_reported", 1), "self_reported", part("self_reported")),
    "reason-missing": Told(at_least("without_reason", 1), "without_reason", part("without_reason")),
    "reason-repeated": Told(at_least("copied_reasons", 1), "copied_reasons", part("copied_reasons")),
    "emergency-habit": Told(
        at_least("emergency_persons", 2), "emergency_persons", ("emergency_days", "emergency_persons")
    ),
    "numbers-in-a-row": Told(is_value("near_numbers", value=True), "subjects", ("subjects",)),
    "pace": Told(at_most("usual_pause", 90), "usual_pause", ("usual_pause", "shortest_pause", "longest_pause")),
    "number-of-days": Told(at_least("days", 2), "days", ("days",)),
    "number-of-lines": Told(at_least("lookups", 8), "lookups", ("lookups", "subjects")),
    "time-between-places": Told(at_most("shortest_pause", 60), "shortest_pause", ("shortest_pause",)),
    "above-peers-share": Told(always, "surplus", ("peers", EXPECTED, "surplus")),
    "above-own-norm": Told(is_value("counted", "persons"), "surplus", ("history_days", "peers", EXPECTED, "surplus")),
    "records-above-own-norm": Told(
        is_value("counted", "records"), "surplus", ("history_days", "peers", EXPECTED, "surplus")
    ),
    "records-taken-out": Told(is_value("counted", "records"), "records", ("records",)),
    "forest": Told(never, "strangeness"),
    "about-the-reader": Told(is_value("interest", "self"), "lookups"),
    "about-a-relative": Told(_related, "interest", says="interest"),
    "about-the-own-team": Told(is_value("interest", "team_mate"), "one"),
    "read-as-work": Told(at_least("assigned", 1), "assigned", part("assigned")),
    "identity-opened": Told(at_least("identities", 1), "identities"),
    "number-of-reads": Told(at_least("reads", 3), "reads", ("reads", "subjects", "least_reads")),
    "number-of-identities": Told(at_least("identities", 10), "identities", ("identities",)),
    "above-the-others": Told(is_value("compared_with", "readers"), "expected", (EXPECTED, "history_days", "peers")),
    "nothing-to-compare-with": Told(is_value("compared_with", "none"), "history_days", ("history_days",)),
}

TEN_PERSONS = Told(at_least("subjects", 10), "subjects", ("subjects",))
VOLUMES = ("volume-own", "volume-peers")
NOBODY_IN_HALF = Told(half_of("without_case"), "without_case", part("without_case"))

OF_RULE: Mapping[tuple[str, str], Told] = {
    **{(rule, "number-of-persons"): TEN_PERSONS for rule in ("volume-own", *MONTHS, "leaver")},
    **{(rule, "nobody-had-a-case"): NOBODY_IN_HALF for rule in ("enumeration", *VOLUMES, *MONTHS, "leaver")},
    ("volume-own", "worked-on-it"): Told(
        lambda columns: 4 * _int(columns["edits"]) >= _int(columns["lookups"]), "edits", part("edits")
    ),
    ("enumeration", "number-of-persons"): Told(at_least("subjects", 20), "subjects", ("subjects",)),
    ("unexplained-share", "persistent"): Told(_weekly_and_nobodys, "days", ("days",)),
    ("reader-not-assigned", "identity-opened"): Told(at_least("identities", 1), "identities", ("identities",)),
    ("long-watch", "months-watched"): Told(at_least("months", 2), "months", ("months",)),
}
"""Where a factor of a rule differs from that of the others."""

RULES: Mapping[str, Story] = {
    "own-file": Story((), (*COUNTS, PERIOD)),
    "relative-file": Story((), (*COUNTS, PERIOD), says="relation"),
    "ex-partner-file": Story((), (*COUNTS, PERIOD), says="relation"),
    "household-file": Story((), (*COUNTS, PERIOD), says="relation"),
    "colleague-file": Story((), (*COUNTS, PERIOD)),
    "staff-file-bypass": Story((), (*COUNTS, PERIOD)),
    "retroactive-link": Story(("registered_day",), (*COUNTS, PERIOD, "registered_day")),
    "bulk-export": Story(
        ("first_day", "records", "lookups", "moments", "subjects"), ("first_day", "records", "lookups", "moments")
    ),
    "curiosity-burst": Story((PERIOD, "employees"), ("employees", *COUNTS, PERIOD)),
    "own-street": Story(("lookups",), ("subjects", *COUNTS, PERIOD)),
    "repeated-no-case-link": Story(("lookups",), (*COUNTS, "days", PERIOD), (PERIOD,)),
    "no-case-link": Story(("lookups",), (*COUNTS, PERIOD), (PERIOD,)),
    "volume-own": Story(("first_day", "subjects", "lookups", "moments"), ("first_day", "subjects", EXPECTED)),
    "volume-peers": Story(("days", "subjects", "lookups", "moments"), (PERIOD, "subjects", "days", EXPECTED)),
    "enumeration": Story(IN_A_SPAN, (*IN_A_SPAN, "lookups")),
    "shared-account": Story(
        ("days", "workstations", "lookups", "office_lines", "remote_lines"),
        ("days", PERIOD, "lookups", "workstations"),
        holds=at_least("workstations", 2),
    ),
    "long-watch": Story(
        ("lookups",), ("months", *COUNTS, "days", PERIOD), ("months",), holds=is_value("watched_long", value=True)
    ),
    "break-glass": Story(("lookups",), ("break_glass", "lookups", PERIOD), (PERIOD,), holds=at_least("break_glass", 1)),
    "false-case-claim": Story(("lookups",), ("false_claims", "lookups", PERIOD), holds=at_least("false_claims", 1)),
    "dormant-file": Story(("lookups",), (*COUNTS, PERIOD, "dormant_months"), (PERIOD,), holds=at_least("dormant", 1)),
    "off-hours": Story(("lookups",), ("off_hours", *COUNTS, PERIOD), (PERIOD,), holds=half_of("off_hours")),
    "unexplained-share": Story(
        (*WINDOW, "history_days", "workload", "subjects", *COUNTS, "days"), (*WINDOW, "subjects", "surplus")
    ),
    "search-by-name-or-address": Story(
        (*WINDOW, "history_days", "workload", "subjects", "lookups", "by_name", "by_address"),
        (*WINDOW, "subjects", "lookups", "days", "surplus"),
    ),
    "leaver": Story((*WINDOW, "subjects", *COUNTS, "days"), (*WINDOW, "subjects", "lookups", "surplus")),
    "reader-with-interest": Story((), ("lookups", PERIOD), holds=lambda columns: columns["interest"] is not None),
    "reader-not-assigned": Story(
        ("first_day", "reads"), ("first_day", "reads", "lookups", "subjects"), holds=is_value("assigned", 0)
    ),
    "reveal-rate": Story(("first_day", "identities"), ("first_day", "identities"), holds=all_of("opened")),
    "no-confidentiality-statement": Story(("days",), ("days", PERIOD), ("first_day",), holds=all_of("unsigned")),
}

RELATIONS: Mapping[str, tuple[str, str]] = {
    "partner": ("partner", "partner"),
    "child": ("kind", "child"),
    "parent": ("ouder", "parent"),
    "sibling": ("broer of zus", "sibling"),
    "other": ("verwant", "relative"),
    "ex_partner": ("ex-partner", "ex-partner"),
    "household": ("huisgenoot", "household"),
}


def told(rule: str, factor: str) -> Told | None:
    """What a factor of a rule must tell; null if it is not registered."""
    return OF_RULE.get((rule, factor)) or FACTORS.get(factor)
