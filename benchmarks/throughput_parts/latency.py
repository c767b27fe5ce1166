"""Lookups at a steady pace into the time between sending a lookup and the row in the intake queue that it leads to.

Every hundredth lookup is somebody's first look at the own file: a rule that fires on one lookup and has no grace. All
others are explained by a case link.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np
import polars as pl
import sqlalchemy as sa
from kafka import KafkaAdminClient

from benchmarks.throughput_parts.places import Place, doelbinding, place
from services.api.db.tables import evidence, intake_items
from services.core.clock import SystemClock
from services.core.cloud_events import encode_lookup
from services.core.contract import CASE_LINK, EMPLOYEE, RELATION, Record
from services.core.eleven_proof import is_valid
from services.core.kafka_settings import KafkaSettings
from services.detector.replay.messages import Message
from services.detector.replay.send import sending

PER_SECOND = 500
EVERY = 100
"""One lookup in so many is of the own file."""
WARM_UP_SECONDS = 10
REST_SECONDS = 10.0
"""How long rows may still come after the last lookup."""
START_SECONDS = 60.0
PARTITIONS = 4
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SOURCE = "urn:nld:oin:00000000000000000000:systeem:sonar"


def latency(settings: KafkaSettings, server: str, seconds: int) -> str:
    """A line with the median and the 99th percentile, after a warm-up."""
    topic, total = f"bench-{secrets.token_hex(6)}", (WARM_UP_SECONDS + seconds) * PER_SECOND
    with (
        TemporaryDirectory() as registers,
        place(server) as at,
        closing(KafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)) as admin,
    ):
        _write_registers(Path(registers), total // EVERY + 1)
        admin.create_topics({topic: {"num_partitions": PARTITIONS}})
        try:
            sent = _run(settings, at, Path(registers), topic, total)
        finally:
            admin.delete_topics([topic])
        return told(sent, _received(at.home / "api.sqlite"))


def _run(settings: KafkaSettings, at: Place, registers: Path, topic: str, total: int) -> dict[str, datetime]:
    """Sends all lookups to a detector at work; when each look at an own file was sent."""
    log, sent = at.home / "detect.log", dict[str, datetime]()
    line = ["detect", str(registers), "--source", "kafka", "--topic", topic, "--group", topic, "--api", at.api]
    addresses = {
        "DOELBINDING_KAFKA_BOOTSTRAP_SERVERS": ",".join(settings.bootstrap_servers),
        "DOELBINDING_DETECTOR_DATABASE": at.database,
    }
    with log.open("wb") as out, doelbinding(at.home, *line, "--metrics-port", "0", out=out, **addresses):
        _until_it_works(log)
        with sending(topic, settings) as sender:
            for _ in sender.send_all(_paced(total, sent)):
                pass
        time.sleep(REST_SECONDS)
    return sent


def _until_it_works(log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(said in log.read_text() for said in ("engine-owned", "kafka-rebalance")):
        if time.monotonic() > deadline:
            raise SystemExit(f"the detector does not start:\n{log.read_text()}")
        time.sleep(0.1)


def _paced(total: int, sent: dict[str, datetime]) -> Iterator[Message]:
    """Lookups at the pace, each made when it is due; notes when those of own files were."""
    clock, began = SystemClock(), time.monotonic()
    for number in range(total):
        if (early := began + number / PER_SECOND - time.monotonic()) > 0:
            time.sleep(early)
        now, employee, own = clock.now(), number // EVERY, number % EVERY == 0
        lookup = _lookup(number, employee, own, now)
        if own:
            sent[f"sonar-{number}"] = now
        yield Message(now, f"e{employee}".encode(), encode_lookup(lookup, f"{number}", SOURCE, now.isoformat()))


def _lookup(number: int, employee: int, own: bool, now: datetime) -> bytes:
    """A look at the own file, or at that of the employee's one client."""
    told = {"lookup_id": f"sonar-{number}", "occurred_at": now, "employee_id": f"e{employee}", "system": "sonar"}
    told |= {"action": "view", "bsn": _bsn(2 * employee + (0 if own else 1)), "record_count": 1}
    return msgspec.json.encode(told)


_BSNS = [number for number in map(str, range(960_000_000, 960_200_000)) if is_valid(number)]


def _bsn(number: int) -> str:
    """From the range of fictitious numbers."""
    return _BSNS[number]


def _write_registers(folder: Path, employees: int) -> None:
    """Everybody's own number, and one client with a case each."""
    everybody = range(employees)
    period = {"valid_from": LONG_AGO, "registered_at": LONG_AGO}
    team = {"team_id": "t1", "role": "klantadviseur", "department": "d1", "eigen_personeel": False}
    people = [{"employee_id": f"e{one}", "bsn": _bsn(2 * one)} | team | period for one in everybody]
    of_case = {"assignee_kind": "employee", "kind": "assignment", "registered_by": "system:sonar"}
    links = [
        {"link_id": f"l{one}", "case_id": f"c{one}", "bsn": _bsn(2 * one + 1), "assignee_id": f"e{one}"}
        | of_case
        | period
        for one in everybody
    ]
    _write(folder / "employees.parquet", EMPLOYEE, people)
    _write(folder / "case-links.parquet", CASE_LINK, links)
    _write(folder / "relations.parquet", RELATION, [])


def _write(file: Path, record: Record, rows: Sequence[Mapping[str, object]]) -> None:
    pl.DataFrame([{name: row.get(name) for name in record.schema} for row in rows], dict(record.schema)).write_parquet(
        file
    )


def _received(database: Path) -> dict[str, datetime]:
    """When the API put the item of each lookup into its queue."""
    engine = sa.create_engine(f"sqlite:///{database}")
    found = sa.select(evidence.c.lookup_id, intake_items.c.received_at)
    with engine.connect() as connection:
        rows = connection.execute(found.join(intake_items, intake_items.c.signal_id == evidence.c.signal_id)).all()
    engine.dispose()
    return {row.lookup_id: row.received_at for row in rows}


def told(sent: dict[str, datetime], received: dict[str, datetime]) -> str:
    """A line with the percentiles of the waits, without those of the warm-up; both by lookup."""
    counted = dict(itertools.islice(sent.items(), WARM_UP_SECONDS * PER_SECOND // EVERY, None))
    waits = [(received[lookup] - at).total_seconds() for lookup, at in counted.items() if lookup in received]
    if not waits:
        return f"from sending to the intake row: none of {len(counted)} looks at own files arrived"
    half, most, last = np.quantile(waits, [0.5, 0.99, 1.0])
    return (
        f"from sending to the intake row, at {PER_SECOND} lookups/s: p50 {half:.2f} s, p99 {most:.2f} s, "
        f"greatest {last:.2f} s; {len(waits)} of {len(counted)} looks at own files arrived"
    )
