"""shared-account: one account in one system on two workstations at different places within the same minutes."""

from __future__ import annotations

import polars as pl

from services.detector.rules.base import Factor, Rule, Text, in_class
from services.detector.rules.factors import base, medical_data, off_hours, sign_of_sharing
from services.detector.rules.sentences import INSTRUCTED

RULE = Rule(
    id="shared-account",
    version=1,
    family="shared-account",
    rule_class=in_class("P"),
    hit=None,
    fires=pl.lit(True),
    factors=(
        base(
            610,
            Text(
                "Op {days_nl} was het account binnen enkele minuten op kantoor en elders in gebruik, heen en weer, op {workstations} werkplekken ({lookups_nl}: {office_lines} op kantoor, {remote_lines} elders).",
                "On {days_en} the account was in use at the office and elsewhere within minutes, to and fro, on {workstations} workstations ({lookups_en}: {office_lines} at the office, {remote_lines} elsewhere).",
            ),
        ),
        Factor(
            "number-of-days",
            pl.col("days") >= 2,
            pl.when(pl.col("days") >= 5).then(40).when(pl.col("days") >= 3).then(30).otherwise(20),
            pl.col("days").cast(pl.String),
            Text("Het gebeurde op {days_nl}.", "It happened on {days_en}."),
        ),
        Factor(
            "number-of-lines",
            pl.col("lookups") >= 8,
            pl.when(pl.col("lookups") >= 30).then(30).when(pl.col("lookups") >= 15).then(20).otherwise(10),
            pl.col("lookups").cast(pl.String),
            Text(
                "Het gaat om {lookups_nl} over {persons_nl} aan weerszijden van een wisseling van plaats.",
                "It concerns {lookups_en} about {persons_en} on both sides of a change of place.",
            ),
        ),
        Factor(
            "time-between-places",
            pl.col("shortest_pause") <= 60,
            pl.lit(20),
            pl.col("shortest_pause").cast(pl.String),
            Text(
                "Tussen twee plaatsen zat in hetzelfde systeem op zijn kortst {shortest_nl}.",
                "Between two places there was at the shortest {shortest_en} in the same system.",
            ),
        ),
        medical_data(10),
        sign_of_sharing(10),
        off_hours(10),
    ),
    summary=Text(
        "Het account van de medewerker was op {days_nl} binnen enkele minuten op kantoor en elders in gebruik, {period_nl} ({lookups_nl}, {workstations} werkplekken).",
        "On {days_en} the employee's account was in use at the office and elsewhere within minutes, {period_en} ({lookups_en}, {workstations} workstations).",
    ),
    counterfactual=Text(
        "Met één werkplek of één plaats tegelijk, of als dezelfde dossiers op beide plaatsen waren voortgezet, was er geen signaal.",
        "With one workstation or one place at a time, or if the same files had been gone on with at both places, this signal would not exist.",
    ),
    unknown=(
        INSTRUCTED,
        Text(
            "Wie op elk van de twee werkplekken zat, blijkt niet uit de logging.",
            "Who sat at each of the two workstations does not follow from the logging.",
        ),
        Text(
            "Of de medewerker wist dat het account elders in gebruik was, blijkt niet uit de logging.",
            "Whether the employee knew that the account was in use elsewhere does not follow from the logging.",
        ),
    ),
    title=Text("Eén account op twee plaatsen tegelijk", "One account at two places at once"),
    legal_basis="UWV code of conduct 2021: passwords are personal, nobody works under another's account; BIO2 8.15: log lines name who acted.",
    false_positives=(
        "One system that writes two names, and two places, for one device: a virtual desktop, a terminal server or a dock.",
        "A session left open at the office that goes on refreshing files while its user works at home.",
        "An assistant who by agreement works in the session of a colleague with an impairment.",
    ),
    known_gaps=(
        "Two people at the same place, or on one workstation.",
        "Log lines without workstation or location say nothing.",
        "Two people who each use another system, or who take turns more than a few minutes apart.",
        "Days on which both open the same file before the second change of place.",
    ),
    next_steps=(
        "Ask the system's administrators which devices these are and who was signed in to each.",
        "Ask the employee where they worked on these days, before anything is concluded about the lookups themselves.",
        "Consider with security operations whether the password must be changed at once.",
    ),
)
