"""volume-own: a day far above the own history in persons opened without explanation."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import ERRAND, INSTRUCTED, PASSED_ON, base, forest, off_hours, sign_of_sharing

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
                "Op {first_day} zijn {subjects} dossiers zonder verklaring geopend.",
                "On {first_day} {subjects} files were opened without an explanation.",
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
                "Dat is {surplus} keer wat op grond van {history_days} eerdere werkdagen en de werklast van die dag te verwachten was.",
                "That is {surplus} times what {history_days} earlier days at work and that day's workload led to expect.",
            ),
        ),
        Factor(
            "number-of-persons",
            pl.col("subjects") >= 10,
            pl.when(pl.col("subjects") >= 40).then(80).when(pl.col("subjects") >= 20).then(60).otherwise(40),
            pl.col("subjects").cast(pl.String),
            Text("Het gaat om {subjects} verschillende personen.", "It concerns {subjects} different persons."),
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
        forest(40),
    ),
    summary=Text(
        "Medewerker opende op {first_day} {subjects} dossiers zonder gevonden werkreden, ver boven de eigen gewoonte.",
        "On {first_day} the employee opened {subjects} files with no work reason found, far above their own habit.",
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
