"""reader-not-assigned: signals that were nobody's work, or another's, opened one by one on a day."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text
from services.detector.rules.factors import base, off_hours
from services.detector.rules.reader_sentences import ASKED, PURPOSE, SEEN

OFTEN = pl.col("reads") >= pl.col("least_reads")
OPENED = pl.col("identities") > 0

RULE = Rule(
    id="reader-not-assigned",
    version=1,
    family="reader-not-assigned",
    rule_class=pl.when(OFTEN | OPENED).then(pl.lit("P")).otherwise(pl.lit("C")),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            200,
            Text(
                "Op {first_day} zijn {reads_nl} signalen geopend die op dat moment geen werk van de lezer waren.",
                "On {first_day} signals that were not the reader's work at that moment were opened {reads_en}.",
            ),
        ),
        Factor(
            "number-of-reads",
            OFTEN,
            pl.when(OPENED).then(60).otherwise(420),
            pl.col("reads").cast(pl.String),
            Text(
                "Het gebeurde {reads_nl} op één dag, over {persons_nl}; vanaf {least_reads} keer telt het zwaarder.",
                "It happened {reads_en} on one day, about {persons_en}; from {least_reads} times on it weighs more.",
            ),
        ),
        Factor(
            "identity-opened",
            OPENED,
            pl.lit(420),
            pl.col("identities").cast(pl.String),
            Text(
                "Daarbij zijn {identities_nl} in leesbare vorm geopend.",
                "Of these, {identities_en} were opened in the clear.",
            ),
        ),
        off_hours(20),
    ),
    summary=Text(
        "De lezer opende op {first_day} {reads_nl} een signaal dat op dat moment geen werk van de lezer was ({lookups_nl}, {persons_nl}).",
        "On {first_day} the reader opened, {reads_en}, a signal that was not the reader's work at that moment ({lookups_en}, {persons_en}).",
    ),
    counterfactual=Text(
        "Met een toewijzing, of een zaak die voor alle beoordelaars openstond, was er geen signaal.",
        "With an assignment, or an item that was open to all who assess, this signal would not exist.",
    ),
    unknown=(PURPOSE, ASKED, SEEN),
    title=Text("Lezer zonder toewijzing", "Reader without assignment"),
    legal_basis="AVG art. 5(1)(b) and 32: purpose limitation and access by need to know; protocol of investigation: files of others' investigations are not opened.",
    false_positives=(
        "A page that was reloaded: each time counts.",
        "A colleague who was asked to look along without being assigned.",
        "A lead who reads closed items for a report.",
    ),
    known_gaps=(
        "Lists of signals and searches for persons are not judged by it.",
        "An item that was open to all explains every read of it, whatever the reader wanted.",
    ),
    next_steps=(
        "See in the audit trail with which purpose the signals were opened, and what was done after.",
        "Ask the lead whether the reader was asked to look along, and assign where that was so.",
    ),
)
