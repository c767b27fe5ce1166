"""Factors of one employee and one person: how often and how long, whose work the file was, what the screen claimed."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from services.detector.rules.base import Factor, Text
from services.detector.rules.factors import (
    break_glass,
    found_by_address,
    found_by_name,
    medical_data,
    off_hours,
    sign_of_sharing,
    steps_of,
)


def number_of_consultations(steps: dict[int, int]) -> Factor:
    """Sanction factor: how often the file was consulted, in moments."""
    return Factor(
        "number-of-consultations",
        pl.col("moments") >= min(steps),
        steps_of("moments", steps),
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


def months_watched(steps: dict[int, int]) -> Factor:
    """Sanction factor: how long the file was consulted, in local months with a look."""
    return Factor(
        "months-watched",
        pl.col("months") >= min(steps),
        steps_of("months", steps),
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
        steps_of("false_claims", steps),
        pl.col("false_claims").cast(pl.String),
        Text(
            "In {false_claims} van {lookups_nl} stond een zaak open die volgens de zaakkoppelingen niet van deze persoon is.",
            "In {false_claims} of {lookups_en} the screen was in a case that by the case links is not this person's.",
        ),
    )


def unregistered_case(steps: dict[int, int]) -> Factor:
    """Against: the screen was in no known case of the person, yet data were changed: a case without a link, perhaps."""
    return Factor(
        "unregistered-case",
        (pl.col("false_claims") >= min(steps)) & (pl.col("edits") > 0),
        -steps_of("false_claims", steps),
        pl.col("edits").cast(pl.String),
        Text(
            "Bij {edits} van {lookups_nl} zijn gegevens gewijzigd; de zaak die openstond kan er een zijn die niemand heeft gekoppeld.",
            "In {edits} of {lookups_en} data were changed; the case that was open may be one that nobody linked.",
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


def from_a_case_at_work(points: int) -> Factor:
    """Against: the file was opened from within a case that the viewer was working on."""
    return Factor(
        "from-a-case-at-work",
        pl.col("claims_at_work") > 0,
        pl.lit(-points),
        pl.col("claims_at_work").cast(pl.String),
        Text(
            "Bij {claims_at_work} van {lookups_nl} stond een zaak van een ander open waaraan de medewerker binnen het uur ervoor of erna werkte.",
            "In {claims_at_work} of {lookups_en} the screen was in somebody else's case on which the employee worked within the hour before or after.",
        ),
    )


BY_HANDLERS = pl.col("by_handler") == pl.col("lookups")
"""Only somebody looked who may handle such files: it is the work that is not seen, not the authority."""
STAFF_CLASS = pl.when(BY_HANDLERS).then(pl.lit("B")).otherwise(pl.lit("P"))
"""The class of a rule on staff files."""


def authorised(points: int) -> Factor:
    """Against: the viewer belongs to those who handle staff files."""
    return Factor(
        "authorised",
        BY_HANDLERS,
        pl.lit(-points),
        pl.col("by_handler").cast(pl.String),
        Text(
            "De medewerker was bevoegd voor dossiers van eigen personeel ({by_handler} van {lookups_nl}); alleen een zaakkoppeling is niet gevonden.",
            "The employee was authorised for staff files ({by_handler} of {lookups_en}); only a case link was not found.",
        ),
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
