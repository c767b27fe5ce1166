"""reveal-rate: a day on which a reader of signals opened, or searched for, far more people than the others do."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import base, off_hours
from services.detector.rules.reader_sentences import ASKED, PURPOSE, SEEN

COMPARED = pl.col("compared_with") == "readers"

RULE = Rule(
    id="reveal-rate",
    version=2,
    family="reveal-rate",
    rule_class=in_class("P"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            640,
            Text(
                "Op {first_day} heeft de lezer {identities_nl} geopend of als bekende opgezocht, elk één keer geteld.",
                "On {first_day} the reader opened {identities_en}, or searched for them as known, each counted once.",
            ),
        ),
        Factor(
            "number-of-identities",
            pl.col("identities") >= 10,
            pl.when(pl.col("identities") >= 50).then(100).when(pl.col("identities") >= 20).then(60).otherwise(30),
            pl.col("identities").cast(pl.String),
            Text("Het gaat om {identities_nl} op één dag.", "It concerns {identities_en} on one day."),
        ),
        Factor(
            "above-the-others",
            COMPARED,
            pl.lit(40),
            pl.col("expected").cast(pl.String),
            Text(
                "Bij andere lezers waren het in de weken ervoor gemiddeld {expected_nl} per dag waarop zij lazen, gemeten over {workdays_nl} van {peers_nl}.",
                "In the weeks before, it was {expected_en} on average for other readers on a day on which they read, measured over {workdays_en} of {peers_en}.",
            ),
        ),
        Factor(
            "nothing-to-compare-with",
            ~COMPARED,
            pl.lit(-20),
            pl.col("history_days").cast(pl.String),
            Text(
                "Er waren te weinig dagen van andere lezers om mee te vergelijken ({workdays_nl}).",
                "There were too few days of other readers to compare with ({workdays_en}).",
            ),
        ),
        off_hours(20),
    ),
    summary=Text(
        "De lezer opende {identities_nl}, of zocht deze als bekende op, op {first_day}.",
        "The reader opened {identities_en}, or searched for them as known, on {first_day}.",
    ),
    counterfactual=Text(
        "Met minder geopende of opgezochte identiteiten op die dag, of als zulke aantallen bij andere lezers gewoon waren, was er geen signaal.",
        "With fewer identities opened or searched for on that day, or if such numbers were usual among other readers, this signal would not exist.",
    ),
    unknown=(PURPOSE, ASKED, SEEN),
    title=Text("Veel identiteiten geopend", "Many identities opened"),
    legal_basis="AVG art. 5(1)(c) and 32: data minimisation and security; signals are pseudonymous unless a purpose asks for the identity.",
    false_positives=(
        "A large investigation into one event, in which many identities are needed on one day.",
        "A data breach whose notification names everybody concerned.",
        "Requests for access to their own data of many persons, answered on one day.",
        "An auditor who searches for each reader of signals to learn whom a signal is about.",
    ),
    known_gaps=(
        "Identities opened or searched for in small numbers over many days.",
        "Where all readers open many, nobody stands out.",
        "With fewer than twenty days of other readers only the number itself counts.",
    ),
    next_steps=(
        "See the purposes in the audit trail, and which items the identities belong to.",
        "Ask who approved the reveals above the rate that needs a second person.",
    ),
)
