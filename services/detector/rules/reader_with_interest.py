"""reader-with-interest: a signal about the reader, a relative of the reader or a colleague of the same team was read."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import base, off_hours
from services.detector.rules.reader_sentences import PURPOSE, REGISTERED, SEEN

OF_SELF = pl.col("relation") == "self"
OF_TEAM = pl.col("relation") == "team_mate"

RULE = Rule(
    id="reader-with-interest",
    version=1,
    family="reader-with-interest",
    rule_class=in_class("P"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            640,
            Text(
                "De lezer heeft volgens de registers een belang bij degene over wie het signaal of de zoekvraag ging.",
                "By the registers the reader has an interest in whom the signal or the search was about.",
            ),
        ),
        Factor(
            "about-the-reader",
            OF_SELF,
            pl.lit(120),
            pl.col("lookups").cast(pl.String),
            Text("Het ging over de lezer zelf.", "It was about the reader."),
        ),
        Factor(
            "about-a-relative",
            pl.col("relation").is_not_null() & ~OF_SELF & ~OF_TEAM,
            pl.lit(100),
            pl.col("relation"),
            Text(
                "Degene over wie het ging, staat geregistreerd als {relation_nl} van de lezer.",
                "The person it was about is recorded as the reader's {relation_en}.",
            ),
        ),
        Factor(
            "about-the-own-team",
            OF_TEAM,
            pl.lit(40),
            pl.lit("1"),
            Text(
                "Degene over wie het ging, werkte op dat moment in hetzelfde team als de lezer.",
                "The person it was about worked in the reader's team at that moment.",
            ),
        ),
        Factor(
            "identity-opened",
            pl.col("identities") > 0,
            pl.lit(60),
            pl.col("identities").cast(pl.String),
            Text("De identiteit is daarbij geopend.", "The identity was opened as well."),
        ),
        Factor(
            "number-of-days",
            pl.col("days") >= 2,
            pl.when(pl.col("days") >= 5).then(60).when(pl.col("days") >= 3).then(40).otherwise(20),
            pl.col("days").cast(pl.String),
            Text("Het gebeurde op {days_nl}.", "It happened on {days_en}."),
        ),
        Factor(
            "read-as-work",
            pl.col("conflicts") > 0,
            pl.lit(-20),
            pl.col("conflicts").cast(pl.String),
            Text(
                "Bij {conflicts} van {lookups_nl} was het signaal op dat moment werk van de lezer; dat heft het belang niet op.",
                "At {conflicts} of {lookups_en} the signal was the reader's work at that moment; that does not lift the interest.",
            ),
        ),
        off_hours(10),
    ),
    summary=Text(
        "De lezer bekeek signalen, of zocht ernaar, over iemand bij wie de lezer een belang heeft: {lookups_nl}, {period_nl}.",
        "The reader read signals, or searched for them, about somebody in whom the reader has an interest: {lookups_en}, {period_en}.",
    ),
    counterfactual=Text(
        "Zonder de geregistreerde relatie of het gedeelde team was er geen signaal van deze regel; met een weigering van de toegang was er niets gelezen.",
        "Without the relation or the shared team on record this rule would not have given a signal; had access been refused, nothing would have been read.",
    ),
    unknown=(PURPOSE, SEEN, REGISTERED),
    title=Text("Lezer met een belang", "Reader with an interest"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 6: who has an interest hands the matter over; protocol of investigation: impartiality of who assesses; AVG art. 32.",
    false_positives=(
        "A relation that ended long ago: whoever once was a partner or relative still counts.",
        "Interests that were registered after the read: the reader may not have been able to know.",
        "A small office in which every investigator shares a team with whoever is assessed.",
    ),
    known_gaps=(
        "Lists of signals name nobody, so what a list showed is not judged.",
        "Relatives and friends whom no register knows.",
        "Readers whose account is bound to no employee: the API counts them and publishes nothing of them.",
    ),
    next_steps=(
        "See in the audit trail with which purpose and after which item the signal was opened.",
        "See why the API did not refuse it: were the interests loaded before the read?",
        "Have somebody else take over the items concerned.",
    ),
)
