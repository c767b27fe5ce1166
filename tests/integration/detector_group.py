"""A topic with an agency's lookups, and detectors that share it over one database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.disturbances import Agency, Intake, an_api, intake_of
from tests.investigator import Json
from tests.processes import COMMAND, Started, free_port, started

BY_THE_MOMENT = ("raisedAt", "pushed", "contentHash")
"""What lookups that come beyond the lateness may change in a signal: when it was seen, and with that its push."""


@dataclass(frozen=True)
class Group:
    """Detectors of one consumer group that have a home folder, a database and an API in common."""

    agency: Agency
    home: Path
    topic: str
    port: int
    settings: Mapping[str, str]
    program: Sequence[str | Path] = (COMMAND,)
    """What runs as a detector."""

    @property
    def url(self) -> str:
        """Of the API."""
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def detector(self, *options: str) -> Iterator[Started]:
        """One more detector; killed at the end if it still runs."""
        line = ["detect", self.agency.dataset, "--source", "kafka", "--topic", self.topic, "--group", self.topic]
        where = ["--api", self.url, "--metrics-port", "0"]
        with started(self.home, *line, *where, *options, settings=self.settings, program=self.program) as running:
            yield running

    @contextmanager
    def replaying(self, speed: float = 0) -> Iterator[Started]:
        """Sends the agency's lookups to the topic, so many seconds of them in a second."""
        line = ["replay", self.agency.dataset, "--to", "kafka", "--topic", self.topic, "--speed", str(speed)]
        with started(self.home, *line, settings=self.settings) as running:
            yield running

    def filled(self) -> None:
        """All of the agency's lookups are in the topic."""
        with self.replaying() as replay:
            assert replay.ended().code == 0, replay.said

    def api(self) -> AbstractContextManager[tuple[Started, str]]:
        """The API at its address."""
        return an_api(self.home, self.port)

    @property
    def intake(self) -> Intake:
        """What the API holds now."""
        return intake_of(self.url, self.home)


def a_group(agency: Agency, home: Path, kafka: str, topic: str, database: str | None = None) -> Group:
    """A group in which nothing runs yet; without a database, SQLite."""
    settings = {"DOELBINDING_KAFKA_BOOTSTRAP_SERVERS": kafka}
    if database:
        settings["DOELBINDING_DETECTOR_DATABASE"] = database
    return Group(agency, home, topic, free_port(), settings)


def assert_gives_the_signals_of_the_files(group: Group) -> None:
    """Ids, scores, texts and all else but when they were raised; and each pushed one once in the intake."""
    intake = group.intake
    found, expected = told(intake.signals), told(group.agency.signals)
    assert found.keys() == expected.keys()
    assert [(key, found[key], expected[key]) for key in sorted(found) if found[key] != expected[key]] == []
    assert intake.items == Counter(signal_id for signal_id, one in intake.signals.items() if one["pushed"])


def told(signals: Mapping[str, Json]) -> dict[str, Json]:
    """Signals by id, without what the moment of a lookup's arrival may change."""
    return {signal_id: {key: one[key] for key in one if key not in BY_THE_MOMENT} for signal_id, one in signals.items()}
