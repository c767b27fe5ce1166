"""People whose identities are planted in a dataset, and the forms in which they would be found in bytes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from services.core.contract import LOOKUP
from tests.datasets import lines, write_registers
from tests.world import BSNS, World, local

LOOKER, COLLEAGUE, NAME = "plantinga-4711", "hoekstra-0815", "Wietske Plantinga"
OWN, STRANGER, SPOILT = BSNS[1], BSNS[300], BSNS[301]
PLANTED = (LOOKER, COLLEAGUE, NAME, OWN, STRANGER, SPOILT)


def grouped(bsn: str) -> list[str]:
    """A number as people write it down: in groups, with blanks, dots or dashes between."""
    return [sign.join((bsn[:3], bsn[3:6], bsn[6:])) for sign in (" ", ".", "-")] + [f"{bsn[:4]}.{bsn[4:6]}.{bsn[6:]}"]


def forms(identity: str) -> list[bytes]:
    """An identity as it may stand in bytes: as it is, in hexadecimal, within base64, or a number in groups."""
    plain = identity.encode()
    in_groups = [group.encode() for group in grouped(identity)] if identity.isdigit() else []
    return [plain, plain.hex().encode(), *_within_base64(plain), *in_groups]


def planted_in(content: bytes) -> set[str]:
    return {identity for identity in PLANTED if any(form in content for form in forms(identity))}


def _within_base64(plain: bytes) -> Iterator[bytes]:
    """The letters that depend on nothing but the identity, by how many bytes of a group of three come before it."""
    for before, letters in ((0, 0), (1, 2), (2, 3)):
        whole = (before + len(plain)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(before) + plain)[letters:whole]


def planted_dataset(path: Path) -> Path:
    """Somebody looks at the own file, and two at a stranger's; names and numbers in every field."""
    world = World()
    world.employee(1, employee_id=LOOKER, street="Plantingastraat 1")
    world.employee(2, employee_id=COLLEAGUE)
    for employee, person, hour in ((LOOKER, 1, 9), (LOOKER, 300, 10), (COLLEAGUE, 300, 11)):
        at = local(f"2025-03-03 {hour:02}:00")
        world.look(employee, person, at, reason=f"break-glass {NAME}", workstation=f"ws {NAME}", action="print")
    write_registers(world, path)
    (path / "lookups" / "march.ndjson").write_bytes(lines(LOOKUP, world.lookups))
    return path


def spoilt_line() -> bytes:
    """A lookup that breaks off, with people in it all the same."""
    return f'{{"lookup_id": "spoilt", "bsn": "{SPOILT}", "employee_id": "{LOOKER}", "reason": "{NAME}"\n'.encode()
