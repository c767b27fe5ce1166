"""One known person into the signals about this person."""

from __future__ import annotations

from sqlalchemy import select

from services.api.cursors import Order
from services.api.db.tables import signals
from services.api.db.types import AnySelect
from services.api.need_to_know import Conditions
from services.api.paging import Listing
from services.api.signals import SHOWN
from services.api.vault.forms import SearchForm
from services.api.vault.opening import Vault
from services.api.vault.pointing import Person
from services.core.vault import BSN, EMPLOYEE

OF_KIND = {EMPLOYEE: signals.c.employee_id, BSN: signals.c.subject}


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
