"""The documented columns that rules may use; anything else is refused when the rules are loaded."""

from __future__ import annotations

LOOKUP_COLUMNS = {
    "system": "source system",
    "action": "search, view, edit, print or export",
    "searched_by": "what was searched by, or null",
    "is_own": "the subject is the viewer",
    "relation": "how the subject is related to the viewer at that moment, or null",
    "staff_kind": "staff, ex-staff or family of staff, or null",
    "explanation": "the strongest explanation, or null",
}
"""Columns of one lookup, for `hit`."""

SIGNAL_COLUMNS = {
    "lookups": "log lines",
    "moments": "looks separated by more than 30 minutes",
    "days": "distinct local days",
    "systems": "distinct systems",
    "subjects": "distinct persons",
    "recurrent": "three or more days within 90",
    "categories": "data categories, a bit each",
    "medical": "medical data were shown",
    "personnel": "personnel data were shown",
    "shared": "log lines that print or export",
    "by_name": "log lines found by name",
    "by_address": "log lines found by address",
    "off_hours": "log lines outside 06:00-19:00 or at the weekend",
    "conflicts": "log lines for which a case link exists",
    "unlinked": "log lines without a case link",
    "retroactive": "log lines for which the viewer registered a link afterwards",
    "without_case": "log lines while nobody had a case of this person",
    "colleague_case": "log lines while a colleague of the same team had the case",
    "other_viewers": "other employees who opened this file without explanation within a week",
    "relation": "nearest relation, or null",
    "relation_nl": "the relation in Dutch",
    "relation_en": "the relation in English",
    "staff": "log lines on files of current staff",
    "ex_staff": "log lines on files of former staff",
    "staff_family": "log lines on files of partners and children of staff",
    "same_team": "the subject was in the viewer's team",
    "expected": "unexplained persons expected that day, in thousandths",
    "surplus": "persons without explanation, as a multiple of what was expected",
    "history_days": "days at work in the compared history",
    "workload": "persons opened that day",
    "usual_workload": "persons opened on a usual day, in thousandths",
    "first_day": "local date of the first lookup",
    "last_day": "local date of the last lookup",
    "period_nl": "the day, or first and last day, in words",
    "period_en": "the day, or first and last day, in words",
    "moments_nl": "number of moments in words",
    "moments_en": "number of moments in words",
    "lookups_nl": "number of log lines in words",
    "lookups_en": "number of log lines in words",
    "days_nl": "number of days in words",
    "days_en": "number of days in words",
}
"""Columns of one signal, for `fires`, factors and texts."""
