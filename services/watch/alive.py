"""The panels that tell whether the installation lives."""

from __future__ import annotations

from services.watch.panel import Panel, Query, Row

DETECTORS = Panel(
    "Detectors that answer",
    "stat",
    "none",
    (Query('sum(up{job="doelbinding-detector"}) or vector(0)', "detectors"),),
    "As many as were started. None: nothing is read.",
    width=4,
    red_below=1,
)
OWNER = Panel(
    "Owners of the engine",
    "stat",
    "none",
    (Query("sum(doelbinding_engine_owned)", "owners"),),
    "One is right. None for minutes: nobody decides.",
    width=4,
    red_below=1,
)
LAST_ROUND = Panel(
    "Engine looked for work, ago",
    "stat",
    "s",
    (Query("time() - max(doelbinding_engine_last_round_timestamp_seconds)", "ago"),),
    "Seconds, by night too. Minutes: it waits for its database, or hangs.",
    width=4,
    red_from=300,
)
API = Panel(
    "APIs that answer",
    "stat",
    "none",
    (Query('sum(up{job="doelbinding-api"}) or vector(0)', "APIs"),),
    "None: nobody can read the queue, and signals wait.",
    width=4,
    red_below=1,
)
DATABASE = Panel(
    "API's database answers",
    "stat",
    "none",
    (Query("min(doelbinding_api_database_up)", "answers"),),
    "1 is right.",
    width=4,
    red_below=1,
)
FIRING = Panel(
    "Alerts that fire",
    "stat",
    "none",
    (Query('count(ALERTS{alertstate="firing", alertname=~"Doelbinding.*"}) or vector(0)', "alerts"),),
    "What each means and what to do is in docs/alerts.md.",
    width=4,
    red_from=1,
)
RELEASES = Panel(
    "Releases and rules",
    "table",
    "none",
    (Query("doelbinding_build_info", "{{instance}}"),),
    "All detectors have the same release and the same rules, but for the minutes of a roll-out.",
)
OWNERSHIP = Panel(
    "Who owns the engine",
    "timeseries",
    "none",
    (Query("doelbinding_engine_owned", "{{instance}}"),),
    "One line at 1. It may move when a detector is stopped; often is too often.",
)
MEMORY = Panel(
    "Memory",
    "timeseries",
    "bytes",
    (Query('process_resident_memory_bytes{job=~"doelbinding-.*"}', "{{job}} {{instance}}"),),
    "Level lines. One that climbs for days is to be reported.",
)

ALIVE = Row("Is it alive?", (DETECTORS, OWNER, LAST_ROUND, API, DATABASE, FIRING, RELEASES, OWNERSHIP, MEMORY))
