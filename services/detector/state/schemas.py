"""The columns of the state's tables, with what a row of each says."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from services.core.contract import COMPARISON, INSTANT, Schema
from services.detector.encode import LOOKUPS

CONTRIBUTIONS: Schema = {
    **{name: kind for name, kind in LOOKUPS.items() if name != "content"},
    "bucket": pl.Int32(),
    "team": pl.Int64(),
    "role": pl.String(),
    "family": pl.String(),
    "counts_from": INSTANT,
    "linked_until": INSTANT,
    "linked_explanation": pl.String(),
    "excused_at": INSTANT,
    "excuse": pl.String(),
    "excuse_strength": pl.Int32(),
    "counts_until": INSTANT,
    "explanation": pl.String(),
    "linked_at": INSTANT,
    "in_street": pl.Boolean(),
    "relation": pl.String(),
    "staff_kind": pl.String(),
    "same_team": pl.Boolean(),
    "handler": pl.Boolean(),
    "retroactive_at": INSTANT,
    "anyone_had_case": pl.Boolean(),
    "team_had_case": pl.Boolean(),
    "dormant": pl.Boolean(),
    "claim_known_at": INSTANT,
    "claim_worked_at": INSTANT,
    "reported_at": INSTANT,
    "on_leave": pl.Boolean(),
}
"""A lookup that counts in a rule family, from when until when (null: for good).

It ends (`counts_until`, with `explanation`) at `linked_until`, what the viewer's own links and relations say, or at
`excused_at`, what happened around it says (`excuse`), whichever is first; where that is before it begins, it never
counts. `linked_at`: a case link was known. `retroactive_at`: the viewer registered a link after the lookup.
`handler`: the viewer was authorised to handle this staff file. `dormant`: the person's cases had all ended long
before. `claim_known_at`: a link of the person that names the claimed case was known. `claim_worked_at`: the viewer
was seen to work on the claimed case, on the file of its own person, at about that time. `reported_at`: the viewer
reported it as a mistake. `on_leave`: the viewer had leave, known when grace ended."""

HAPPENED_AROUND = ("excused_at", "excuse", "excuse_strength", "claim_worked_at")
"""Columns of a contribution that tell what happened around it."""

RECENT: Schema = {
    "lookup_id": pl.String(),
    "content": pl.UInt64(),
    "at": INSTANT,
    "employee": pl.Int64(),
    "team": pl.Int64(),
    "subject": pl.Int64(),
    "subject_check": pl.Int64(),
    "system": pl.String(),
    "searched_by": pl.String(),
    "linked_at": INSTANT,
    "day": pl.Date(),
    "action": pl.String(),
    "workstation": pl.Int64(),
    "remote": pl.Boolean(),
    "bucket": pl.Int32(),
    "claimed_case": pl.Int64(),
}
"""Lookups young enough that the same id may come again, or that a neighbour may explain."""

SLIPS: Schema = {"subject": pl.Int64(), "other": pl.Int64()}
"""Pairs of persons whose BSNs are two slips of the keyboard apart, met within minutes; in both orders."""

NEARBY: Schema = {"subject": pl.Int64(), "other": pl.Int64()}
"""Pairs of persons whose BSNs are next to each other, met within minutes; in both orders."""

SUPERSEDED: Schema = {"lookup_id": pl.String(), "content": pl.UInt64()}
"""Archived contents that lost against another under the same id."""

WORKDAYS: Schema = {
    "employee": pl.Int64(),
    "day": pl.Date(),
    "subject": pl.Int64(),
    "searched": pl.Boolean(),
    "bucket": pl.Int32(),
}
"""Whom each employee looked at, for days not yet decided; `searched`: found by name or address."""

FEATURES: Schema = {
    "employee": pl.Int64(),
    "day": pl.Date(),
    "workload": pl.Int64(),
    "unexplained": pl.Int64(),
    "searched": pl.Int64(),
    "bucket": pl.Int32(),
}
"""Per employee and decided day: distinct persons, those unexplained as known when the day was decided, and those found
by name or address."""

ATTENDANCE: Schema = {
    "employee": pl.Int64(),
    "day": pl.Date(),
    "role": pl.String(),
    "department": pl.String(),
    "exported": pl.Int64(),
    "exported_persons": pl.Int64(),
    "bucket": pl.Int32(),
}
"""Per employee and ended day at work: the place in force at noon (nulls: not in the register), and how many records
were exported or printed without explanation, as known at the end of that day; `exported_persons` are the persons whose
files were so, which lists and reports about nobody in particular have none of."""

VOLUME_DAYS: Schema = {
    "family": pl.String(),
    "employee": pl.Int64(),
    "day": pl.Date(),
    "since": pl.Date(),
    "until": pl.Date(),
    "decided_at": INSTANT,
    "counted": pl.String(),
    "least": pl.Int64(),
    "expected": pl.Int64(),
    "history_days": pl.Int64(),
    "workload": pl.Int64(),
    "usual_workload": pl.Int64(),
    "peers": pl.Int64(),
    "compared_with": pl.String(),
    "comparison": pl.List(COMPARISON),
    "bucket": pl.Int32(),
}
"""Days that stand out, by rule family; `least` is the smallest number that would still count of what is `counted`:
`person-days` (persons, each day apart), `persons` or `records`.

