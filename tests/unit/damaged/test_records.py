"""Records that are damaged: each is told with its place and what would be right, and all others are scored."""

from __future__ import annotations

import re
import tracemalloc

import pytest

from services.core.contract import LOOKUP
from tests.datasets import lines
from tests.unit.damaged.agency import STRANGER, WARNING, Agency
from tests.world import BSNS

pytestmark = pytest.mark.slow

LONG = 100_000_000
HELD_BYTES = 16_000_000
"""Far below the long line, and above what Python holds of a run that has none."""

PLACE = "lookups/day-2.ndjson: byte {first}"


def a_line(old: bytes = b"", new: bytes = b"") -> bytes:
    """A lookup that no other file has, with something else in the place of one of its values."""
    found = lines(
        LOOKUP,
        [
            {
                "lookup_id": "damaged", "occurred_at": "2025-03-04T12:00:00+01:00", "employee_id": "e1",
                "system": "sonar", "action": "view", "bsn": BSNS[STRANGER], "record_count": 1,
            }
        ],
    )  # fmt: skip
    assert old in found
    return found.replace(old, new)


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        (
            a_line(b'"view"', b'"peek"'),
            "unknown-action",
            "field action: 'peek' is not known; known are search, view, edit, print, export",
        ),
        (
            a_line(BSNS[STRANGER].encode(), b"960000001"),
            "bsn-fails-11-proef",
            "field bsn: is not a BSN; write nine digits that pass the 11-proef, as text, leading zeros included",
        ),
        (
            a_line(b"12:00:00+01:00", b"12:00:00"),
            "time-without-zone",
            (
                "field occurred_at: '2025-03-04T12:00:00' has no time zone; "
                "write it as RFC 3339 with an offset, such as 2025-03-30T14:00:00+02:00"
            ),
        ),
        (
            a_line(b'"record_count":1', b'"record_count":"one"'),
            "wrong-type",
            "field record_count: is text; write it as a whole number",
        ),
        (
            a_line(b"sonar", b"caf\xe9"),
            "invalid-utf8",
            "line: byte 97 of it is not UTF-8; write the file as UTF-8",
        ),
        (
            a_line(b"}\n", b"\n"),
            "not-json",
            "line: is not JSON (Input data was truncated); write one JSON object on a line",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_a_damaged_line_is_told_and_the_others_are_scored(agency: Agency, line: bytes, code: str, reason: str) -> None:
    first, second = (lines(LOOKUP, [row]) for row in agency.day_2)
    agency.damaged.write_bytes(first + line + second)
    found = agency.rescored()
    place = PLACE.format(first=len(first))
    assert (found.code, found.told) == (0, [f"{WARNING}{place}: {reason}"])
    assert found.letters == [(place, [code], [reason])]
    assert found.scored == agency.scored_of(agency.world.lookups)


def test_all_faults_of_a_line_are_told_and_a_fault_that_comes_often_is_told_once(agency: Agency) -> None:
    often = a_line(b'"view"', b'"peek"')
    worse = often.replace(b"sonar", b"Sonar")
    agency.damaged.write_bytes(lines(LOOKUP, agency.day_2) + worse + 40 * often)
    place = PLACE.format(first=len(lines(LOOKUP, agency.day_2)))
    found = agency.rescored()
    assert (found.code, found.told) == (
        0,
        [
            f"{WARNING}{place}: field system: 'Sonar' has capital letters; write it in lower case",
            (
                f"{WARNING}{place}: field action: 'peek' is not known; known are search, view, edit, print, export "
                "(and 40 more like it)"
            ),
        ],
    )
    assert found.scored == agency.scored_of(agency.world.lookups)


def test_an_id_that_comes_twice_with_other_content_is_scored_once_whatever_the_order(agency: Agency) -> None:
    row, second = agency.day_2
    other = {**row, "bsn": BSNS[STRANGER + 5]}
    agency.damaged.write_bytes(lines(LOOKUP, [row, second, other]))
    found = agency.rescored()
    reason = (
        "field lookup_id: came twice with different content; one of the two was scored, whatever their order; "
        "give each lookup an id of its own"
    )
    [(place, *told)] = found.letters
    assert re.fullmatch(rf"lookup {row['lookup_id']}, content [0-9a-f]{{16}}", place)
    assert told == [["same-id-other-content"], [reason]]
    assert (found.code, found.told) == (0, [f"{WARNING}{place}: {reason}"])
    rest = agency.but(str(row["lookup_id"]))
    assert found.scored in [agency.scored_of([*rest, one]) for one in (row, other)]
    agency.damaged.write_bytes(lines(LOOKUP, [other, second, row]))
    assert agency.rescored().scored == found.scored


def test_a_line_of_a_hundred_megabytes_is_told_and_never_held(agency: Agency) -> None:
    first, second = (lines(LOOKUP, [row]) for row in agency.day_2)
    with agency.damaged.open("wb") as file:
        file.write(first)
        file.seek(LONG, 1)  # a hole: it takes no room on the disk, and reads as zeros
        file.write(b"\n" + second)
    expected = agency.scored_of(agency.world.lookups)
    tracemalloc.start()
    found = agency.rescored()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    place = PLACE.format(first=len(first))
    reason = "line: has 100,000,000 bytes, more than the limit of 1,048,576; write one record on a line"
    assert (found.code, found.told) == (0, [f"{WARNING}{place}: {reason}"])
    assert found.letters == [(place, ["line-too-long"], [reason])]
    assert found.scored == expected
    assert peak < HELD_BYTES


def test_a_dataset_without_one_sound_record_is_not_scored(agency: Agency) -> None:
    for file in (agency.dataset / "lookups").iterdir():
        file.write_bytes(b"rubbish\n")
    found = agency.rescored()
    malformed = "line: is not JSON (JSON is malformed: invalid character (byte 0)); write one JSON object on a line"
    assert (found.code, found.told) == (
        2,
        [
            *(f"doelbinding: lookups/day-{day}.ndjson: byte 0: {malformed}" for day in (1, 2, 3)),
            "doelbinding: no lookup could be read; nothing was scored",
        ],
    )
    assert not found.out.exists()
