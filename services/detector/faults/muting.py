"""Contributions and faults into the contributions as they count: those of a faulty source wait until it is mended."""

from __future__ import annotations

import polars as pl

from services.core.contract import INSTANT
from services.detector.claims import with_claims
from services.detector.faults.kinds import UNEXPLAINED_SHARE
from services.detector.rules import ORDINARY
from services.detector.state.tables import State, that_count


def counting(state: State) -> pl.DataFrame:
    """Frame of CONTRIBUTIONS with claim_false_from: what counts, and since when a claimed case is held to be false.

    Unexplained lookups of a faulty system and day count from the mend on, or not at all. Everything that asks what
    counts asks this; a fault is decided at the very moment from which they would count.
    """
    faulty = _muted(state.faults)
    if faulty.is_empty():
        return with_claims(that_count(state.contributions), state.claims)
    on_its_day = pl.col("family").is_in(ORDINARY) & pl.col("day").is_in(faulty["day"].unique().implode())
    concerned = state.contributions.filter(on_its_day)
    waiting = concerned.join(faulty.drop_nulls("mended_at"), on=["system", "day"])
    waiting = waiting.with_columns(pl.max_horizontal("counts_from", "mended_at").alias("counts_from"))
    others = concerned.join(faulty, on=["system", "day"], how="anti")
    mended = pl.concat([state.contributions.filter(~on_its_day), others, waiting.drop("mended_at")])
    return with_claims(that_count(mended), state.claims)


def counting_with_reads(state: State) -> pl.DataFrame:
    """The same with what reads of signals contribute, which no fault of a source mutes: all that signals rest on."""
    if state.read_contributions.is_empty():
        return counting(state)
    reads = state.read_contributions.with_columns(pl.lit(None, INSTANT).alias("claim_false_from"))
    return pl.concat([counting(state), reads])


def remuted(before: State, state: State) -> pl.DataFrame:
    """Systems and days (columns system, day) that are muted otherwise than before: newly, no more, or until else."""
    if before.faults is state.faults:
        return state.faults[["system", "day"]].clear()
    was, now = _muted(before.faults), _muted(state.faults)
    if was.equals(now):
        return now.select("system", "day").clear()
    key = ["system", "day", "mended_at"]
    came, went = (
        now.join(was, on=key, how="anti", nulls_equal=True),
        was.join(now, on=key, how="anti", nulls_equal=True),
    )
    return pl.concat([came, went]).select("system", "day").unique()


def _muted(faults: pl.DataFrame) -> pl.DataFrame:
    return faults.filter(faults["kind"] == UNEXPLAINED_SHARE)[["system", "day", "mended_at"]]
