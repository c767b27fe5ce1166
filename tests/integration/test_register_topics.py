"""Registers from topics of a real broker: what comes, changes and goes, what a restart reads, and what waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator, MutableMapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from kafka import KafkaAdminClient, KafkaProducer
from structlog.testing import capture_logs

from services.core.clock import SystemClock
from services.core.errors import InputError
from services.core.kafka_settings import load_kafka_settings
from services.core.pseudonyms import BSN_DOMAIN, EMPLOYEE_DOMAIN, Pseudonymiser
from services.detector.following import Reading
from services.detector.metrics import DetectorMetrics
from services.detector.pipeline import Pipeline
from services.detector.register_topics.following import RegisterTopics, TopicRegisters
from services.detector.register_topics.messages import News
from services.detector.register_topics.reader import RegisterReader, RegistersLostError
from tests.integration.kafka_topic import await_that
from tests.integration.register_topics import PARTITIONS, made_register_topics, row_events, say
from tests.world import BSNS, RING, World, local, settings

NEWS = RegisterReader.news
MARCH, APRIL = local("2025-03-03 00:00"), local("2025-04-01 00:00")


@dataclass
class Topics:
    """Register topics with a small agency on them, and detectors that follow them from one home folder."""

    kafka: str
    prefix: str
    home: Path
    wait_seconds: float = 30.0
    stop: threading.Event = field(default_factory=threading.Event)
    metrics: DetectorMetrics = field(default_factory=DetectorMetrics)
    buried: list[pl.DataFrame] = field(default_factory=list)

    @contextmanager
    def followed(self, known: str | None = None) -> Iterator[TopicRegisters]:
        with self._opened(known) as following:
            assert following is not None
            yield following

    def _opened(self, known: str | None) -> AbstractContextManager[TopicRegisters | None]:
        kafka = load_kafka_settings(bootstrap_servers=self.kafka)
        where = RegisterTopics(kafka, self.home, self.prefix, self.wait_seconds)
        pipeline = Pipeline(settings(), RING)
        return where.opened(
            known, self.buried.append, pipeline, ("declared",), RING, self.metrics, SystemClock(), self.stop
        )

    def opened_at_all(self) -> None:
        """Fails where there are registers to follow."""
        with self._opened(None) as following:
            assert following is None

    def say(self, register: str, *rows: tuple[bytes | None, dict[str, object] | bytes | None]) -> None:
        """Rows under their keys; null takes the row away, bytes are sent as they are."""
        told = [(key, row_events(register, [row])[0] if isinstance(row, dict) else row) for key, row in rows]
        say(self.kafka, self.prefix, register, told)


@pytest.fixture
def topics(kafka: str, tmp_path: Path) -> Iterator[Topics]:
    """Two employees and two links are there."""
    with made_register_topics(kafka) as prefix:
        made = Topics(kafka, prefix, tmp_path)
        world = an_agency()
        made.say("employees", (b"1", world.employees[0]), (b"2", world.employees[1]))
        made.say("case-links", (b"a", world.links[0]), (b"b", world.links[1]))
        yield made


def an_agency() -> World:
    world = World()
    world.employee(1)
    world.employee(2)
    world.link(50, "e1", MARCH)
    world.link(51, "e2", MARCH)
    return world


def changed(reading: Reading) -> tuple[set[str], set[str]]:
    """Employees and persons by their ids and numbers."""
    return (
        named(reading.changed_employees, ["e1", "e2"], EMPLOYEE_DOMAIN),
        named(reading.changed_subjects, BSNS[:70], BSN_DOMAIN),
    )


def named(keys: pl.Series, values: list[str], domain: str) -> set[str]:
    known = Pseudonymiser(RING).intern(pl.Series(values), domain)
    return set(known.filter(known["key"].is_in(keys.implode()))["value"].to_list())


def links_of(reading: Reading, person: int) -> pl.DataFrame:
    return reading.registers.links.rows(Pseudonymiser(RING).intern(pl.Series([BSNS[person]]), BSN_DOMAIN)["key"])


def test_what_comes_changes_and_goes_concerns_its_own_person(topics: Topics) -> None:
    links = an_agency().links
    with topics.followed() as following:
        first = following.read()
        assert changed(first) == (set(), set())
        assert first.registers.headcount(APRIL) == 2
        topics.say("case-links", (b"a2", links[0] | {"registered_at": APRIL, "valid_to": APRIL}))
        later = following.read()
        assert changed(later) == (set(), {BSNS[50]})
        assert links_of(later, 50)["known_until"].to_list() == [APRIL, None]
        topics.say("case-links", (b"a2", None), (b"b", links[1] | {"bsn": BSNS[60]}))
        after = following.read()
        assert changed(after) == (set(), {BSNS[50], BSNS[51], BSNS[60]})
        assert [links_of(after, person).height for person in (50, 51, 60)] == [1, 0, 1]
        assert not following.read().changed


def test_an_employee_who_comes_to_another_team_and_an_optional_register_that_comes(topics: Topics) -> None:
    with topics.followed() as following:
        following.read()
        topics.say("employees", (b"2b", an_agency().employees[1] | {"team_id": "T2", "valid_from": MARCH}))
        assert changed(following.read()) == ({"e2"}, {BSNS[2]})
        topics.say("statements", (b"s", {"employee_id": "e1", "system": "suwinet", "valid_from": MARCH}))
        reading = following.read()
        assert reading.registers.statements is not None
        assert changed(reading) == ({"e1", "e2"}, {BSNS[1], BSNS[2], BSNS[50], BSNS[51]})


def test_a_bad_row_is_a_dead_letter_and_replaces_nothing(topics: Topics) -> None:
    with topics.followed() as following:
        following.read()
        topics.say("case-links", (b"a", b"no JSON"), (b"c", an_agency().links[0] | {"bsn": "123456789"}))
        assert not following.read().changed
        dead = pl.concat(topics.buried)
        assert sorted(dead["codes"].to_list()) == [["bsn-fails-11-proef"], ["not-json"]]
        assert dead["position"].str.starts_with(f"{topics.prefix}case-links/").all()
        following.read()
        assert pl.concat(topics.buried).equals(dead)


def test_bad_rows_are_stored_while_the_topics_are_read_whole_and_are_not_held_until_the_end(
    topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RegisterReader, "news", a_record_at_a_time)
    topics.say("case-links", *((f"bad {number}".encode(), b"no JSON") for number in range(5)))
    with topics.followed() as following:
        assert [dead.height for dead in topics.buried] == [1] * 5
        assert following.read().dead.is_empty()


def a_record_at_a_time(self: RegisterReader, seconds: float) -> Iterator[News]:
    self._consumer.config["max_poll_records"] = 1
    return NEWS(self, seconds)


def test_a_restart_reads_only_what_is_new(topics: Topics, monkeypatch: pytest.MonkeyPatch) -> None:
    with topics.followed() as following:
        known = following.read().signature
    read = list[int]()
    monkeypatch.setattr(RegisterReader, "news", counting(read))
    topics.say("case-links", (b"c", an_agency().links[0] | {"link_id": "new", "bsn": BSNS[61]}), (b"b", None))
    with topics.followed(known) as following:
        reading = following.read()
    assert changed(reading) == (set(), {BSNS[51], BSNS[61]})
    assert [links_of(reading, person).height for person in (50, 51, 61)] == [1, 0, 1]
    assert sum(read) == 2


def counting(read: list[int]) -> object:
    def counted(self: RegisterReader, seconds: float) -> Iterator[object]:
        for each in NEWS(self, seconds):
            read.append(each.rows.height + each.gone.len())
            yield each

    return counted


def test_nothing_changed_for_who_saw_the_same_before_with_or_without_a_snapshot(topics: Topics) -> None:
    with topics.followed() as following:
        known = following.read().signature
    for path in (topics.home / "registers").glob("contents.json"):
        path.unlink()
    for _ in ("without", "with"):
        with topics.followed(known) as following:
            reading = following.read()
            assert (reading.changed, reading.signature) == (False, known)


def test_where_it_cannot_be_told_what_changed_everything_did(topics: Topics) -> None:
    everybody = ({"e1", "e2"}, {BSNS[1], BSNS[2], BSNS[50], BSNS[51]})
    with topics.followed() as following:
        known = following.read().signature
    ahead = known.replace('/0":', '/0":1').replace('/1":', '/1":1')
    behind = known.replace("case-links/0", "case-links/9").replace("case-links/1", "case-links/8")
    for name in ('[["employees.parquet", 1, 2]]', behind):
        with topics.followed(name) as following:
            assert changed(following.read()) == everybody
    (topics.home / "registers" / "contents.json").write_text("{}")
    with topics.followed(ahead) as following:
        assert changed(following.read()) == everybody


def test_a_damaged_snapshot_is_told_and_the_topics_are_read_whole(topics: Topics) -> None:
    with topics.followed() as following:
        following.read()
    next((topics.home / "registers").glob("employees-*.parquet")).write_bytes(b"")
    with capture_logs() as logs, topics.followed() as following:
        assert following.read().registers.headcount(APRIL) == 2
    assert "a file of it is missing or damaged" in [told.get("reason") for told in logs]
    assert {"from_snapshot": False} in [{name: told[name]} for told in logs for name in told if name == "from_snapshot"]


def test_registers_that_stay_behind_are_waited_for_and_then_told(
    topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics.wait_seconds = 0.3
    with topics.followed() as following:
        following.read()
        topics.say("case-links", (b"c", an_agency().links[0] | {"link_id": "new", "bsn": BSNS[61]}))
        with monkeypatch.context() as held_up:
            held_up.setattr(RegisterReader, "news", lambda _reader, _seconds: iter(()))
            reading = following.read()
            assert links_of(reading, 61).is_empty()
            assert topics.metrics.registry.get_sample_value("doelbinding_registers_waited_out_total") == 1
            assert topics.metrics.registry.get_sample_value("doelbinding_registers_behind_records") == 1
            following.glance()
            assert topics.metrics.registry.get_sample_value("doelbinding_registers_waited_out_total") == 1
        assert links_of(following.read(), 61).height == 1
        assert topics.metrics.registry.get_sample_value("doelbinding_registers_behind_seconds") == 0


def test_registers_without_a_row_are_waited_for_until_told_to_stop(kafka: str, tmp_path: Path) -> None:
    with made_register_topics(kafka) as prefix:
        empty = Topics(kafka, prefix, tmp_path)
        with capture_logs() as logs:
            opening = threading.Thread(target=empty.opened_at_all)
            opening.start()
            await_that(lambda: "registers-empty" in [told["event"] for told in logs], "nothing was told")
            empty.stop.set()
            opening.join()
        assert not (tmp_path / "registers").exists()


def test_topics_that_are_missing_are_all_named_with_what_to_do(kafka: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as told, Topics(kafka, "nowhere.", tmp_path).followed():
        pass
    assert [fault.partition(":")[0] for fault in told.value.faults] == [
        f"topic nowhere.{register}" for register in ("case-links", "employees", "relations")
    ]
    assert "doelbinding topics create" in told.value.faults[0]


def test_topics_made_anew_are_read_whole(topics: Topics, kafka: str) -> None:
    with topics.followed() as following:
        following.read()
    with made_register_topics(kafka) as other:
        contents = topics.home / "registers" / "contents.json"
        contents.write_text(contents.read_text().replace(topics.prefix, other))
        anew = Topics(kafka, other, topics.home)
        world = an_agency()
        anew.say("employees", (b"1", world.employees[0]))
        anew.say("case-links", (b"a", world.links[0]))
        with capture_logs() as logs, anew.followed() as following:
            assert following.read().registers.headcount(APRIL) == 1
        assert "the topics were made anew" in [told.get("reason") for told in logs]


def made_anew_under_the_same_names(topics: Topics) -> None:
    """The topics without a row; those of employees and case links with as many records as before, of others."""
    names = [f"{topics.prefix}{register}" for register in ("employees", "case-links")]
    with closing(KafkaAdminClient(bootstrap_servers=topics.kafka)) as admin:
        admin.delete_topics(names)
        await_that(lambda: not set(names) & set(admin.list_topics()), "the topics are gone")
        admin.create_topics({name: {"num_partitions": PARTITIONS} for name in names})
    with closing(KafkaProducer(bootstrap_servers=topics.kafka)) as producer:
        for name in names:
            producer.partitions_for(name)  # waits until the broker tells of it
    world = an_agency()
    world.employee(3)
    world.link(62, "e1", MARCH)
    for key in (b"1", b"2"):
        topics.say("employees", (key, world.employees[2]))
        topics.say("case-links", (b"a" if key == b"1" else b"b", world.links[2] | {"link_id": key.decode()}))


def test_topics_made_anew_under_their_names_are_read_whole_though_the_offsets_fit(topics: Topics) -> None:
    with topics.followed() as following:
        known = following.read().signature
    made_anew_under_the_same_names(topics)
    with capture_logs() as logs, topics.followed(known) as following:
        reading = following.read()
    assert "the topics were made anew" in [told.get("reason") for told in logs]
    assert [links_of(reading, person).height for person in (50, 51, 62)] == [0, 0, 2]
    assert BSNS[62] in changed(reading)[1]


def test_topics_made_anew_while_they_are_read_end_the_detector_and_the_next_start_reads_them_whole(
    topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.detector.register_topics.reader.LOOK_SECONDS", 0.0)
    known: list[str] = []

    def followed() -> None:
        with topics.followed() as following:
            known.append(following.read().signature)
            following.store()
            made_anew_under_the_same_names(topics)
            await_that(lambda: following.glance().signature != known[0], "it ends")

    with pytest.raises(RegistersLostError, match="The next start reads all registers whole"):
        followed()
    assert not (topics.home / "registers" / "contents.json").exists()
    with topics.followed(known[0]) as following:
        assert links_of(following.read(), 62).height == 2


def test_partitions_and_optional_topics_that_come_later_are_read(
    topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.detector.register_topics.reader.LOOK_SECONDS", 0.0)
    statements = f"{topics.prefix}statements"
    with closing(KafkaAdminClient(bootstrap_servers=topics.kafka)) as admin:
        admin.delete_topics([statements])
        await_that(lambda: statements not in admin.list_topics(), "the topic is gone")
        with capture_logs() as logs, topics.followed() as following:
            assert following.read().registers.statements is None
            admin.create_topics({statements: {"num_partitions": 1}})
            admin.create_partitions({f"{topics.prefix}employees": PARTITIONS + 1})
            with closing(KafkaProducer(bootstrap_servers=topics.kafka)) as producer:
                expected = {f"{statements}/0", f"{topics.prefix}employees/2"}
                await_that(lambda: bool(following.read()) and added(logs) == expected, "they are found")
                world = an_agency()
                world.employee(3)
                row = row_events("employees", [world.employees[2]])[0]
                producer.send(f"{topics.prefix}employees", row, b"3", partition=PARTITIONS).get(30)
            topics.say("statements", (b"s", {"employee_id": "e1", "system": "suwinet", "valid_from": MARCH}))
            reading = following.read()
            assert reading.registers.statements is not None
            assert reading.registers.headcount(APRIL) == 3
            known = reading.signature
    with topics.followed(known) as following:
        assert following.read().signature == known


def added(logs: list[MutableMapping[str, Any]]) -> set[str]:
    found = [told["partitions"] for told in logs if told["event"] == "register-partitions-added"]
    return {name for names in found for name in names}


def test_the_beginning_of_a_load_is_not_in_force_before_its_end(
    topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    with topics.followed() as following:
        known = following.read().signature
        topics.say("case-links", (b"b", None))
        with monkeypatch.context() as loading:
            ends = RegisterReader.ends
            loading.setattr(RegisterReader, "ends", lambda reader: {at: end + 1 for at, end in ends(reader).items()})
            for _ in range(5):
                reading = following.glance()
                assert (changed(reading), reading.signature) == ((set(), set()), known)
            assert links_of(reading, 51).height == 1
    with topics.followed(known) as following:
        reading = following.glance()
        assert changed(reading) == (set(), {BSNS[51]})
        assert links_of(reading, 51).is_empty()
        assert reading.signature != known
        assert topics.metrics.registry.get_sample_value("doelbinding_registers_waited_out_total") == 0


def test_a_wait_that_is_broken_off_leaves_no_snapshot_ahead_of_what_was_decided(topics: Topics) -> None:
    with topics.followed() as following:
        known = following.read().signature
    topics.say("case-links", (b"b", None))
    with topics.followed(known) as following:
        topics.stop.set()
        following.read()
    topics.stop.clear()
    with topics.followed(known) as following:
        assert changed(following.read()) == (set(), {BSNS[51]})
