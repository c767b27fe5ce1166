"""repeated-no-case-link: the same file without explanation on three or more days within 90."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import base
from services.detector.rules.no_case_link import CONTEXT, COUNTERFACTUAL
from services.detector.rules.sentences import ERRAND, INSTRUCTED, NO_REASON, PASSED_ON

RULE = Rule(
    id="repeated-no-case-link",
    version=3,
    family="no-case-link",
    rule_class=in_class("B"),
    hit=None,
    fires=pl.col("recurrent"),
    factors=(base(180, NO_REASON), *CONTEXT),
    summary=Text(
        "De medewerker keerde terug naar hetzelfde dossier zonder gevonden werkreden: {moments_nl} op {days_nl} ({lookups_nl}), {period_nl}.",
        "The employee returned to the same file with no work reason found: {moments_en} on {days_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=COUNTERFACTUAL,
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Herhaald zonder zaakkoppeling", "Repeatedly without a case link"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 8: the number of consultations is a sanction factor.",
    false_positives=("A case that was worked for weeks while its registration was forgotten.",),
    known_gaps=("Looks spread thinner than three days in 90.",),
    next_steps=("Compare the dates with events around the person looked up.",),
)
