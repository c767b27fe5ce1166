"""volume-peers: two weeks far above the peers in persons opened without explanation, on several days."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import ERRAND, INSTRUCTED, PASSED_ON, base, off_hours, sign_of_sharing

RULE = Rule(
    id="volume-peers",
    version=1,
    family="volume-peers",
    rule_class=in_class("B"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            330,
            Text(
                "In twee weken zijn op {days_nl} {subjects} personen zonder verklaring geopend ({lookups_nl}, {moments_nl}).",
                "In two weeks {subjects} persons were opened without an explanation on {days_en} ({lookups_en}, {moments_en}).",
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
                "Dat is {surplus} keer wat op grond van {peers} anderen en de werklast op {history_days} werkdagen te verwachten was.",
                "That is {surplus} times what {peers} others and the workload of {history_days} days at work led to expect.",
            ),
        ),
        Factor(
            "persistent",
            pl.col("days") >= 5,
            pl.when(pl.col("days") >= 8).then(60).otherwise(40),
            pl.col("days").cast(pl.String),
            Text("Het gebeurde op {days_nl}.", "It happened on {days_en}."),
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
        Factor(
            "colleagues-had-the-cases",
            pl.col("colleague_case") * 2 >= pl.col("lookups"),
            pl.lit(-120),
            pl.col("colleague_case").cast(pl.String),
            Text(
                "Voor {colleague_case} van {lookups_nl} had een collega van hetzelfde team de zaak.",
                "For {colleague_case} of {lookups_en} a colleague of the same team had the case.",
            ),
        ),
        sign_of_sharing(60),
        off_hours(20),
    ),
    summary=Text(
        "Medewerker opende {period_nl} {subjects} personen zonder gevonden werkreden, verspreid over {days_nl}, ver boven anderen in dezelfde functie.",
        "The employee opened {subjects} persons with no work reason found {period_en}, spread over {days_en}, far above others in the same position.",
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
