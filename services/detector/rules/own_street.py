"""own-street: unexplained looks at people in the viewer's own street, or found by address if streets are unknown."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text
from services.detector.rules.factors import (
    base,
    break_glass,
    found_by_address,
    found_by_name,
    medical_data,
    nobody_had_a_case,
    number_of_persons,
    off_hours,
    sign_of_sharing,
)
from services.detector.rules.pair_factors import consultations_of_files
from services.detector.rules.sentences import ERRAND, INSTRUCTED, NO_REASON, NOBODYS_CASES, PASSED_ON

RULE = Rule(
    id="own-street",
    version=2,
    family="own-street",
    rule_class=pl.when((pl.col("subjects") >= 2) | (pl.col("moments") >= 3)).then(pl.lit("B")).otherwise(pl.lit("C")),
    hit=pl.col("own_street"),
    fires=pl.lit(True),
    factors=(
        base(100, NO_REASON),
        Factor(
            "own-street",
            pl.col("in_street") > 0,
            pl.lit(100),
            pl.col("in_street").cast(pl.String),
            Text(
                "In {in_street} van {lookups_nl} gaat het om een adres in de straat waar de medewerker toen woonde.",
                "In {in_street} of {lookups_en} the address is in the street where the employee lived then.",
            ),
        ),
        number_of_persons({2: 100, 3: 140, 5: 180}),
        consultations_of_files({2: 40, 3: 80, 5: 120, 10: 160}),
        nobody_had_a_case(40, NOBODYS_CASES),
        medical_data(40),
        sign_of_sharing(50),
        break_glass(30),
        found_by_name(20),
        found_by_address(60),
        off_hours(20),
    ),
    summary=Text(
        "De medewerker raadpleegde zonder gevonden werkreden {files_nl} in de eigen straat of op adres gevonden, op {moments_nl} ({lookups_nl}), {period_nl}.",
        "With no work reason found the employee consulted {files_en} in their own street or found by address, at {moments_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=Text(
        "Met een zaakkoppeling voor elke betrokken persoon, of bij een ander woonadres van de medewerker, was er geen signaal van deze regel.",
        "With a case link for each person concerned, or another home address of the employee, this rule would not have given a signal.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Eigen straat, of op adres gezocht", "Own street, or found by address"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 6: systems are consulted only for one's own work, not for people one knows privately.",
    false_positives=(
        "A neighbour who is a client by chance and whose case was not registered.",
        "An address check of a whole street for a case that is in no register.",
    ),
    known_gaps=(
        "Streets that the source systems or the personnel register do not tell: then only searches by address are seen.",
        "Neighbours round the corner.",
    ),
    next_steps=("Compare the addresses with the employee's at that time, and ask for the work planned on those days.",),
)
