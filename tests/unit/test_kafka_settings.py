"""How clients reach the brokers, and how wrong settings are told."""

from __future__ import annotations

import ssl

import pytest

from services.core.errors import InputError
from services.core.kafka_connection import connection
from services.core.kafka_settings import PREFIX, load_kafka_settings
from services.core.kafka_tokens import CommandTokens, IssuerTokens

FAR = "kafka-1.example.org:9092"
NEAR = "127.0.0.1:9092"
SIGNED = {"security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512", "sasl_username": "detector"}
OAUTH = {"security_protocol": "SASL_SSL", "sasl_mechanism": "OAUTHBEARER"}


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}BOOTSTRAP_SERVERS", FAR)


def faults(**given: object) -> str:
    with pytest.raises(InputError) as told:
        load_kafka_settings(**given)
    return str(told.value)


def test_a_broker_on_this_machine_needs_no_more_than_its_address():
    settings = load_kafka_settings(bootstrap_servers=NEAR)
    assert connection(settings) == {
        "bootstrap_servers": [NEAR],
        "client_id": "doelbinding",
        "security_protocol": "PLAINTEXT",
    }


def test_several_brokers_are_named_with_commas_between(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}BOOTSTRAP_SERVERS", "localhost, [::1]:9093")
    assert load_kafka_settings().bootstrap_servers == ("localhost", "[::1]:9093")


@pytest.mark.parametrize("wrong", ["", "kafka-1:", "kafka-1:nine", "kafka-1:70000", "a b:9092", "kafka-1:9092,"])
def test_an_address_that_is_none_is_refused(wrong):
    assert "bootstrap_servers: should be addresses" in faults(bootstrap_servers=wrong)


def test_lookups_do_not_go_over_a_network_unencrypted_unless_that_is_said():
    assert "sends lookups of citizens readable" in faults()
    assert load_kafka_settings(allow_unencrypted=True).security_protocol == "PLAINTEXT"
    assert load_kafka_settings(security_protocol="SSL").encrypted


def test_the_certificate_and_the_name_of_the_broker_are_checked():
    context = connection(load_kafka_settings(security_protocol="SSL"))["ssl_context"]
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname
    assert context.verify_mode == ssl.CERT_REQUIRED


def test_a_file_without_certificates_is_told(tmp_path):
    (tmp_path / "ca.pem").write_text("nothing")
    settings = load_kafka_settings(security_protocol="SSL", ssl_cafile=tmp_path / "ca.pem")
    with pytest.raises(InputError, match="ssl_cafile"):
        connection(settings)


def test_all_faults_are_told_at_once_without_the_values(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}SECURITY_PROTOCOL", "TLS")
    monkeypatch.setenv(f"{PREFIX}SASL_MECHANISM", "KERBEROS")
    monkeypatch.setenv(f"{PREFIX}BOOTSTRAP_SERVER", "typed-wrong")
    told = faults(bootstrap_servers="")
    assert len(told.splitlines()) == 4
    assert "did you mean bootstrap_servers?" in told
    assert not any(value in told for value in ("TLS'", "KERBEROS", "typed-wrong"))


def test_all_settings_that_contradict_each_other_are_told_at_once(tmp_path):
    (tmp_path / "cert.pem").write_text("")
    told = faults(security_protocol="SASL_PLAINTEXT", sasl_mechanism="PLAIN", ssl_certfile=tmp_path / "cert.pem")
    assert len(told.splitlines()) == 4
    assert "sasl_username: is missing" in told
    assert "sasl_password or sasl_password_file" in told


def test_a_mechanism_without_sasl_does_nothing_and_is_refused():
    assert "does nothing under SSL" in faults(security_protocol="SSL", sasl_mechanism="PLAIN")
    assert "sasl_mechanism: is missing" in faults(security_protocol="SASL_SSL")


def test_a_password_is_not_shown():
    settings = load_kafka_settings(**SIGNED, sasl_password="geheim-1")
    assert "geheim-1" not in repr(settings)
    assert connection(settings)["sasl_plain_password"] == "geheim-1"


def test_a_password_can_stand_in_a_file_that_only_its_owner_reads(tmp_path):
    file = tmp_path / "password"
    file.write_text("geheim-2\n")
    file.chmod(0o600)
    settings = load_kafka_settings(**SIGNED, sasl_password_file=file)
    assert connection(settings)["sasl_plain_password"] == "geheim-2"
    file.chmod(0o644)
    with pytest.raises(InputError, match="others than its owner"):
        connection(settings)


def test_a_token_comes_from_a_command_or_an_issuer_over_https():
    by_command = load_kafka_settings(**OAUTH, oauth_token_command="print-token --for 'kafka one'")
    assert isinstance(connection(by_command)["sasl_oauth_token_provider"], CommandTokens)
    account = {"oauth_client_id": "detector", "oauth_client_secret": "geheim-3"}
    by_issuer = load_kafka_settings(**OAUTH, **account, oauth_token_url="https://sign-in.example.org/token")
    assert isinstance(connection(by_issuer)["sasl_oauth_token_provider"], IssuerTokens)
    assert "geheim-3" not in repr(by_issuer)


def test_what_a_token_needs_is_told_at_once():
    assert "needs one of the two" in faults(**OAUTH)
    told = faults(**OAUTH, oauth_token_url="http://sign-in.example.org/token")
    assert [line.rpartition("): ")[2].split(":")[0] for line in told.splitlines()] == [
        "oauth_token_url",
        "oauth_client_id",
        "oauth_client_secret or oauth_client_secret_file",
    ]
