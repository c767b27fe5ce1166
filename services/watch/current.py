"""The panels that tell whether the installation keeps up with what happens."""

from __future__ import annotations

from services.watch.panel import Panel, Query, Row

LOOKUPS = Panel(
    "Lookups per second, by what was known on arrival",
    "timeseries",
    "ops",
    (Query("sum by (outcome) (rate(doelbinding_lookups_total[5m]))", "{{outcome}}"),),
    "Follows the day's work; at night there may be none.",
)
LAG = Panel(
    "Unread records per partition",
    "timeseries",
    "short",
    (Query("max by (partition) (doelbinding_kafka_lag_records)", "{{partition}}"),),
    "Near nothing, or falling after a pause. Partitions that nobody reads are missing here.",
)
PARTITIONS = Panel(
    "Partitions that are read, of those that there are",
    "timeseries",
    "none",
    (
        Query("sum(doelbinding_kafka_partitions_assigned)", "read"),
        Query("max(doelbinding_kafka_partitions)", "in the topic"),
        Query("sum(doelbinding_kafka_paused)", "detectors that pause"),
    ),
    "The first two lines lie on each other, and nobody pauses for long.",
)
BEHIND = Panel(
    "Newest lookup and watermark, ago",
    "timeseries",
    "s",
    (
        Query("time() - max(doelbinding_last_event_time_seconds)", "newest lookup"),
        Query("time() - max(doelbinding_watermark_timestamp_seconds)", "watermark"),
    ),
    "Both grow while nobody works. In office hours the newest lookup is seconds old, the watermark an hour and more.",
)
WAITING = Panel(
    "How long the oldest waits",
    "timeseries",
    "s",
    (
        Query("time() - max(doelbinding_arrivals_oldest_timestamp_seconds)", "for the engine"),
        Query("time() - max(doelbinding_outbox_oldest_timestamp_seconds)", "for the API"),
        Query("time() - max(doelbinding_api_publications_oldest_timestamp_seconds > 0)", "for the intake topic"),
    ),
    "No line where nothing waits.",
)
PENDING = Panel(
    "Signals and events that wait",
    "timeseries",
    "short",
    (
        Query("sum(doelbinding_outbox_pending)", "signals for the API"),
        Query("max(doelbinding_api_publications_pending)", "events for the intake topic"),
    ),
    "Back at nothing within seconds.",
)
STEPS = Panel(
    "Time of a step and of its commit, 99 %",
    "timeseries",
    "s",
    (
        Query("histogram_quantile(0.99, sum by (le) (rate(doelbinding_step_seconds_bucket[5m])))", "step"),
        Query("histogram_quantile(0.99, sum by (le) (rate(doelbinding_commit_seconds_bucket[5m])))", "commit"),
    ),
    "Below a second; more while history is read again.",
)
REBALANCES = Panel(
    "Rebalances in an hour",
    "timeseries",
    "short",
    (Query("sum by (kind) (increase(doelbinding_kafka_rebalances_total[1h]))", "{{kind}}"),),
    "Some when a detector starts or stops. Lost: a detector was silent for too long.",
)

CURRENT = Row("Is it current?", (LOOKUPS, LAG, PARTITIONS, BEHIND, WAITING, PENDING, STEPS, REBALANCES))
