"""Times as a person writes them in a case, on the agency's clock, into moments in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

ZONE = ZoneInfo("Europe/Amsterdam")
"""The clock of the base agency; cases are written for its holidays too."""


def moment(written: object) -> datetime:
    """`2025-03-11 10:00` or `2025-03-11` (midnight); YAML itself reads a time with seconds as a datetime."""
    if isinstance(written, datetime):
        at = written
    elif isinstance(written, date):
        at = datetime(written.year, written.month, written.day)  # noqa: DTZ001 - the zone follows below
    elif isinstance(written, str):
        at = _parsed(written)
    else:
        raise ValueError("is no time; write it as 2025-03-11 10:00, on the agency's clock")
    return (at if at.tzinfo else at.replace(tzinfo=ZONE)).astimezone(UTC)


def _parsed(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError as error:
        raise ValueError(f"'{written}' is no time; write it as 2025-03-11 10:00, on the agency's clock") from error


def listed(value: object) -> object:
    """One thing may stand where a list is asked for."""
    return value if isinstance(value, list | tuple) else (value,)


Moment = Annotated[datetime, BeforeValidator(moment)]
Moments = Annotated[tuple[Moment, ...], BeforeValidator(listed)]

TUESDAY = moment("2025-03-11 10:00")
"""The base moment: no holiday, weekend or change of the clocks near it."""
LONG_AGO = moment("2020-01-01")
FIRST_OF_MARCH = moment("2025-03-01")
