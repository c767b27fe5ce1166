"""Factors that several rules share, along the sanction factors of the code of conduct (UWV 2021, ch. 8)."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from services.detector.rules.base import Factor, Text
from services.detector.rules.sentences import NOBODYS_CASE, OFTEN_NOBODYS_CASE


def base(points: int, text: Text) -> Factor:
    """What the rule itself weighs."""
    return Factor("rule", pl.lit(True), pl.lit(points), pl.lit("1"), text)


def steps_of(column: str, steps: dict[int, int]) -> pl.Expr:
    """Points by the greatest step that the column reaches."""
    points = pl.lit(0)
    for least, worth in sorted(steps.items()):
        points = pl.when(pl.col(column) >= least).then(pl.lit(worth)).otherwise(points)
    return points


def medical_data(points: int) -> Factor:
    """Sanction factor: nature of the data; health data are a special category (AVG art. 9)."""
    return Factor(
        "nature-of-data",
        pl.col("medical"),
        pl.lit(points),
        pl.lit("medical"),
        Text("Er zijn medische gegevens getoond.", "Medical data were shown."),
    )


def sign_of_sharing(points: int) -> Factor:
    """Sanction factor: a sign that data left the system."""
    return Factor(
        "sign-of-sharing",
        pl.col("shared") > 0,
        pl.lit(points),
        pl.col("shared").cast(pl.String),
        Text(
            "In {shared} van {lookups_nl} is afgedrukt of geëxporteerd.",
            "In {shared} of {lookups_en} data were printed or exported.",
        ),
    )


def off_hours(points: int) -> Factor:
    """Context: at least half of the lookups outside office hours."""
    return Factor(
        "off-hours",
        pl.col("off_hours") * 2 >= pl.col("lookups"),
        pl.lit(points),
        pl.col("off_hours").cast(pl.String),
        Text(
            "Buiten kantooruren, in een weekend of op een feestdag: {off_hours} van {lookups_nl}.",
            "Outside office hours, in a weekend or on a public holiday: {off_hours} of {lookups_en}.",
        ),
    )


def found_by_name(points: int) -> Factor:
    """Context: the person was looked for by name."""
    return Factor(
        "found-by-name",
        (pl.col("by_name") > 0) & (pl.col("by_address") == 0),
        pl.lit(points),
        pl.col("by_name").cast(pl.String),
        Text(
            "In {by_name} van {lookups_nl} is op naam gezocht.", "In {by_name} of {lookups_en} the search was by name."
        ),
    )


def found_by_address(points: int) -> Factor:
    """Context: the person was looked for by address."""
    return Factor(
        "found-by-address",
        pl.col("by_address") > 0,
        pl.lit(points),
        pl.col("by_address").cast(pl.String),
        Text(
            "In {by_address} van {lookups_nl} is op adres gezocht.",
            "In {by_address} of {lookups_en} the search was by address.",
        ),
    )


def break_glass(points: int) -> Factor:
    """Context: access was forced by the emergency procedure."""
    return Factor(
        "break-glass",
        pl.col("break_glass") > 0,
        pl.lit(points),
        pl.col("break_glass").cast(pl.String),
        Text(
            "In {break_glass} van {lookups_nl} is de noodprocedure gebruikt.",
            "In {break_glass} of {lookups_en} the emergency procedure was used.",
        ),
    )


def worked_on_it(steps: dict[int, int]) -> Factor:
    """Against: data of the file were changed, which can be seen there and is what work leaves behind."""
    return Factor(
        "worked-on-it",
        pl.col("edits") >= min(steps),
        -steps_of("edits", steps),
        pl.col("edits").cast(pl.String),
        Text(
            "Bij {edits} van {lookups_nl} zijn gegevens in het dossier gewijzigd; daar is na te gaan wat er is gedaan.",
            "In {edits} of {lookups_en} data in the file were changed; what was done can be seen there.",
        ),
    )


def worked_on_them(points: int) -> Factor:
    """Against: data were changed in at least a quarter of the lookups."""
    return replace(worked_on_it({1: points}), when=pl.col("edits") * 4 >= pl.col("lookups"))


def from_a_worklist(points: int) -> Factor:
    """Against: a worklist showed at least half of the files; whoever works through one does not choose the person."""
    return Factor(
        "from-a-worklist",
        pl.col("by_worklist") * 2 >= pl.col("lookups"),
        pl.lit(-points),
        pl.col("by_worklist").cast(pl.String),
        Text(
            "{by_worklist} van {lookups_nl} zijn geopend vanuit een werklijst.",
            "{by_worklist} of {lookups_en} were opened from a worklist.",
        ),
    )


def went_on(steps: dict[int, int]) -> Factor:
    """Number of consultations over time: what stands out came back in later fortnights or months."""
    return Factor(
        "went-on",
        pl.col("continued") >= min(steps),
        steps_of("continued", steps),
        pl.col("continued").cast(pl.String),
        Text(
            "Aansluitend viel dit bij de medewerker opnieuw op; aantal andere perioden (twee weken of een maand): {continued}.",
            "It stood out with the employee in adjoining periods too; number of other fortnights or months: {continued}.",
        ),
    )


def often_nobodys_case(points: int) -> Factor:
    """Context: of most of these persons nobody had a case, so no colleague's work led to them."""
    return Factor(
        "nobody-had-a-case",
        pl.col("without_case") * 2 >= pl.col("lookups"),
        pl.lit(points),
        pl.col("without_case").cast(pl.String),
        OFTEN_NOBODYS_CASE,
    )


