"""False signals into the share that each group of employees bears: role, contract, place of work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from services.detector.evaluate import resampling
from services.detector.evaluate.figures import Interval, Rate
from services.detector.evaluate.resampling import Numbers

FEWEST_EMPLOYEES = 20
"""Smaller groups are left out of the comparison: one false signal would make them the heaviest."""
PRIOR = 1.0
"""Every rate is drawn towards the common one with the weight of one expected false signal, so that a group is not the
lightest, or the heaviest, for being small."""
SURELY = 0.95
KEYS = ["by", "group", "employee_id"]


@dataclass(frozen=True)
class GroupBurden:
    """The false signals that one group bears. A signal about several employees burdens each of them."""

    group: str
    employees: int
    """A person who changed groups counts in both."""
    borne: Rate
    """False signals that were pushed or are read within the reference budget."""
    false_pushes: Rate | None
    """Those that were pushed; None where the run tells of no pushes."""


@dataclass(frozen=True)
class Burden:
    """How evenly one way of grouping employees divides the false signals."""

    by: str
    groups: tuple[GroupBurden, ...]
    """With at least `FEWEST_EMPLOYEES` people."""
    too_small: int
    """Groups with fewer."""
    ratio: float | None
    """Rate of the heaviest group over that of the lightest, both drawn towards the common rate; None with one group."""
    ratio_interval: Interval | None
    """Of these two groups, had other false signals of the same sorts arisen; None without any."""
    by_chance: float | None
    """Where no group were burdened more than others, 95 % of such ratios would lie below this."""


def burdens(work: pl.DataFrame, borne: pl.DataFrame) -> tuple[Burden, ...]:
    """A burden per way of grouping.

    `work` is a row per `by`, `group` and employee_id with weeks; `borne` one per false signal and employee in it, with
    `by`, `group`, employee_id, signal_id and pushed (null where not told).
    """
    return tuple(
        _burden(str(by), people.sort(KEYS), borne.filter(pl.col("by") == by))
        for (by,), people in work.sort(KEYS).group_by("by", maintain_order=True)
    )


def _burden(by: str, people: pl.DataFrame, borne: pl.DataFrame) -> Burden:
    groups = {str(group): part for (group,), part in people.group_by("group", maintain_order=True)}
    large = [name for name, part in groups.items() if part.height >= FEWEST_EMPLOYEES]
    told = tuple(_group(name, groups[name], borne.filter(pl.col("group") == name)) for name in large)
    small = len(groups) - len(large)
    if len(large) < 2:
        return Burden(by, told, small, None, None, None)
    weeks = np.array([groups[name]["weeks"].sum() for name in large], np.float64)
    false = _matrix(borne, large)
    return Burden(by, told, small, *_unevenness(false, weeks), _by_chance(false.sum(axis=1), weeks))


def _group(name: str, people: pl.DataFrame, borne: pl.DataFrame) -> GroupBurden:
    weeks = int(people["weeks"].sum())
    tells = borne["pushed"].null_count() == 0
    pushed = Rate(int(borne["pushed"].sum()), weeks) if tells else None
    return GroupBurden(name, people.height, Rate(borne.height, weeks), pushed)


def _matrix(borne: pl.DataFrame, groups: list[str]) -> Numbers:
    """How many employees of each group a false signal burdens: a row per signal, a column per group."""
    counted = [(pl.col("group") == name).sum().alias(str(place)) for place, name in enumerate(groups)]
    rows = borne.filter(pl.col("group").is_in(groups)).group_by("signal_id").agg(counted).sort("signal_id")
    return rows.drop("signal_id").cast(pl.Float64).to_numpy()


def _unevenness(false: Numbers, weeks: Numbers) -> tuple[float, Interval | None]:
    """Ratio of the heaviest group to the lightest, and its interval over signals drawn anew."""
    rates = drawn_together(false.sum(axis=0), weeks)
    heaviest, lightest = int(np.argmax(rates)), int(np.argmin(rates))
    ratio = float(rates[heaviest] / rates[lightest])
    if not len(false):
        return ratio, None
    again = drawn_together(resampling.resampled(len(false)) @ false, weeks)
    return ratio, resampling.middle_part(again[:, heaviest] / again[:, lightest])


def _by_chance(sizes: Numbers, weeks: Numbers) -> float:
    """What 95 % of ratios stay below where each signal falls on one group, as likely as its weeks at work are many."""
    rng = np.random.default_rng(resampling.SEED)
    fallen = rng.choice(weeks.size, size=(resampling.RESAMPLES, sizes.size), p=weeks / weeks.sum())
    false = np.stack([(fallen == group) @ sizes for group in range(weeks.size)], axis=1)
    rates = drawn_together(false, weeks)
    return float(np.quantile(rates.max(axis=1) / rates.min(axis=1), SURELY))


def drawn_together(false: Numbers, weeks: Numbers) -> Numbers:
    """Rates relative to the common one, drawn towards it; groups in the last axis. All 1 where nothing is false."""
    common = false.sum(axis=-1, keepdims=True) / weeks.sum()
    relative: Numbers = (false + PRIOR) / (weeks * common + PRIOR)
    return relative
