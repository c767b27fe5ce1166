"""The audit trail tells which register of interests held when, by digest, and what each load changed."""

import hashlib
from datetime import timedelta

import pytest

from services.api import register_change
from services.core.wire import to_wire
from tests.unit.api.conftest import START

ONE, OTHER, THEIRS, RELATIVE = (f"p1-{letter * 32}" for letter in "abcd")
TEAM = {"kind": "team", "employeeId": THEIRS, "subject": None}
FAMILY = {"kind": "relative", "employeeId": None, "subject": RELATIVE}
FORMER = TEAM | {"validFrom": to_wire(START), "validTo": to_wire(START + timedelta(days=1))}


@pytest.fixture
def load(api):
    """Loads a register, and gives what the trail tells of it."""

    def put(**readers):
        known = [
            {"reader": {"one": ONE, "other": OTHER}[name], "interests": theirs} for name, theirs in readers.items()
        ]
        assert api.call("PUT", "/v1/interests", "admin", json={"readers": known}).status_code == 200
        return api.trail("load-interests")[-1]["detail"]

    return put


def test_the_first_register_is_all_new(load):
    told = load(one=[TEAM, FAMILY], other=[])
    assert (told["readers"], told["interests"]) == (2, 2)
    lines = [ONE, f"{ONE} relative subject {RELATIVE} - -", f"{ONE} team employee {THEIRS} - -", OTHER]
    assert (told["added"], told["addedCount"]) == (lines, 4)
    assert (told["removed"], told["removedCount"]) == ([], 0)
    assert told["digest"] == hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def test_each_load_tells_what_it_added_and_removed(load):
    load(one=[TEAM], other=[])
    told = load(one=[FAMILY, FORMER])
    since = f"{to_wire(START)} {to_wire(START + timedelta(days=1))}"
    assert told["added"] == [f"{ONE} relative subject {RELATIVE} - -", f"{ONE} team employee {THEIRS} {since}"]
    assert told["removed"] == [f"{ONE} team employee {THEIRS} - -", OTHER]


def test_the_same_register_has_the_same_digest_whatever_its_order(load):
    told = [load(one=[TEAM, FAMILY, FORMER], other=[]), load(other=[], one=[FORMER, FAMILY, TEAM])]
    assert told[0]["digest"] == told[1]["digest"]
    assert (told[1]["addedCount"], told[1]["removedCount"]) == (0, 0)
    assert load(one=[TEAM, FAMILY], other=[])["digest"] != told[0]["digest"]


def test_an_interest_that_was_taken_away_for_a_day_is_seen(load):
    with_it, without, again = load(one=[TEAM]), load(one=[]), load(one=[TEAM])
    assert without["removed"] == again["added"] == [f"{ONE} team employee {THEIRS} - -"]
    assert again["digest"] == with_it["digest"]


def test_of_a_large_change_some_lines_are_told_and_all_are_counted(load, monkeypatch):
    monkeypatch.setattr(register_change, "MOST_TOLD", 3)
    many = [TEAM | {"employeeId": f"p1-{number:032x}"} for number in range(5)]
    told = load(one=many)
    assert (len(told["added"]), told["addedCount"]) == (3, 6)
    gone = load(one=[])
    assert (len(gone["removed"]), gone["removedCount"]) == (3, 5)
