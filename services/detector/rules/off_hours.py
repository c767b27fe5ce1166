"""off-hours: a single unexplained look outside office hours, in a weekend or on a public holiday."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import base
from services.detector.rules.no_case_link import CONTEXT, COUNTERFACTUAL, SINGLE
from services.detector.rules.sentences import ERRAND, INSTRUCTED, NO_REASON, PASSED_ON

RULE = Rule(
    id="off-hours",
    version=1,
    family="no-case-link",
    rule_class=in_class("C"),
    hit=None,
    fires=(pl.col("off_hours") * 2 >= pl.col("lookups")) & SINGLE,
    factors=(base(100, NO_REASON), *CONTEXT),
    summary=Text(
        "De medewerker raadpleegde een dossier zonder gevonden werkreden op {moments_nl}, {period_nl}; buiten kantooruren, in een weekend of op een feestdag: {off_hours} van {lookups_nl}.",
        "The employee consulted a file with no work reason found at {moments_en}, {period_en}; outside office hours, in a weekend or on a public holiday: {off_hours} of {lookups_en}.",
    ),
    counterfactual=COUNTERFACTUAL,
    unknown=(
        INSTRUCTED,
        ERRAND,
        PASSED_ON,
        Text(
            "Of de medewerker toen was ingeroosterd, blijkt niet uit de logging.",
            "Whether the employee was on the roster then does not follow from the logging.",
        ),
    ),
    title=Text("Buiten kantooruren", "Outside office hours"),
    legal_basis="UWV code of conduct 2021, chapter 3: systems are consulted only for one's own work.",
    false_positives=(
        "Employees who usually work in the evening or at the weekend: for them the hour says little.",
        "Overtime, or work from another time zone.",
    ),
    known_gaps=("The roster and the hours of one employee are not known; the office hours are the agency's.",),
    next_steps=("Ask the team lead for the roster of that day, without naming the person looked up.",),
)
