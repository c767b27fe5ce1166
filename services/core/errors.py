"""Errors meant for a person: what is wrong, where, and what would be right."""

from __future__ import annotations

from collections.abc import Callable


class DoelbindingError(Exception):
    """Work failed for a reason that can be told to the user; the command line exits with 1."""


class InputError(DoelbindingError):
    """Settings, arguments or files are wrong; all faults found are told at once; the command line exits with 2."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def tell_at_once(*checks: Callable[[], object]) -> None:
    """Makes all the checks, of which each may raise InputError. Raises InputError with the faults of all of them."""
    faults: list[str] = []
    for check in checks:
        try:
            check()
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
