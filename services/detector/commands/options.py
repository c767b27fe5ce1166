"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.core.errors import InputError

JsonOutput = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
RulesFile = Annotated[Path | None, typer.Option("--rules", help="Settings of the agency (TOML); default: UWV's.")]
Home = Annotated[Path | None, typer.Option("--home", help="Folder of key ring, state and queue.")]


def check_address(option: str, url: str) -> None:
    """Raises InputError, in the name of that option, if this is no address of a web service."""
    import httpx  # noqa: PLC0415 - a tenth of a second, which few commands need

    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise InputError(f"{option}: is no address of a web service; write it like http://127.0.0.1:8600")
