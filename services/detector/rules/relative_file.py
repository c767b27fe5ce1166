"""relative-file: the file of a partner, child, parent, sibling or other declared relative."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import base
from services.detector.rules.pair_factors import counting
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

KINDS = ["partner", "child", "parent", "sibling", "other"]

RULE = Rule(
    id="relative-file",
    version=3,
    family="relative",
    rule_class=in_class("P"),
    hit=pl.col("relation").is_in(KINDS),
    fires=pl.col("relation").is_in(KINDS),
    factors=(
        base(
            740,
            Text(
                "De geraadpleegde persoon staat geregistreerd als {relation_nl} van de medewerker.",
                "The person looked up is recorded as the employee's {relation_en}.",
            ),
        ),
        *counting(),
    ),
    summary=Text(
        "De medewerker raadpleegde het dossier van een {relation_nl} op {moments_nl} ({lookups_nl}), {period_nl}.",
        "The employee consulted the file of a {relation_en} at {moments_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=Text(
        "Zonder de geregistreerde relatie op het moment van raadplegen was er geen signaal van deze regel.",
        "Without the relation recorded at the moment of the lookup this rule would not have given a signal.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Dossier van familie", "Relative's file"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 6: data of one's family may not be looked up.",
    false_positives=(
        "A relation that ended but was not closed in the register.",
        "A relative who was routed to the employee as work: then a case link exists and the signal says so.",
    ),
    known_gaps=("Relatives who are not declared and not known to the department Eigen personeel.",),
    next_steps=(
        "Verify the relation at its source.",
        "Where a case link exists: who assigned the case, and was the relation reported?",
    ),
)
