"""unexplained-share: a month of which far more persons than with the peers were opened without explanation."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import (
    base,
    cases_of_others,
    medical_data,
    off_hours,
    often_nobodys_case,
    sign_of_sharing,
    went_on,
)
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

ABOVE_SHARE = Factor(
    "above-peers-share",
    pl.lit(True),
    pl.when(pl.col("surplus") >= 64)
    .then(120)
    .when(pl.col("surplus") >= 32)
    .then(90)
    .when(pl.col("surplus") >= 16)
    .then(60)
    .when(pl.col("surplus") >= 8)
    .then(30)
    .otherwise(0),
    pl.col("surplus").cast(pl.String),
    Text(
        "Bij het aandeel van de anderen ({peers_nl}) in dezelfde maand waren er {expected_nl} te verwachten. Het aantal is ten minste {surplus} keer zo hoog.",
        "The share of the others ({peers_en}) in the same month led to expect {expected_en}. The number is at least {surplus} times as high.",
    ),
)
PERSONS = Factor(
    "number-of-persons",
    pl.col("subjects") >= 10,
    pl.when(pl.col("subjects") >= 40).then(100).when(pl.col("subjects") >= 20).then(70).otherwise(40),
    pl.col("subjects").cast(pl.String),
    Text("Het gaat om {subjects} verschillende personen.", "It concerns {subjects} different persons."),
)
NOBODYS = often_nobodys_case(40)
WEEKLY = Factor(
    "persistent",
    NOBODYS.when & (pl.col("days") >= 4),
    pl.lit(40),
    pl.col("days").cast(pl.String),
    Text("Zulke dossiers zijn op {days_nl} geopend.", "Such files were opened on {days_en}."),
)
"""Sanction factor, number of consultations: as many days as a month has weeks. Files that are somebody's case also come
day after day with a task that nobody registered, so there it does not count."""
WITH_AGENCY = Factor(
    "compared-with-the-agency",
    pl.col("compared_with") == "agency",
    pl.lit(-20),
    pl.col("peers").cast(pl.String),
    Text(
        "Er zijn te weinig anderen in dezelfde rol en afdeling; vergeleken is met de hele organisatie.",
        "There are too few others in the same role and department; the comparison is with the whole agency.",
    ),
)
RULE = Rule(
    id="unexplained-share",
    version=1,
    family="unexplained-share",
    rule_class=in_class("B"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            290,
            Text(
                "Van {since_day} tot en met {until_day} zijn op {workdays_nl} de dossiers van {opened_nl} geopend (per dag geteld, zonder dagen met een eigen signaal); voor {persons_nl} is geen verklaring gevonden ({lookups_nl}, {moments_nl}, {days_nl}).",
                "From {since_day} to {until_day} the files of {opened_en} were opened on {workdays_en} (each day counted apart, without days that have a signal of their own); for {persons_en} no explanation was found ({lookups_en}, {moments_en}, {days_en}).",
            ),
        ),
        ABOVE_SHARE,
        PERSONS,
        WEEKLY,
        WITH_AGENCY,
        NOBODYS,
        cases_of_others(50),
        medical_data(20),
        went_on({1: 40, 2: 70, 3: 100}),
        sign_of_sharing(40),
        off_hours(20),
    ),
    summary=Text(
        "De medewerker opende van {since_day} tot en met {until_day} de dossiers van {persons_nl} zonder gevonden werkreden; dat is ten minste {surplus} keer wat het aandeel bij anderen deed verwachten.",
        "From {since_day} to {until_day} the employee opened the files of {persons_en} with no work reason found; that is at least {surplus} times what the share of others led to expect.",
    ),
    counterfactual=Text(
        "Met zaakkoppelingen voor deze personen, of met een even groot onverklaard aandeel bij anderen, was er geen signaal.",
        "With case links for these persons, or with as large an unexplained share among others, this signal would not exist.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Onverklaard aandeel boven dat van vakgenoten", "Unexplained share above the peers'"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 8; BIO2 8.15 and 8.16 (monitoring of use).",
    false_positives=(
        "A task that others of the same role and department do not have, and that is not registered as work on cases.",
        "A month of cover for another team.",
    ),
    known_gaps=(
        "A whole department that does the same.",
        "Persons of whom a colleague of the same team had the case: they are not counted.",
        "Fewer than six persons in a month, and the month in which the log ends.",
        "Days and fortnights that stand out by themselves, and the own street: their own signals tell of them.",
    ),
    next_steps=(
        "Ask for the tasks of this month that differ from those of others in the role.",
        "See whether the persons have something in common: a street, an employer, a date in the news.",
    ),
)
