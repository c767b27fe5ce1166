"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

JsonOutput = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
RulesFile = Annotated[Path | None, typer.Option("--rules", help="Settings of the agency (TOML); default: UWV's.")]
Home = Annotated[Path | None, typer.Option("--home", help="Folder of key ring, state and queue.")]
