"""Small agencies with the rules and factors that a simulated one seldom has."""

from __future__ import annotations

from datetime import timedelta

from services.core.identity import employee_pseudonym, subject_pseudonym
from tests.golden.worlds import MONDAY, agency
from tests.properties.readers import a_read
from tests.world import BSNS, RING, World

DAY = timedelta(days=1)


def files_of_staff() -> World:
    """A colleague's child, a former colleague, a relative's file that came as work, and one by the emergency button."""
    world = agency()
    world.employee(20, valid_to=MONDAY - timedelta(days=30))
    world.relation("e2", 100, "child")
    world.look("e1", 100, MONDAY, action="print", data_categories=["medical"])
    world.look("e1", 100, MONDAY + 5 * DAY, searched_by="name")
    world.look("e1", 20, MONDAY + timedelta(hours=10))
    world.look("e3", 5, MONDAY, reason="break-glass")
    world.relation("e4", 110, "sibling")
    world.link(110, "e4", MONDAY - DAY)
    for hour in (0, 1, 4):
        world.look("e4", 110, MONDAY + timedelta(hours=hour))
    world.look("e4", 110, MONDAY + timedelta(days=60))
    return world


def lists_and_reports() -> World:
    """A list of more records than anybody took out before, with some of them one by one; and a case of the team's."""
    world = agency()
    for number in range(1, 7):
        for day in range(20):
            world.look(f"e{number}", 200 + number, MONDAY + (day - 40) * DAY, action="print", record_count=2)
    world.look("e1", None, MONDAY, action="export", record_count=1_200)
    world.link(150, "e3", MONDAY - DAY)
    world.look("e1", 150, MONDAY + timedelta(hours=1), action="export", record_count=40, data_categories=["medical"])
    world.look("e1", 151, MONDAY + timedelta(hours=2), action="print", record_count=3)
    return world


def files_one_by_one() -> World:
    """Among colleagues who make long lists daily one takes strangers' files out singly, besides a list."""
    world = agency()
    for number in range(1, 7):
        for day in range(20):
            at = MONDAY + (day - 40) * DAY
            world.look(f"e{number}", None, at, action="export", searched_by="other", record_count=300)
    world.look("e2", None, MONDAY, action="export", searched_by="other", record_count=320)
    for person in range(150, 255):
        world.look("e2", person, MONDAY + timedelta(minutes=person), action="export")
    for person in range(150, 260):
        world.look("e3", person, MONDAY + timedelta(minutes=person), action="print", record_count=3)
    return world


def over_months() -> World:
    """A file for seven months, a sister's for six; emergency access with the same words, with others, and with none."""
    world = agency()
    for month in range(7):
        world.look("e1", 100, MONDAY + 31 * month * DAY, action="print" if month == 2 else "view")
    world.relation("e2", 110, "sibling")
    for month in range(6):
        world.look("e2", 110, MONDAY + 31 * month * DAY)
    for place, words in enumerate((": Spoed!", ": spoed", ":  SPOED.", ": spoed", ": klant belt", "", "")):
        world.look("e3", 120 + place, MONDAY + place * DAY, reason=f"break-glass{words}")
    for day in (1, 9, 30):
        world.look("e3", 126, MONDAY + (6 + day) * DAY, searched_by="name")
    world.look("e3", 127, MONDAY + 130 * DAY, reason="break-glass")
    world.look("e6", None, MONDAY + 300 * DAY, action="search")
    return world


