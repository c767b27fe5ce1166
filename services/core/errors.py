"""Errors meant for a person: what is wrong, where, and what would be right."""

from __future__ import annotations


class DoelbindingError(Exception):
    """Work failed for a reason that can be told to the user; the command line exits with 1."""


class InputError(DoelbindingError):
    """Settings, arguments or files are wrong; all faults found are told at once; the command line exits with 2."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
