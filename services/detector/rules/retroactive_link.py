"""retroactive-link: a case link that the viewer registered after the look that it would justify."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import (
    base,
    break_glass,
    found_by_address,
    found_by_name,
    medical_data,
    nobody_had_a_case,
    off_hours,
    sign_of_sharing,
)
from services.detector.rules.pair_factors import colleague_had_the_case, number_of_consultations
from services.detector.rules.sentences import ERRAND, INSTRUCTED, NOBODY_ELSES_CASE, PASSED_ON

RULE = Rule(
    id="retroactive-link",
    version=2,
    family="retroactive-link",
    rule_class=in_class("P"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            640,
            Text(
                "De medewerker legde op {registered_day} zelf een zaakkoppeling vast, na de raadpleging.",
                "On {registered_day} the employee registered a case link themselves, after the lookup.",
            ),
        ),
        number_of_consultations({2: 30, 3: 50, 5: 70, 10: 90}),
        nobody_had_a_case(30, NOBODY_ELSES_CASE),
        colleague_had_the_case(40),
        medical_data(30),
        sign_of_sharing(30),
        break_glass(20),
        found_by_name(10),
        found_by_address(10),
        off_hours(10),
    ),
    summary=Text(
        "De medewerker raadpleegde een dossier op {moments_nl} ({lookups_nl}), {period_nl}, en legde de zaakkoppeling daarvoor pas daarna zelf vast, op {registered_day}.",
        "The employee consulted a file at {moments_en} ({lookups_en}), {period_en}, and themselves registered the case link for it only afterwards, on {registered_day}.",
    ),
    counterfactual=Text(
        "Met een zaakkoppeling die vóór de raadpleging of door een ander was vastgelegd, was er geen signaal.",
        "With a case link that had been registered before the lookup, or by somebody else, this signal would not exist.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Achteraf zelf vastgelegde zaak", "Case link registered afterwards"),
    legal_basis="UWV code of conduct 2021, chapter 3: systems are consulted only for one's own work; the reason must exist when one looks.",
    false_positives=(
        "Work that began before its registration: a walk-in client, a call that became a case.",
        "A batch of registrations caught up with after leave.",
    ),
    known_gaps=(
        "A link that a colleague registers on request.",
        "A contact registered on the same day: it counts as normal.",
        "A link registered within the hour (registration_minutes): whoever does that was at work on it already.",
        "A case that begins more than two days after the look, such as one taken over later.",
    ),
    next_steps=("Ask what the case consists of: documents, contacts, decisions since it was registered.",),
)
