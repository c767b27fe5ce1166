"""The part of the catalogue that tells whether a detector lives, keeps up, and may be believed."""

from __future__ import annotations

from services.core.contract import (
    ABSENCE,
    CASE_LINK,
    CASE_PARTY,
    EMPLOYEE,
    LOOKUP,
    RELATION,
    SELF_REPORT,
    STATEMENT,
)
from services.detector.metric import NO_LABELS, OPEN_SET, Metric

READING, DECIDING = "reading", "deciding"
"""The two sides of a detector, each under an epoch of its own (ADR 0021)."""
INPUTS = (LOOKUP, CASE_LINK, EMPLOYEE, RELATION, CASE_PARTY, SELF_REPORT, STATEMENT, ABSENCE)
"""Everything that a detector reads."""

ENGINE_OWNED = Metric(
    "doelbinding_engine_owned",
    "gauge",
    "1 where this detector owns the engine, 0 where it waits to; NaN after the end of an input that ends.",
    "sum(doelbinding_engine_owned) == 0",
    NO_LABELS,
)
ENGINE_EPOCH = Metric(
    "doelbinding_engine_epoch",
    "gauge",
    "Number of this ownership; each new one has a higher number. NaN where another detector owns the engine.",
    "max(max_over_time(doelbinding_engine_epoch[1h])) - min(min_over_time(doelbinding_engine_epoch[1h]))",
    NO_LABELS,
)
ENGINE_ROUND = Metric(
    "doelbinding_engine_last_round_timestamp_seconds",
    "gauge",
    "When the engine last looked for work, in seconds since 1970, also where there was none; NaN where it is not ours.",
    "time() - max(doelbinding_engine_last_round_timestamp_seconds) > 300",
    NO_LABELS,
)
STEP_SECONDS = Metric(
    "doelbinding_step_seconds",
    "histogram",
    "Time of one step of the engine, before it is stored.",
    "histogram_quantile(0.99, sum by (le) (rate(doelbinding_step_seconds_bucket[5m])))",
    NO_LABELS,
    (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
ARRIVALS_OLDEST = Metric(
    "doelbinding_arrivals_oldest_timestamp_seconds",
    "gauge",
    "When the oldest arrival that the engine has in hand was stored, in seconds since 1970; NaN where none waits.",
    "time() - max(doelbinding_arrivals_oldest_timestamp_seconds) > 300",
    NO_LABELS,
)
FENCED_COMMITS = Metric(
    "doelbinding_fenced_commits_total",
    "counter",
    "Commits that were refused because another detector had taken over, by what was to be stored.",
    "sum by (stage) (increase(doelbinding_fenced_commits_total[1h])) > 0",
    {"stage": (READING, DECIDING)},
)
UNREAD_RECORDS = Metric(
    "doelbinding_unread_records_total",
    "counter",
    "Records that became dead letters, each once however many faults it has and however often it is read.",
    'sum(increase(doelbinding_unread_records_total{record="lookup"}[1h]))',
    {"record": tuple(record.name for record in INPUTS)},
)
OFFICE_HOURS = Metric(
    "doelbinding_office_hours",
    "gauge",
    "1 in office hours of the agency's calendar, 0 outside; NaN where another detector owns the engine.",
    "max(doelbinding_office_hours) == 1",
    NO_LABELS,
)
REGISTER_ROWS = Metric(
    "doelbinding_register_rows",
    "gauge",
    "Rows of a register as the engine has it now; of case links from a topic, within some per cent.",
    "max by (register) (doelbinding_register_rows)",
    {"register": OPEN_SET},
)
REGISTERS_REFUSED = Metric(
    "doelbinding_registers_refused",
    "gauge",
    "1 while register files that came later cannot be read, and those before them stay in force; else 0.",
    "doelbinding_registers_refused == 1",
    NO_LABELS,
)
KAFKA_MEMBER = Metric(
    "doelbinding_kafka_member",
    "gauge",
    "1 while this detector is a member of its consumer group, 0 while it joins; NaN without Kafka.",
    "count(doelbinding_kafka_member == 1)",
    NO_LABELS,
)
KAFKA_PARTITIONS = Metric(
    "doelbinding_kafka_partitions",
    "gauge",
    "Partitions of the topic, whoever reads them; NaN without Kafka.",
    "max(doelbinding_kafka_partitions) - sum(doelbinding_kafka_partitions_assigned) > 0",
    NO_LABELS,
)
KAFKA_LAST_ANSWER = Metric(
    "doelbinding_kafka_last_answer_timestamp_seconds",
    "gauge",
    "When the broker last told where the partitions end, or was first asked, in seconds since 1970; NaN without Kafka.",
    "time() - doelbinding_kafka_last_answer_timestamp_seconds > 300",
    NO_LABELS,
)

VITALS = (
    ENGINE_OWNED,
    ENGINE_EPOCH,
    ENGINE_ROUND,
    STEP_SECONDS,
    ARRIVALS_OLDEST,
    FENCED_COMMITS,
    UNREAD_RECORDS,
    OFFICE_HOURS,
    REGISTER_ROWS,
    REGISTERS_REFUSED,
    KAFKA_MEMBER,
    KAFKA_PARTITIONS,
    KAFKA_LAST_ANSWER,
)
