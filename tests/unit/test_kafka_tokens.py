"""Tokens with which a client of Kafka signs in, from a command."""

from __future__ import annotations

import sys

import pytest

from services.core.errors import DoelbindingError
from services.core.kafka_tokens import CommandTokens


def test_what_a_command_prints_is_the_token():
    assert CommandTokens([sys.executable, "-c", "print('token-1')"]).token() == "token-1"


@pytest.mark.parametrize(
    ("program", "told"), [("raise SystemExit(3)", "failed"), ("pass", "printed nothing"), (None, "failed")]
)
def test_a_command_without_a_token_is_told(program, told):
    command = ["no-such-command"] if program is None else [sys.executable, "-c", program]
    with pytest.raises(DoelbindingError, match=told):
        CommandTokens(command).token()
