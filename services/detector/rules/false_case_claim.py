"""false-case-claim: an unexplained look from within a case that does not exist or is another person's."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import base
from services.detector.rules.no_case_link import CONTEXT
from services.detector.rules.pair_factors import returned
from services.detector.rules.sentences import ERRAND, INSTRUCTED, NO_REASON, PASSED_ON

RULE = Rule(
    id="false-case-claim",
    version=1,
    family="no-case-link",
    rule_class=in_class("B"),
    hit=None,
    fires=pl.col("false_claims") > 0,
    factors=(base(100, NO_REASON), *CONTEXT, returned(80)),
    summary=Text(
        "De medewerker raadpleegde een dossier zonder gevonden werkreden vanuit een zaak die volgens de zaakkoppelingen niet van deze persoon is: {false_claims} van {lookups_nl}, {period_nl}.",
        "The employee consulted a file with no work reason found from within a case that by the case links is not this person's: {false_claims} of {lookups_en}, {period_en}.",
    ),
    counterfactual=Text(
        "Met een zaakkoppeling van deze persoon die de geopende zaak noemt, was er geen signaal van deze regel.",
        "With a case link of this person that names the open case, this rule would not have given a signal.",
    ),
    unknown=(
        INSTRUCTED,
        ERRAND,
        PASSED_ON,
        Text(
            "Of het scherm nog op de vorige zaak stond, blijkt niet uit de logging.",
            "Whether the screen was still in the previous case does not follow from the logging.",
        ),
    ),
    title=Text("Vanuit een zaak die niet van deze persoon is", "From a case that is not this person's"),
    legal_basis="UWV code of conduct 2021, chapter 3: systems are consulted only for one's own work; AVG art. 5(1)(b).",
    false_positives=(
        "A screen that was still in the case of the client before: mostly a single log line.",
        "A person who plays a part in somebody else's case without being recorded in it, such as a partner or employer.",
        "A case that was given another number, or merged, while the links kept the old one.",
    ),
    known_gaps=(
        "Systems of which no claimed case was ever found among the case links: their numbers are another register's.",
        "A look that names no case at all, or a case that is the person's but not the employee's.",
    ),
    next_steps=(
        "Look up whose case it is, and whether the employee worked on it in the minutes before.",
        "Ask the administrator of the system how the case number gets into the log.",
    ),
)
