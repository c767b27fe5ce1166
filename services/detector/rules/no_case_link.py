"""no-case-link: data shown for a BSN with no explanation once the grace is over."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text
from services.detector.rules.factors import (
    ERRAND,
    INSTRUCTED,
    PASSED_ON,
    base,
    break_glass,
    during_leave,
    found_by_address,
    found_by_name,
    medical_data,
    number_of_consultations,
    off_hours,
    sign_of_sharing,
)

CONTEXT = (
    number_of_consultations({2: 120, 3: 170, 5: 220, 10: 260}),
    Factor(
        "nobody-had-a-case",
        pl.col("without_case") == pl.col("lookups"),
        pl.lit(60),
        pl.col("without_case").cast(pl.String),
        Text(
            "Niemand had op dat moment een zaak van deze persoon.", "Nobody had a case of this person at that moment."
        ),
    ),
    Factor(
        "colleague-had-the-case",
        pl.col("colleague_case") > 0,
        pl.lit(-90),
        pl.col("colleague_case").cast(pl.String),
        Text(
            "Een collega van hetzelfde team had een zaak van deze persoon ({colleague_case} van {lookups_nl}).",
            "A colleague of the same team had a case of this person ({colleague_case} of {lookups_en}).",
        ),
    ),
    Factor(
        "others-looked-too",
        pl.col("other_viewers") >= 2,
        pl.min_horizontal(30 * pl.col("other_viewers"), pl.lit(150)),
        pl.col("other_viewers").cast(pl.String),
        Text(
            "{other_viewers} andere medewerkers openden dit dossier binnen een week, ook zonder verklaring.",
            "{other_viewers} other employees opened this file within a week, also without an explanation.",
        ),
    ),
    medical_data(40),
    sign_of_sharing(50),
    break_glass(40),
    found_by_name(20),
    found_by_address(40),
    off_hours(20),
    during_leave(30),
)

NO_LINK = Text(
    "Er is geen zaakkoppeling, taak of contact van de medewerker of het team dat deze raadpleging verklaart.",
    "There is no case link, task or contact of the employee or the team that explains this lookup.",
)

COUNTERFACTUAL = Text(
    "Met een zaakkoppeling van de medewerker of het team die op {first_day} gold en vóór het einde van de respijttermijn was geregistreerd, was er geen signaal.",
    "With a case link of the employee or the team that was in force on {first_day} and registered before the end of the grace, this signal would not exist.",
)

RULE = Rule(
    id="no-case-link",
    version=3,
    family="no-case-link",
    rule_class=pl.when((pl.col("moments") >= 2) | pl.col("medical")).then(pl.lit("B")).otherwise(pl.lit("C")),
    hit=pl.lit(True),
    fires=pl.lit(True),
    factors=(base(100, NO_LINK), *CONTEXT),
    summary=Text(
        "Medewerker raadpleegde een dossier zonder gevonden werkreden op {moments_nl} ({lookups_nl}), {period_nl}.",
        "The employee consulted a file with no work reason found at {moments_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=COUNTERFACTUAL,
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Geen zaakkoppeling", "No case link"),
    legal_basis="UWV code of conduct 2021, chapter 3: systems are consulted only for one's own work; AVG art. 5(1)(b).",
    false_positives=(
        "Cover for an absent colleague, a consultation, or help by a team lead that nobody registered.",
        "A mistyped number or a namesake.",
    ),
    known_gaps=("A lookup for a private reason of a person who happens to be a client.",),
    next_steps=("Ask the team lead, without naming the employee, whether the person's case was discussed.",),
)
