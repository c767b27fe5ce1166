"""From a reader who opens what he should not, through the files that the API writes, to the signal about the reader."""

from datetime import timedelta

import polars as pl
import pytest

from services.cli import run
from services.core.identity import employee_pseudonym, subject_pseudonym
from tests.datasets import write_registers
from tests.unit.api.casework.conftest import LEAD, ONE, OTHER
from tests.unit.api.conftest import a_signal, running, signal_id
from tests.unit.api.readers.conftest import load_interests, ring_of
from tests.unit.api.test_publishing import until
from tests.world import BSNS, World, local

pytestmark = pytest.mark.slow

READERS = {ONE: "e0", OTHER: "e1", LEAD: "e2"}
COLLEAGUE, OTHERS = 3, (4, 5, 6, 7)


@pytest.fixture
def dataset(tmp_path):
    """Registers of a small agency: the first reader and one of the accused are of one team, the others are not."""
    world = World()
    for number in range(9):
        world.employee(number, team="BI" if number in (0, COLLEAGUE) else f"T{number}")
    world.link(20, "e8", local("2026-01-05 09:00"))
    write_registers(world, tmp_path / "dataset")
    return tmp_path / "dataset"


@pytest.fixture
def office(tmp_path, migrated, dataset):
    """Signals about each of the accused; only the colleague's was pushed. Nobody knows of any interest."""
    settings = {"reads": dataset, "reads_seconds": 0.01}
    with running(tmp_path / "home", migrated, people=READERS, **settings) as api:
        load_interests(api, employees=READERS)
        ring = ring_of(api)
        about = [
            {"employee_id": employee_pseudonym(ring, f"e{each}"), "subject": subject_pseudonym(ring, BSNS[30 + each])}
            for each in (COLLEAGUE, *OTHERS)
        ]
        api.results(*(a_signal(each, pushed=not each, **people) for each, people in enumerate(about)))
        yield api


def judged(office, dataset, monkeypatch):
    """The signals about readers when the dataset is scored, once everything was told."""
    done = "SELECT h.sequence = p.sequence AS done FROM audit_head h, published_reads p"
    until(lambda: office.rows(done)[0]["done"])
    home, out = office.parts.settings.home, dataset.parent / "out"
    monkeypatch.setenv("DOELBINDING_HOME", str(home))
    assert run(["rescore", str(dataset), "--out", str(out)]) == 0
    found = pl.read_parquet(out / "signals.parquet").to_dicts()
    explained = pl.read_parquet(out / "explained.parquet")
    assert not [each for each in found if not each["rule"].startswith(("reader-", "reveal-"))]
    return {(each["rule"], each["employee_id"]): each for each in found}, explained


def test_a_reader_of_a_colleague_s_signal_and_one_without_ground_are_each_a_signal(office, dataset, monkeypatch):
    for who in (ONE, LEAD):  # the same item: work of both, and of one of them a colleague's
        assert office.get(f"/v1/signals/{signal_id(0)}", who).status_code == 200
    for number in (1, 2, 3, 4):
        office.clock.at += timedelta(minutes=1)
        assert office.get(f"/v1/signals/{signal_id(number)}?purpose=investigation", OTHER).status_code == 200
    assert office.get("/v1/intake-items", LEAD).status_code == 200
    signals, explained = judged(office, dataset, monkeypatch)
    one, other = (employee_pseudonym(ring_of(office), READERS[who]) for who in (ONE, OTHER))
    assert set(signals) == {("reader-with-interest", one), ("reader-not-assigned", other)}
    interest, idle = signals["reader-with-interest", one], signals["reader-not-assigned", other]
    assert interest["subject"] == employee_pseudonym(ring_of(office), f"e{COLLEAGUE}")
    assert interest["pushed"]
    assert (idle["rule_class"], idle["lookup_count"], idle["pushed"]) == ("P", 8, True)
    assert explained.height == 2 + 2 + 8 + 1
    assert {each["explanation"] for each in explained.to_dicts() if each["explained"]} >= {"assigned-reader"}
    entries = {bytes(row["hash"]).hex()[:32] for row in office.rows("SELECT hash FROM audit_entries")}
    told = {each.split("-")[1] for signal in signals.values() for each in signal["lookup_ids"]}
    assert told <= entries
