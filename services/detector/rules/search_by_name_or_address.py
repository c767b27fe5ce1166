"""search-by-name-or-address: a month of searches by name or address, far more than the peers' without explanation."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import (
    base,
    medical_data,
    off_hours,
    often_nobodys_case,
    sign_of_sharing,
    went_on,
)
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON
from services.detector.rules.unexplained_share import ABOVE_SHARE, PERSONS, WITH_AGENCY

RULE = Rule(
    id="search-by-name-or-address",
    version=1,
    family="search-by-name-or-address",
    rule_class=in_class("B"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            290,
            Text(
                "Van {since_day} tot en met {until_day} zijn op {workdays_nl} de dossiers van {opened_nl} geopend na zoeken op naam of adres (per dag geteld, zonder dagen met een eigen signaal); voor {persons_nl} is geen verklaring gevonden ({lookups_nl}: {by_name} op naam, {by_address} op adres).",
                "From {since_day} to {until_day} the files of {opened_en} were opened after a search by name or address on {workdays_en} (each day counted apart, without days that have a signal of their own); for {persons_en} no explanation was found ({lookups_en}: {by_name} by name, {by_address} by address).",
            ),
        ),
        ABOVE_SHARE,
        PERSONS,
        WITH_AGENCY,
        often_nobodys_case(40),
        medical_data(20),
        went_on({1: 40, 2: 70, 3: 100}),
        sign_of_sharing(40),
        off_hours(20),
    ),
    summary=Text(
        "De medewerker opende van {since_day} tot en met {until_day} na zoeken op naam of adres de dossiers van {persons_nl} zonder gevonden werkreden ({lookups_nl}, {days_nl}); dat is ten minste {surplus} keer wat het aandeel bij anderen deed verwachten.",
        "From {since_day} to {until_day} after a search by name or address the employee opened the files of {persons_en} with no work reason found ({lookups_en}, {days_en}); that is at least {surplus} times what the share of others led to expect.",
    ),
    counterfactual=Text(
        "Met zaakkoppelingen voor deze personen, of met een even groot onverklaard aandeel bij anderen, was er geen signaal.",
        "With case links for these persons, or with as large an unexplained share among others, this signal would not exist.",
    ),
    unknown=(INSTRUCTED, ERRAND, PASSED_ON),
    title=Text("Zoeken op naam of adres boven vakgenoten", "Searches by name or address above the peers'"),
    legal_basis="UWV code of conduct 2021, chapter 3: systems are consulted only for one's own work; BIO2 8.15 and 8.16.",
    false_positives=(
        "Work that comes in with a name and no number: letters, tips, calls that are not registered as contacts.",
        "Somebody who sorts incoming mail.",
    ),
    known_gaps=(
        "The own street, and searches by address where streets are not known: `own-street` tells of them.",
        "A search without a hit, after which the person is opened by number.",
        "Persons of whom a colleague of the same team had the case: they are not counted.",
        "Fewer than five persons in a month, and the month in which the log ends.",
        "Systems that do not log what was searched by.",
    ),
    next_steps=(
        "Ask how these names and addresses came to the employee.",
        "Compare the addresses with each other, and with the employee's own.",
    ),
)
