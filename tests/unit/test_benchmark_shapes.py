"""The figures of benchmarks/shapes.py, on days that can be counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from benchmarks import shape_figures as figures
from benchmarks.shapes import BEGIN, END, real, table, write
from services.core.errors import InputError

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC).replace(tzinfo=None)


def work(*rows: tuple[str, str, int]) -> figures.Work:
    """Rows of (employee, file, day after Monday)."""
    schema = {"employee": pl.String, "file": pl.String, "at": pl.Datetime("us")}
    made = [(employee, file, MONDAY + timedelta(days=day)) for employee, file, day in rows]
    return figures.work_of(pl.DataFrame(made, schema=schema, orient="row"))


def regular(counts: list[int]) -> figures.Work:
    """One employee with so many files on each Monday to Friday."""
    days = [day for day in range(2 * len(counts)) if day % 7 < 5][: len(counts)]
    return work(*[("a", f"{day}-{n}", day) for day, count in zip(days, counts, strict=True) for n in range(count)])


def test_a_file_counts_once_a_day_and_its_lines_are_told_apart() -> None:
    twice = work(("a", "x", 0), ("a", "x", 0), ("a", "y", 0), ("b", "x", 1))
    assert figures.files_a_day(twice) == 1.5
    assert figures.rows_a_file(twice) == pytest.approx(4 / 3)
    assert figures.shared_files(twice) == 0.5


def test_the_spread_of_days_is_variance_over_mean_of_those_who_work_long_enough() -> None:
    assert figures.spread_of_days(regular([2, 4] * 10)) == pytest.approx((20 / 19) / 3)
    assert figures.spread_of_pace(regular([2, 4] * 10)) == 0.0
    assert figures.spread_of_pace(regular([1, 19] * 10)) == pytest.approx(((81 * 20 / 19 - 10) / 100) ** 0.5)


def test_a_return_within_the_days_is_a_repeat_of_the_same_employee() -> None:
    seen = work(("a", "x", 0), ("a", "x", 7), ("a", "x", 20), ("b", "x", 8))
    assert (figures.repeats(7)(seen), figures.repeats(30)(seen)) == (0.25, 0.5)


def test_weekdays_weekends_and_the_busiest_are_shares_of_all_work() -> None:
    week = work(*[("a", f"m{n}", 0) for n in range(4)], ("b", "t", 1), ("b", "w", 2), ("c", "s", 5), ("c", "z", 6))
    assert figures.weekday_against_others(1)(week) == pytest.approx(4 / 2)
    assert figures.at_weekends(week) == 0.25
    assert figures.busiest_tenth(week) == 0.5


def test_a_fixed_day_off_and_days_without_a_line_are_seen() -> None:
    part_time = work(*[("a", f"{day}", day) for day in range(70) if day % 7 < 4])
    assert figures.days_off(part_time) == 1.0
    assert figures.absence(part_time) == pytest.approx(1 - 40 / 49)
    assert figures.days_off(regular([1] * 40)) == 0.0


def test_a_log_is_read_without_its_machines_and_with_the_columns_it_needs(tmp_path: Path) -> None:
    log = pl.DataFrame({"emp": ["7", "112"], "case": ["x", "y"], "ts": [MONDAY, MONDAY]})
    log.write_parquet(tmp_path / "log.parquet")
    assert real(tmp_path / "log.parquet", ["112"]).rows["employee"].to_list() == ["7"]
    log.drop("ts").write_parquet(tmp_path / "other.parquet")
    with pytest.raises(InputError, match="column ts is missing"):
        real(tmp_path / "other.parquet", [])


def test_the_table_has_a_row_per_figure_and_goes_between_the_markers(tmp_path: Path) -> None:
    lines = table({"desk": regular([2, 4] * 10)}).splitlines()
    assert len(lines) == 2 + len(figures.FIGURES)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write(page, "new")
    assert page.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    page.write_text("no markers")
    with pytest.raises(InputError, match="needs the lines"):
        write(page, "new")
