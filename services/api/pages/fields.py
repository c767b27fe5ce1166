"""What a form asks: its fields as the templates draw them, and as a browser sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Fields = Mapping[str, Sequence[str]]
"""The values that were sent, by field."""


@dataclass(frozen=True)
class Field:
    """One field: `radio`, `select`, `checks`, `yes-no`, `text`, `area`, `moment` or `number`."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    optional: bool = False
    help: str | None = None
