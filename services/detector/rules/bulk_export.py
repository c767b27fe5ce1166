"""bulk-export: a day on which far more records were exported or printed without explanation than the role does."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import ERRAND, INSTRUCTED, PASSED_ON, base, medical_data, off_hours

RULE = Rule(
    id="bulk-export",
    version=1,
    family="bulk-export",
    rule_class=in_class("P"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            660,
            Text(
                "Op {first_day} zijn zonder verklaring {records} gegevens geëxporteerd of afgedrukt: {lookups_nl}, {moments_nl}, over {subjects} personen.",
                "On {first_day} {records} records were exported or printed without an explanation: {lookups_en}, {moments_en}, about {subjects} persons.",
            ),
        ),
        Factor(
            "number-of-records",
            pl.col("records") >= 250,
            pl.when(pl.col("records") >= 1000).then(80).when(pl.col("records") >= 500).then(60).otherwise(40),
            pl.col("records").cast(pl.String),
            Text("Het gaat om {records} gegevens op één dag.", "It concerns {records} records on one day."),
        ),
        Factor(
            "above-role-norm",
            pl.col("compared_with") == "role",
            pl.lit(40),
            pl.col("norm").cast(pl.String),
            Text(
                "In dezelfde rol blijft vrijwel elke werkdag binnen {norm} gegevens, over {history_days} werkdagen van {peers} medewerkers.",
                "In the same role nearly every day at work stays within {norm} records, over {history_days} days of {peers} employees.",
            ),
        ),
        Factor(
            "above-agency-norm",
            pl.col("compared_with") == "agency",
            pl.lit(20),
            pl.col("norm").cast(pl.String),
            Text(
                "In de hele organisatie blijft vrijwel elke werkdag binnen {norm} gegevens, over {history_days} werkdagen van {peers} medewerkers.",
                "In the whole agency nearly every day at work stays within {norm} records, over {history_days} days of {peers} employees.",
            ),
        ),
        Factor(
            "lists",
            pl.col("lists") > 0,
            pl.lit(20),
            pl.col("lists").cast(pl.String),
            Text(
                "{lists} van {lookups_nl} betreffen een lijst of rapport, niet het dossier van één persoon.",
                "{lists} of {lookups_en} concern a list or report, not one person's file.",
            ),
        ),
        Factor(
            "colleagues-had-the-cases",
            pl.col("colleague_case") * 2 >= pl.col("lookups"),
            pl.lit(-40),
            pl.col("colleague_case").cast(pl.String),
            Text(
                "Voor {colleague_case} van {lookups_nl} had een collega van hetzelfde team de zaak.",
                "For {colleague_case} of {lookups_en} a colleague of the same team had the case.",
            ),
        ),
        medical_data(40),
        off_hours(10),
    ),
    summary=Text(
        "Medewerker exporteerde of drukte op {first_day} {records} gegevens af zonder gevonden werkreden ({lookups_nl}, {moments_nl}).",
        "On {first_day} the employee exported or printed {records} records with no work reason found ({lookups_en}, {moments_en}).",
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