def cases_of_others(points: int) -> Factor:
    """Against: nearly all of these persons were somebody's case, as with help to another team that nobody registered.

    Cases of the own team have a factor of their own.
    """
    return Factor(
        "cases-of-others",
        (pl.col("without_case") * 10 <= pl.col("lookups")) & (pl.col("colleague_case") * 2 < pl.col("lookups")),
        pl.lit(-points),
        pl.col("without_case").cast(pl.String),
        Text(
            "Bij {without_case} van {lookups_nl} had volgens de zakenregistratie niemand een zaak; de andere personen waren bij iemand in behandeling.",
            "At {without_case} of {lookups_en} nobody had a case by the case register; the other persons were somebody's work.",
        ),
    )


def others_stood_out(steps: dict[int, int]) -> Factor:
    """Against: on the same date the day of several others stands out too, as when a team is given such work."""
    return Factor(
        "others-stood-out",
        pl.col("stood_out") >= min(steps),
        -steps_of("stood_out", steps),
        pl.col("stood_out").cast(pl.String),
        Text(
            "Op dezelfde dag gebeurde dit bij in totaal {stood_out} medewerkers, zoals bij werk dat aan een team is opgedragen.",
            "On the same day this happened with {stood_out} employees in all, as with work that a team was given.",
        ),
    )


def nobody_had_a_case(points: int, text: Text | None = None) -> Factor:
    """For: no case of this person was in force anywhere, as the register was when grace ended."""
    return Factor(
        "nobody-had-a-case",
        pl.col("without_case") == pl.col("lookups"),
        pl.lit(points),
        pl.col("without_case").cast(pl.String),
        text or NOBODYS_CASE,
    )


def colleagues_had_the_cases(points: int) -> Factor:
    """Against: colleagues of the viewer's team had the cases of at least half of the lookups."""
    return Factor(
        "colleagues-had-the-cases",
        pl.col("colleague_case") * 2 >= pl.col("lookups"),
        pl.lit(-points),
        pl.col("colleague_case").cast(pl.String),
        Text(
            "Bij {colleague_case} van {lookups_nl} had een collega van hetzelfde team een zaak van de betrokken persoon.",
            "For {colleague_case} of {lookups_en} a colleague of the same team had a case of the person concerned.",
        ),
    )


def number_of_persons(steps: dict[int, int]) -> Factor:
    """How many different persons' files were opened."""
    return Factor(
        "number-of-persons",
        pl.col("subjects") >= min(steps),
        steps_of("subjects", steps),
        pl.col("subjects").cast(pl.String),
        Text("Het gaat om {subjects} verschillende personen.", "It concerns {subjects} different persons."),
    )


def forest(points: int) -> Factor:
    """A learned model's second opinion, where the agency lets it count; never the ground of a signal."""
    return Factor(
        "forest",
        pl.col("strangeness") >= 600,
        pl.when(pl.col("strangeness") >= 700).then(points).otherwise(points // 2),
        pl.col("strangeness").cast(pl.String),
        Text(
            "Een geleerd model geeft deze dag {strangeness} op een schaal tot 1000, waarbij 500 gewoon is. Dit weegt weinig; de grond van het signaal is een andere.",
            "A learned model gives this day {strangeness} on a scale up to 1000, where 500 is ordinary. It weighs little; the ground of this signal is another.",
        ),
    )
