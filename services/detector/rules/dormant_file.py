"""dormant-file: a single unexplained look at a file on which all known work ended more than 24 months before."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import base
from services.detector.rules.no_case_link import CONTEXT, COUNTERFACTUAL, SINGLE
from services.detector.rules.sentences import ERRAND, INSTRUCTED, NO_REASON, PASSED_ON

RULE = Rule(
    id="dormant-file",
    version=1,
    family="no-case-link",
    rule_class=in_class("C"),
    hit=None,
    fires=(pl.col("dormant") > 0) & SINGLE,
    factors=(base(100, NO_REASON), *CONTEXT),
    summary=Text(
        "De medewerker raadpleegde zonder gevonden werkreden een dossier waarvan alle bekende zaken meer dan {dormant_months} maanden eerder waren geëindigd, op {moments_nl} ({lookups_nl}), {period_nl}.",
        "The employee consulted a file of which all known cases had ended more than {dormant_months} months before, with no work reason found, at {moments_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=COUNTERFACTUAL,
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Slapend dossier", "Dormant file"),
    legal_basis="UWV code of conduct 2021, chapter 3; AVG art. 5(1)(b) and (e): what is no longer worked on is not consulted.",
    false_positives=(
        "A former client who calls or writes again before a new case is registered.",
        "Archive work, or a mistyped number.",
    ),
    known_gaps=(
        "Persons without any case link on record: a register that goes back less far says nothing about them.",
        "Lawful work that left no case link.",
    ),
    next_steps=("Ask whether this person has asked for anything since, or whether the file was due for destruction.",),
)