`since` and `until` are the first and last local day that belong to it. The day of `volume-peers` is the Monday of the
second of two weeks, that of the rules of a month its first day, that of `leaver` the last day of employment.
`peers` and `compared_with` (`role`, `role-and-department`, `agency`) say whose days at work it was compared with; of
an enumeration `compared_with` tells what the day stands out by: `numbers` that follow one another, or the `pace`."""

SYSTEM_DAYS: Schema = {
    "system": pl.String(),
    "day": pl.Date(),
    "records": pl.Int64(),
    "lookups": pl.Int64(),
    "actors_missing": pl.Int64(),
    "future": pl.Int64(),
    "unexplained": pl.Int64(),
    "bucket": pl.Int32(),
}
"""Per system and local day: valid records, those that showed a person, and records rejected without an actor or as
from the future; `unexplained` are the lookups that were so when the day was decided (null before)."""

LOOKED: Schema = {
    "system": pl.String(),
    "day": pl.Date(),
    "employee": pl.Int64(),
    "lookups": pl.Int64(),
    "bucket": pl.Int32(),
}
"""How many lookups that showed a person each employee made, per system and local day."""

FAULTS: Schema = {
    "system": pl.String(),
    "day": pl.Date(),
    "kind": pl.String(),
    "decided_at": INSTANT,
    "mended_at": INSTANT,
    "records": pl.Int64(),
    "affected": pl.Int64(),
    "usual": pl.Int64(),
    "bucket": pl.Int32(),
}
"""Faults of sources (faults/kinds.py), each from when it was decided until it was mended (null: not yet)."""

FORESTS: Schema = {
    "month": pl.Date(),
    "training": pl.String(),
    "hash": pl.String(),
    "artefact": pl.Binary(),
    "bucket": pl.Int32(),
}
"""The isolation forest of each local month as data (forest/artefact.py), its SHA-256 and that of what it saw."""

STRANGE_DAYS: Schema = {
    "employee": pl.Int64(),
    "day": pl.Date(),
    "month": pl.Date(),
    "score": pl.Int64(),
    "rank": pl.Int64(),
    "counts": pl.Boolean(),
    "bucket": pl.Int32(),
}
"""Per employee and decided day the score of the month's forest in thousandths, its rank on that day, and whether the
agency lets it count."""

READS: Schema = {
    "lookup_id": pl.String(),
    "employee": pl.Int64(),
    "day": pl.Date(),
    "subject": pl.Int64(),
    "opened": pl.Boolean(),
    "bucket": pl.Int32(),
}
"""Reads of signals: who read when about whom (null: a list), and whether this person was unmasked.

What they contribute, and those that are remembered, have tables of their own, so that nothing else ever sees them."""

TOLD: Schema = {"signal_id": pl.String(), "content_hash": pl.String(), "as_of": INSTANT}
"""The last revision that was told of each signal."""

PUSHED: Schema = {"signal_id": pl.String(), "pushed_at": INSTANT}
"""Class B signals that went to the intake queue, and signals of a class B family since they became class P."""

CLAIMS: Schema = {"system": pl.String(), "borne_out_at": INSTANT}
"""Per system the first moment at which a link of the person was known to name the case that a lookup claims."""

CLOCKS: Schema = {"partition": pl.String(), "system": pl.String(), "latest": INSTANT}
"""Greatest event time per source partition and system."""

PROGRESS: Schema = {
    "watermark": INSTANT,
    "decided_day": pl.Date(),
    "ended_day": pl.Date(),
    "decided_week": pl.Date(),
    "decided_month": pl.Date(),
    "first_seen": INSTANT,
    "last_tick": INSTANT,
    "balance": pl.Int64(),
    "refused": pl.Int64(),
}
"""One row: how far decisions have come, and the budget's balance."""

SCHEMAS: Mapping[str, Schema] = {
    "contributions": CONTRIBUTIONS,
    "recent": RECENT,
    "superseded": SUPERSEDED,
    "slips": SLIPS,
    "nearby": NEARBY,
    "workdays": WORKDAYS,
    "features": FEATURES,
    "attendance": ATTENDANCE,
    "volume_days": VOLUME_DAYS,
    "system_days": SYSTEM_DAYS,
    "looked": LOOKED,
    "faults": FAULTS,
    "forests": FORESTS,
    "strange_days": STRANGE_DAYS,
    "reads": READS,
    "read_contributions": CONTRIBUTIONS,
    "recent_reads": RECENT,
    "told": TOLD,
    "pushed": PUSHED,
    "claims": CLAIMS,
    "clocks": CLOCKS,
    "progress": PROGRESS,
}
