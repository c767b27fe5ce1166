"""The commands of keys: the key pair of the identity vault, made, shown and renewed in the API's home folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.core.settings import default_home
from services.core.vault import VaultPublicKey
from services.core.vault_keys import (
    PRIVATE_FILE,
    PUBLIC_FILE,
    SETTING,
    as_text,
    make_pair,
    open_public_key,
    rotate_pair,
)

Home = Annotated[Path | None, typer.Option("--home", help="Home folder of the API.")]

keys_app = typer.Typer(no_args_is_help=True, help="The keys of an installation.")
vault_app = typer.Typer(no_args_is_help=True, help="The key pair that identities are sealed to, and revealed with.")
keys_app.add_typer(vault_app, name="vault")


@vault_app.command("make")
def make_command(home: Home = None) -> None:
    """Make the key pair, if there is none yet."""
    folder = home or default_home()
    _tell(folder, make_pair(folder))


@vault_app.command("rotate")
def rotate_command(home: Home = None) -> None:
    """Make another pair current; what was sealed to earlier ones can still be revealed."""
    folder = home or default_home()
    _tell(folder, rotate_pair(folder))
    _console().print("Restart the detectors, with this public key.")


@vault_app.command("show")
def show_command(home: Home = None) -> None:
    """Print the public key, as the detector's file holds it."""
    typer.echo(as_text(open_public_key(home or default_home())))


def _tell(folder: Path, public: VaultPublicKey) -> None:
    console = _console()
    console.print(f"Key:     {public.key_id}", markup=False)
    console.print(f"Private: {folder / PRIVATE_FILE}  (stays with the API; keep a copy in a safe)", markup=False)
    console.print(f"Public:  {folder / PUBLIC_FILE}  (for the detectors: {SETTING})", markup=False)


def _console() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)
