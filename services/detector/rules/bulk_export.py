"""bulk-export: a day on which far more was exported or printed without explanation than the role does."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import base, colleagues_had_the_cases, medical_data, off_hours
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

OF_PERSONS = pl.col("counted") == "persons"
OF_ROLE = pl.col("compared_with") == "role"
OF_AGENCY = (pl.col("compared_with") == "agency") & (pl.col("history_days") > 0)
ROLE, AGENCY = ("In dezelfde rol", "In the same role"), ("In de hele organisatie", "In the whole agency")


def _above(name: str, when: pl.Expr, points: int, where_nl: str, where_en: str, norm: str) -> Factor:
    """What the compared days at work stay within, in records or in persons."""
    return Factor(
        name,
        when,
        pl.lit(points),
        pl.col("norm").cast(pl.String),
        Text(
            f"{where_nl} blijft vrijwel elke werkdag binnen {{{norm}_nl}}, gemeten over {{workdays_nl}} van {{peers_nl}}.",
            f"{where_en} nearly every day at work stays within {{{norm}_en}}, measured over {{workdays_en}} of {{peers_en}}.",
        ),
    )


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
        _above("above-role-norm", OF_ROLE & ~OF_PERSONS, 40, *ROLE, "norm"),
        _above("above-agency-norm", OF_AGENCY & ~OF_PERSONS, 20, *AGENCY, "norm"),
        Factor(
            "files-one-by-one",
            OF_PERSONS,
            pl.lit(20),
            pl.col("subjects").cast(pl.String),
            Text(
                "De dossiers van {persons_nl} zijn afzonderlijk geëxporteerd of afgedrukt; lijsten en rapporten over niemand in het bijzonder zijn hier niet meegeteld.",
                "The files of {persons_en} were exported or printed singly; lists and reports about nobody in particular are not counted here.",
            ),
        ),
        _above("persons-above-role-norm", OF_ROLE & OF_PERSONS, 40, *ROLE, "norm_persons"),
        _above("persons-above-agency-norm", OF_AGENCY & OF_PERSONS, 20, *AGENCY, "norm_persons"),
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
        "Files handed over one by one on request, for instance to a court or the person's new agency, by a role that otherwise only makes lists.",
        "Letters printed in one batch for cases whose links come in overnight: the links withdraw the signal.",
    ),
    known_gaps=(
        "Amounts below the least number, or spread over many days.",
        "Lists no longer than those that the role makes anyway: to the log a list of hundreds of records by who makes such a list every month is month work.",
        "Copies by screenshot, photo or retyping.",
        "In a role that has less than a hundred days at work of history: lists of fewer than a thousand records, and files of fewer than 250 persons.",
    ),
    next_steps=(
        "Ask who requested the export and where the records went.",
        "See in the source system which fields the export held.",
    ),
)
