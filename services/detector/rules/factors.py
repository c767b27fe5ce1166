"""Factors that several rules share, along the sanction factors of the code of conduct (UWV 2021, ch. 8)."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from services.detector.rules.base import Factor, Text


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
            "{off_hours} van {lookups_nl} vallen buiten 06:00-19:00 of in het weekend.",
            "{off_hours} of {lookups_en} fall outside 06:00-19:00 or in the weekend.",
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


def link_exists(points: int) -> Factor:
    """Against: the file came to the employee as work. It does not lift the conflict of interest."""
    return Factor(
        "case-link-exists",
        pl.col("conflicts") > 0,
        pl.lit(-points),
        pl.col("conflicts").cast(pl.String),
        Text(
            "Voor {conflicts} van {lookups_nl} bestaat een zaakkoppeling: het dossier kwam als werk bij de medewerker.",
            "For {conflicts} of {lookups_en} a case link exists: the file came to the employee as work.",
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
            "For none of the lookups ({lookups_en}) a case link, task or contact was found.",
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
            "De medewerker heeft {self_reported} van {lookups_nl} zelf gemeld als een verkeerd geopend dossier.",
            "The employee reported {self_reported} of {lookups_en} as a wrong file opened.",
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
            "{on_leave} van {lookups_nl} vallen in geregistreerd verlof of andere afwezigheid van de medewerker.",
            "{on_leave} of {lookups_en} fall within registered leave or other absence of the employee.",
        ),
    )


def counting() -> tuple[Factor, ...]:
    """The factors that every rule on a relative's, own or colleague's file shares."""
    return (
        number_of_consultations({2: 20, 3: 40, 5: 60, 10: 80}),
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


INSTRUCTED = Text(
    "Of de medewerker over dit voorschrift is geïnstrueerd, blijkt niet uit de logging.",
    "Whether the employee had been instructed on this rule does not follow from the logging.",
)
ERRAND = Text(
    "Of een leidinggevende of collega om deze raadpleging heeft gevraagd, blijkt niet uit de logging.",
    "Whether a manager or colleague asked for this lookup does not follow from the logging.",
)
PASSED_ON = Text(
    "Of gegevens met derden zijn gedeeld, blijkt niet uit de logging.",
    "Whether data were passed on to third parties does not follow from the logging.",
)
