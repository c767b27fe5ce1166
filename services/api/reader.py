"""Who asks: an account, its role, and the employee behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request

from services.api.audience import LEADING
from services.core.tokens import ACCOUNTS


@dataclass(frozen=True)
class Reader:
    """Who asks: the code of the account, as the audit trail names it, its role, and the person behind it.

    `employee` is the pseudonym of the reader as an employee of the agency; null where the account is no person's, or
    where the issuer does not tell. `local` accounts are those of this machine.
    """

    subject: str
    role: str
    employee: str | None = None
    local: bool = True

    @property
    def leads(self) -> bool:
        """Whether this reader settles, assigns and suspends where they may see an item."""
        return self.role in LEADING


def local_reader(account: str, people: Mapping[str, str]) -> Reader:
    """A local account, and whoever the file of people says is behind it."""
    return Reader(f"token:{account}", ACCOUNTS[account], people.get(account))


def reader_of(request: Request) -> Reader:
    """Who was admitted to this request, or would have been in another role."""
    reader: Reader = request.state.reader
    return reader
