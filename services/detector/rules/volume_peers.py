"""volume-peers: two weeks far above the peers in persons opened without explanation, on several days."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import (
    base,
    cases_of_others,
    colleagues_had_the_cases,
    off_hours,
    often_nobodys_case,
    sign_of_sharing,
    went_on,
)
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

RULE = Rule(
    id="volume-peers",
    version=2,
    family="volume-peers",
    rule_class=in_class("B"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            330,
            Text(
                "In twee weken zijn op {days_nl} de dossiers van {persons_nl} zonder verklaring geopend ({lookups_nl}, {moments_nl}).",
                "In two weeks the files of {persons_en} were opened without an explanation on {days_en} ({lookups_en}, {moments_en}).",
            ),
        ),
        Factor(
            "above-peers",
            pl.lit(True),
            pl.when(pl.col("surplus") >= 32)
            .then(120)
            .when(pl.col("surplus") >= 16)
            .then(90)
            .when(pl.col("surplus") >= 8)
            .then(60)
            .otherwise(30),
            pl.col("surplus").cast(pl.String),
            Text(
                "Per dag geteld zijn het er {person_days}; op grond van het werk van {peers_nl} en de werklast op {workdays_nl} waren er {expected_nl} te verwachten. Het aantal is ten minste {surplus} keer zo hoog.",
                "Counted per day there are {person_days}; the work of {peers_en} and the workload of {workdays_en} led to expect {expected_en}. The number is at least {surplus} times as high.",
            ),
        ),
        Factor(
            "persistent",
            pl.col("days") >= 5,
            pl.when(pl.col("days") >= 8).then(60).otherwise(40),
            pl.col("days").cast(pl.String),
            Text("Zulke dossiers zijn op {days_nl} geopend.", "Such files were opened on {days_en}."),
        ),
        Factor(
            "compared-with-the-agency",
            pl.col("compared_with") == "agency",
            pl.lit(-20),
            pl.col("peers").cast(pl.String),
            Text(
                "Er zijn te weinig anderen in dezelfde rol en afdeling; vergeleken is met de hele organisatie.",
                "There are too few others in the same role and department; the comparison is with the whole agency.",
            ),
        ),
        went_on({1: 40, 2: 70, 3: 100}),
        colleagues_had_the_cases(120),
        often_nobodys_case(40),
        cases_of_others(50),
        sign_of_sharing(60),
        off_hours(20),
    ),
    summary=Text(
        "De medewerker opende {period_nl} de dossiers van {persons_nl} zonder gevonden werkreden, verspreid over {days_nl}; op grond van het werk van anderen waren er {expected_nl} te verwachten.",
        "The employee opened the files of {persons_en} with no work reason found {period_en}, spread over {days_en}; the work of others led to expect {expected_en}.",
    ),
    counterfactual=Text(
        "Met zaakkoppelingen voor deze personen, of met evenveel onverklaarde raadplegingen bij anderen, was er geen signaal.",
        "With case links for these persons, or with as many unexplained lookups by others, this signal would not exist.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Volume boven dat van vakgenoten", "Volume above the peers'"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 8; BIO2 8.15 and 8.16 (monitoring of use).",
    false_positives=(
        "A task of one person that others of the same role and department do not have, and that is not registered.",
        "Weeks of cover for others whose absence is not in the register.",
    ),
    known_gaps=(
        "A whole team that does the same.",
        "Fewer than six persons in two weeks, or on fewer than three days.",
        "The first weeks of an agency's log.",
    ),
    next_steps=("Ask for the tasks of these two weeks that differ from those of others in the role.",),
)
