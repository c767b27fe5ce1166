"""The catalogue of the detector's metrics: what is measured, and a query that shows what each is for."""

from __future__ import annotations

from typing import Literal

from services.core.contract import CLASSES, SIGNAL_STATUSES, STATES
from services.detector.faults.kinds import CODES, KINDS
from services.detector.metric import NO_LABELS, OPEN_SET, Metric
from services.detector.rules import RULES
from services.detector.vital_metrics import VITALS

REBALANCES = ("assigned", "revoked", "lost")
RECORDS_DELETED = "records-deleted"
"""A code of dead letters: the broker deleted records before they were read."""
BreakerState = Literal["closed", "half-open", "open"]
BREAKER_STATES: tuple[BreakerState, ...] = ("closed", "half-open", "open")
DELIVERY_RESULTS = ("delivered", "rejected", "refused", "unavailable", "aside")

LOOKUPS = Metric(
    "doelbinding_lookups_total",
    "counter",
    "Lookups read, by what was known of them on arrival.",
    "sum by (outcome) (rate(doelbinding_lookups_total[5m]))",
    {"outcome": STATES},
)
DEAD_LETTERS = Metric(
    "doelbinding_dead_letters_total",
    "counter",
    "Faults of records that could not be read; a record with two faults counts under both codes.",
    "sum by (code) (increase(doelbinding_dead_letters_total[1h]))",
    {"code": OPEN_SET},
)
DUPLICATES = Metric(
    "doelbinding_duplicates_total",
    "counter",
    "Lookups delivered more than once, as the engine's state told.",
    "sum by (layer) (rate(doelbinding_duplicates_total[1h]))",
    {"layer": ("state",)},
)
LATE_LOOKUPS = Metric(
    "doelbinding_late_lookups_total",
    "counter",
    "Lookups that came beyond the allowed lateness; what they touch is recomputed.",
    'increase(doelbinding_late_lookups_total{disposition="recomputed"}[1d])',
    {"disposition": ("recomputed",)},
)
SOURCE_REJECTED = Metric(
    "doelbinding_source_rejected_total",
    "counter",
    "Records without an actor or from the future, by system; one that never gave a valid lookup counts as other.",
    "sum by (system, code) (increase(doelbinding_source_rejected_total[1d]))",
    {"system": OPEN_SET, "code": tuple(CODES)},
)
SOURCE_FAULT = Metric(
    "doelbinding_source_fault",
    "gauge",
    "Days on which a system was at fault, decided and not yet mended; unexplained-share mutes rules meanwhile.",
    "sum by (system, kind) (doelbinding_source_fault) > 0",
    {"system": OPEN_SET, "kind": KINDS},
)
LAST_EVENT = Metric(
    "doelbinding_last_event_time_seconds",
    "gauge",
    "Greatest event time read from a source partition, in seconds since 1970.",
    "time() - max(doelbinding_last_event_time_seconds)",
    {"partition": OPEN_SET},
)
WATERMARK = Metric(
    "doelbinding_watermark_timestamp_seconds",
    "gauge",
    "Event time up to which everything is decided, in seconds since 1970; NaN before the first decision.",
    "max(doelbinding_last_event_time_seconds) - max(doelbinding_watermark_timestamp_seconds)",
    NO_LABELS,
)
SIGNALS = Metric(
    "doelbinding_signals_total",
    "counter",
    "Signal revisions, by rule and status.",
    'topk(5, sum by (rule) (increase(doelbinding_signals_total{status="open"}[7d])))',
    {"rule": tuple(rule.id for rule in RULES), "status": SIGNAL_STATUSES},
)
SIGNAL_SCORE = Metric(
    "doelbinding_signal_score",
    "histogram",
    "Score of signal revisions, 0 to 100, by class of rule.",
    "histogram_quantile(0.9, sum by (le, rule_class) (rate(doelbinding_signal_score_bucket[7d])))",
    {"rule_class": CLASSES},
    (10, 20, 30, 40, 50, 60, 70, 80, 90, 100),
)
SHADOW_SCORE = Metric(
    "doelbinding_shadow_score",
    "histogram",
    "Score of an employee's day, 0 to 1, by the isolation forest in shadow, where it is enabled.",
    "histogram_quantile(0.99, sum by (le) (rate(doelbinding_shadow_score_bucket[7d])))",
    NO_LABELS,
    (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
)
OUTBOX_PENDING = Metric(
    "doelbinding_outbox_pending",
    "gauge",
    "Signal revisions that wait for delivery.",
    "doelbinding_outbox_pending > 100",
    NO_LABELS,
)
OUTBOX_ASIDE = Metric(
    "doelbinding_outbox_aside",
    "gauge",
    "Signal revisions that are put aside: the API does not take them alone; they are tried again after growing pauses.",
    "doelbinding_outbox_aside > 0",
    NO_LABELS,
)
OUTBOX_OLDEST = Metric(
    "doelbinding_outbox_oldest_timestamp_seconds",
    "gauge",
    "When the oldest revision that waits and is not put aside was stored, in seconds since 1970; NaN where none waits.",
    "time() - doelbinding_outbox_oldest_timestamp_seconds > 600",
    NO_LABELS,
)
DELIVERIES = Metric(
    "doelbinding_deliveries_total",
    "counter",
    "Signals delivered, rejected or put aside, and calls that were refused (credentials, address) or not answered.",
    "sum by (result) (increase(doelbinding_deliveries_total[1h]))",
    {"result": DELIVERY_RESULTS},
)
COMMIT_SECONDS = Metric(
    "doelbinding_commit_seconds",
    "histogram",
    "Time to store one slice: state, positions, outbox, dead letters and archive in one transaction.",
    "histogram_quantile(0.99, sum by (le) (rate(doelbinding_commit_seconds_bucket[5m])))",
    NO_LABELS,
    (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LAST_COMMIT = Metric(
    "doelbinding_last_commit_timestamp_seconds",
    "gauge",
    "When the last step was stored, in seconds since 1970; at night nothing may come for hours.",
    "time() - max(doelbinding_last_commit_timestamp_seconds)",
    NO_LABELS,
)
STATE_ROWS = Metric(
    "doelbinding_state_rows",
    "gauge",
    "Rows per state table.",
    "topk(3, doelbinding_state_rows)",
    {"table": OPEN_SET},
)
STATE_BYTES = Metric(
    "doelbinding_state_bytes",
    "gauge",
    "Bytes of the stored state and archive.",
    "deriv(doelbinding_state_bytes[1d]) * 86400",
    NO_LABELS,
)
KAFKA_LAG = Metric(
    "doelbinding_kafka_lag_records",
    "gauge",
    "Records of a partition that this detector has not read yet, uncommitted ones too; those of others are not shown.",
    "max by (partition) (doelbinding_kafka_lag_records)",
    {"partition": OPEN_SET},
)
KAFKA_ASSIGNED = Metric(
    "doelbinding_kafka_partitions_assigned",
    "gauge",
    "Partitions that this detector reads.",
    "sum(doelbinding_kafka_partitions_assigned)",
    NO_LABELS,
)
KAFKA_PAUSED = Metric(
    "doelbinding_kafka_paused",
    "gauge",
    "1 while reading, or that of a partition, is paused because the store or the engine cannot keep up, else 0.",
    "min_over_time(doelbinding_kafka_paused[10m]) == 1",
    NO_LABELS,
)
KAFKA_REBALANCES = Metric(
    "doelbinding_kafka_rebalances_total",
    "counter",
    "Times that partitions came (assigned), were handed over (revoked), or went to others after a silence (lost).",
    'increase(doelbinding_kafka_rebalances_total{kind="lost"}[1h]) > 0',
    {"kind": REBALANCES},
)
KAFKA_LAST_POLL = Metric(
    "doelbinding_kafka_last_poll_timestamp_seconds",
    "gauge",
    "When the broker was last asked for records, in seconds since 1970; NaN where lookups do not come from Kafka.",
    "time() - doelbinding_kafka_last_poll_timestamp_seconds > 60",
    NO_LABELS,
)
KAFKA_STALLED = Metric(
    "doelbinding_kafka_stalled_seconds",
    "gauge",
    "For how long the worst partition has stood still though there is more to read; at a limit the detector ends.",
    "doelbinding_kafka_stalled_seconds > 60",
    NO_LABELS,
)
KAFKA_TRANSACTION_OPEN = Metric(
    "doelbinding_kafka_transaction_open_seconds",
    "gauge",
    "For how long a transaction of a producer that is still open has kept back the records of the worst partition.",
    "doelbinding_kafka_transaction_open_seconds > 900",
    NO_LABELS,
)
REGISTERS_BEHIND = Metric(
    "doelbinding_registers_behind_records",
    "gauge",
    "Records of the register topics that the owner of the engine has not read yet; 0 where registers are files.",
    "doelbinding_registers_behind_records > 0",
    NO_LABELS,
)
REGISTERS_BEHIND_SECONDS = Metric(
    "doelbinding_registers_behind_seconds",
    "gauge",
    "For how long the register topics have not been read to their ends, as seen at the last look.",
    "doelbinding_registers_behind_seconds > 30",
    NO_LABELS,
)
REGISTERS_WAITED_OUT = Metric(
    "doelbinding_registers_waited_out_total",
    "counter",
    "Times that lookups were decided with registers that were behind, because the wait for them was over.",
    "increase(doelbinding_registers_waited_out_total[1h]) > 0",
    NO_LABELS,
)
KAFKA_BREAKERS = Metric(
    "doelbinding_kafka_breakers",
    "gauge",
    "Partitions of this detector: read (closed), left alone because most of it is poison (open), or tried (half-open).",
    'sum(doelbinding_kafka_breakers{state="open"}) > 0',
    {"state": BREAKER_STATES},
)
LETTERS_TO_TELL = Metric(
    "doelbinding_dead_letters_to_tell",
    "gauge",
    "Dead letters that are stored and wait to be told to the topic of dead letters; of the engine's owner alone.",
    "min_over_time(doelbinding_dead_letters_to_tell[15m]) > 0",
    NO_LABELS,
)
BUILD_INFO = Metric(
    "doelbinding_build_info",
    "gauge",
    "Always 1; the labels tell the version of the program and of its rule set.",
    "count by (version, rule_set) (doelbinding_build_info)",
    {"version": OPEN_SET, "rule_set": OPEN_SET},
)

CATALOGUE = (
    LOOKUPS,
    DEAD_LETTERS,
    DUPLICATES,
    LATE_LOOKUPS,
    SOURCE_REJECTED,
    SOURCE_FAULT,
    LAST_EVENT,
    WATERMARK,
    SIGNALS,
    SIGNAL_SCORE,
    SHADOW_SCORE,
    OUTBOX_PENDING,
    OUTBOX_ASIDE,
    OUTBOX_OLDEST,
    DELIVERIES,
    COMMIT_SECONDS,
    LAST_COMMIT,
    STATE_ROWS,
    STATE_BYTES,
    KAFKA_LAG,
    KAFKA_ASSIGNED,
    KAFKA_PAUSED,
    KAFKA_REBALANCES,
    KAFKA_LAST_POLL,
    KAFKA_STALLED,
    KAFKA_TRANSACTION_OPEN,
    *VITALS,
    REGISTERS_BEHIND,
    REGISTERS_BEHIND_SECONDS,
    REGISTERS_WAITED_OUT,
    KAFKA_BREAKERS,
    LETTERS_TO_TELL,
    BUILD_INFO,
)
