"""The home folder, its key ring and its tokens into findings; nothing is made or changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from services.core.errors import DoelbindingError
from services.core.keyring import open_key_ring
from services.core.tokens import open_tokens
from services.core.vault_keys import PRIVATE_FILE, PUBLIC_FILE, SETTING, open_private_keys, open_public_key
from services.doctor.findings import Finding, fault, ok, warning

DATABASES = ("api.sqlite", "detector.sqlite")
"""The databases whose content hangs on the key ring."""


def examine_home(home: Path) -> list[Finding]:
    """The folder and the secrets in it."""
    if not home.exists():
        return [
            warning(
                "home", f"{home}: does not exist yet; the first start makes it, with key ring, tokens and databases"
            )
        ]
    if not home.is_dir():
        return [fault("home", f"{home}: is not a folder; remove it, or name another with DOELBINDING_HOME")]
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        return [
            fault("home", f"{home}: may not be read and written by this user; run as its owner, or change its owner")
        ]
    return [*_folder(home), *_key_ring(home), *_tokens(home), *_vault(home)]


def _folder(home: Path) -> list[Finding]:
    found, status = [], home.stat()
    if stat.S_IMODE(status.st_mode) & 0o077:
        found.append(warning("home", f"{home}: others than its owner can look into it; run: chmod 700 '{home}'"))
    if status.st_uid != os.geteuid():
        found.append(warning("home", f"{home}: belongs to another user; run doctor and the deployables as that user"))
    return found or [ok("home", f"{home}: exists, and is for its owner alone")]


def _key_ring(home: Path) -> list[Finding]:
    path = home / "keyring.json"
    if path.exists():
        return _read(
            "key-ring", path, open_key_ring, "can be read, by its owner alone; keep a backup apart from the data"
        )
    left = [name for name in DATABASES if (home / name).exists()]
    if left:
        return [
            fault(
                "key-ring",
                f"{path}: is gone, while {' and '.join(left)} was made with it; restore it from a backup before the "
                "next start: a new one matches no pseudonym or signal id of the past",
            )
        ]
    return [warning("key-ring", f"{path}: does not exist yet; the first start makes it, back it up then")]


def _tokens(home: Path) -> list[Finding]:
    path = home / "tokens.json"
    if path.exists():
        return _read("tokens", path, open_tokens, "holds a token per role, readable by its owner alone")
    return [warning("tokens", f"{path}: does not exist yet; the first start makes it")]


def _vault(home: Path) -> list[Finding]:
    """The vault's keys, where they were made here or are named; before that there is nothing to say."""
    path = home / PRIVATE_FILE
    if path.exists():
        well = "can be read, by its owner alone; without it nobody can be revealed: keep a backup apart from the data"
        return _read("vault", path, lambda file: open_private_keys(file.parent), well)
    if (home / PUBLIC_FILE).exists() and SETTING not in os.environ:
        lost = "is gone, while identities were sealed to it; restore it from a backup, or nobody can be revealed"
        return [fault("vault", f"{path}: {lost}")]
    if SETTING in os.environ:
        well = "is a public key of the vault; identities are sealed to it"
        return _read("vault", Path(os.environ[SETTING]), lambda _file: open_public_key(home), well)
    return []


def _read(check: str, path: Path, read: Callable[[Path], object], well: str) -> list[Finding]:
    try:
        read(path)
    except DoelbindingError as error:
        return [fault(check, told) for told in str(error).splitlines()]
    except OSError as error:
        return [fault(check, f"{path}: cannot be read ({error.strerror}); run as its owner, or change its owner")]
    return [ok(check, f"{path}: {well}")]
