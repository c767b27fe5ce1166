"""Tokens with which a client of Kafka signs in, and what it is told where there is none."""

from __future__ import annotations

import sys
from contextlib import suppress
from time import monotonic, sleep

import pytest
from kafka.errors import KafkaError, RetriableError

from services.core.client_credentials import ClientCredentials
from services.core.errors import DoelbindingError
from services.core.kafka_tokens import CommandTokens, IssuerTokens, NoTokenYetError

PATIENT = 60.0


def a_command(program: str, wait_seconds: float = PATIENT) -> CommandTokens:
    return CommandTokens([sys.executable, "-c", program], wait_seconds)


def test_what_a_command_prints_is_the_token():
    tokens = a_command("import os; print(os.getpid())")
    assert tokens.token() != tokens.token()


@pytest.mark.parametrize(("program", "told"), [("raise SystemExit(3)", "failed"), ("pass", "printed nothing")])
def test_a_command_that_gives_no_token_now_is_one_to_try_again(program, told):
    with pytest.raises(RetriableError, match=told):
        a_command(program).token()


def test_a_command_that_does_not_exist_is_one_for_a_person():
    with pytest.raises(DoelbindingError, match="failed") as error:
        CommandTokens(["no-such-command"], PATIENT).token()
    assert not isinstance(error.value, KafkaError)


def test_an_issuer_that_is_away_is_one_to_try_again():
    credentials = ClientCredentials("http://127.0.0.1:1/token", "detector", "secret", purpose="Kafka")
    with pytest.raises(RetriableError, match="the issuer gave no token for Kafka"):
        IssuerTokens(credentials, PATIENT).token()


def test_a_token_that_comes_late_holds_up_no_heartbeats_and_is_there_for_the_next_connection():
    tokens = a_command("import time; time.sleep(2); print('late')", wait_seconds=0.05)
    began = monotonic()
    with pytest.raises(NoTokenYetError, match="no token for Kafka within"):
        tokens.token()
    assert monotonic() - began < 1.5
    assert until_it_comes(tokens) == "late"


def until_it_comes(tokens: CommandTokens) -> str:
    until = monotonic() + PATIENT
    while monotonic() < until:
        with suppress(NoTokenYetError):
            return tokens.token()
        sleep(0.05)
    raise AssertionError
