"""One known person into the signals about this person; the question is recorded before anything is looked for."""

from __future__ import annotations

from sqlalchemy import select

from services.api.audit.entries import entry_of
from services.api.audit.trail import append
from services.api.cursors import Order
from services.api.db.engine import reading, writing
from services.api.db.tables import signals
from services.api.db.types import AnyRow, AnySelect
from services.api.need_to_know import Conditions, unconcerned
from services.api.paging import Listing, Page, fetch_page
from services.api.parts import Parts
from services.api.queries import PageQuery
from services.api.reader import Reader
from services.api.readers.shown import ManySignals
from services.api.reads import record_reads
from services.api.refusals import RefusedError
from services.api.signals import SHOWN
from services.api.vault import requests
from services.api.vault.forms import SearchForm
from services.api.vault.opening import Vault
from services.api.vault.pointing import Person, refuse_interest
from services.core.vault import BSN, EMPLOYEE

OF_KIND = {EMPLOYEE: signals.c.employee_id, BSN: signals.c.subject}


async def search(
    parts: Parts, reader: Reader, form: SearchForm, query: PageQuery, what: ManySignals
) -> tuple[Person, Page[AnyRow]]:
    """Who was asked about, and a page of the signals about them; `what` names the answer in the audit trail.

    Whoever goes through a list of people learns who is behind each signal, so searches count in the rate of reveals;
    a further page of one does not, as its cursor opens no other person's. Raises RefusedError above that rate, and for
    a reader who has an interest in this person.
    """
    person, now = person_of(parts.vault, form), parts.clock.now()
    detail = {"kind": person.kind, "reason": _on_one_line(form.reason)}
    entry = entry_of(reader, "search", "person", person.pseudonym, form.purpose, detail)
    async with writing(parts.engine) as connection:
        if query.cursor is None:
            if await requests.used_up(connection, reader.subject, now, parts.settings.reveals_per_day):
                raise RefusedError("rate", "person", person.pseudonym)
            await requests.add_search(connection, reader.subject, now)
        await append(connection, [entry], now)
    async with reading(parts.engine) as connection:
        await refuse_interest(connection, reader, person)
        about = signals_about(person, await unconcerned(connection, reader))
        page = await fetch_page(connection, about, by_rank(person), parts.cursors, query)
    await record_reads(parts, reader, what, [row.signal_id for row in page.rows], form.purpose)
    return person, page


def _on_one_line(text: str) -> str:
    """As the audit trail can hold it: a text that every database and reader of JSON leaves as it is."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def person_of(vault: Vault, form: SearchForm) -> Person:
    """Who is asked about, as signals name people."""
    kind, value = (EMPLOYEE, form.employee_id) if form.bsn is None else (BSN, form.bsn)
    return Person(kind, vault.name(kind, value or ""))


def signals_about(person: Person, seen: Conditions) -> AnySelect:
    """The signals about a person, pushed or not, that the reader may see."""
    return select(*SHOWN).where(OF_KIND[person.kind] == person.pseudonym, *seen)


def by_rank(person: Person) -> Listing:
    """Their order; cursors of another person's do not open it."""
    return Listing(
        f"signals|{person.pseudonym}",
        (Order(signals.c.score, float, descending=True), Order(signals.c.signal_id, str)),
    )
