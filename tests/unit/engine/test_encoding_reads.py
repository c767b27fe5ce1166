"""Reads of signals name people by pseudonym: those are the engine's keys as they stand there."""

from __future__ import annotations

import polars as pl

from services.core.contract import LOOKUP
from services.core.identity import employee_pseudonym, subject_pseudonym
from services.core.reading import SYSTEM
from services.detector.decode.versions import without_other_versions
from services.detector.pipeline import Pipeline
from tests.world import BSNS, RING, World, frame, local, settings

AT = local("2025-03-11 10:00")
PIPELINE = Pipeline(settings(), RING)


def a_read(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "lookup_id": "doelbinding-1", "occurred_at": AT, "employee_id": employee_pseudonym(RING, "e1"),
        "system": SYSTEM, "action": "view", "record_count": 1, "subject_pseudonym": subject_pseudonym(RING, BSNS[7]),
    }  # fmt: skip
    return row | changes


def a_look(**changes: object) -> dict[str, object]:
    world = World()
    world.look("e1", 7, AT)
    return world.lookups[0] | changes


def encoded(*rows: dict[str, object]) -> pl.DataFrame:
    return PIPELINE.encoder.lookups(frame(LOOKUP, rows))


def test_a_read_and_a_look_of_the_same_people_have_the_same_keys() -> None:
    both = encoded(a_read(), a_look())
    keys = both.select("employee", "employee_check", "subject", "subject_check")
    assert keys.row(0) == keys.row(1)


def test_stable_keys_of_a_read_are_of_its_own_kind_and_the_same_each_time() -> None:
    read, again, look = encoded(a_read(), a_read(lookup_id="doelbinding-2"), a_look()).rows(named=True)
    assert read["employee_sid"] == again["employee_sid"] != look["employee_sid"]
    assert read["subject_sid"] == again["subject_sid"] != look["subject_sid"]


def test_a_read_of_nobody_has_no_subject() -> None:
    assert encoded(a_read(subject_pseudonym=None))["subject"].to_list() == [None]


def test_nobody_behind_a_read_is_sealed_or_has_digits() -> None:
    found = PIPELINE.encoder.encoded(frame(LOOKUP, [a_read()]))
    assert found.identities.is_empty()
    assert found.numbers.is_empty()
    assert PIPELINE.encoder.identities(frame(LOOKUP, [a_read()])).is_empty()


def test_the_content_of_a_read_depends_on_whose_file_it_was() -> None:
    other = encoded(a_read(subject_pseudonym=subject_pseudonym(RING, BSNS[8])))["content"].item()
    assert encoded(a_read())["content"].item() != other


def test_a_field_that_says_nothing_adds_nothing_to_the_hash_of_a_record() -> None:
    without = encoded(a_look())["content"].item()
    fields = (name for name in LOOKUP.schema if name != "subject_pseudonym")
    bits = pl.DataFrame({"categories": [1]}, schema={"categories": pl.UInt8()})["categories"]
    told = frame(LOOKUP, [a_look()]).with_columns(bits.alias("data_categories"))
    hashes = [told[name].hash(20_170_101 + place).item() for place, name in enumerate(fields)]
    assert without == sum(hashes) % 2**64


def test_pseudonyms_of_another_key_version_become_dead_letters() -> None:
    strange = a_read(lookup_id="doelbinding-2", employee_id="p2-" + "0" * 32)
    lookups = frame(LOOKUP, [a_read(), strange, a_look()])
    kept, rows, dead = without_other_versions(lookups, PIPELINE.pseudonyms.prefix, "offset {}".format)
    assert kept["lookup_id"].to_list() == ["doelbinding-1", "look0"]
    assert rows.to_list() == [True, False, True]
    [letter] = dead.to_dicts()
    assert (letter["position"], letter["codes"]) == ("offset 1", ["other-key-version"])
    assert "employee_id" in letter["reasons"][0]
    assert "p2-" not in letter["reasons"][0]
