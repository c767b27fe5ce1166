"""A dataset into the signals of a plain baseline, so that `evaluate` can set a re-scoring run beside it.

    python benchmarks/baseline.py DATASET OUT
    doelbinding evaluate OUT DATASET-truth

The baseline is what an analyst would write in an afternoon: unlinked lookups counted per employee, person and week;
own and relatives' files; and a robust z of each employee's day. The score is that count or that z.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

Detect = Callable[[Path], tuple[pl.DataFrame, pl.DataFrame]]
"""(signals, explained) of a dataset, in the columns that `evaluate` reads."""
WEEK = pl.col("occurred_at").dt.convert_time_zone("Europe/Amsterdam").dt.truncate("1w").dt.date()
DAY = pl.col("occurred_at").dt.convert_time_zone("Europe/Amsterdam").dt.date()
MAD_TO_SIGMA = 1.4826
Z_FLOOR = 3.0
DAY_FLOOR = 5
CLOSE_SCORE = 90
"""Own and relatives' files stand above all counts."""


def read(dataset: Path, name: str) -> pl.DataFrame:
    """A table of the dataset; the lookups as one frame, each id once."""
    if name == "lookups":
        return pl.read_parquet(dataset / "lookups" / "*.parquet").unique("lookup_id", maintain_order=True)
    return pl.read_parquet(dataset / f"{name}.parquet")


def valid_at(moment: pl.Expr) -> pl.Expr:
    """True where the register row covers the moment."""
    return (pl.col("valid_from") <= moment) & (moment < pl.col("valid_to")).fill_null(value=True)


def linked_ids(lookups: pl.DataFrame, links: pl.DataFrame, employees: pl.DataFrame) -> pl.DataFrame:
    """lookup_id of every lookup that a case link of the employee or of the team of that moment covers."""
    moments = lookups.select("lookup_id", "occurred_at", "employee_id", "bsn").drop_nulls("bsn")
    periods = employees.select("employee_id", "team_id", "valid_from", "valid_to")
    teams = moments.join(periods, on="employee_id").filter(valid_at(pl.col("occurred_at")))
    assignees = pl.concat(
        [
            moments.select("lookup_id", "occurred_at", "bsn", assignee_id="employee_id"),
            teams.select("lookup_id", "occurred_at", "bsn", assignee_id="team_id"),
        ]
    )
    covered = assignees.join(links, on=["assignee_id", "bsn"]).filter(valid_at(pl.col("occurred_at")))
    return covered.select("lookup_id").unique()


def close_files(lookups: pl.DataFrame, employees: pl.DataFrame, relations: pl.DataFrame) -> pl.DataFrame:
    """Lookups of the own file or of a relative's, outside the own personnel file."""
    own = employees.select("employee_id", "bsn").unique()
    near = pl.concat([own, relations.select("employee_id", "bsn").unique()]).unique()
    return lookups.filter(pl.col("system") != "peoplesoft").join(near, on=["employee_id", "bsn"], how="semi")


def grouped(lookups: pl.DataFrame, keys: dict[str, pl.Expr], score: pl.Expr) -> pl.DataFrame:
    """One signal per group of lookups, with its score."""
    return (
        lookups.group_by(key.alias(name) for name, key in keys.items())
        .agg(
            score.cast(pl.Float64).alias("score"),
            pl.col("occurred_at").max().alias("raised_at"),
            pl.col("lookup_id").sort().alias("lookup_ids"),
        )
        .drop(list(keys))
    )


def unusual_days(lookups: pl.DataFrame, count: pl.Expr, floor: int) -> pl.DataFrame:
    """Lookups of days whose count is far above the employee's median, and not below the floor, with the day's z."""
    days = lookups.group_by("employee_id", DAY.alias("day")).agg(count.alias("count"))
    median = pl.col("count").median().over("employee_id")
    spread = (pl.col("count") - median).abs().median().over("employee_id")
    scale = pl.max_horizontal(MAD_TO_SIGMA * spread, median.sqrt(), pl.lit(1.0))
    days = days.with_columns(z=(pl.col("count") - median) / scale)
    days = days.filter(pl.col("z") >= Z_FLOOR, pl.col("count") >= floor)
    return lookups.with_columns(day=DAY).join(days, on=["employee_id", "day"])


def explanations(lookups: pl.DataFrame, linked: pl.DataFrame) -> pl.DataFrame:
    """Every lookup, explained by its link or because it showed nobody, or not at all."""
    reason = (
        pl.when(pl.col("bsn").is_null())
        .then(pl.lit("no-person"))
        .when(pl.col("lookup_id").is_in(linked["lookup_id"].implode()))
        .then(pl.lit("link"))
    )
    return lookups.select("lookup_id", explanation=reason).with_columns(explained=pl.col("explanation").is_not_null())


def baseline(dataset: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(signals, explained) of the dataset, in the columns that `evaluate` reads."""
    lookups, employees = read(dataset, "lookups"), read(dataset, "employees")
    linked = linked_ids(lookups, read(dataset, "case-links"), employees)
    unlinked = lookups.join(linked, on="lookup_id", how="anti").drop_nulls("bsn")
    close = close_files(lookups, employees, read(dataset, "relations"))
    pair = {"employee": pl.col("employee_id"), "person": pl.col("bsn")}
    strange = unlinked.join(close, on="lookup_id", how="anti")
    volume = unusual_days(strange, pl.col("bsn").n_unique(), DAY_FLOOR)
    parts = [
        grouped(close, pair, CLOSE_SCORE + pl.len().clip(upper_bound=100 - CLOSE_SCORE)),
        grouped(strange, {**pair, "week": WEEK}, pl.len().clip(upper_bound=CLOSE_SCORE)),
        grouped(
            volume, {"employee": pl.col("employee_id"), "on": pl.col("day")}, pl.col("z").first().clip(0, CLOSE_SCORE)
        ),
    ]
    return numbered(parts), explanations(lookups, linked)


def numbered(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """All signals in the columns that `evaluate` reads."""
    signals = pl.concat(parts).sort("raised_at", "score", pl.col("lookup_ids").list.first()).with_row_index("n")
    return signals.select(
        pl.format("baseline-{}", "n").alias("signal_id"), "score", "raised_at", "lookup_ids", status=pl.lit("open")
    )


def main() -> None:
    """Writes signals.parquet and explained.parquet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    write(baseline, arguments.dataset, arguments.out)


def write(detect: Detect, dataset: Path, out: Path) -> None:
    """Writes what one way of detecting found in a dataset, as a run that `evaluate` reads."""
    signals, explained = detect(dataset)
    out.mkdir(parents=True, exist_ok=True)
    signals.write_parquet(out / "signals.parquet")
    explained.write_parquet(out / "explained.parquet")
    print(f"{signals.height:,} signals over {explained.height:,} lookups in {out}")


if __name__ == "__main__":
    main()
