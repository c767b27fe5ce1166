"""Codes of accounts into the readers behind them: who can be given an item, and in what role somebody was last seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.access import READERS
from services.api.audience import OFFICER
from services.api.db.known_readers import known_readers
from services.api.reader import Reader, local_reader
from services.core.tokens import ACCOUNTS

LOCAL = "token:"
MOST = 200
"""Whom a form offers, the last seen first; a bureau has some tens of readers, and any of them can be named."""


def fitting_roles(role: str) -> frozenset[str]:
    """Roles that may work on what is for somebody in this role."""
    return frozenset({OFFICER}) if role == OFFICER else READERS - {OFFICER}


async def colleagues_of(connection: AsyncConnection, asker: Reader) -> Sequence[str]:
    """The codes of those whom somebody can give work to, by their role alone.

    Whom an interest keeps from an item is among them: a list without them would tell who has one.
    """
    fitting = fitting_roles(asker.role)
    if asker.local:
        return [f"{LOCAL}{account}" for account, role in ACCOUNTS.items() if role in fitting]
    offered = select(known_readers.c.code).where(known_readers.c.role.in_(sorted(fitting)))
    in_order = offered.order_by(known_readers.c.last_seen.desc(), known_readers.c.code).limit(MOST)
    return (await connection.execute(in_order)).scalars().all()


async def reader_of_code(
    connection: AsyncConnection, asker: Reader, people: Mapping[str, str], code: str
) -> Reader | None:
    """Who has this code, in the role last seen; nobody where it is unknown, or came without a role since.

    Local accounts are known where the asker has one; with an issuer none of them can sign in.
    """
    if asker.local:
        account = code.removeprefix(LOCAL)
        return local_reader(account, people) if code.startswith(LOCAL) and account in ACCOUNTS else None
    columns = known_readers.c.role, known_readers.c.employee
    row = (await connection.execute(select(*columns).where(known_readers.c.code == code))).one_or_none()
    return None if row is None or row.role is None else Reader(code, row.role, row.employee, local=False)


async def roles_of(connection: AsyncConnection, asker: Reader, codes: Collection[str]) -> Mapping[str, str]:
    """The roles in which these accounts were last seen; one without is left out."""
    if asker.local:
        return {f"{LOCAL}{account}": role for account, role in ACCOUNTS.items()}
    columns = known_readers.c.code, known_readers.c.role
    rows = await connection.execute(select(*columns).where(known_readers.c.code.in_(sorted(codes))))
    return {code: role for code, role in rows if role is not None}
