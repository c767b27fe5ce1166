"""Who comes with a token of the issuer is known from then on, and has no role any more when it went."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from services.api.db.engine import open_engine, reading
from services.api.db.known_readers import known_readers
from services.api.db.migrate import migrate
from services.api.known_readers import KnownReaders
from services.api.reader import Reader

AT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
DAY = date(2026, 3, 2)
CODE = "oidc:" + "a" * 32
ONE = Reader(CODE, "investigator", "p1-" + "1" * 32, local=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql")
    return f"sqlite+aiosqlite:///{tmp_path / 'api.sqlite'}"


@pytest.fixture
def rows_after(url):
    """What stands in the table once this was done, in order; each step as of its moment."""
    migrate(url)

    async def done(*steps):
        engine = open_engine(url)
        known = KnownReaders(engine, ZoneInfo("Europe/Amsterdam"))
        for name, who, at in steps:
            await getattr(known, name)(who, at)
        async with reading(engine) as connection:
            found = (await connection.execute(select(known_readers))).all()
        await engine.dispose()
        return [tuple(row) for row in found]

    return lambda *steps: asyncio.run(done(*steps))


def test_the_days_are_those_of_the_agency_and_the_role_is_the_last_one(rows_after):
    later, lead = AT + timedelta(days=3), Reader(CODE, "lead", ONE.employee, local=False)
    assert rows_after(("saw", ONE, AT)) == [(CODE, "investigator", ONE.employee, DAY, DAY)]
    assert rows_after(("saw", lead, later)) == [(CODE, "lead", ONE.employee, DAY, DAY + timedelta(days=3))]


def test_a_role_that_went_is_kept_as_none_until_it_is_back(rows_after):
    assert rows_after(("lost", CODE, AT)) == []
    assert rows_after(("saw", ONE, AT), ("lost", CODE, AT)) == [(CODE, None, ONE.employee, DAY, DAY)]
    assert [row[1] for row in rows_after(("lost", CODE, AT), ("saw", ONE, AT))] == ["investigator"]


def test_local_accounts_are_not_written_down(rows_after):
    assert rows_after(("saw", Reader("token:lead", "lead"), AT)) == []
