"""household-file: the file of somebody at the same address at that date."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import base
from services.detector.rules.pair_factors import counting
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

RULE = Rule(
    id="household-file",
    version=3,
    family="relative",
    rule_class=in_class("P"),
    hit=pl.col("relation") == "household",
    fires=pl.col("relation") == "household",
    factors=(
        base(
            660,
            Text(
                "De geraadpleegde persoon stond op het moment van raadplegen geregistreerd als huisgenoot van de medewerker.",
                "The person looked up was recorded as a member of the employee's household at the moment of the lookup.",
            ),
        ),
        *counting(),
    ),
    summary=Text(
        "De medewerker raadpleegde het dossier van een huisgenoot op {moments_nl} ({lookups_nl}), {period_nl}.",
        "The employee consulted the file of a household member at {moments_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=Text(
        "Zonder die registratie op het moment van raadplegen was er geen signaal van deze regel.",
        "Without that record at the moment of the lookup this rule would not have given a signal.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Dossier van een huisgenoot", "Household member's file"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 6. Addresses of the BRP only with a legal basis for their use.",
    false_positives=("Addresses shared by many: student housing, an institution, a building without house numbers.",),
    known_gaps=("People who live together but are registered elsewhere.",),
    next_steps=("Check the address history of both at the date of the lookup.",),
)
