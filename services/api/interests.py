"""The interests of all readers, as the registers tell them, into the tables: the whole of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.db.interests import interest_readers, interests
from services.api.payloads import Instant, OneOf, Pseudonym, Strict
from services.api.register_change import change_told, lines_held

KINDS = ("self", "team", "relative")
MOST_READERS = 1_000
MOST_INTERESTS = 20_000
"""Of one reader: a team of a thousand who came and went is far below it."""


class Interest(Strict):
    """An interest of a reader in one employee, or in one subject; without an end it holds for every signal."""

    kind: Annotated[str, OneOf(KINDS)]
    employee_id: Annotated[Pseudonym | None, Field(description="The employee in whom it is, as signals carry them.")]
    subject: Annotated[Pseudonym | None, Field(description="The person in whom it is, as signals carry subjects.")]
    valid_from: Annotated[Instant | None, Field(description="Since when; null: since ever.")] = None
    valid_to: Annotated[
        Instant | None, Field(description="Until when; it then counts for signals about that time only.")
    ] = None

    @field_validator("valid_to")
    @classmethod
    def _after_its_start(cls, end: Instant | None, info: ValidationInfo) -> Instant | None:
        start = info.data.get("valid_from")
        if start is not None and end is not None and end <= start:
            raise ValueError("must lie after validFrom")
        return end

    @model_validator(mode="after")
    def _in_one(self) -> Self:
        if (self.employee_id is None) == (self.subject is None):
            raise ValueError("must name either employeeId or subject, and not both")
        return self


class InterestedReader(Strict):
    """A reader, by their pseudonym as an employee, and in whom they have an interest."""

    reader: Annotated[Pseudonym, Field(description="The reader's own pseudonym as an employee.")]
    interests: Annotated[list[Interest], Field(max_length=MOST_INTERESTS)]


class InterestRegister(Strict):
    """All readers whose interests are known; who is not in it may read no signals."""

    readers: Annotated[list[InterestedReader], Field(min_length=1, max_length=MOST_READERS)]

    @field_validator("readers")
    @classmethod
    def _each_once(cls, readers: list[InterestedReader]) -> list[InterestedReader]:
        if len({each.reader for each in readers}) < len(readers):
            raise ValueError("must not hold the same reader twice")
        return readers


class LoadedInterests(Strict):
    """How many readers and interests are known since when."""

    readers: int
    interests: int
    loaded_at: Instant


@dataclass(frozen=True)
class Loaded:
    """What holds now, by the names of LoadedInterests, and what the audit trail keeps of the change."""

    answer: Mapping[str, object]
    told: Mapping[str, object]


async def replace_interests(connection: AsyncConnection, register: InterestRegister, now: datetime) -> Loaded:
    """Puts the register in the place of what was known."""
    before = await lines_held(connection)
    await connection.execute(interests.delete())
    await connection.execute(interest_readers.delete())
    loaded = [{"reader": each.reader, "loaded_at": now} for each in register.readers]
    await connection.execute(interest_readers.insert(), loaded)
    rows = [_row(each.reader, interest, now) for each in register.readers for interest in each.interests]
    if rows:
        await connection.execute(interests.insert(), rows)
    counts = {"readers": len(loaded), "interests": len(rows)}
    change = change_told(before, await lines_held(connection))
    return Loaded({**counts, "loaded_at": now}, {**counts, **change})


async def last_loaded(connection: AsyncConnection) -> datetime | None:
    """When interests were loaded last; null: never."""
    at: datetime | None = (await connection.execute(select(func.max(interest_readers.c.loaded_at)))).scalar_one()
    return at


def _row(reader: str, interest: Interest, now: datetime) -> Mapping[str, object]:
    """What has not ended yet stands for every signal: it is an interest now, whenever the signal's window was."""
    standing = interest.valid_to is None or interest.valid_to > now
    return {"reader": reader, "standing": standing, **interest.model_dump(by_alias=False)}
