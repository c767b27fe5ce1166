"""A sealed dead letter opens with the right key, at the right place, unchanged - and otherwise not at all."""

from __future__ import annotations

import polars as pl
import pytest

from services.core.contract import DEAD_LETTER
from services.core.errors import DoelbindingError
from services.core.keyring import new_key_ring
from services.detector.deadletters import open_sealed, seal, seal_frame

RING = new_key_ring()
RAW = '{"bsn": "960000003", "employee_id": "é"}'.encode()
PLACE = ("lookup", "lookups/a.ndjson:17")


def test_what_was_sealed_can_be_opened() -> None:
    assert open_sealed(seal(RAW, *PLACE, RING), *PLACE, RING) == RAW
    assert open_sealed(seal(b"", *PLACE, RING), *PLACE, RING) == b""


def test_sealed_bytes_show_nothing_and_are_never_the_same_twice() -> None:
    first, second = seal(RAW, *PLACE, RING), seal(RAW, *PLACE, RING)
    assert b"960000003" not in first
    assert first != second


@pytest.mark.parametrize("place", [("employee", PLACE[1]), ("lookup", "lookups/a.ndjson:18")])
def test_a_letter_moved_to_another_record_or_position_does_not_open(place: tuple[str, str]) -> None:
    with pytest.raises(DoelbindingError, match=f"dead letter of {place[0]} at {place[1]}: cannot be opened"):
        open_sealed(seal(RAW, *PLACE, RING), *place, RING)


def test_another_ring_does_not_open_it() -> None:
    with pytest.raises(DoelbindingError, match="cannot be opened"):
        open_sealed(seal(RAW, *PLACE, RING), *PLACE, new_key_ring())


def test_any_changed_byte_keeps_it_shut() -> None:
    sealed = seal(RAW, *PLACE, RING)
    for place in range(len(sealed)):
        changed = bytes(byte ^ (at == place) for at, byte in enumerate(sealed))
        with pytest.raises(DoelbindingError, match="cannot be opened"):
            open_sealed(changed, *PLACE, RING)


@pytest.mark.parametrize("length", [0, 1, 5, 13, 20])
def test_a_letter_cut_short_keeps_shut(length: int) -> None:
    with pytest.raises(DoelbindingError, match="cannot be opened"):
        open_sealed(seal(RAW, *PLACE, RING)[:length], *PLACE, RING)


def test_a_frame_of_dead_records_becomes_dead_letters() -> None:
    dead = pl.DataFrame(
        {
            "record": ["lookup", "employee"],
            "position": ["a:1", "b:2"],
            "reasons": [["bsn: fails the 11-proef"], ["not JSON"]],
            "codes": [["bsn-fails-11-proef"], ["not-json"]],
            "raw": [RAW, b"\xff{"],
        }
    )
    sealed = seal_frame(dead, RING)
    assert sealed.schema == pl.Schema(DEAD_LETTER.schema)
    assert sealed.select("record", "position", "reasons", "codes").equals(dead.drop("raw"))
    opened = [open_sealed(row["sealed"], row["record"], row["position"], RING) for row in sealed.iter_rows(named=True)]
    assert opened == dead["raw"].to_list()


def test_no_dead_records_become_no_letters() -> None:
    none = pl.DataFrame(schema={**DEAD_LETTER.schema, "raw": pl.Binary()}).drop("sealed")
    assert seal_frame(none, RING).schema == pl.Schema(DEAD_LETTER.schema)
