"""Case links that take single rows answer as if they had been made anew of what is there."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from services.detector.register_topics import links as layers
from services.detector.register_topics.links import LayeredLinks
from services.detector.registers import with_versions
from tests.unit.registers.rows import Link, rows, versions

PERSONS = range(4)
A_LINK = st.builds(
    Link,
    version=st.integers(0, 7),
    link=st.integers(0, 2),
    person=st.sampled_from(PERSONS),
    known=st.integers(0, 2),
    assignee=st.integers(0, 1),
)
NEWS = st.tuples(
    st.lists(A_LINK, max_size=4, unique_by=lambda link: link.version), st.sets(st.integers(0, 7), max_size=2)
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(NEWS, min_size=1, max_size=6), largest=st.sampled_from([0, 3, 1_000]))
def test_whatever_comes_and_goes_the_answers_are_those_of_a_new_index(
    history: list[tuple[list[Link], set[int]]], largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "LAYER_ROWS", largest)
    monkeypatch.setattr(layers, "LARGEST_LAYER", 0.0)
    links, there = LayeredLinks.of(rows()), dict[int, Link]()
    for fresh, away in history:
        gone = away - {link.version for link in fresh}
        before = links
        links, concerned = links.taken(rows(*fresh), versions(*gone))
        there |= {link.version: link for link in fresh}
        there = {version: link for version, link in there.items() if version not in gone}
        assert_same(links, LayeredLinks.of(rows(*there.values())))
        others = pl.Series([person for person in PERSONS if person not in concerned.to_list()], dtype=pl.Int64)
        assert_frame_equal(before.rows(others), links.rows(others), check_row_order=False)


def assert_same(found: LayeredLinks, anew: LayeredLinks) -> None:
    assert_frame_equal(found.frame, anew.frame, check_row_order=False)
    assert sorted(found.known()) == sorted(anew.known())
    for asked in ([], [0, None], [1, 2, 2], [*PERSONS, 99]):
        keys = pl.Series(asked, dtype=pl.Int64)
        assert_frame_equal(found.rows(keys), anew.rows(keys), check_row_order=False)
        there = found.where("link_id", keys.drop_nulls())
        assert_frame_equal(there, anew.where("link_id", keys.drop_nulls()), check_row_order=False)


def test_a_later_version_ends_the_one_before_also_where_it_names_another_person() -> None:
    links, _ = LayeredLinks.of(rows(Link(1, person=1), Link(2, link=2, person=3))).taken(
        rows(Link(3, person=2, known=5)), versions()
    )
    before = links.rows(pl.Series([1]))
    assert before["known_until"].to_list() == links.rows(pl.Series([2]))["known_from"].to_list()


def test_of_a_version_that_is_taken_away_nothing_is_left() -> None:
    links, concerned = LayeredLinks.of(rows(Link(1, known=0), Link(2, known=3))).taken(rows(), versions(2))
    assert concerned.to_list() == [1]
    assert links.rows(pl.Series([1]))["known_until"].to_list() == [None]


def test_what_comes_again_as_it_is_concerns_nobody() -> None:
    before = LayeredLinks.of(rows(Link(1), Link(2, link=2)))
    after, concerned = before.taken(rows(Link(2, link=2)), versions(99))
    assert after is before
    assert concerned.is_empty()


def test_of_two_rows_with_one_id_and_one_registration_the_other_counts_when_the_first_goes() -> None:
    both = LayeredLinks.of(rows(Link(1, assignee=4), Link(2, assignee=5)))
    assert both.rows(pl.Series([1]))["assignee"].to_list() == [4]
    left, _ = both.taken(rows(), versions(1))
    assert left.rows(pl.Series([1]))["assignee"].to_list() == [5]


def test_its_rows_are_those_of_the_batch() -> None:
    some = rows(Link(1), Link(2, known=3), Link(3, link=2, person=2))
    batch, _ = with_versions(some.drop("version").cast({"link_kind": pl.String}))
    assert_frame_equal(LayeredLinks.of(some).frame, batch, check_row_order=False)
