"""What everybody opened in a month into those whose share without explanation is far above that of their peers."""

from __future__ import annotations

import numpy as np
import polars as pl

from services.detector.settings import ShareSettings
from services.detector.shares.counts import PLACE
from services.detector.shares.tail import least_count, tail
from services.detector.volume.tail import false_discovery_threshold

LEAST_SHARE = 0.001
"""Below one in a thousand no log is so complete that a share means anything."""
LEAST_CORRELATION, MOST_CORRELATION = 0.001, 0.3
"""Never as even as dice, and bounded, so that the misuse of some does not hide that of others."""
WITHIN = 95
"""Of 100 employees this many count as they are; higher numbers of persons count as the highest of these."""
THOUSAND = 1000
GROUP, AGENCY = "role-and-department", "agency"


def decide_month(totals: pl.DataFrame, least: int, settings: ShareSettings) -> pl.DataFrame:
    """The rows of `totals` (shares/counts.py) that stand out, with share, peers, compared_with, expected and least.

    The expectation is the share of the others in the same role and department in the same month, shrunk to that of
    the whole agency, times what the employee opened; `expected` is in thousandths of persons. Who works where there
    are few others is compared with the agency. At least `least` persons count.
    """
    judged = _with_share(totals, settings)
    usual = pl.col("share") * pl.col("opened")
    enough = (pl.col("persons") >= least) & (pl.col("persons") >= settings.factor * usual)
    high = judged.filter(enough)
    correlation = spread(totals) if not high.is_empty() else LEAST_CORRELATION
    of_each = high.select("persons", "opened", "share").iter_rows()
    tails = [tail(persons, opened, share, correlation) for persons, opened, share in of_each]
    chances = np.array(tails, np.float64)
    threshold = false_discovery_threshold(chances, settings.false_discovery_rate, totals.height)
    found = high.filter(pl.Series(chances <= threshold, dtype=pl.Boolean))
    rows = found.select("opened", "share").iter_rows()
    by_chance = [least_count(threshold, opened, share, correlation) for opened, share in rows]
    far_above = (settings.factor * usual).ceil().cast(pl.Int64)
    return found.with_columns(
        (usual * THOUSAND).round().cast(pl.Int64).alias("expected"),
        pl.max_horizontal(pl.Series(by_chance, dtype=pl.Int64), pl.lit(least, pl.Int64), far_above).alias("least"),
    )


def spread(totals: pl.DataFrame) -> float:
    """Correlation between the persons of one employee, by the method of moments over everybody, in whole sums."""
    opened = pl.col("opened")
    capped = totals.select("opened", _capped(totals).alias("y"))
    sums = capped.select(
        (pl.col("y") * pl.col("y")).sum().alias("yy"), (pl.col("y") * opened).sum().alias("yn"),
        (opened * opened).sum().alias("nn"), pl.col("y").sum(), opened.sum().alias("n"),
    )  # fmt: skip
    yy, yn, nn, y, n = (int(value) for value in sums.row(0))
    if not y or nn == n:
        return LEAST_CORRELATION
    share = y / n
    even = share * (1 - share)
    raw = (yy - 2 * share * yn + share * share * nn - even * n) / (even * (nn - n)) if even else LEAST_CORRELATION
    return min(max(raw, LEAST_CORRELATION), MOST_CORRELATION)


def _capped(totals: pl.DataFrame) -> pl.Expr:
    rank = (WITHIN * totals.height + 99) // 100
    return pl.min_horizontal("persons", pl.lit(totals["persons"].sort()[rank - 1]))


def _with_share(totals: pl.DataFrame, settings: ShareSettings) -> pl.DataFrame:
    """Adds share (of the peers), peers (how many others) and compared_with."""
    if totals.is_empty():
        nothing = {"share": pl.Float64, "peers": pl.Int64, "compared_with": pl.String}
        return totals.with_columns(pl.lit(None, kind).alias(name) for name, kind in nothing.items())
    counted = totals.with_columns(_capped(totals).alias("y"), pl.lit(1, pl.Int64).alias("people"))
    whole = {name: f"{name}_all" for name in ("y", "opened", "people")}
    others = counted.with_columns(
        *((pl.col(name).sum().over(PLACE) - pl.col(name)).alias(f"{name}_place") for name in whole),
        *((pl.col(name).sum() - pl.col(name)).alias(of_all) for name, of_all in whole.items()),
    )
    few = (pl.col("people_place") < settings.min_peers) | pl.any_horizontal(pl.col(name).is_null() for name in PLACE)
    agency = pl.col("y_all") / pl.max_horizontal("opened_all", 1)
    prior = settings.prior_persons
    shrunk = (pl.col("y_place") + prior * agency) / (pl.col("opened_place") + prior)
    return others.with_columns(
        pl.max_horizontal(pl.when(few).then(agency).otherwise(shrunk), pl.lit(LEAST_SHARE)).alias("share"),
        pl.when(few).then("people_all").otherwise("people_place").alias("peers"),
        pl.when(few).then(pl.lit(AGENCY)).otherwise(pl.lit(GROUP)).alias("compared_with"),
    )
