"""Kafka and PostgreSQL are the same with containers and without: version, addresses, settings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
OF_THE_PLACE = {"listener.security.protocol.map", "controller.listener.names"}
"""Settings that differ because containers need one more listener."""


def compose(service: str) -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"][service]


def test_kafka_has_one_version() -> None:
    [version] = re.findall(r"<kafka.version>(.*)</kafka.version>", (DEPLOY / "kafka" / "pom.xml").read_text())
    assert compose("kafka")["image"] == f"apache/kafka:{version}"


def test_kafka_has_the_same_settings() -> None:
    lines = (DEPLOY / "kafka" / "server.properties").read_text().splitlines()
    without = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    within = compose("kafka")["environment"]
    for name in without.keys() - OF_THE_PLACE:
        assert within["KAFKA_" + name.upper().replace(".", "_")] == without[name], name


def test_both_are_at_the_same_addresses_of_this_machine_only() -> None:
    script = (DEPLOY / "services" / "run").read_text()
    ports = dict(re.findall(r"\n(kafka|postgresql)_port=.*?:-(\d+)", script))
    for service, port in ports.items():
        [published] = compose(service)["ports"]
        assert published.startswith(f"127.0.0.1:{port}:")
    assert len(ports) == 2


def test_role_and_database_are_the_same() -> None:
    made = (DEPLOY / "services" / "postgresql.sh").read_text()
    within = compose("postgresql")["environment"]
    assert f"CREATE ROLE {within['POSTGRES_USER']} LOGIN CREATEDB PASSWORD '{within['POSTGRES_PASSWORD']}'" in made
    assert f"CREATE DATABASE {within['POSTGRES_DB']} " in made
