"""no-confidentiality-statement: a system that needs a signed statement of confidentiality, used without one in force."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import base

RULE = Rule(
    id="no-confidentiality-statement",
    version=1,
    family="no-confidentiality-statement",
    rule_class=in_class("B"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            260,
            Text(
                "Op {days_nl} is een systeem gebruikt waarvoor een geheimhoudingsverklaring nodig is, terwijl er voor dat moment aan het einde van de respijttermijn geen was vastgelegd.",
                "On {days_en} a system was used that needs a statement of confidentiality, while at the end of the grace none was on record for that moment.",
            ),
        ),
        Factor(
            "number-of-days",
            pl.col("days") >= 2,
            pl.when(pl.col("days") >= 20).then(90).when(pl.col("days") >= 5).then(60).otherwise(30),
            pl.col("days").cast(pl.String),
            Text(
                "Het gaat om {days_nl}; per dag en systeem telt de eerste raadpleging.",
                "It concerns {days_en}; of each day and system the first lookup counts.",
            ),
        ),
    ),
    summary=Text(
        "De medewerker gebruikte op {days_nl} een systeem zonder vastgelegde geheimhoudingsverklaring, {period_nl}.",
        "On {days_en} the employee used a system with no statement of confidentiality on record, {period_en}.",
    ),
    counterfactual=Text(
        "Met een verklaring die op {first_day} al gold en vóór het einde van de respijttermijn was vastgelegd, was er geen signaal.",
        "With a statement in force on {first_day} and on record before the end of the grace, this signal would not exist.",
    ),
    unknown=(
        Text(
            "Of de verklaring wel is getekend maar niet vastgelegd, blijkt niet uit de registratie.",
            "Whether the statement was signed and not put on record does not follow from the register.",
        ),
        Text(
            "Wie de toegang tot het systeem heeft gegeven, blijkt niet uit de logging.",
            "Who granted access to the system does not follow from the logging.",
        ),
    ),
    title=Text("Geen geheimhoudingsverklaring", "No statement of confidentiality"),
    legal_basis="Code of conduct of a municipal social service (WIL, chapter 4): a statement of confidentiality is signed before anyone gets access to Suwinet; Wet SUWI art. 74; AVG art. 32.",
    false_positives=(
        "A statement that was signed on paper and not yet put on record: its registration withdraws the signal.",
        "A register that is behind, or lost rows, gives a signal of everybody concerned at once: look at the register first.",
    ),
    known_gaps=(
        "Without the register of statements the rule is inactive.",
        "Accounts that the register of employees does not know at that moment are not judged.",
        "A register that lacks many rows gives as many signals; they compete for the same weekly budget.",
        "Of each day and system only the first lookup is kept as evidence.",
    ),
    next_steps=(
        "Ask the keeper of the statements whether one was signed, and when.",
        "See who granted the access, and whether access without a statement is possible for others too.",
    ),
)
