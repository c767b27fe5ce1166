"""The key ring: made once, readable by its owner alone."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from services.core.errors import InputError
from services.core.keyring import KEY_BYTES, PURPOSES, open_key_ring


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keyring.json"


def rewrite(path: Path, **changes: object) -> None:
    """The ring in the file with something else in it."""
    open_key_ring(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_it_is_made_on_first_use_for_its_owner_alone(path: Path) -> None:
    ring = open_key_ring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert set(ring.keys) == set(PURPOSES)
    assert {len(key) for key in ring.keys.values()} == {KEY_BYTES}
    assert len(set(ring.keys.values())) == len(PURPOSES)


def test_it_is_the_same_the_second_time(path: Path) -> None:
    assert open_key_ring(path) == open_key_ring(path)


def test_two_rings_share_no_key(path: Path) -> None:
    one, other = open_key_ring(path), open_key_ring(path.with_name("other.json"))
    assert not set(one.keys.values()) & set(other.keys.values())


def test_nothing_else_is_left_beside_it(path: Path) -> None:
    open_key_ring(path)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_it_is_refused_while_others_can_read_it(path: Path, mode: int) -> None:
    open_key_ring(path)
    path.chmod(mode)
    with pytest.raises(InputError, match="chmod 600"):
        open_key_ring(path)


@pytest.mark.parametrize("content", ["", "[]", "null", "{}", "not json", '{"pseudonymVersion": 1, "keys": []}'])
def test_a_file_that_is_no_key_ring_is_told_and_left_alone(path: Path, content: str) -> None:
    open_key_ring(path)
    path.write_text(content)
    with pytest.raises(InputError, match="not a key ring"):
        open_key_ring(path)
    assert path.read_text() == content


def test_a_missing_key_and_a_key_that_is_no_hex_are_told(path: Path) -> None:
    rewrite(path, keys={})
    with pytest.raises(InputError, match="not a key ring"):
        open_key_ring(path)
    rewrite(path.with_name("other.json"), keys=dict.fromkeys(PURPOSES, "xyz"))
    with pytest.raises(InputError, match="not a key ring"):
        open_key_ring(path.with_name("other.json"))


def test_a_short_key_is_told(path: Path) -> None:
    rewrite(path, keys=dict.fromkeys(PURPOSES, "00" * (KEY_BYTES - 1)))
    with pytest.raises(InputError, match="64 hex digits"):
        open_key_ring(path)


def test_no_fault_repeats_a_key(path: Path) -> None:
    secret = "ab" * (KEY_BYTES - 1)
    rewrite(path, keys=dict.fromkeys(PURPOSES, secret))
    with pytest.raises(InputError) as told:
        open_key_ring(path)
    assert secret not in str(told.value)
