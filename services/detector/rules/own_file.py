"""own-file: the own BSN opened in a client system."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import base
from services.detector.rules.pair_factors import counting
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

RULE = Rule(
    id="own-file",
    version=3,
    family="own-file",
    rule_class=in_class("P"),
    hit=pl.col("is_own") & pl.col("explanation").ne_missing("own-personnel-file"),
    fires=pl.lit(True),
    factors=(
        base(
            640,
            Text(
                "Het geraadpleegde BSN is dat van de medewerker zelf.",
                "The BSN that was looked up is the employee's own.",
            ),
        ),
        *counting(),
    ),
    summary=Text(
        "De medewerker raadpleegde het eigen dossier in een cliëntsysteem op {moments_nl} ({lookups_nl}), {period_nl}.",
        "The employee consulted their own file in a client system at {moments_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=Text(
        "In het eigen personeelsdossier (PeopleSoft) was deze raadpleging toegestaan en was er geen signaal.",
        "In the own personnel file (PeopleSoft) this lookup would have been allowed, and this signal would not exist.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Eigen dossier", "Own file"),
    legal_basis="UWV code of conduct 2021, chapter 3: one's own data may not be looked up, but for the own personnel file.",
    false_positives=(
        "A test account with the tester's own BSN.",
        "A screen that opens the last used BSN by itself.",
    ),
    known_gaps=("An employee whose own BSN is missing or wrong in the register.",),
    next_steps=(
        "Check in the source system that the BSN is the employee's own.",
        "See whether data were changed, printed or exported.",
    ),
)
