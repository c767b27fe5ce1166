"""What the detector does into Prometheus metrics, in a registry of its own, served over HTTP."""

from __future__ import annotations

import math
from collections import Counter as Counts
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from threading import Thread
from typing import TypeVar
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, start_http_server

from services.core.errors import InputError
from services.core.release import release
from services.detector import metric_catalogue as catalogue
from services.detector import vital_metrics as vital
from services.detector.metric import Metric
from services.detector.metric_catalogue import BreakerState
from services.detector.rules import rule_set

Made = TypeVar("Made", Counter, Histogram)


class DetectorMetrics:
    """One attribute per metric of the catalogue; nothing is shared between two objects."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.lookups = self._counter(catalogue.LOOKUPS)
        self.dead_letters = self._counter(catalogue.DEAD_LETTERS)
        self.duplicates = self._counter(catalogue.DUPLICATES)
        self.late_lookups = self._counter(catalogue.LATE_LOOKUPS)
        self.source_rejected = self._counter(catalogue.SOURCE_REJECTED)
        self.source_fault = self._gauge(catalogue.SOURCE_FAULT)
        self.last_event = self._gauge(catalogue.LAST_EVENT)
        self.watermark = self._gauge(catalogue.WATERMARK)
        self.signals = self._counter(catalogue.SIGNALS)
        self.signal_score = self._histogram(catalogue.SIGNAL_SCORE)
        self.shadow_score = self._histogram(catalogue.SHADOW_SCORE)
        self.outbox_pending = self._gauge(catalogue.OUTBOX_PENDING)
        self.outbox_aside = self._gauge(catalogue.OUTBOX_ASIDE)
        self.outbox_oldest = self._gauge(catalogue.OUTBOX_OLDEST)
        self.deliveries = self._counter(catalogue.DELIVERIES)
        self.commit_seconds = self._histogram(catalogue.COMMIT_SECONDS)
        self.last_commit = self._gauge(catalogue.LAST_COMMIT)
        self.state_rows = self._gauge(catalogue.STATE_ROWS)
        self.state_bytes = self._gauge(catalogue.STATE_BYTES)
        self.kafka_lag = self._gauge(catalogue.KAFKA_LAG)
        self.kafka_assigned = self._gauge(catalogue.KAFKA_ASSIGNED)
        self.kafka_paused = self._gauge(catalogue.KAFKA_PAUSED)
        self.kafka_rebalances = self._counter(catalogue.KAFKA_REBALANCES)
        self.kafka_last_poll = self._gauge(catalogue.KAFKA_LAST_POLL)
        self.kafka_stalled = self._gauge(catalogue.KAFKA_STALLED)
        self.kafka_transaction_open = self._gauge(catalogue.KAFKA_TRANSACTION_OPEN)
        self.registers_behind = self._gauge(catalogue.REGISTERS_BEHIND)
        self.registers_behind_seconds = self._gauge(catalogue.REGISTERS_BEHIND_SECONDS)
        self.registers_waited_out = self._counter(catalogue.REGISTERS_WAITED_OUT)
        self.kafka_breakers = self._gauge(catalogue.KAFKA_BREAKERS)
        self.letters_to_tell = self._gauge(catalogue.LETTERS_TO_TELL)
        self.show_breakers(())
        self.build_info = self._gauge(catalogue.BUILD_INFO)
        self.build_info.labels(version=release(), rule_set=rule_set()).set(1)
        self._make_vitals()
        self._know_nothing_yet()

    def _make_vitals(self) -> None:
        self.engine_owned = self._gauge(vital.ENGINE_OWNED)
        self.engine_epoch = self._gauge(vital.ENGINE_EPOCH)
        self.engine_round = self._gauge(vital.ENGINE_ROUND)
        self.step_seconds = self._histogram(vital.STEP_SECONDS)
        self.arrivals_oldest = self._gauge(vital.ARRIVALS_OLDEST)
        self.fenced_commits = self._counter(vital.FENCED_COMMITS)
        self.unread_records = self._counter(vital.UNREAD_RECORDS)
        self.office_hours = self._gauge(vital.OFFICE_HOURS)
        self.register_rows = self._gauge(vital.REGISTER_ROWS)
        self.registers_refused = self._gauge(vital.REGISTERS_REFUSED)
        self.kafka_member = self._gauge(vital.KAFKA_MEMBER)
        self.kafka_partitions = self._gauge(vital.KAFKA_PARTITIONS)
        self.kafka_last_answer = self._gauge(vital.KAFKA_LAST_ANSWER)

    def _know_nothing_yet(self) -> None:
        """A moment of 0 would be one in 1970; and an alert must see the first deletion as an increase."""
        for gauge in (self.watermark, self.last_commit, self.outbox_oldest, self.engine_epoch, self.engine_round):
            gauge.set(math.nan)
        for gauge in (self.arrivals_oldest, self.office_hours, self.kafka_last_poll, self.kafka_last_answer):
            gauge.set(math.nan)
        for gauge in (self.kafka_member, self.kafka_partitions):
            gauge.set(math.nan)
        self.dead_letters.labels(code=catalogue.RECORDS_DELETED)

    def show_backlog(self, pending: int, oldest: datetime | None, aside: int = 0) -> None:
        """How many revisions wait for delivery, how many of them put aside, and since when the oldest other does."""
        self.outbox_pending.set(pending)
        self.outbox_aside.set(aside)
        self.outbox_oldest.set(math.nan if oldest is None else oldest.timestamp())

    def show_commit(self, seconds: float, at: datetime) -> None:
        """A slice was stored: how long that took, and when."""
        self.commit_seconds.observe(seconds)
        self.last_commit.set(at.timestamp())

    def show_state(self, rows: Mapping[str, int], size: int) -> None:
        """Rows per state table, and bytes of state and archive; tables not named are gone."""
        self.state_rows.clear()
        for table, count in rows.items():
            self.state_rows.labels(table=table).set(count)
        self.state_bytes.set(size)

    def show_faults(self, faults: Mapping[tuple[str, str], int]) -> None:
        """Open faults per system and kind; those not named are gone."""
        self.source_fault.clear()
        for (system, kind), count in faults.items():
            self.source_fault.labels(system=system, kind=kind).set(count)

    def show_group(self, member: bool, partitions: int, at: datetime) -> None:
        """The broker answered: whether this detector is a member of its group, and how many partitions there are."""
        self.kafka_member.set(member)
        self.kafka_partitions.set(partitions)
        self.kafka_last_answer.set(at.timestamp())

    def show_lag(self, lag: Mapping[str, int]) -> None:
        """Records left to read per partition; partitions not named are no longer this detector's."""
        self.kafka_lag.clear()
        for partition, count in lag.items():
            self.kafka_lag.labels(partition=partition).set(count)

    def show_registers(self, left: int, seconds: float) -> None:
        """Records of the register topics that are not read yet, and for how long that has been so."""
        self.registers_behind.set(left)
        self.registers_behind_seconds.set(seconds)

    def show_breakers(self, states: Iterable[BreakerState]) -> None:
        """The state of each partition of this detector."""
        counted = Counts(states)
        for state in catalogue.BREAKER_STATES:
            self.kafka_breakers.labels(state=state).set(counted[state])

    def _counter(self, metric: Metric) -> Counter:
        return _at_zero(Counter(metric.name, metric.help, tuple(metric.labels), registry=self.registry), metric)

    def _gauge(self, metric: Metric) -> Gauge:
        return Gauge(metric.name, metric.help, tuple(metric.labels), registry=self.registry)

    def _histogram(self, metric: Metric) -> Histogram:
        made = Histogram(metric.name, metric.help, tuple(metric.labels), registry=self.registry, buckets=metric.buckets)
        return _at_zero(made, metric)


@dataclass(frozen=True)
class MetricsServer:
    """A running metrics page."""

    server: WSGIServer
    thread: Thread

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.server.server_port

    def close(self) -> None:
        """Stops answering and frees the port."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def serve_metrics(metrics: DetectorMetrics, port: int, host: str = "127.0.0.1") -> MetricsServer:
    """Serves /metrics in a thread of its own; port 0 takes any free one.

    Raises InputError if the address cannot be listened on.
    """
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except (OSError, OverflowError) as error:
        raise InputError(
            f"metrics: cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}; "
            "stop what uses this port, or choose another port or address"
        ) from error
    return MetricsServer(server, thread)


def _at_zero(made: Made, metric: Metric) -> Made:
    """Series that are known beforehand exist from the start, so that a first increment is seen as one."""
    if metric.labels and metric.closed:
        for values in product(*metric.labels.values()):
            made.labels(*values)
    return made
