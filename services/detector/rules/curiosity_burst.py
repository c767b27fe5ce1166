"""curiosity-burst: many employees open one person's file within days, none with an explanation."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import (
    base,
    break_glass,
    found_by_name,
    medical_data,
    nobody_had_a_case,
    sign_of_sharing,
)
from services.detector.rules.sentences import INSTRUCTED, PASSED_ON

RULE = Rule(
    id="curiosity-burst",
    version=2,
    family="curiosity-burst",
    rule_class=in_class("P"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            700,
            Text(
                "Het dossier van één persoon is {period_nl} zonder gevonden werkreden geopend door {employees_nl}, meer dan in de weken ervoor gewoon was.",
                "The file of one person was opened {period_en} with no work reason found by {employees_en}, more than was usual in the weeks before.",
            ),
        ),
        Factor(
            "number-of-employees",
            pl.col("employees") >= 10,
            pl.when(pl.col("employees") >= 80)
            .then(120)
            .when(pl.col("employees") >= 40)
            .then(100)
            .when(pl.col("employees") >= 20)
            .then(70)
            .otherwise(40),
            pl.col("employees").cast(pl.String),
            Text(
                "Samen zijn het {moments_nl} ({lookups_nl}), verspreid over {days_nl}.",
                "Together these are {moments_en} ({lookups_en}), spread over {days_en}.",
            ),
        ),
        nobody_had_a_case(40),
        Factor(
            "colleagues-had-the-case",
            pl.col("colleague_case") > 0,
            pl.lit(-30),
            pl.col("colleague_case").cast(pl.String),
            Text(
                "Bij {colleague_case} van {lookups_nl} had een collega van het eigen team een zaak van deze persoon.",
                "For {colleague_case} of {lookups_en} a colleague of the viewer's own team had a case of this person.",
            ),
        ),
        medical_data(40),
        sign_of_sharing(40),
        break_glass(40),
        found_by_name(20),
    ),
    summary=Text(
        "Zonder gevonden werkreden openden {employees_nl} het dossier van één persoon op {moments_nl} ({lookups_nl}), {period_nl}.",
        "With no work reason found {employees_en} opened the file of one person at {moments_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=Text(
        "Met een zaakkoppeling, taak of contact voor deze persoon bij de meeste van deze medewerkers was er geen signaal van deze regel.",
        "With a case link, task or contact for this person with most of these employees, this rule would not have given a signal.",
    ),
    unknown=(INSTRUCTED, PASSED_ON),
    title=Text("Eén dossier door velen geopend", "One file opened by many"),
    legal_basis="UWV code of conduct 2021, chapter 3: systems are consulted only for one's own work; Dutch courts 2022: all log lines, systematically.",
    false_positives=(
        "An incident for which many had to look, without a case in the registers.",
        "A person used as an example in a training.",
    ),
    known_gaps=(
        "Fewer viewers than the threshold.",
        "Viewers within minutes of a colleague who had the case count as consultation.",
    ),
    next_steps=(
        "Check whether the person was in the news or in an internal message on those days.",
        "Assess the employees one by one: each has a signal under this one.",
    ),
)
