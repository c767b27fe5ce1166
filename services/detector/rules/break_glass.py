"""break-glass: access forced by the emergency procedure, and no case, task or contact that explains it afterwards."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import base
from services.detector.rules.no_case_link import CONTEXT
from services.detector.rules.pair_factors import returned
from services.detector.rules.sentences import ERRAND, INSTRUCTED, PASSED_ON

NO_CASE_AFTERWARDS = Text(
    "Binnen de respijttermijn na de noodtoegang is geen zaakkoppeling, taak of contact van de medewerker of het team gevonden dat de raadpleging verklaart ({lookups_nl}).",
    "Within the grace after the emergency access no case link, task or contact of the employee or the team was found that explains the lookup ({lookups_en}).",
)

REASONS = (
    Factor(
        "reason-missing",
        pl.col("without_reason") > 0,
        pl.lit(40),
        pl.col("without_reason").cast(pl.String),
        Text(
            "Bij {without_reason} van {lookups_nl} is de noodprocedure gebruikt zonder toelichting in de logging.",
            "In {without_reason} of {lookups_en} the emergency procedure was used with no words of explanation in the log.",
        ),
    ),
    Factor(
        "reason-repeated",
        pl.col("copied_reasons") > 0,
        pl.lit(60),
        pl.col("copied_reasons").cast(pl.String),
        Text(
            "Bij {copied_reasons} van {lookups_nl} staat een toelichting die deze medewerker ook bij meerdere andere personen gaf.",
            "In {copied_reasons} of {lookups_en} the words are those that this employee gave at several other persons too.",
        ),
    ),
    Factor(
        "emergency-habit",
        pl.col("emergency_persons") >= 2,
        pl.min_horizontal(30 * (pl.col("emergency_persons") - 1), pl.lit(150)),
        pl.col("emergency_persons").cast(pl.String),
        Text(
            "In de {emergency_days} dagen tot en met de laatste noodtoegang opende de medewerker via de noodprocedure de dossiers van {emergency_persons} personen zonder dat een verklaring is gevonden.",
            "In the {emergency_days} days up to the last emergency access the employee opened the files of {emergency_persons} persons by the emergency procedure with no explanation found.",
        ),
    ),
)

RULE = Rule(
    id="break-glass",
    version=1,
    family="no-case-link",
    rule_class=in_class("B"),
    hit=None,
    fires=pl.col("break_glass") > 0,
    factors=(base(200, NO_CASE_AFTERWARDS), *REASONS, *CONTEXT, returned(80)),
    summary=Text(
        "De medewerker gebruikte in {break_glass} van {lookups_nl} de noodprocedure voor een dossier zonder gevonden werkreden, {period_nl}.",
        "The employee used the emergency procedure in {break_glass} of {lookups_en} for a file with no work reason found, {period_en}.",
    ),
    counterfactual=Text(
        "Met een zaakkoppeling, taak of contact van de medewerker of het team die {period_nl} gold en vóór het einde van de respijttermijn was geregistreerd, was er geen signaal.",
        "With a case link, task or contact of the employee or the team that was in force {period_en} and registered before the end of the grace, this signal would not exist.",
    ),
    unknown=(
        INSTRUCTED,
        ERRAND,
        PASSED_ON,
        Text(
            "Of er op dat moment spoed was, blijkt niet uit de logging.",
            "Whether there was an emergency at that moment does not follow from the logging.",
        ),
    ),
    title=Text("Noodtoegang zonder zaak", "Emergency access without a case"),
    legal_basis="UWV code of conduct 2021, chapter 3; AVG art. 32: forced access is justified afterwards.",
    false_positives=(
        "A crisis that was handled by telephone and never registered.",
        "A system that asks for the emergency procedure in ordinary work, for instance after a reorganisation of teams.",
    ),
    known_gaps=(
        "Systems that do not write down that access was forced, or write it otherwise than `break-glass` in the reason.",
        "Words that were changed a little each time are not recognised as repeated.",
    ),
    next_steps=(
        "Ask for the report that the emergency procedure prescribes.",
        "Compare the words given with what happened to the person on that day.",
    ),
)
