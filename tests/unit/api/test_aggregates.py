"""Counts for security operations that point at nobody."""

import pytest

from services.api.aggregates import Counted, fold


def test_counts_are_given_per_dimension(api, make_signal):
    api.results(
        *(make_signal(number) for number in range(6)),
        *(make_signal(10 + number, rule="no-case-link", rule_class="B", pushed=False) for number in range(5)),
    )
    counts = api.get("/v1/aggregates", "soc").json()
    assert counts["rule"] == [{"value": "no-case-link", "count": 5}, {"value": "own-file", "count": 6}]
    assert counts["ruleClass"] == [{"value": "B", "count": 5}, {"value": "P", "count": 6}]
    assert counts["pushed"] == [{"value": "false", "count": 5}, {"value": "true", "count": 6}]
    assert counts["status"] == [{"value": "open", "count": 11}]
    assert counts["severity"] == [{"value": "high", "count": 11}]


def test_many_signals_about_few_people_are_a_small_group(api, make_signal):
    one_person = "p1-" + "a" * 32
    api.results(
        *(make_signal(number) for number in range(8)),
        *(make_signal(20 + number, rule="no-case-link", employee_id=one_person) for number in range(9)),
    )
    assert api.get("/v1/aggregates", "soc").json()["rule"] == [{"value": "other", "count": 17}]


@pytest.mark.parametrize(
    ("people", "kept"),
    [
        ([], []),
        ([5], ["0"]),
        ([4], ["other"]),
        ([9, 9], ["0", "1"]),
        ([9, 4], ["other"]),
        ([9, 3, 2], ["0", "other"]),
        ([9, 7, 1], ["0", "other"]),
        ([1, 1, 1], ["other"]),
    ],
)
def test_a_small_group_cannot_be_found_by_subtraction(people, kept):
    groups = [Counted(str(place), count, count) for place, count in enumerate(people)]
    folded = fold(groups)
    assert [group.value for group in folded] == kept
    assert sum(group.signals for group in folded) == sum(people)


def test_an_agency_without_signals_has_no_counts(api):
    assert api.get("/v1/aggregates", "soc").json()["rule"] == []
