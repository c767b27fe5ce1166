"""no-case-link: data shown for a BSN with no explanation once the grace is over."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text
from services.detector.rules.factors import (
    base,
    break_glass,
    found_by_address,
    found_by_name,
    from_a_worklist,
    medical_data,
    nobody_had_a_case,
    off_hours,
    sign_of_sharing,
    worked_on_it,
)
from services.detector.rules.pair_factors import (
    colleague_had_the_case,
    dormant_file,
    during_leave,
    false_case_claim,
    from_a_case_at_work,
    number_of_consultations,
    unregistered_case,
)
from services.detector.rules.sentences import ERRAND, INSTRUCTED, NO_REASON, PASSED_ON

CONTEXT = (
    number_of_consultations({2: 120, 3: 170, 5: 220, 10: 260}),
    nobody_had_a_case(60),
    colleague_had_the_case(90),
    Factor(
        "others-looked-too",
        pl.col("other_viewers") >= 2,
        pl.min_horizontal(30 * pl.col("other_viewers"), pl.lit(150)),
        pl.col("other_viewers").cast(pl.String),
        Text(
            "{other_viewers} andere medewerkers openden dit dossier ook zonder verklaring, hoogstens een week ervoor of erna.",
            "{other_viewers} other employees also opened this file without an explanation, at most a week before or after.",
        ),
    ),
    medical_data(40),
    sign_of_sharing(80),
    break_glass(40),
    found_by_name(20),
    found_by_address(40),
    off_hours(20),
    during_leave(30),
    false_case_claim({1: 60, 2: 90, 3: 120}),
    unregistered_case({2: 30, 3: 60}),
    from_a_case_at_work(60),
    from_a_worklist(40),
    worked_on_it({1: 80, 3: 200}),
    dormant_file(30),
)

SINGLE = (pl.col("moments") < 2) & ~pl.col("medical")
"""One look, no special data: context, whatever names it."""

COUNTERFACTUAL = Text(
    "Met een zaakkoppeling van de medewerker of het team die {period_nl} gold en vóór het einde van de respijttermijn was geregistreerd, was er geen signaal.",
    "With a case link of the employee or the team that was in force {period_en} and registered before the end of the grace, this signal would not exist.",
)

RULE = Rule(
    id="no-case-link",
    version=3,
    family="no-case-link",
    rule_class=pl.when(SINGLE).then(pl.lit("C")).otherwise(pl.lit("B")),
    hit=pl.lit(True),
    fires=pl.lit(True),
    factors=(base(100, NO_REASON), *CONTEXT),
    summary=Text(
        "De medewerker raadpleegde een dossier zonder gevonden werkreden op {moments_nl} ({lookups_nl}), {period_nl}.",
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
