"""The file that says which employees stand behind local accounts into their pseudonyms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from services.core.errors import InputError
from services.core.identity import employee_pseudonym
from services.core.keyring import KeyRing
from services.core.secret_file import refuse_if_open
from services.core.tokens import ACCOUNTS


def open_people(path: Path, ring: KeyRing) -> Mapping[str, str]:
    """Account to pseudonym of its employee; without the file local accounts are nobody's.

    Raises InputError, with all faults, if others than the owner can read it or if it names no accounts and employees.
    """
    if not path.exists():
        return {}
    refuse_if_open(path, "whose accounts these are")
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f'{path}: not JSON; it should be like {{"investigator": "EMPLOYEE"}}') from error
    if not isinstance(held, dict):
        raise InputError(f'{path}: should be an object like {{"investigator": "EMPLOYEE"}}')
    if len({str(employee) for employee in held.values()}) < len(held):
        raise InputError(f"{path}: two accounts have the same employee; what takes two people would be done by one")
    if faults := [f"{path}: {fault}" for account, employee in held.items() if (fault := _fault(account, employee))]:
        raise InputError(*faults)
    return {account: employee_pseudonym(ring, employee) for account, employee in held.items()}


def _fault(account: str, employee: object) -> str | None:
    if account not in ACCOUNTS:
        return f"an account that is not known; known are {', '.join(ACCOUNTS)}"
    if not isinstance(employee, str) or not employee:
        return f"{account}: must be the id of an employee, as a text"
    return None
