"""The vault's key pair is made once, renewed without losing what was sealed, and refused where it is not right."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.core.errors import InputError
from services.core.vault import Batch
from services.core.vault_keys import (
    PRIVATE_FILE,
    PUBLIC_FILE,
    SETTING,
    make_pair,
    open_private_keys,
    open_public_key,
    rotate_pair,
)
from tests.unit.command_line import run

PSEUDONYM = f"p1-{1:032x}"


def sealed_with(public):
    batch = Batch(public)
    return batch.key_id, batch.envelope + batch.seal("employee", PSEUDONYM, "e7")


def opened(home, key_id, sealed):
    return open_private_keys(home).open(key_id, "employee", PSEUDONYM, sealed)


def test_whoever_starts_first_makes_the_pair_and_the_other_finds_it(tmp_path):
    assert opened(tmp_path, *sealed_with(open_public_key(tmp_path))) == "e7"
    other = tmp_path / "other"
    open_private_keys(other)
    assert opened(other, *sealed_with(open_public_key(other))) == "e7"


def test_of_many_that_start_at_once_all_have_the_same_pair(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = {public.key_id for public in pool.map(lambda _: make_pair(tmp_path), range(16))}
    assert made == {open_public_key(tmp_path).key_id}


def test_only_its_owner_can_read_the_private_file(tmp_path):
    make_pair(tmp_path)
    assert stat.S_IMODE((tmp_path / PRIVATE_FILE).stat().st_mode) == 0o600
    (tmp_path / PRIVATE_FILE).chmod(0o640)
    with pytest.raises(InputError, match=r"others than its owner.*chmod 600"):
        open_private_keys(tmp_path)


def test_after_a_renewal_new_seals_have_another_key_and_old_ones_open(tmp_path):
    before = sealed_with(open_public_key(tmp_path))
    renewed = rotate_pair(tmp_path)
    after = sealed_with(open_public_key(tmp_path))
    assert before[0] != after[0] == renewed.key_id
    assert opened(tmp_path, *before) == opened(tmp_path, *after) == "e7"
    rotate_pair(tmp_path)
    assert opened(tmp_path, *before) == opened(tmp_path, *after) == "e7"


def test_the_setting_names_the_public_key_and_then_no_private_one_is_made(tmp_path, monkeypatch):
    public = make_pair(tmp_path / "api")
    monkeypatch.setenv(SETTING, str(tmp_path / "api" / PUBLIC_FILE))
    assert open_public_key(tmp_path / "detector").key_id == public.key_id
    assert not (tmp_path / "detector").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no public key"),
        ("{", "not a public key"),
        ("[]", "not a public key"),
        ('{"keyId": "v-1", "publicKey": "00"}', "not a public key"),
        ('{"keyId": "v-1", "publicKey": "' + 64 * "1" + '"}', "the id is not that of the key"),
    ],
)
def test_a_file_that_is_no_public_key_is_told_plainly(tmp_path, monkeypatch, content, told):
    path = tmp_path / "public.json"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv(SETTING, str(path))
    with pytest.raises(InputError, match=f"{told}.*keys vault make"):
        open_public_key(tmp_path)


@pytest.mark.parametrize("spoil", ["current", "keys"])
def test_a_spoilt_file_of_private_keys_is_told_with_what_to_do(tmp_path, spoil):
    make_pair(tmp_path)
    content = json.loads((tmp_path / PRIVATE_FILE).read_text())
    if spoil == "current":
        content["current"] = "v-0"
    else:
        content["keys"] = dict.fromkeys(content["keys"], "zz")
    (tmp_path / PRIVATE_FILE).write_text(json.dumps(content))
    with pytest.raises(InputError, match="restore it from a backup"):
        open_private_keys(tmp_path)


def test_the_commands_make_show_and_renew_the_pair(tmp_path, capsys):
    home = ["--home", str(tmp_path)]
    assert run("keys", "vault", "rotate", *home) == 2
    assert "there is no vault key yet" in capsys.readouterr().err
    assert run("keys", "vault", "make", *home) == 0
    assert run("keys", "vault", "show", *home) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == json.loads((tmp_path / PUBLIC_FILE).read_text())
    assert run("keys", "vault", "make", *home) == 0
    assert open_public_key(tmp_path).key_id == shown["keyId"]
    assert run("keys", "vault", "rotate", *home) == 0
    assert open_public_key(tmp_path).key_id != shown["keyId"]
    told = capsys.readouterr()
    assert open_public_key(tmp_path).key_id in told.err
    private = json.loads((tmp_path / PRIVATE_FILE).read_text())["keys"].values()
    assert not any(key in told.out + told.err for key in private)
