"""Who reads signals, and the registers of people, into the interests of each reader, by pseudonym.

A reader has an interest in themselves, in those who are or were in their team while they were in it, and in relatives:
whom they declared, who declared them, and whoever of these works here. Relatives count whatever the dates of the
relation say: who once was a partner is not impartial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import polars as pl

from services.core.identity import employee_pseudonym, subject_pseudonym
from services.core.keyring import KeyRing
from services.core.wire import to_wire
from services.interests.registers import People

WHOM = {"kind": pl.String(), "employee_id": pl.String(), "bsn": pl.String(), "valid_from": None, "valid_to": None}
"""An interest in an employee, in a subject, or in both as one person."""
Pseudonyms = Callable[[str], str]


def register_of(people: People, readers: Sequence[str], ring: KeyRing) -> dict[str, object]:
    """The body of PUT /v1/interests."""
    return {
        "readers": [
            {"reader": employee_pseudonym(ring, reader), "interests": list(_told(interests_of(people, reader), ring))}
            for reader in readers
        ]
    }


def interests_of(people: People, reader: str) -> pl.DataFrame:
    """In whom one reader has an interest: kind, employee_id, bsn, valid_from, valid_to; each row once."""
    own = people.staff.filter(pl.col("employee_id") == reader)
    parts = [_always("self", own), _team(people, own), _always("relative", _relatives(people, own))]
    return pl.concat([part.select(list(WHOM)) for part in parts]).unique().sort(pl.all(), nulls_last=True)


def _team(people: People, own: pl.DataFrame) -> pl.DataFrame:
    """Those who shared a team with the reader, for as long as both were in it."""
    mine = own.select("team_id", pl.col("valid_from").alias("from"), pl.col("valid_to").alias("to"))
    others = people.staff.join(own.select("employee_id").unique(), on="employee_id", how="anti")
    shared = others.join(mine, on="team_id").with_columns(
        pl.max_horizontal("valid_from", "from").alias("valid_from"),
        pl.min_horizontal("valid_to", "to").alias("valid_to"),  # the nearest end; null only where neither ends
        pl.lit("team").alias("kind"),
    )
    return shared.filter(pl.col("valid_to").is_null() | (pl.col("valid_from") < pl.col("valid_to")))


def _relatives(people: People, own: pl.DataFrame) -> pl.DataFrame:
    """Persons the reader declared, employees who declared the reader, and the other half of each who works here."""
    who_is_who = people.staff.select("employee_id", "bsn").unique()
    declared = people.relations.join(own.select("employee_id").unique(), on="employee_id", how="semi").select("bsn")
    persons = declared.join(who_is_who, on="bsn", how="left").select("employee_id", "bsn")
    declaring = people.relations.join(own.select("bsn").drop_nulls().unique(), on="bsn", how="semi")
    staff = declaring.select("employee_id").join(who_is_who, on="employee_id", how="left")
    return pl.concat([persons, staff.select("employee_id", "bsn")])


def _always(kind: str, whom: pl.DataFrame) -> pl.DataFrame:
    moment = pl.lit(None, pl.Datetime("us", "UTC"))
    return whom.select(
        pl.lit(kind).alias("kind"), "employee_id", "bsn", moment.alias("valid_from"), moment.alias("valid_to")
    )


def _told(interests: pl.DataFrame, ring: KeyRing) -> Iterator[object]:
    """An interest in a person is one in the employee and one in the subject."""
    for row in interests.iter_rows(named=True):
        rest = {"kind": row["kind"], "valid_from": _moment(row["valid_from"]), "valid_to": _moment(row["valid_to"])}
        if row["employee_id"] is not None:
            yield to_wire(rest | {"employee_id": employee_pseudonym(ring, row["employee_id"]), "subject": None})
        if row["bsn"] is not None:
            yield to_wire(rest | {"employee_id": None, "subject": subject_pseudonym(ring, row["bsn"])})


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
