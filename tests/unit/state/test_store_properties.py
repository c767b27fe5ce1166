"""Whatever versions of the tables are committed one after another, the last one is what a restart finds."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from services.detector.state.store import Commit
from tests.unit.state.samples import a_store, an_owned_store

BUCKETED = {
    "bucket": pl.Int32(),
    "key": pl.Int64(),
    "name": pl.String(),
    "score": pl.Float64(),
    "ids": pl.List(pl.Int8()),
}
PLAIN = {"key": pl.Int64(), "at": pl.Datetime("us", "UTC")}

bucketed_rows = st.tuples(
    st.integers(-2, 3),
    st.none() | st.integers(0, 3),
    st.none() | st.sampled_from(["", "a", "é"]),
    st.none() | st.sampled_from([0.0, 0.1, float("inf")]),
    st.none() | st.lists(st.integers(0, 2), max_size=2),
)
plain_rows = st.tuples(st.integers(0, 2), st.none())
versions = st.fixed_dictionaries(
    {},
    optional={
        "moments": st.lists(bucketed_rows, max_size=6).map(lambda rows: pl.DataFrame(rows, BUCKETED, orient="row")),
        "features": st.lists(bucketed_rows, max_size=6).map(lambda rows: pl.DataFrame(rows, BUCKETED, orient="row")),
        "totals": st.lists(plain_rows, max_size=3).map(lambda rows: pl.DataFrame(rows, PLAIN, orient="row")),
    },
)


@settings(max_examples=30, deadline=None)
@given(st.lists(versions, min_size=1, max_size=5), st.integers(0, 4))
def test_a_restart_finds_the_last_version_of_every_table(history: list[dict[str, pl.DataFrame]], restart: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.sqlite"
        for part in (history[:restart], history[restart:]):
            with an_owned_store(path) as store:
                for tables in part:
                    store.commit(Commit(tables))
        with a_store(path) as store:
            found = store.load().tables
    expected = {name: frame for name, frame in history[-1].items() if not frame.is_empty()}
    assert found.keys() == expected.keys()
    for name, frame in expected.items():
        assert_frame_equal(found[name], frame, check_row_order=False)
