"""The panels that tell whether what the installation says may be believed."""

from __future__ import annotations

from services.watch.panel import Panel, Query, Row

UNREAD_SHARE = Panel(
    "Records that could not be read, in an hour",
    "stat",
    "percentunit",
    (
        Query(
            'sum(increase(doelbinding_unread_records_total{record="lookup"}[1h])) / clamp_min('
            'sum(increase(doelbinding_unread_records_total{record="lookup"}[1h])) + '
            "sum(increase(doelbinding_lookups_total[1h])), 1)",
            "share",
        ),
    ),
    "Their lookups are judged by nobody until they are mended.",
    width=6,
    red_from=0.01,
)
REJECTED = Panel(
    "Signals that the API rejected, in a day",
    "stat",
    "short",
    (Query('sum(increase(doelbinding_deliveries_total{result="rejected"}[1d]))', "signals"),),
    "None is right: a rejected signal never reaches the queue.",
    width=6,
    red_from=1,
)
FENCED = Panel(
    "Fenced commits, in a day",
    "stat",
    "short",
    (Query("sum(increase(doelbinding_fenced_commits_total[1d]))", "commits"),),
    "Each was stopped in time. Many: detectors are silent for too long.",
    width=6,
    red_from=20,
)
FAULTS = Panel(
    "Sources at fault",
    "table",
    "none",
    (Query("max by (system, kind) (doelbinding_source_fault) > 0", "{{system}} {{kind}}"),),
    "Days not yet mended. unexplained-share mutes rules for them.",
    width=6,
)
DEAD_LETTERS = Panel(
    "Dead letters in an hour, by what is wrong",
    "timeseries",
    "short",
    (Query("sum by (code) (increase(doelbinding_dead_letters_total[1h])) > 0", "{{code}}"),),
    "A new line, or one that jumps: a source changed its screen or its export.",
)
UNREAD_ROWS = Panel(
    "Rows of registers that could not be read, in an hour",
    "timeseries",
    "short",
    (Query('sum by (record) (increase(doelbinding_unread_records_total{record!="lookup"}[1h])) > 0', "{{record}}"),),
    "No line. Without them lawful work looks like misuse when its grace ends.",
)
OUTCOMES = Panel(
    "Lookups by what was known on arrival, as shares of an hour",
    "timeseries",
    "percentunit",
    (
        Query(
            "sum by (outcome) (rate(doelbinding_lookups_total[1h])) / scalar(sum(rate(doelbinding_lookups_total[1h])))",
            "{{outcome}}",
        ),
    ),
    "Level. If unexplained jumps, registers are missing or late, and work looks like misuse.",
)
REGISTERS = Panel(
    "Rows of registers",
    "timeseries",
    "short",
    (Query("max by (register) (doelbinding_register_rows)", "{{register}}"),),
    "Slowly rising. A step down: a load broke off.",
)
SIGNALS = Panel(
    "Revisions of signals in a day, by rule",
    "timeseries",
    "short",
    (
        Query(
            'topk(10, sum by (rule) (increase(doelbinding_signals_total{status="open"}[1d])) > 0)',
            "{{rule}}",
        ),
    ),
    "The ten that tell most. One that jumps while the others do not: look at its input before its signals.",
)
DELIVERIES = Panel(
    "Deliveries in an hour, by result",
    "timeseries",
    "short",
    (
        Query("sum by (result) (increase(doelbinding_deliveries_total[1h]))", "signals {{result}}"),
        Query("sum by (result) (increase(doelbinding_api_publications_total[1h]))", "events {{result}}"),
    ),
    "Refused: a person must mend a token or a right. Unavailable: the other side is away, and it is tried again.",
)
LATE = Panel(
    "Late and double lookups in an hour",
    "timeseries",
    "short",
    (
        Query("sum(increase(doelbinding_late_lookups_total[1h]))", "late"),
        Query("sum(increase(doelbinding_duplicates_total[1h]))", "double"),
    ),
    "What comes late is judged again, what comes twice counts once.",
)
ANSWERS = Panel(
    "Answers of the API per second, by status",
    "timeseries",
    "ops",
    (Query("sum by (status) (rate(doelbinding_api_requests_total[5m]))", "{{status}}"),),
    "Statuses from 500 on are faults of the API or its database.",
)

CORRECT = Row(
    "Is it correct?",
    (
        *(UNREAD_SHARE, REJECTED, FENCED, FAULTS),
        *(DEAD_LETTERS, UNREAD_ROWS, OUTCOMES, REGISTERS, SIGNALS, DELIVERIES, LATE, ANSWERS),
    ),
)
