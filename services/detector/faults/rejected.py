"""Dead letters into counts per system and local day, without anything else that a record holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec
import polars as pl

from services.core.calendar import AgencyCalendar
from services.core.contract import INSTANT, LOOKUP
from services.core.observability import redact
from services.detector.faults.kinds import CODES

REJECTED = {"system": pl.String(), "day": pl.Date(), "actors_missing": pl.Int64(), "future": pl.Int64()}
"""Records that were rejected because they name no actor, and because they lie in the future."""

OTHER = "other"
"""Stands for a system whose name a record does not give, or gives as something that is no name."""
NAME = re.compile(r"[a-z][a-z0-9._-]{0,39}")
DIGITS = re.compile(r"\d{6}")
"""No system has such a name, but a field that holds something else may."""


class _Letter(msgspec.Struct):
    system: object = None
    occurred_at: object = None


def rejected_by_system(dead: pl.DataFrame, latest: datetime, calendar: AgencyCalendar) -> pl.DataFrame:
    """Frame of REJECTED from dead letters (DEAD schema) of lookups.

    A record counts on the local day of its time; one without a time, or with one after `latest`, on that of `latest`.
    """
    if dead.is_empty():
        return pl.DataFrame(schema=REJECTED)
    concerned = dead.lazy().filter(pl.col("record") == LOOKUP.name).select("codes", "raw").explode("codes")
    letters = concerned.filter(pl.col("codes").is_in(list(CODES))).collect()
    rows = [(*_system_and_time(raw, latest), code) for code, raw in letters.select("codes", "raw").iter_rows()]
    told = pl.DataFrame(rows, schema={"system": pl.String, "at": INSTANT, "code": pl.String}, orient="row")
    counts = [(pl.col("code") == code).sum().cast(pl.Int64).alias(name) for code, name in CODES.items()]
    return told.group_by("system", calendar.local_day(pl.col("at")).alias("day")).agg(counts).select(list(REJECTED))


def _system_and_time(raw: bytes, latest: datetime) -> tuple[str, datetime]:
    try:
        letter = msgspec.json.decode(raw, type=_Letter)
    except (ValueError, RecursionError):
        return OTHER, latest
    return _name(letter.system), _moment(letter.occurred_at, latest)


def _name(system: object) -> str:
    if not isinstance(system, str) or not NAME.fullmatch(system) or DIGITS.search(system) or redact(system) != system:
        return OTHER
    return system


def _moment(occurred_at: object, latest: datetime) -> datetime:
    try:
        moment = msgspec.convert(occurred_at, datetime)
    except (ValueError, TypeError):
        return latest
    return latest if moment.tzinfo is None else min(moment.astimezone(UTC), latest)
