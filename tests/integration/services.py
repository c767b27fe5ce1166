"""The addresses of a real Kafka and a real PostgreSQL into fixtures; a test that needs one is skipped, or fails in CI.

`make services` starts both. Tests that ask for these fixtures have the marker `services` (tests/conftest.py).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping

import pytest
import sqlalchemy as sa

KAFKA = "DOELBINDING_TEST_KAFKA"
POSTGRESQL = "DOELBINDING_TEST_POSTGRESQL"
REQUIRED = ("CI", "DOELBINDING_REQUIRE_SERVICES")
"""Where one of these is set, a missing service is a failure."""

FIXTURES = frozenset({"kafka", "new_topic", "postgresql"})

NewTopicName = Callable[..., str]
"""Called with partitions=N and configs={name: value}, both optional; gives the name of a new, empty topic."""


@pytest.fixture(scope="session")
def kafka() -> str:
    """Bootstrap servers of a broker that runs; a test makes topics with names of its own (see `new_topic`)."""
    return os.environ[KAFKA]


@pytest.fixture
def new_topic(kafka: str) -> Iterator[NewTopicName]:
    """A function that makes a topic under a random name; the topics are deleted after the test."""
    from kafka import KafkaAdminClient  # noqa: PLC0415 - a third of a second that tests without a broker do not need

    admin = KafkaAdminClient(bootstrap_servers=kafka)
    made: list[str] = []

    def make(partitions: int = 1, configs: Mapping[str, str] | None = None) -> str:
        name = f"test-{secrets.token_hex(8)}"
        admin.create_topics({name: {"num_partitions": partitions, "configs": dict(configs or {})}})
        made.append(name)
        return name

    yield make
    if made:
        admin.delete_topics(made)
    admin.close()


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of a new, empty database; after the test its sessions are ended and it is dropped.

    Not by `WITH (FORCE)`: that is refused to a plain role while autovacuum is at work in the database, whereas a plain
    drop ends autovacuum itself.
    """
    server = sa.make_url(os.environ[POSTGRESQL])
    name = f"test_{secrets.token_hex(8)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        ours = f"datname = '{name}' AND usename = current_user"
        connection.execute(sa.text(f"SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE {ours}"))
        connection.execute(sa.text(f"DROP DATABASE {name}"))


def demand_services() -> None:
    """Skips the test, or fails where services are required, if the address of one is missing.

    Called before fixtures are set up: pytest gathers what is skipped in one place into one line of its summary.
    """
    if missing := [name for name in (KAFKA, POSTGRESQL) if name not in os.environ]:
        told = "nothing is tested against a real Kafka and PostgreSQL: `make test-integration` does"
        if any(os.environ.get(name) for name in REQUIRED):
            pytest.fail(f"{' and '.join(missing)} not set; {told}", pytrace=False)
        pytest.skip(told)
