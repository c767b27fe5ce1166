"""ex-partner-file: the file of a former partner or former member of the household."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import base
from services.detector.rules.pair_factors import counting
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

RULE = Rule(
    id="ex-partner-file",
    version=3,
    family="relative",
    rule_class=in_class("P"),
    hit=pl.col("relation") == "ex_partner",
    fires=pl.col("relation") == "ex_partner",
    factors=(
        base(
            760,
            Text(
                "De geraadpleegde persoon is een geregistreerde ex-partner of voormalig huisgenoot van de medewerker.",
                "The person looked up is a recorded ex-partner or former household member of the employee.",
            ),
        ),
        *counting(),
    ),
    summary=Text(
        "De medewerker raadpleegde het dossier van een ex-partner of voormalig huisgenoot op {moments_nl} ({lookups_nl}), {period_nl}.",
        "The employee consulted the file of an ex-partner or former household member at {moments_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=Text(
        "Zonder de geregistreerde (beëindigde) relatie was er geen signaal van deze regel.",
        "Without the recorded (ended) relation this rule would not have given a signal.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Dossier van een ex-partner", "Ex-partner's file"),
    legal_basis="UWV code of conduct 2021, chapter 6: files of people one knows privately are handed over.",
    false_positives=("A former household member of long ago who is by chance a client.",),
    known_gaps=("Ex-partners whose relation was never recorded; then only the missing case link shows.",),
    next_steps=(
        "Verify the relation and its end at the source.",
        "See whether the lookups cluster around events such as a legal dispute.",
    ),
)
