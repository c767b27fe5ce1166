"""Factors that several rules share, along the sanction factors of the code of conduct (UWV 2021, ch. 8)."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from services.detector.rules.base import Factor, Text
from services.detector.rules.sentences import NOBODYS_CASE


def base(points: int, text: Text) -> Factor:
    """What the rule itself weighs."""
    return Factor("rule", pl.lit(True), pl.lit(points), pl.lit("1"), text)


def _steps(column: str, steps: dict[int, int]) -> pl.Expr:
    """Points by the greatest step that the column reaches."""
    points = pl.lit(0)
    for least, worth in sorted(steps.items()):
        points = pl.when(pl.col(column) >= least).then(pl.lit(worth)).otherwise(points)
    return points


def number_of_consultations(steps: dict[int, int]) -> Factor:
    """Sanction factor: how often the file was consulted, in moments."""
    return Factor(
        "number-of-consultations",
        pl.col("moments") >= min(steps),
        _steps("moments", steps),
        pl.col("moments").cast(pl.String),
        Text(
            "Het dossier is geraadpleegd op {moments_nl}, verspreid over {days_nl} ({lookups_nl}).",
            "The file was consulted at {moments_en}, spread over {days_en} ({lookups_en}).",
        ),
    )


def consultations_of_files(steps: dict[int, int]) -> Factor:
    """Sanction factor: how often several persons' files were consulted, in moments."""
    return replace(
        number_of_consultations(steps),
        text=Text(
            "De dossiers zijn geraadpleegd op {moments_nl}, verspreid over {days_nl} ({lookups_nl}).",
            "The files were consulted at {moments_en}, spread over {days_en} ({lookups_en}).",
        ),
    )


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


def months_watched(steps: dict[int, int]) -> Factor:
    """Sanction factor: how long the file was consulted, in local months with a look."""
    return Factor(
        "months-watched",
        pl.col("months") >= min(steps),
        _steps("months", steps),
        pl.col("months").cast(pl.String),
        Text(
            "De raadplegingen liggen in {months} verschillende maanden.",
            "The lookups lie in {months} different months.",
        ),
    )


def returned(points: int) -> Factor:
    """Sanction factor repeat: what `repeated-no-case-link` would have said."""
    return Factor(
        "returned",
        pl.col("recurrent"),
        pl.lit(points),
        pl.col("days").cast(pl.String),
        Text(
            "Het dossier is op drie of meer dagen binnen 90 dagen geraadpleegd.",
            "The file was consulted on three or more days within 90.",
        ),
    )


def false_case_claim(steps: dict[int, int]) -> Factor:
    """Context: the screen was in a case that is not this person's. One such line may be a screen left open."""
    return Factor(
        "false-case-claim",
        pl.col("false_claims") >= min(steps),
        _steps("false_claims", steps),
        pl.col("false_claims").cast(pl.String),
        Text(
            "In {false_claims} van {lookups_nl} stond een zaak open die volgens de zaakkoppelingen niet van deze persoon is.",
            "In {false_claims} of {lookups_en} the screen was in a case that by the case links is not this person's.",
        ),
    )


def dormant_file(points: int) -> Factor:
    """Context: nobody had work on this file for long."""
    return Factor(
        "dormant-file",
        pl.col("dormant") > 0,
        pl.lit(points),
        pl.col("dormant").cast(pl.String),
        Text(
            "Bij {dormant} van {lookups_nl} waren alle bekende zaken van deze persoon meer dan {dormant_months} maanden eerder geëindigd.",
            "At {dormant} of {lookups_en} all known cases of this person had ended more than {dormant_months} months before.",
        ),
    )


def link_exists(points: int) -> Factor:
    """Against: the file came to the employee as work. It does not lift the conflict of interest."""
    return Factor(
        "case-link-exists",
        pl.col("conflicts") > 0,
        pl.lit(-points),
        pl.col("conflicts").cast(pl.String),
        Text(
            "Voor {conflicts} van {lookups_nl} bestaat een zaakkoppeling van de medewerker of het team: het dossier kwam als werk.",
            "For {conflicts} of {lookups_en} a case link of the employee or the team exists: the file came as work.",
        ),
    )


def no_link(points: int) -> Factor:
    """For: nothing shows that the file came to the employee as work."""
    return Factor(
        "no-case-link",
        pl.col("conflicts") == 0,
        pl.lit(points),
        pl.col("unlinked").cast(pl.String),
        Text(
            "Voor geen van de raadplegingen ({lookups_nl}) is een zaakkoppeling, taak of contact gevonden.",
            "No case link, task or contact was found for any of the lookups ({lookups_en}).",
        ),
    )


def self_reported(points: int) -> Factor:
    """Against: the employee reported the look as a mistake in time."""
    return Factor(
        "self-report",
        pl.col("self_reported") > 0,
        pl.lit(-points),
        pl.col("self_reported").cast(pl.String),
        Text(
            "De medewerker heeft {self_reported} van {lookups_nl} op tijd zelf gemeld als een bij vergissing geopend dossier.",
            "The employee reported {self_reported} of {lookups_en} in time as a file opened by mistake.",
        ),
    )


def during_leave(points: int) -> Factor:
    """Context: the employee was on leave or otherwise away, by the register of absences."""
    return Factor(
        "during-leave",
        pl.col("on_leave") > 0,
        pl.lit(points),
        pl.col("on_leave").cast(pl.String),
        Text(
            "Bij {on_leave} van {lookups_nl} was de medewerker volgens het register met verlof of anderszins afwezig.",
            "At {on_leave} of {lookups_en} the employee was on leave or otherwise absent by the register.",
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


def colleague_had_the_case(points: int) -> Factor:
    """Against: a colleague of the viewer's team had a case of this person."""
    return Factor(
        "colleague-had-the-case",
        pl.col("colleague_case") > 0,
        pl.lit(-points),
        pl.col("colleague_case").cast(pl.String),
        Text(
            "Bij {colleague_case} van {lookups_nl} had een collega van hetzelfde team een zaak van deze persoon.",
            "For {colleague_case} of {lookups_en} a colleague of the same team had a case of this person.",
        ),
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
        _steps("subjects", steps),
        pl.col("subjects").cast(pl.String),
        Text("Het gaat om {subjects} verschillende personen.", "It concerns {subjects} different persons."),
    )


def counting() -> tuple[Factor, ...]:
    """The factors that every rule on a relative's, own or colleague's file shares."""
    return (
        number_of_consultations({2: 20, 3: 40, 5: 60, 10: 80}),
        months_watched({6: 10, 12: 20}),
        medical_data(40),
        sign_of_sharing(40),
        break_glass(20),
        off_hours(10),
        found_by_name(10),
        found_by_address(10),
        link_exists(30),
        no_link(10),
        self_reported(10),
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