def told_by_registers() -> World:
    """A claimed case of another, a party's and the own; a file that slept; looks on leave, and reported as mistakes."""
    world = agency()
    for person in (100, 101):
        world.link(person, "e1", MONDAY - DAY)
    world.look("e1", 100, MONDAY, case_id="case0")
    world.look("e1", 130, MONDAY + timedelta(minutes=5), case_id="case0")
    world.look("e1", 131, MONDAY + timedelta(hours=1), case_id="case1")
    world.add(
        "case_parties", case_id="case1", bsn=BSNS[131], kind="child", valid_from=MONDAY, registered_at=MONDAY + DAY
    )
    world.look("e2", 130, MONDAY + 3 * DAY, case_id="case99")
    world.look("e2", 130, MONDAY + 3 * DAY + timedelta(hours=1), case_id="case98")
    world.link(140, "e3", MONDAY - 1200 * DAY, valid_to=MONDAY - 800 * DAY)
    world.link(141, "e3", MONDAY - 1200 * DAY, valid_to=MONDAY - 700 * DAY)
    for place, person in enumerate((140, 141)):
        world.look("e4", person, MONDAY + place * DAY + timedelta(hours=10))
    leave = {"employee_id": "e5", "kind": "leave", "valid_from": MONDAY - DAY, "registered_at": MONDAY - 9 * DAY}
    world.add("absences", **leave, valid_to=MONDAY + 9 * DAY)
    world.add("absences", **leave | {"registered_at": MONDAY + DAY}, valid_to=MONDAY + 2 * DAY)
    for day in (0, 1, 3):
        world.look("e5", 150, MONDAY + day * DAY)
    for minutes in (0, 20, 50):
        world.look("e6", 1, MONDAY + timedelta(minutes=minutes))
    report = {"employee_id": "e6", "bsn": BSNS[1], "occurred_at": MONDAY}
    world.add("self_reports", report_id="r1", **report, registered_at=MONDAY + timedelta(minutes=45))
    world.add("self_reports", report_id="r2", **report | {"bsn": BSNS[2]}, registered_at=MONDAY + 3 * DAY)
    world.look("e6", 2, MONDAY)
    world.look("e6", None, MONDAY + 60 * DAY, action="search")
    return world


def before_leaving() -> World:
    """One who leaves takes a list out, another opens strangers' files; both had weeks of work with cases before."""
    world = agency()
    for number in (11, 12):
        world.employee(number, team="T1", valid_to=MONDAY + 40 * DAY)
    for person in range(200, 204):
        world.link(person, "T1", MONDAY - 90 * DAY)
    for day in range(-28, 30):
        if (MONDAY + day * DAY).weekday() < 5:
            for number in (1, 3, 5, 11, 12):
                for person in range(200, 204):
                    world.look(f"e{number}", person, MONDAY + day * DAY + timedelta(minutes=person + number))
    world.look("e11", None, MONDAY + 28 * DAY, action="export", searched_by="other", record_count=140)
    for person in range(20):
        world.look("e12", 300 + person, MONDAY + (21 + person % 8) * DAY + timedelta(hours=2, minutes=9 * person))
    world.look("e1", None, MONDAY + 60 * DAY, action="search")
    return world


def readers_of_signals() -> World:
    """Reads of signals: about oneself, a partner, a colleague of the team; of nobody's items; days of identities."""
    world = agency()
    world.relation("e3", 100, "partner")
    opened: dict[str, object] = {"case_id": "item-2", "data_categories": ["identity"]}
    for day in range(24):
        a_read(
            world, "e4", _person(300), MONDAY + (day - 26) * DAY, **(opened if day % 4 == 0 else {"case_id": "item-1"})
        )
    for place in range(7):
        a_read(world, "e5", _person(310 + place), MONDAY + timedelta(minutes=place), **opened)
    for place in range(21):
        a_read(world, "e2", _person(330 + place), MONDAY + timedelta(days=-60, minutes=place), **opened)
    a_read(world, "e3", _person(100), MONDAY, case_id="item-3")
    a_read(world, "e3", _person(100), MONDAY + 2 * DAY, data_categories=["identity"])
    a_read(world, "e3", employee_pseudonym(RING, "e3"), MONDAY)
    a_read(world, "e1", None, MONDAY, action="search", searched_by="worklist", record_count=50)
    for place in range(4):
        a_read(world, "e1", _person(360 + place), MONDAY + timedelta(hours=10, minutes=place))
    a_read(world, "e2", _person(370), MONDAY, data_categories=["identity"])
    return world


def _person(number: int) -> str:
    return subject_pseudonym(RING, BSNS[number])


RARE = {
    "readers of signals": {"reader-with-interest", "reader-not-assigned", "reveal-rate"},
    "over months": {"long-watch", "break-glass", "relative-file"},
    "told by registers": {"false-case-claim", "dormant-file", "colleague-file", "repeated-no-case-link"},
    "before leaving": {"leaver"},
    "files of staff": {"staff-file-bypass", "colleague-file", "relative-file"},
    "lists and reports": {"bulk-export"},
    "files one by one": {"bulk-export"},
}
"""Rules that each world must have a signal of."""
