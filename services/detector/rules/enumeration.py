"""enumeration: unexplained persons of one day whose numbers follow one another, or at a pace at which nobody works."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import (
    base,
    medical_data,
    off_hours,
    often_nobodys_case,
)
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

RULE = Rule(
    id="enumeration",
    version=1,
    family="enumeration",
    rule_class=in_class("P"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            670,
            Text(
                "Op {first_day} zijn binnen {span_nl} de dossiers van {persons_nl} zonder verklaring geopend; volgens de logging niet via een naam, adres, werklijst of zaak.",
                "On {first_day} the files of {persons_en} were opened without an explanation within {span_en}; by the log not from a name, address, worklist or case.",
            ),
        ),
        Factor(
            "numbers-in-a-row",
            pl.col("compared_with") == "numbers",
            pl.lit(50),
            pl.col("subjects").cast(pl.String),
            Text(
                "Van elk van deze {subjects} personen ligt het nummer dicht bij dat van een ander die kort ervoor of erna is geopend.",
                "Of each of these {subjects} persons the number lies close to that of another who was opened shortly before or after.",
            ),
        ),
        Factor(
            "pace",
            pl.col("usual_pause") <= 90,
            pl.when(pl.col("usual_pause") <= 10).then(30).otherwise(10),
            pl.col("usual_pause").cast(pl.String),
            Text(
                "Tussen twee nieuwe personen zat gewoonlijk {usual_nl} (ten minste {shortest_pause}, ten hoogste {longest_pause}).",
                "Between two new persons there was usually {usual_en} (at least {shortest_pause}, at most {longest_pause}).",
            ),
        ),
        Factor(
            "number-of-persons",
            pl.col("subjects") >= 20,
            pl.when(pl.col("subjects") >= 100).then(60).when(pl.col("subjects") >= 50).then(40).otherwise(20),
            pl.col("subjects").cast(pl.String),
            Text("Het gaat om {subjects} verschillende personen.", "It concerns {subjects} different persons."),
        ),
        often_nobodys_case(30),
        Factor(
            "colleagues-had-the-cases",
            pl.col("colleague_case") * 2 >= pl.col("lookups"),
            pl.lit(-40),
            pl.col("colleague_case").cast(pl.String),
            Text(
                "Bij {colleague_case} van {lookups_nl} had een collega van hetzelfde team een zaak van de betrokken persoon.",
                "For {colleague_case} of {lookups_en} a colleague of the same team had a case of the person concerned.",
            ),
        ),
        medical_data(40),
        off_hours(10),
    ),
    summary=Text(
        "De medewerker opende op {first_day} binnen {span_nl} de dossiers van {persons_nl} zonder gevonden werkreden ({lookups_nl}).",
        "On {first_day} the employee opened the files of {persons_en} within {span_en} with no work reason found ({lookups_en}).",
    ),
    counterfactual=Text(
        "Met zaakkoppelingen voor deze personen, of als zij volgens de logging uit een werklijst waren geopend, was er geen signaal.",
        "With case links for these persons, or if by the log they had been opened from a worklist, this signal would not exist.",
    ),
    unknown=(
        INSTRUCTED,
        ERRAND,
        PASSED_ON,
        Text(
            "Of een programma de nummers heeft ingevoerd, blijkt niet uit de logging.",
            "Whether a program entered the numbers does not follow from the logging.",
        ),
    ),
    title=Text("Nummers achter elkaar opgezocht", "Numbers looked up one after another"),
    legal_basis="UWV code of conduct 2021, chapter 3: systems are consulted only for one's own work; AVG art. 5(1)(c) and 32: no more than needed, and secured.",
    false_positives=(
        "A paper list or mail-in sorted by number that is worked through before its cases are registered.",
        "A clean-up or migration of records on request, done under a personal account.",
        "Members of one family whose numbers were issued together: eight of them are rare.",
        "Fast work on a day on which the register of cases was not delivered.",
    ),
    known_gaps=(
        "Numbers a fixed distance apart that is more than 40, at less than the pace.",
        "Neighbouring numbers opened more than a few minutes apart, or fewer than eight of them.",
        "Work lists are believed: a list of one's own making is not seen here.",
        "Numbers that do not exist: most systems log no lookup for them.",
    ),
    next_steps=(
        "Ask which list or task the numbers came from.",
        "See in the source system whether the lookups were typed or came from a program or a macro.",
    ),
)
