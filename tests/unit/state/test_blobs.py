"""A digest tells any change of a bucket's rows, and nothing else."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from services.detector.state.blobs import digests, freeze, thaw
from tests.unit.state.samples import days

BASE = pl.DataFrame({"key": [1, 2, 3], "name": ["a", None, "b"], "ids": [[1], [], None]})


def test_the_order_of_rows_does_not_matter() -> None:
    assert digests(BASE) == digests(BASE.reverse())


@pytest.mark.parametrize(
    "changed",
    [
        BASE.with_columns(key=pl.Series([1, 3, 2])),
        BASE.with_columns(name=pl.Series(["a", "", "b"])),
        BASE.with_columns(ids=pl.Series([[1], None, None])),
        BASE.with_columns(pl.col("key").cast(pl.Int32)),
        BASE.rename({"key": "other"}),
        BASE.select("name", "key", "ids"),
        BASE.head(2),
        pl.concat([BASE, BASE.head(1)]),
        pl.concat([BASE, BASE]),
    ],
)
def test_any_other_change_does(changed: pl.DataFrame) -> None:
    assert digests(BASE) != digests(changed)


def test_rows_that_swap_values_do_not_cancel_out() -> None:
    grid = pl.DataFrame({"a": range(40)}).join(pl.DataFrame({"b": range(40)}), how="cross")
    pairs = [grid.filter((pl.col("a") + pl.col("b")) == total) for total in range(79)]
    swapped = [pair.with_columns(b=pl.col("b").reverse()) for pair in pairs if pair.height > 1]
    assert all(digests(pair) != digests(other) for pair, other in zip(pairs[1:-1], swapped, strict=True))


def test_a_change_in_one_bucket_leaves_the_others_alone() -> None:
    before, after = digests(days(d1=[1, 2], d2=[3])), digests(days(d2=[4], d1=[2, 1]))
    assert before[1] == after[1]
    assert before[2] != after[2]


def test_an_empty_frame_has_no_buckets() -> None:
    assert digests(days()) == {}


def test_a_blob_thaws_to_what_was_frozen() -> None:
    assert_frame_equal(thaw(freeze(BASE)), BASE)
