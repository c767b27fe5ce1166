"""Each way of tampering is found, in random histories, and honest histories raise no alarm."""

from __future__ import annotations

import random
import shutil

import pytest

from services.api.audit.export import read_roots
from services.api.audit.trail_database import trail_view
from services.api.audit.verification import verify
from tests.unit.api.audit import tampering
from tests.unit.api.audit.histories import found, noticed, write_history, write_more

HISTORIES = 5
"""Different ones that are tampered with."""


@pytest.fixture(scope="module")
def histories(tmp_path_factory, migrated):
    folder = tmp_path_factory.mktemp("histories")
    made = [write_history(folder / str(seed), migrated, random.Random(seed)) for seed in range(HISTORIES)]
    assert all(history.verified().whole for history in made)
    return made


@pytest.mark.parametrize("way", tampering.ALL, ids=lambda way: way.__name__)
def test_every_way_is_found(histories, way):
    reports = (found(history, random.Random(1), way) for history in histories)
    report = next(report for report in reports if report is not None)
    assert not report.whole


@pytest.mark.parametrize("way", tampering.ALL, ids=lambda way: way.__name__)
def test_no_way_is_hidden_by_going_on_after_it(histories, tmp_path, way):
    tried = (noticed(history, tmp_path / "copy", random.Random(1), way) for history in histories)
    assert next(each for each in tried if each is not None)


@pytest.mark.slow
def test_a_thousand_random_tamperings_are_not_hidden_by_going_on(histories, tmp_path):
    rng = random.Random(2027)
    missed, tried = [], 0
    while tried < 1_000:
        way, seed = rng.choice(tampering.ALL), rng.randrange(2**32)
        seen = noticed(rng.choice(histories), tmp_path / "copy", random.Random(seed), way)
        if seen is not None:
            tried += 1
            if not seen:
                missed.append((way.__name__, seed))
    assert missed == []


@pytest.mark.slow
def test_a_thousand_random_tamperings_are_found(histories):
    rng = random.Random(2026)
    missed, tried = [], 0
    while tried < 1_000:
        way, seed = rng.choice(tampering.ALL), rng.randrange(2**32)
        report = found(rng.choice(histories), random.Random(seed), way)
        if report is not None:
            tried += 1
            if report.whole:
                missed.append((way.__name__, seed))
    assert missed == []


@pytest.mark.slow
def test_two_hundred_honest_histories_raise_no_alarm(tmp_path, migrated):
    for seed in range(1_000, 1_200):
        history = write_history(tmp_path / "honest", migrated, random.Random(seed), batches=seed % 20)
        report = history.verified()
        assert report.whole, (seed, report.findings.faults)
        assert report.intact == report.entries
        shutil.rmtree(history.home)


KINDS = {
    tampering.edit: {"changed"},
    tampering.edit_payload: {"payload"},
    tampering.swap_payloads: {"payload"},
    tampering.delete: {"deleted", "truncated"},
    tampering.delete_and_renumber: {"deleted", "truncated"},
    tampering.cut_off: {"truncated"},
    tampering.insert_inside: {"inserted", "added"},
    tampering.swap: {"moved"},
    tampering.blank_silently: {"blanked"},
    tampering.drop_look_ups: {"look-up"},
    tampering.forge_root: {"forged"},
}


@pytest.mark.parametrize("way", KINDS, ids=lambda way: way.__name__)
def test_the_first_broken_entry_is_told_with_what_was_done(histories, way):
    reports = (found(history, random.Random(2), way) for history in histories)
    report = next(report for report in reports if report is not None)
    assert report.first.kind in KINDS[way], report.findings.faults


def test_what_retention_removed_is_no_fault(histories):
    reports = [history.verified() for history in histories]
    assert any(report.blanked for report in reports)
    assert all(report.whole for report in reports)


def test_an_earlier_copy_of_the_database_is_found_by_the_file_outside(tmp_path, migrated):
    history = write_history(tmp_path / "home", migrated, random.Random(3), batches=3)
    earlier = history.copy(tmp_path / "earlier")
    write_more(history, random.Random(4))
    shutil.copy(history.export, earlier.export)
    assert earlier.verified().first.kind == "truncated"


def test_what_is_written_meanwhile_raises_no_alarm(histories, tmp_path):
    history = histories[0].copy(tmp_path / "copy")
    exported = read_roots(history.export)
    with trail_view(history.url) as connection:
        first = verify(connection, exported, history.notary.public_keys, lambda _: None)
        write_more(history, random.Random(5))
        second = verify(connection, exported, history.notary.public_keys, lambda _: None)
    assert first.whole
    assert second == first
    assert history.verified().entries > first.entries
