"""unexplained-share: a month of which far more persons than with the peers were opened without explanation."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import base, medical_data, off_hours, sign_of_sharing
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
        "Dat is {surplus} keer wat bij het aandeel van {peers} anderen in dezelfde maand te verwachten was.",
        "That is {surplus} times what the share of {peers} others in the same month led to expect.",
    ),
)
PERSONS = Factor(
    "number-of-persons",
    pl.col("subjects") >= 10,
    pl.when(pl.col("subjects") >= 40).then(100).when(pl.col("subjects") >= 20).then(70).otherwise(40),
    pl.col("subjects").cast(pl.String),
    Text("Het gaat om {subjects} verschillende personen.", "It concerns {subjects} different persons."),
)
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
NOBODY = Factor(
    "nobody-had-a-case",
    pl.col("without_case") * 2 >= pl.col("lookups"),
    pl.lit(40),
    pl.col("without_case").cast(pl.String),
    Text(
        "Bij {without_case} van {lookups_nl} had niemand op dat moment een zaak van deze persoon.",
        "For {without_case} of {lookups_en} nobody had a case of this person at that moment.",
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
                "Van {since_day} tot en met {until_day} zijn {workload} personen geopend (per dag geteld); voor {subjects} personen is geen verklaring gevonden ({lookups_nl}, {moments_nl}, {days_nl}).",
                "From {since_day} to {until_day} {workload} persons were opened (each day counted apart); for {subjects} persons no explanation was found ({lookups_en}, {moments_en}, {days_en}).",
            ),
        ),
        ABOVE_SHARE,
        PERSONS,
        WITH_AGENCY,
        NOBODY,
        medical_data(20),
        sign_of_sharing(40),
        off_hours(20),
    ),
    summary=Text(
        "De medewerker opende van {since_day} tot en met {until_day} {subjects} personen zonder gevonden werkreden; dat is {surplus} keer wat bij het aandeel van {peers} anderen te verwachten was.",
        "From {since_day} to {until_day} the employee opened {subjects} persons with no work reason found; that is {surplus} times what the share of {peers} others led to expect.",
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
        "Fewer than six persons in a month, and the months in which the log begins or ends.",
        "Days and fortnights that stand out by themselves, and the own street: their own signals tell of them.",
    ),
    next_steps=(
        "Ask for the tasks of this month that differ from those of others in the role.",
        "See whether the persons have something in common: a street, an employer, a date in the news.",
    ),
)
