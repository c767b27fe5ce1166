"""What everybody opened in a month into those whose share without explanation is far above that of their peers."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.shares.counts import PLACE
from services.detector.shares.tail import least_count, tail
from services.detector.thresholds import ShareSettings
from services.detector.volume.tail import false_discovery_threshold

LEAST_SHARE = 0.001
"""Below one in a thousand no log is so complete that a share means anything."""
LEAST_CORRELATION, MOST_CORRELATION = 0.001, 0.3
"""Never as even as dice, and bounded, so that the misuse of some does not hide that of others."""
LEAST_EXPECTED = 50
"""In thousandths: what is told of an expectation never rounds to none, of which nothing is a multiple."""
WITHIN = 90
"""Of 100 employees this many count as they are; higher numbers of persons count as the highest of these."""
THOUSAND = 1000
GROUP, AGENCY = "role-and-department", "agency"


def decide_month(totals: pl.DataFrame, least: int, settings: ShareSettings) -> pl.DataFrame:
    """The rows of `totals` (shares/counts.py) that stand out, with share, peers, compared_with, expected and least.

    The expectation is the share of the others in the same role and department in the same month, shrunk to that of
    the whole agency, times what the employee opened; `expected` is in thousandths of persons. Who works where there
    are few others is compared with the agency. At least `least` persons count.
    """
    usual = pl.col("share") * pl.col("opened")
    enough = (pl.col("persons") >= least) & (pl.col("persons") >= settings.factor * usual)
    high = compared_with_others(totals, settings).filter(enough)
    rows = high.select("persons", "opened", "share", "correlation").iter_rows()
    chances = np.array([tail(*row) for row in rows], np.float64)
    threshold = false_discovery_threshold(chances, settings.false_discovery_rate, totals.height)
    found = high.filter(pl.Series(chances <= threshold, dtype=pl.Boolean))
    rows = found.select("opened", "share", "correlation").iter_rows()
    by_chance = pl.Series([least_count(threshold, *row) for row in rows], dtype=pl.Int64)
    far_above = (settings.factor * usual).ceil().cast(pl.Int64)
    return found.with_columns(
        (usual * THOUSAND).round().cast(pl.Int64).clip(LEAST_EXPECTED).alias("expected"),
        pl.max_horizontal(by_chance, pl.lit(least, pl.Int64), far_above).alias("least"),
    )


def compared_with_others(totals: pl.DataFrame, settings: ShareSettings) -> pl.DataFrame:
    """Adds what all but the employee show: share and correlation (between persons of one employee), peers (how many
    others the share is of) and compared_with.
    """
    counted = totals.with_columns(_capped(totals).alias("y"), pl.col("opened").alias("n"), pl.lit(1).alias("people"))
    counted = counted.with_columns(
        (pl.col("y") ** 2).alias("yy"), (pl.col("y") * pl.col("n")).alias("yn"), (pl.col("n") ** 2).alias("nn")
    )
    of_all, of_place = ("y", "n", "people", "yy", "yn", "nn"), ("y", "n", "people")
    others = counted.with_columns(
        *((pl.col(name).sum() - pl.col(name)).alias(f"{name}_all") for name in of_all),
        *((pl.col(name).sum().over(PLACE) - pl.col(name)).alias(f"{name}_place") for name in of_place),
    )
    few = (pl.col("people_place") < settings.min_peers) | pl.any_horizontal(pl.col(name).is_null() for name in PLACE)
    agency = pl.col("y_all") / pl.max_horizontal("n_all", 1)
    prior = settings.prior_persons
    shrunk = (pl.col("y_place") + prior * agency) / (pl.col("n_place") + prior)
    return others.with_columns(
        pl.max_horizontal(pl.when(few).then(agency).otherwise(shrunk), pl.lit(LEAST_SHARE)).alias("share"),
        _correlation().alias("correlation"),
        pl.when(few).then("people_all").otherwise("people_place").cast(pl.Int64).alias("peers"),
        pl.when(few).then(pl.lit(AGENCY)).otherwise(pl.lit(GROUP)).alias("compared_with"),
    )


def _capped(totals: pl.DataFrame) -> pl.Expr:
    rank = (WITHIN * totals.height + 99) // 100
    most = totals["persons"].sort()[rank - 1] if rank else 0
    return pl.min_horizontal("persons", pl.lit(most, pl.Int64))


def _correlation() -> pl.Expr:
    """Method of moments over the others, in whole sums: (variance - that of dice) / (what full correlation adds)."""
    n, nn = pl.col("n_all"), pl.col("nn_all")
    share = pl.col("y_all") / pl.max_horizontal(n, 1)
    even = share * (1 - share)
    variance = pl.col("yy_all") - 2 * share * pl.col("yn_all") + share**2 * nn
    raw = (variance - even * n) / (even * (nn - n))
    told = (even > 0) & (nn > n)
    return pl.when(told).then(raw).otherwise(LEAST_CORRELATION).clip(LEAST_CORRELATION, MOST_CORRELATION)
