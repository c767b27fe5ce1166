"""bulk-export: a day on which far more records were exported or printed without explanation than the role does."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import base, colleagues_had_the_cases, medical_data, off_hours
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

RULE = Rule(
    id="bulk-export",
    version=2,
    family="bulk-export",
    rule_class=in_class("P"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            660,
            Text(
                "Er zijn {records_nl} geëxporteerd of afgedrukt op {first_day}, zonder gevonden zaakkoppeling, taak of contact van de medewerker of het team: {lookups_nl}, {moments_nl}, over {persons_nl}.",
                "{records_en} were exported or printed on {first_day} with no case link, task or contact of the employee or the team found: {lookups_en}, {moments_en}, about {persons_en}.",
            ),
        ),
        Factor(
            "number-of-records",
            pl.col("records") >= 250,
            pl.when(pl.col("records") >= 1000).then(80).when(pl.col("records") >= 500).then(60).otherwise(40),
            pl.col("records").cast(pl.String),
            Text("Het gaat om {records_nl} op één dag.", "It concerns {records_en} on one day."),
        ),
        Factor(
            "above-role-norm",
            pl.col("compared_with") == "role",
            pl.lit(40),
            pl.col("norm").cast(pl.String),
            Text(
                "In dezelfde rol blijft vrijwel elke werkdag binnen {norm_nl}, gemeten over {workdays_nl} van {peers_nl}.",
                "In the same role nearly every day at work stays within {norm_en}, measured over {workdays_en} of {peers_en}.",
            ),
        ),
        Factor(
            "above-agency-norm",
            (pl.col("compared_with") == "agency") & (pl.col("history_days") > 0),
            pl.lit(20),
            pl.col("norm").cast(pl.String),
            Text(
                "In de hele organisatie blijft vrijwel elke werkdag binnen {norm_nl}, gemeten over {workdays_nl} van {peers_nl}.",
                "In the whole agency nearly every day at work stays within {norm_en}, measured over {workdays_en} of {peers_en}.",
            ),
        ),
        Factor(
            "lists",
            pl.col("lists") > 0,
            pl.lit(20),
            pl.col("lists").cast(pl.String),
            Text(
                "Een lijst of rapport, niet het dossier van één persoon: {lists} van {lookups_nl}.",
                "A list or report, not one person's file: {lists} of {lookups_en}.",
            ),
        ),
        colleagues_had_the_cases(40),
        medical_data(40),
        off_hours(10),
    ),
    summary=Text(
        "De medewerker heeft {records_nl} geëxporteerd of afgedrukt op {first_day}, zonder gevonden zaakkoppeling ({lookups_nl}, {moments_nl}).",
        "The employee exported or printed {records_en} on {first_day} with no case link found ({lookups_en}, {moments_en}).",
    ),
    counterfactual=Text(
        "Met zaakkoppelingen voor deze personen, of als zulke aantallen in de rol gewoon waren, was er geen signaal.",
        "With case links for these persons, or if such numbers were usual in the role, this signal would not exist.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Gegevens in bulk geëxporteerd", "Records exported in bulk"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 8: sharing with third parties is a sanction factor; AVG art. 5(1)(f) and 32.",
    false_positives=(
        "A report or mailing on request that the role does once a year.",
        "Letters printed in one batch for cases whose links come in overnight: the links withdraw the signal.",
    ),
    known_gaps=(
        "Amounts below the least number, or spread over many days.",
        "Copies by screenshot, photo or retyping.",
        "Lists of fewer than a thousand records in a role that has less than a hundred days at work of history.",
    ),
    next_steps=(
        "Ask who requested the export and where the records went.",
        "See in the source system which fields the export held.",
    ),
)
