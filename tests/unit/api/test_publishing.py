"""What becomes of pushed signals on their way to Bureau Integriteit's topic."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from services.api.main import Publishing
from services.api.publishing.events import Publication, encode_event
from services.api.publishing.settings import EventSettings
from services.core.backoff import Backoff
from services.core.cloud_events import CONTENT_TYPE
from services.core.kafka_broker import Message, Sent, Trouble
from services.core.reading import READER_RULES
from tests.identities import pseudonyms_in
from tests.unit.api.conftest import Caller, running

SCHEMA = Path(__file__).parents[3] / "schemas" / "intake-event.schema.json"
EVENTS = EventSettings(
    event_source="urn:nld:oin:00000000000000000000:systeem:doelbinding", public_url="https://doelbinding.example/api"
)
LATER = datetime.fromisoformat("2026-03-09T09:00:00Z")
PATIENCE_SECONDS = 30.0
AWAY, REFUSED = Trouble("the broker is away", refused=False), Trouble("no rights", refused=True)


class RememberingBroker:
    """Takes messages into a list, unless it is told to be in trouble; then it takes as many as it is told."""

    def __init__(self) -> None:
        self.events: list[dict[str, object]] = []
        self.messages: list[Message] = []
        self.troubles: list[tuple[Trouble | None, int]] = []
        self.crashes = 0
        self.trouble: Trouble | None = None
        self.closed = False
        self._lock = Lock()

    def send(self, messages: Sequence[Message]) -> Sent:
        with self._lock:
            trouble, taken = self.troubles.pop(0) if self.troubles else (self.trouble, 0)
            taken = len(messages) if trouble is None else taken
            self.messages += messages[:taken]
            self.events += [json.loads(message.value) for message in messages[:taken]]
            if self.crashes:
                self.crashes -= 1
                raise RuntimeError("after the broker took them, before anybody heard of it")
            return Sent([message.row for message in messages[:taken]], trouble)

    def close(self) -> None:
        self.closed = True

    def told(self) -> list[tuple[str, str, int]]:
        """Of each event: its signal, its type's last words, its revision."""
        kinds = [str(event["type"]).removeprefix("nl.overheid.doelbinding.signal.") for event in self.events]
        return [
            (str(event["subject"])[-2:], kind, event["data"]["revision"])
            for event, kind in zip(self.events, kinds, strict=True)
        ]


Start = Callable[[RememberingBroker | None], AbstractContextManager[Caller]]


@pytest.fixture
def broker() -> RememberingBroker:
    return RememberingBroker()


@pytest.fixture
def start(tmp_path: Path, migrated: Path) -> Start:
    """Starts an API; the next one goes on with the database of the one before."""
    homes = iter(tmp_path / f"home-{number}" for number in range(9))
    database = migrated

    @contextmanager
    def publishing(broker: RememberingBroker | None) -> Iterator[Caller]:
        nonlocal database
        home = next(homes)
        how = Publishing(EVENTS, broker, Backoff(0.001, 0.01)) if broker else None
        with running(home, database, how) as caller:
            yield caller
        database = home

    return publishing


