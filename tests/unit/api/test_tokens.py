"""The file of bearer tokens that is made on first run."""

import json
import stat

import pytest

from services.core.errors import InputError
from services.core.tokens import ACCOUNTS, OTHERS, open_tokens


def test_first_run_makes_a_token_per_account_that_only_the_owner_can_read(tmp_path):
    path = tmp_path / "new" / "tokens.json"
    tokens = open_tokens(path)
    assert tuple(tokens) == tuple(ACCOUNTS)
    assert len(set(tokens.values())) == len(ACCOUNTS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_the_next_run_finds_the_same_tokens(tmp_path):
    assert open_tokens(tmp_path / "tokens.json") == open_tokens(tmp_path / "tokens.json")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path, mode):
    path = tmp_path / "tokens.json"
    open_tokens(path)
    path.chmod(mode)
    with pytest.raises(InputError, match="chmod 600"):
        open_tokens(path)


@pytest.mark.parametrize("content", ["", "[]", "null", '"x"', "{", "{}"])
def test_a_file_that_holds_no_tokens_is_refused(tmp_path, content):
    path = tmp_path / "tokens.json"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(InputError, match="remove it to have new tokens made"):
        open_tokens(path)


def test_every_wrong_token_is_named_by_account_but_not_shown(tmp_path):
    path = tmp_path / "tokens.json"
    tokens = dict(open_tokens(path)) | {"soc": "short-secret", "lead": 5}
    path.write_text(json.dumps(tokens))
    with pytest.raises(InputError) as told:
        open_tokens(path)
    assert [fault.split(": ")[1] for fault in told.value.faults] == ["soc", "lead"]
    assert "short-secret" not in str(told.value)


def test_two_accounts_may_not_share_a_token(tmp_path):
    path = tmp_path / "tokens.json"
    tokens = dict(open_tokens(path))
    path.write_text(json.dumps(tokens | {"soc": tokens["admin"]}))
    with pytest.raises(InputError, match="share a token"):
        open_tokens(path)


def test_a_file_of_an_earlier_release_has_no_accounts_of_further_people(tmp_path):
    path = tmp_path / "tokens.json"
    older = {account: token for account, token in open_tokens(path).items() if account not in OTHERS}
    path.write_text(json.dumps(older))
    assert open_tokens(path) == older
