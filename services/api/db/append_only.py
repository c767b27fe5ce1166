"""The tables of the audit trail into triggers that refuse every change but adding to them.

They stop faults and casual hands. Who owns the database can take them away; then the chain, its signed head and its
roots outside tell of the change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

REFUSED = "the audit trail is append-only"
CHAINED = (*("sequence", "at", "role", "action", "object_kind", "purpose", "blanked_through", "payload_hash", "hash"),)
PAYLOAD = ("actor", "object_id", "detail", "salt")


@dataclass(frozen=True)
class Guard:
    """One change that is refused; `when` is a condition on OLD and NEW, of which `{differs}` is the dialect's word."""

    table: str
    change: str
    when: str = ""


BLANKING = " AND ".join(
    [*(f"NOT (NEW.{name} {{differs}} OLD.{name})" for name in CHAINED), *(f"NEW.{name} IS NULL" for name in PAYLOAD)]
)
BACKWARD = "NEW.sequence < OLD.sequence OR NEW.root_number < OLD.root_number OR NEW.id {differs} OLD.id"
STANDS = "EXISTS (SELECT 1 FROM audit_entries WHERE sequence = OLD.sequence AND actor IS NOT NULL)"
TAKEN = "EXISTS (SELECT 1 FROM audit_entries WHERE sequence = NEW.sequence)"
GUARDS = (
    Guard("audit_entries", "UPDATE", f"NOT ({BLANKING})"),
    Guard("audit_entries", "DELETE"),
    Guard("audit_objects", "UPDATE"),
    Guard("audit_objects", "DELETE", STANDS),
    Guard("audit_roots", "UPDATE"),
    Guard("audit_roots", "DELETE"),
    Guard("audit_head", "UPDATE", BACKWARD),
    Guard("audit_head", "DELETE"),
)
REPLACED = Guard("audit_entries", "INSERT", TAKEN)
"""SQLite's INSERT OR REPLACE deletes without asking the trigger of deletion."""


def statements(dialect: str) -> Iterator[str]:
    """The statements that make the triggers."""
    if dialect == "sqlite":
        yield from (_sqlite(guard) for guard in (*GUARDS, REPLACED))
        return
    yield (
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    # a condition of a trigger must not look into tables, so the one that does is asked inside the function
    yield (
        "CREATE FUNCTION audit_refuse_standing() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {STANDS} THEN RAISE EXCEPTION '{REFUSED}'; END IF; RETURN OLD; END $$"
    )
    for guard in GUARDS:
        yield _postgresql(guard)
    for table in sorted({guard.table for guard in GUARDS}):
        yield (
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )


def _sqlite(guard: Guard) -> str:
    when = f" WHEN {guard.when.format(differs='IS NOT')}" if guard.when else ""
    return (
        f"CREATE TRIGGER {_name(guard)} BEFORE {guard.change} ON {guard.table}{when} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    )


def _postgresql(guard: Guard) -> str:
    asks = guard.when == STANDS
    when = f" WHEN ({guard.when.format(differs='IS DISTINCT FROM')})" if guard.when and not asks else ""
    function = "audit_refuse_standing" if asks else "audit_refuse"
    return (
        f"CREATE TRIGGER {_name(guard)} BEFORE {guard.change} ON {guard.table} "
        f"FOR EACH ROW{when} EXECUTE FUNCTION {function}()"
    )


def _name(guard: Guard) -> str:
    return f"{guard.table}_{guard.change.lower()}"
