"""long-watch: the same file without explanation in six or more months out of 24."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Rule, Text, in_class
from services.detector.rules.factors import (
    base,
    break_glass,
    found_by_address,
    found_by_name,
    medical_data,
    off_hours,
    sign_of_sharing,
)
from services.detector.rules.pair_factors import (
    colleague_had_the_case,
    false_case_claim,
    months_watched,
    number_of_consultations,
)
from services.detector.rules.sentences import ERRAND, INSTRUCTED, NO_REASON, PASSED_ON

RULE = Rule(
    id="long-watch",
    version=1,
    family="no-case-link",
    rule_class=in_class("P"),
    hit=None,
    fires=pl.col("long_watch"),
    factors=(
        base(700, NO_REASON),
        months_watched({2: 20, 9: 40, 12: 60, 18: 80}),
        number_of_consultations({2: 20, 10: 40, 30: 60}),
        colleague_had_the_case(90),
        medical_data(40),
        sign_of_sharing(40),
        break_glass(20),
        off_hours(10),
        found_by_name(10),
        found_by_address(10),
        false_case_claim({1: 20, 3: 40}),
    ),
    summary=Text(
        "De medewerker raadpleegde hetzelfde dossier in {months} verschillende maanden zonder gevonden werkreden: {moments_nl} op {days_nl} ({lookups_nl}), {period_nl}.",
        "The employee consulted the same file in {months} different months with no work reason found: {moments_en} on {days_en} ({lookups_en}), {period_en}.",
    ),
    counterfactual=Text(
        "Met een zaakkoppeling van de medewerker of het team die in deze {months} maanden gold en op tijd was geregistreerd, was er geen signaal.",
        "With a case link of the employee or the team that was in force in these {months} months and registered in time, this signal would not exist.",
    ),
    unknown=(
        INSTRUCTED,
        ERRAND,
        PASSED_ON,
        Text(
            "Of de medewerker en deze persoon elkaar kennen, blijkt niet uit de logging.",
            "Whether the employee and this person know each other does not follow from the logging.",
        ),
    ),
    title=Text("Langdurig zonder zaakkoppeling", "Over many months without a case link"),
    legal_basis="UWV code of conduct 2021, chapters 3 and 8: the number of consultations is a sanction factor.",
    false_positives=(
        "A case that the employee worked for months while nobody registered it.",
        "A standing task, such as a periodic check, for which the systems write no case links.",
    ),
    known_gaps=(
        "Looks in fewer months, or spread thinner than the months that the settings count.",
        "Looks before the first day of the history that was read.",
        "Files of the own street: these count in the signal of that rule.",
    ),
    next_steps=(
        "Ask the team lead, without naming the employee, whether the team has had standing work on this file.",
        "Compare the months with events around the person looked up.",
    ),
)
