"""colleague-file: the file of a present or former member of staff, opened without a case."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text
from services.detector.rules.factors import base
from services.detector.rules.pair_factors import STAFF_CLASS, authorised, counting
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

RULE = Rule(
    id="colleague-file",
    version=3,
    family="staff-file",
    rule_class=STAFF_CLASS,
    hit=pl.col("staff_kind").is_in(["staff", "ex-staff"]),
    fires=(pl.col("staff") + pl.col("ex_staff") > 0) & (pl.col("unlinked") > 0),
    factors=(
        base(
            680,
            Text(
                "De geraadpleegde persoon werkte toen, of eerder, bij de organisatie.",
                "The person looked up worked for the organisation then, or earlier.",
            ),
        ),
        Factor(
            "same-team",
            pl.col("same_team"),
            pl.lit(60),
            pl.lit("1"),
            Text(
                "Bij ten minste één raadpleging werkten beiden in hetzelfde team.",
                "At the moment of at least one lookup both were in the same team.",
            ),
        ),
        Factor(
            "former-staff",
            pl.col("staff") == 0,
            pl.lit(-40),
            pl.col("ex_staff").cast(pl.String),
            Text(
                "De geraadpleegde persoon was bij elke raadpleging uit dienst ({ex_staff} van {lookups_nl}).",
                "The person looked up had left by the moment of each lookup ({ex_staff} of {lookups_en}).",
            ),
        ),
        authorised(250),
        *counting(),
    ),
    summary=Text(
        "De medewerker raadpleegde het dossier van een (oud-)collega op {moments_nl} ({lookups_nl}), {period_nl}.",
        "The employee consulted the file of a (former) colleague at {moments_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=Text(
        "Met een zaakkoppeling en de bevoegdheid Eigen personeel was er geen signaal; binnen het eigen team met een koppeling van vóór de raadpleging.",
        "With a case link and the authority Eigen personeel this signal would not exist; within the own team with a link from before the lookup.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Dossier van een collega", "Colleague's file"),
    legal_basis="UWV code of conduct 2021, chapter 6: files of staff are handled by the department Eigen personeel only.",
    false_positives=("A former colleague of long ago who has become an ordinary client.",),
    known_gaps=("Hired staff whose BSN is not in the register.",),
    next_steps=("Ask Eigen personeel whether they handed the file over.",),
)
