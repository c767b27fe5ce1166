"""False signals per role, contract and place of work, on small agencies whose figures are worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.detector.evaluate.burden import Burden, burdens
from services.detector.evaluate.figures import Rate
from services.detector.evaluate.lookers import burdened, clusters, roles_of_episodes, weeks_at_work
from tests.unit.evaluate.agency import MONDAY, looks, period, signals, staff

HANDLERS = [f"h{number:02}" for number in range(20)]
COACHES = [f"c{number:02}" for number in range(20)]


def by(name: str, found: tuple[Burden, ...]) -> Burden:
    return next(burden for burden in found if burden.by == name)


def two_roles(false: dict[str, list[str]]) -> tuple[Burden, ...]:
    """20 handlers and 20 coaches, each at work for one week; false signals with the ids of those they are about."""
    people = [period(one, "claims-handler") for one in HANDLERS] + [period(one, "job-coach") for one in COACHES]
    everyone = staff(*people)
    seen = looks(*((f"look-{one}", one, 0) for one in HANDLERS + COACHES))
    wrong = signals(*((name, [f"look-{one}" for one in about]) for name, about in false.items()))
    return burdens(weeks_at_work(seen, everyone), burdened(wrong, seen, everyone))


def test_the_ratio_is_of_rates_that_are_drawn_towards_the_common_one_by_one_expected_signal() -> None:
    found = by("role", two_roles({"a": ["h01"], "b": ["h02"], "c": ["h03"], "d": ["c01"]}))
    # 4 false signals in 40 weeks: 2 expected in each group; (3 + 1) / (2 + 1) over (1 + 1) / (2 + 1)
    assert found.ratio == pytest.approx(2.0)
    assert [(one.group, one.employees, one.borne) for one in found.groups] == [
        ("claims-handler", 20, Rate(3, 20)),
        ("job-coach", 20, Rate(1, 20)),
    ]


def test_without_false_signals_nobody_is_burdened_more_than_others() -> None:
    found = by("role", two_roles({}))
    assert (found.ratio, found.ratio_interval, found.by_chance) == (1.0, None, 1.0)


def test_a_signal_about_several_employees_burdens_each_of_them() -> None:
    found = by("role", two_roles({"burst": ["h01", "h02", "c01"]}))
    assert [one.borne.count for one in found.groups] == [2, 1]


def test_chance_alone_makes_a_larger_ratio_of_one_large_burst_than_of_as_many_single_signals() -> None:
    burst = by("role", two_roles({"burst": HANDLERS[:8]}))
    single = by("role", two_roles({one: [one] for one in HANDLERS[:4] + COACHES[:4]}))
    assert burst.by_chance is not None
    assert single.by_chance is not None
    assert burst.by_chance > single.by_chance


def test_a_group_of_few_people_is_left_out_and_counted() -> None:
    people = [period(one, "claims-handler") for one in HANDLERS] + [period("x", "team-lead")]
    everyone, seen = staff(*people), looks(*((f"look-{one}", one, 0) for one in [*HANDLERS, "x"]))
    wrong = signals(("a", ["look-x"]))
    found = by("role", burdens(weeks_at_work(seen, everyone), burdened(wrong, seen, everyone)))
    assert ([one.group for one in found.groups], found.too_small, found.ratio) == (["claims-handler"], 1, None)


def test_contract_and_workplace_are_known_from_hours_and_from_where_one_works() -> None:
    everyone = staff(period("a", hours=36.0), period("b", hours=35.9), period("c", hours=None), remote=["b"])
    seen = looks(("1", "a", 0), ("2", "b", 0), ("3", "c", 0), ("4", "nobody", 0))
    work = weeks_at_work(seen, everyone).sort("by", "employee_id")
    assert work.select("by", "employee_id", "group").rows() == [
        ("contract", "a", "full-time"),
        ("contract", "b", "part-time"),
        ("contract", "c", "unknown"),
        ("contract", "nobody", "unknown"),
        ("role", "a", "claims-handler"),
        ("role", "b", "claims-handler"),
        ("role", "c", "claims-handler"),
        ("role", "nobody", "unknown"),
        ("workplace", "a", "office"),
        ("workplace", "b", "remote"),
        ("workplace", "c", "office"),
        ("workplace", "nobody", "unknown"),
    ]


def test_weeks_at_work_are_those_with_a_lookup_in_the_role_of_that_week() -> None:
    moved = MONDAY + timedelta(days=10)
    everyone = staff(period("a", "job-coach", until=moved), period("a", "team-lead", since=moved))
    seen = looks(("1", "a", 0), ("2", "a", 1), ("3", "a", 7), ("4", "a", 21))
    work = weeks_at_work(seen, everyone)
    roles = {group: weeks for way, group, _, weeks in work.rows() if way == "role"}
    assert roles == {"job-coach": 2, "team-lead": 1}


def test_an_episode_has_the_role_of_each_who_looked_in_it() -> None:
    everyone = staff(period("a", "job-coach"), period("b", "team-lead"))
    seen = looks(("1", "a", 0), ("2", "b", 0), ("3", "b", 1))
    misuse = seen.select("lookup_id").with_columns(
        scenario_id=seen["lookup_id"].replace({"1": "S1", "2": "S1", "3": "S2"})
    )
    assert sorted(roles_of_episodes(misuse, seen, everyone).rows()) == [
        ("S1", "job-coach"),
        ("S1", "team-lead"),
        ("S2", "team-lead"),
    ]


def test_signals_about_one_employee_in_one_week_come_and_go_together() -> None:
    seen = looks(("1", "a", 0), ("2", "a", 1), ("3", "a", 8), ("4", "b", 0))
    raised = signals(("s1", ["1"]), ("s2", ["2"]), ("s3", ["3"]), ("s4", ["1", "4"]), ("s5", ["gone"]))
    days = {"s1": 0, "s2": 1, "s3": 8, "s4": 0, "s5": 0}
    raised = raised.with_columns(
        raised_at=raised["signal_id"].replace_strict({k: MONDAY + timedelta(v) for k, v in days.items()})
    )
    found = dict(clusters(raised, seen).select("signal_id", "cluster").iter_rows())
    assert found["s1"] == found["s2"]
    assert len({found[name] for name in ("s1", "s3", "s4", "s5")}) == 4