def until(so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def gauges(api: Caller) -> dict[str, float]:
    lines = api.get("/metrics", None).text.splitlines()
    found = dict(line.rsplit(" ", 1) for line in lines if line.startswith("doelbinding_api_publications"))
    return {name.removeprefix("doelbinding_api_publications"): float(value) for name, value in found.items()}


def test_each_revision_of_a_pushed_signal_is_told_once_and_in_order(start, broker, make_signal):
    with start(broker) as api:
        api.results(make_signal(1), make_signal(2))
        api.results(make_signal(1, as_of=LATER, score=80.0))
        gone = {"status": "withdrawn", "withdrawn_reason": "a link was registered later"}
        api.results(make_signal(1, as_of=LATER + timedelta(hours=1), **gone))
        api.results(make_signal(1, as_of=LATER + timedelta(hours=2)))
        until(lambda: len(broker.events) == 5)
    told = broker.told()
    assert [kind for signal, *kind in told if signal == "01"] == [
        ["pushed.v1", 1],
        ["revised.v1", 2],
        ["withdrawn.v1", 3],
        ["revised.v1", 4],
    ]
    assert [kind for signal, *kind in told if signal == "02"] == [["pushed.v1", 1]]
    assert {message.key for message in broker.messages} == {make_signal(n)["signalId"].encode() for n in (1, 2)}
    assert {message.headers["content-type"] for message in broker.messages} == {CONTENT_TYPE.encode()}


def test_revisions_of_one_batch_are_each_told(start, broker, make_signal):
    with start(broker) as api:
        api.results(make_signal(1), make_signal(1, as_of=LATER, score=80.0), make_signal(1))
        until(lambda: len(broker.events) == 2)
    assert broker.told() == [("01", "pushed.v1", 1), ("01", "revised.v1", 2)]


def test_what_is_not_pushed_unchanged_or_outdated_is_not_told(start, broker, make_signal):
    with start(broker) as api:
        api.results(make_signal(1, pushed=False), make_signal(2, as_of=LATER))
        until(lambda: len(broker.events) == 1)
        api.results(make_signal(2, as_of=LATER), make_signal(2, score=10.0))
        api.results(make_signal(1, pushed=True, score=70.0, as_of=LATER))
        until(lambda: gauges(api)["_pending"] == 0)
    assert broker.told() == [("02", "pushed.v1", 1), ("01", "pushed.v1", 2)]


def test_signals_about_readers_are_not_told_to_bureau_integriteit(start, broker, make_signal):
    about_readers = [make_signal(number, rule=rule) for number, rule in enumerate(READER_RULES, 11)]
    with start(None) as api:
        api.results(*about_readers, make_signal(1))
    with start(broker) as api:
        until(lambda: len(broker.events) == 1)
        api.results(make_signal(14, rule=READER_RULES[0]), make_signal(2))
        until(lambda: len(broker.events) == 2)
        kept = api.rows("SELECT signal_id FROM publications ORDER BY signal_id")
    assert [row["signal_id"] for row in kept] == [make_signal(number)["signalId"] for number in (1, 2)]
    assert broker.told() == [("01", "pushed.v1", 1), ("02", "pushed.v1", 1)]


def test_a_push_is_irrevocable_for_events_too(start, broker, make_signal):
    with start(broker) as api:
        api.results(make_signal())
        api.results(make_signal(pushed=False, as_of=LATER))
        until(lambda: len(broker.events) == 2)
    assert broker.told()[1] == ("01", "revised.v1", 2)


def test_every_event_fits_its_schema_and_says_nothing_about_anybody(start, broker, make_signal):
    schema = json.loads(SCHEMA.read_bytes())
    Draft202012Validator.check_schema(schema)
    valid = Draft202012Validator(schema, format_checker=FormatChecker())
    planted = {"summary": "960000017 of employee E-12345", "withdrawn_reason": "960000017", "status": "withdrawn"}
    with start(broker) as api:
        api.results(make_signal(1), make_signal(2, **planted))
        api.results(make_signal(1, as_of=LATER, score=80.0))
        until(lambda: len(broker.events) == 3)
    for event in [*broker.events, *schema["examples"]]:
        valid.validate(event)
        assert not valid.is_valid(event | {"employeeid": "E-12345"})
        assert not valid.is_valid(event | {"data": event["data"] | {"bsn": "960000017"}})
        assert not valid.is_valid(event | {"data": {"revision": 1, "status": "closed"}})
    sent = b"".join(message.value for message in broker.messages)
    assert not pseudonyms_in(sent)
    assert not any(name in sent for name in (b"960000017", b"E-12345", b"own-file"))


def test_an_event_stays_far_below_64_kb_and_is_the_same_each_time():
    long = EventSettings(event_source=EVENTS.event_source, public_url="https://" + "h" * 255 + ("/" + "p" * 100) * 10)
    publication = Publication(1, "s-1-1-0", "s-" + "0" * 32, 2**31 - 1, "withdrawn", "withdrawn", LATER)
    events = {encode_event(publication, long.event_source, long.public_url) for _ in range(3)}
    assert len(events) == 1
    assert len(events.pop()) < 4 * 1024


def test_while_the_broker_is_away_everything_waits_and_the_api_is_ready(start, broker, make_signal):
    broker.trouble = AWAY
    with start(broker) as api:
        api.results(make_signal(1), make_signal(2))
        api.results(make_signal(1, as_of=LATER, score=80.0))
        until(lambda: gauges(api)['_total{result="unavailable"}'] > 3)
        assert api.get("/v1/health/ready").status_code == 200
        found = gauges(api)
        assert (found["_pending"], found["_oldest_timestamp_seconds"]) == (3, api.clock.at.timestamp())
        broker.trouble = None
        until(lambda: len(broker.events) == 3)
        until(lambda: gauges(api)['_total{result="sent"}'] == 3)
        assert (gauges(api)["_pending"], gauges(api)["_oldest_timestamp_seconds"]) == (0, 0)
    assert broker.told() == [("01", "pushed.v1", 1), ("02", "pushed.v1", 1), ("01", "revised.v1", 2)]


def test_what_the_broker_took_before_it_went_away_is_not_sent_again(start, broker, make_signal):
    broker.troubles = [(AWAY, 2), (REFUSED, 1)]
    with start(broker) as api:
        api.results(*(make_signal(number) for number in range(1, 6)))
        until(lambda: len(broker.events) == 5)
        assert gauges(api)['_total{result="refused"}'] == 1
    assert [signal for signal, *_ in broker.told()] == ["01", "02", "03", "04", "05"]


def test_what_was_taken_without_a_word_is_sent_again_as_the_same_event(start, broker, make_signal):
    broker.crashes = 2
    with start(broker) as api:
        api.results(make_signal(1))
        until(lambda: gauges(api)["_pending"] == 0)
    assert broker.told() == [("01", "pushed.v1", 1)] * 3
    assert len({message.value for message in broker.messages}) == 1


def test_what_waits_when_the_api_stops_goes_out_at_the_next_start(start, broker, make_signal):
    broker.trouble = AWAY
    with start(broker) as api:
        api.results(make_signal(1), make_signal(2))
    assert broker.closed
    after = RememberingBroker()
    with start(after):
        until(lambda: len(after.events) == 2)
    assert [signal for signal, *_ in after.told()] == ["01", "02"]


def test_what_was_pushed_while_nothing_was_published_is_told_as_it_stands_now(start, broker, make_signal):
    with start(broker) as api:
        api.results(make_signal(1))
        until(lambda: len(broker.events) == 1)
    with start(None) as api:
        api.results(make_signal(1, as_of=LATER, score=70.0), make_signal(2), make_signal(3, pushed=False))
        api.results(make_signal(1, as_of=LATER + timedelta(hours=1), score=80.0))
        assert gauges(api)["_pending"] == 0
    after = RememberingBroker()
    with start(after):
        until(lambda: len(after.events) == 2)
    assert sorted(after.told()) == [("01", "revised.v1", 3), ("02", "pushed.v1", 1)]


def test_a_delivery_that_is_rolled_back_tells_nothing(start, broker, make_signal):
    with start(broker) as api:
        assert api.deliver(make_signal(1), make_signal(2) | {"severity": "grave"}).status_code == 400
        api.results(make_signal(3))
        until(lambda: len(broker.events) == 1)
    assert broker.told() == [("03", "pushed.v1", 1)]


def test_a_database_that_fails_for_a_while_does_not_end_publishing(start, broker, make_signal):
    with start(broker) as api:
        api.rows("ALTER TABLE publications RENAME TO gone")
        assert api.deliver(make_signal(1)).status_code == 500
        api.rows("ALTER TABLE gone RENAME TO publications")
        api.results(make_signal(1))
        until(lambda: len(broker.events) == 1)
