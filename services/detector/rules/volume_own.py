"""volume-own: a day far above the own history in persons opened without explanation."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import (
    base,
    cases_of_others,
    colleagues_had_the_cases,
    forest,
    from_a_worklist,
    number_of_persons,
    off_hours,
    often_nobodys_case,
    others_stood_out,
    sign_of_sharing,
    worked_on_them,
)
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

RULE = Rule(
    id="volume-own",
    version=2,
    family="volume-own",
    rule_class=in_class("B"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            280,
            Text(
                "Er zijn {files_nl} zonder verklaring geopend op {first_day} ({lookups_nl}, {moments_nl}).",
                "{files_en} were opened without an explanation on {first_day} ({lookups_en}, {moments_en}).",
            ),
        ),
        Factor(
            "above-own-history",
            pl.lit(True),
            pl.when(pl.col("surplus") >= 64)
            .then(150)
            .when(pl.col("surplus") >= 32)
            .then(120)
            .when(pl.col("surplus") >= 16)
            .then(90)
            .when(pl.col("surplus") >= 8)
            .then(60)
            .otherwise(30),
            pl.col("surplus").cast(pl.String),
            Text(
                "Op grond van {workdays_nl} ervoor en de werklast van die dag waren er {expected_nl} te verwachten; het aantal is ten minste {surplus} keer zo hoog.",
                "The {workdays_en} before and that day's workload led to expect {expected_en}; the number is at least {surplus} times as high.",
            ),
        ),
        number_of_persons({10: 40, 20: 60, 40: 80}),
        colleagues_had_the_cases(120),
        from_a_worklist(100),
        worked_on_them(80),
        others_stood_out({4: 100, 10: 200, 20: 300}),
        often_nobodys_case(40),
        cases_of_others(50),
        sign_of_sharing(60),
        off_hours(20),
        forest(40),
    ),
    summary=Text(
        "De medewerker opende {files_nl} op {first_day} zonder gevonden werkreden; op grond van de eigen werkdagen ervoor waren er {expected_nl} te verwachten.",
        "The employee opened {files_en} on {first_day} with no work reason found; their own days at work before led to expect {expected_en}.",
    ),
    counterfactual=Text(
        "Met zaakkoppelingen voor deze personen, of een verklaarde stijging van de werklast, was er geen signaal.",
        "With case links for these persons, or a rise explained by workload, this signal would not exist.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Volume boven de eigen gewoonte", "Volume above the own habit"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 8; BIO2 8.15 and 8.16 (monitoring of use).",
    false_positives=(
        "A project or a migration whose cases are not in the register.",
        "A day of cover for a whole team.",
    ),
    known_gaps=("Lookups spread thin over many days.", "Employees with fewer than three days of history."),
    next_steps=("Ask for the work that was planned on that day.",),
)
