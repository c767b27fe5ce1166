"""A dataset into proposals of explanations: the engine's own judgement of history, and the paths that it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from services.core.keyring import KeyRing
from services.detector.mining.facts import Coded, Records, coded, facts
from services.detector.mining.grammar import NAMES, in_words
from services.detector.mining.plant import tried, unexplained
from services.detector.mining.report import Judge, Proposal
from services.detector.mining.walk import Limits, Walk
from services.detector.rescore import rescore
from services.detector.settings import AgencySettings
from services.detector.sources.dataset import Dataset

SEED = 20_110_901


@dataclass(frozen=True)
class Mined:
    """What the history holds: how many lookups were left to explain, and proposals, the most useful first."""

    lookups: int
    unexplained: int
    tried: int
    seed: int
    proposals: list[Proposal]
    too_broad: list[str]
    """Paths (in English) that join nearly everybody to everybody and were not grown further."""


def mine(
    dataset: Dataset,
    settings: AgencySettings,
    ring: KeyRing,
    advance: Callable[[str, float], None],
    limits: Limits | None = None,
    seed: int = SEED,
) -> Mined:
    """Proposals from a dataset; the same for the same records and seed. Errors are those of `rescore`."""
    result = rescore(dataset, settings, ring, lambda what, share: advance(what, 0.5 * share))
    registers = dataset.read()
    links, employees, relations = (registers[name].valid for name in ("case-links", "employees", "relations"))
    usable = relations.filter(pl.col("source").is_in(settings.sources_for_history()))
    records = Records(dataset.lookups().valid, links, employees, usable)
    return mine_records(coded(records, result.explained.select("lookup_id", "state")), advance, limits, seed)


def mine_records(
    history: Coded, advance: Callable[[str, float], None], limits: Limits | None = None, seed: int = SEED
) -> Mined:
    """Proposals from records whose lookups have been judged."""
    advance("planting", 0.5)
    limits = limits or Limits()
    left = unexplained(history)
    shown = history.lookups["bsn"].count()
    rows = tried(history, left, limits.most_tried, limits.planted, seed)
    walk = Walk(rows, facts(history), limits)
    paths = []
    for path in walk.run():
        paths.append(path)
        advance("walking", min(0.95, 0.5 + 0.005 * len(paths)))
    proposals = Judge(rows, left.height / max(shown, 1), limits.least_support).proposals(paths)
    broad = [in_words(steps, NAMES).en for steps in walk.too_broad]
    return Mined(shown, left.height, min(left.height, limits.most_tried), seed, proposals, broad)
