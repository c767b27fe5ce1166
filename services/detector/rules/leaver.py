"""leaver: the last weeks of an employment with far more opened or taken out without explanation than before."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import (
    base,
    medical_data,
    off_hours,
    often_nobodys_case,
    sign_of_sharing,
)
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON
from services.detector.rules.unexplained_share import PERSONS

OF_RECORDS = pl.col("counted") == "records"
ABOVE = (
    pl.when(pl.col("surplus") >= 32)
    .then(120)
    .when(pl.col("surplus") >= 16)
    .then(90)
    .when(pl.col("surplus") >= 8)
    .then(60)
    .otherwise(30)
)


def _above(counted_nl: str, counted_en: str) -> Text:
    """What was expected of what is counted, and how many times that it is."""
    return Text(
        f"Op grond van {{workdays_nl}} daarvoor, aangevuld met die van {{peers_nl}}, waren er {{expected_nl}} te verwachten, geteld in {counted_nl}. Het aantal is ten minste {{surplus}} keer zo hoog.",
        f"The {{workdays_en}} before, supplemented with those of {{peers_en}}, led to expect {{expected_en}}, counted in {counted_en}. The number is at least {{surplus}} times as high.",
    )


RULE = Rule(
    id="leaver",
    version=1,
    family="leaver",
    rule_class=in_class("B"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            300,
            Text(
                "Volgens het personeelsregister eindigt het dienstverband op {until_day}. Vanaf {since_day} zijn zonder verklaring gegevens geopend, afgedrukt of geëxporteerd: {lookups_nl} over {persons_nl} ({moments_nl}, {days_nl}).",
                "By the register of employees, employment ends on {until_day}. Since {since_day} data were opened, printed or exported without an explanation: {lookups_en} about {persons_en} ({moments_en}, {days_en}).",
            ),
        ),
        Factor("above-own-norm", ~OF_RECORDS, ABOVE, pl.col("surplus").cast(pl.String), _above("personen", "persons")),
        Factor(
            "records-above-own-norm", OF_RECORDS, ABOVE, pl.col("surplus").cast(pl.String), _above("records", "records")
        ),
        PERSONS,
        Factor(
            "records-taken-out",
            OF_RECORDS,
            pl.when(pl.col("records") >= 500).then(80).otherwise(50),
            pl.col("records").cast(pl.String),
            Text(
                "Zonder verklaring geëxporteerd of afgedrukt: {records_nl}.",
                "Exported or printed without an explanation: {records_en}.",
            ),
        ),
        often_nobodys_case(40),
        medical_data(20),
        sign_of_sharing(60),
        off_hours(20),
    ),
    summary=Text(
        "De medewerker van wie het dienstverband op {until_day} eindigt, opende, printte of exporteerde vanaf {since_day} gegevens zonder gevonden werkreden ({lookups_nl} over {persons_nl}); dat is ten minste {surplus} keer wat op grond van eerder werk te verwachten was.",
        "The employee, whose employment ends on {until_day}, opened, printed or exported data since {since_day} with no work reason found ({lookups_en} about {persons_en}); that is at least {surplus} times what earlier work led to expect.",
    ),
    counterfactual=Text(
        "Met zaakkoppelingen voor deze personen, of als het dienstverband niet eindigde, was er geen signaal van deze regel.",
        "With case links for these persons, or if employment did not end, this rule would not have given a signal.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Laatste weken van het dienstverband", "Last weeks of employment"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 8: confidentiality continues after employment; AVG art. 5(1)(f) and 32.",
    false_positives=(
        "Cases handed over to another team without a registration.",
        "A contract that is prolonged, while the register still shows its end.",
        "Letters of good-bye to own clients, printed in one go.",
    ),
    known_gaps=(
        "What was taken before the last weeks.",
        "Looks after the last day, when the account should be closed.",
        "Persons of whom a colleague of the same team had the case: they are not counted.",
    ),
    next_steps=(
        "Ask what was agreed about the hand-over of work.",
        "See in the source systems what was printed or exported, and where it went.",
    ),
)
