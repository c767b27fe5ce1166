"""Of lookups that are judged again those go on of which something came out otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from services.detector.encode import LOOKUPS
from services.detector.outcomes import come_out_otherwise
from services.detector.state.schemas import CONTRIBUTIONS

DAYS = [date(2026, 3, 2), date(2026, 3, 3)]
NOBODY = pl.Series([], dtype=pl.Int64)
LATER = datetime(2026, 4, 1, tzinfo=UTC)


def rows(schema: dict[str, pl.DataType], *looks: tuple[str, int, int], **columns: object) -> pl.DataFrame:
    """Rows (lookup_id, employee, number of the day), with nulls and these columns."""
    told = [{"lookup_id": name, "employee": who, "day": DAYS[day], **columns} for name, who, day in looks]
    full = [{name: row.get(name) for name in schema} for row in told]
    return pl.DataFrame(full, schema=schema, orient="row")


AGAIN = rows(dict(LOOKUPS), ("a", 1, 0), ("b", 1, 1), ("c", 2, 0))
BEFORE = rows(dict(CONTRIBUTIONS), ("a", 1, 0), ("c", 2, 0), family="unexplained")


def ids(now: pl.DataFrame, employees: pl.Series = NOBODY) -> list[str]:
    return come_out_otherwise(AGAIN, BEFORE, now, employees)["lookup_id"].sort().to_list()


def test_what_counts_as_before_is_left_out() -> None:
    assert ids(BEFORE.reverse()) == []


def test_what_begins_ends_or_stops_to_count_goes_on() -> None:
    assert ids(BEFORE.filter(lookup_id="c")) == ["a"]
    assert ids(BEFORE.with_columns(counts_until=pl.when(pl.col("lookup_id") == "c").then(LATER))) == ["c"]
    assert ids(pl.concat([BEFORE, rows(dict(CONTRIBUTIONS), ("b", 1, 1), family="unexplained")])) == ["b"]


def test_another_lookup_of_the_same_day_makes_it_another_day() -> None:
    assert ids(pl.concat([BEFORE, rows(dict(CONTRIBUTIONS), ("other", 1, 0), family="enumeration")])) == ["a"]


def test_lookups_of_whose_own_register_rows_changed_go_on_whatever_came_out() -> None:
    assert ids(BEFORE, pl.Series([1])) == ["a", "b"]
