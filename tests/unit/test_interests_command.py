"""`doelbinding interests`: registers of work and relatives into which readers may not look at whom."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.api.embedded import EmbeddedApi
from services.api.identity.claims import account_code, person_code
from services.api.settings import load_settings
from services.core.identity import employee_pseudonym, subject_pseudonym
from services.core.keyring import open_key_ring
from services.core.tokens import open_tokens
from services.interests.registers import read_people
from services.interests.working_out import WHOM, interests_of, register_of
from tests.datasets import write_registers
from tests.unit.command_line import run
from tests.world import BSNS, LONG_AGO, RING, World, local

MARCH, JUNE, SEPTEMBER = local("2025-03-01 00:00"), local("2025-06-01 00:00"), local("2025-09-01 00:00")
DECLARED = ("declared", "eigen-personeel")


@pytest.fixture
def world() -> World:
    """A reader e1 in team BI with e2; e3 elsewhere, without anything that binds them."""
    world = World()
    world.employee(1, team="BI", department="Bureau Integriteit")
    world.employee(2, team="BI", department="Bureau Integriteit")
    world.employee(3, team="T3")
    return world


@pytest.fixture
def worked_out(tmp_path: Path):
    """The interests of e1 as tuples: kind, employee, number of the person, from, until."""

    def work_out(world: World, sources: tuple[str, ...] = DECLARED) -> set[tuple[object, ...]]:
        write_registers(world, tmp_path / "agency")
        found = interests_of(read_people(tmp_path / "agency", sources), "e1")
        assert found.columns == list(WHOM)
        return {
            (row["kind"], row["employee_id"], row["bsn"] and BSNS.index(row["bsn"]), row["valid_from"], row["valid_to"])
            for row in found.iter_rows(named=True)
        }

    return work_out


def test_a_reader_has_an_interest_in_themselves_and_in_their_team(world: World, worked_out) -> None:
    assert worked_out(world) == {("self", "e1", 1, None, None), ("team", "e2", 2, LONG_AGO, None)}


def test_a_team_is_shared_for_as_long_as_both_are_in_it(worked_out) -> None:
    world = World()
    world.employee(1, team="T1", valid_to=JUNE)
    world.employee(1, team="T2", valid_from=JUNE)
    world.employee(2, team="T1", valid_from=MARCH, valid_to=SEPTEMBER)
    world.employee(3, team="T2", valid_to=JUNE)
    world.employee(4, team="T2", valid_from=SEPTEMBER, valid_to=SEPTEMBER + timedelta(days=9))
    assert worked_out(world) == {
        ("self", "e1", 1, None, None),
        ("team", "e2", 2, MARCH, JUNE),
        ("team", "e4", 4, SEPTEMBER, SEPTEMBER + timedelta(days=9)),
    }


def test_a_team_that_was_put_down_by_mistake_is_none(world: World, worked_out) -> None:
    world.employee(3, team="BI", valid_from=JUNE, registered_at=JUNE)
    world.employee(3, team="T3", valid_from=JUNE, registered_at=JUNE + timedelta(days=1))
    assert ("team", "e3", 3, JUNE, None) not in worked_out(world)


def test_relatives_are_those_whom_the_reader_declared_and_those_who_declared_the_reader(
    world: World, worked_out
) -> None:
    world.relation("e1", 77, "partner")
    world.relation("e1", 3, "sibling", valid_to=MARCH)
    world.employee(4, team="T4")
    world.relation("e4", 1, "parent")
    world.relation("e4", 78, "child")
    relatives = {row for row in worked_out(world) if row[0] == "relative"}
    assert relatives == {
        ("relative", None, 77, None, None),
        ("relative", "e3", 3, None, None),
        ("relative", "e4", 4, None, None),
    }


def test_a_source_of_relations_that_is_off_is_not_used(world: World, worked_out) -> None:
    world.relation("e1", 77, "partner", source="brp")
    assert not {row for row in worked_out(world) if row[0] == "relative"}
    assert {row for row in worked_out(world, (*DECLARED, "brp")) if row[0] == "relative"}


def test_a_reader_without_a_bsn_has_an_interest_in_the_employee_alone(worked_out) -> None:
    world = World()
    world.employee(1, bsn=None)
    assert worked_out(world) == {("self", "e1", None, None, None)}


@pytest.fixture
def agency(world: World, tmp_path: Path) -> Path:
    world.relation("e1", 77, "partner")
    write_registers(world, tmp_path / "agency")
    (tmp_path / "agency" / "case-links.ndjson").unlink()
    return tmp_path / "agency"


@pytest.mark.slow
def test_what_the_command_loads_is_what_the_api_knows(agency: Path, tmp_path: Path, capsys) -> None:
    home = tmp_path / "home"
    (tmp_path / "readers.txt").write_text("e1\n\n e2 \n")
    with EmbeddedApi(load_settings(home=home, port=0)) as api:
        loading = ("interests", agency, "--api", api.url, "--home", home)
        assert run(*loading, "--readers", tmp_path / "readers.txt", "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["readers"], told["interests"]) == (2, 9)
        assert run(*loading, "--department", "Bureau Integriteit") == 0
        assert capsys.readouterr().out == "Loaded: 9 interests of 2 readers.\n"
        assert "interests_loaded_timestamp_seconds 0.0" not in httpx.get(f"{api.url}/metrics").text


def test_the_api_gets_pseudonyms_and_no_identities(agency: Path) -> None:
    register = json.dumps(register_of(read_people(agency, DECLARED), ["e1", "e2"], RING))
    assert not [bsn for bsn in BSNS[:100] if bsn in register]
    assert '"e1"' not in register
    for known in (employee_pseudonym(RING, "e2"), subject_pseudonym(RING, BSNS[77])):
        assert known in register


def test_a_dry_run_counts_and_needs_no_api(agency: Path, tmp_path: Path, capsys) -> None:
    asked = ("interests", agency, "--department", "Bureau Integriteit", "--dry-run", "--home", tmp_path / "home")
    assert run(*asked, "--api", "http://127.0.0.1:9") == 0
    assert capsys.readouterr().out == "Worked out, not loaded: 9 interests of 2 readers.\n"


@pytest.mark.slow
def test_an_api_that_is_away_or_refuses_is_told_plainly(agency: Path, tmp_path: Path, capsys, monkeypatch) -> None:
    home = tmp_path / "home"
    asked = ("interests", agency, "--department", "Bureau Integriteit", "--home", home)
    assert run(*asked, "--api", "http://127.0.0.1:9") == 1
    assert "ConnectError" in capsys.readouterr().err
    with EmbeddedApi(load_settings(home=home, port=0)) as api:
        monkeypatch.setenv("DOELBINDING_INTERESTS_TOKEN", open_tokens(home / "tokens.json")["lead"])
        assert run(*asked, "--api", api.url) == 1
    assert "should hold one of the role admin" in capsys.readouterr().err


def test_every_fault_of_the_usage_is_told_at_once(tmp_path: Path, capsys) -> None:
    assert run("interests", tmp_path, "--api", "nowhere") == 2
    told = capsys.readouterr().err
    assert "give either --readers FILE or --department NAME" in told
    assert "--api: is no address" in told
    assert run("interests", tmp_path, "--department", "BI") == 2
    told = capsys.readouterr().err
    assert "employees is missing" in told
    assert "relations is missing" in told
    assert "case-links" not in told


def test_readers_who_are_no_employees_are_told_by_line_and_not_by_name(agency: Path, tmp_path: Path, capsys) -> None:
    (tmp_path / "readers.txt").write_text("e1\nnobody-17\ne2\nnobody-18\n")
    assert run("interests", agency, "--readers", tmp_path / "readers.txt") == 2
    told = capsys.readouterr().err
    assert "line 2: is no employee" in told
    assert "line 4: is no employee" in told
    assert "nobody" not in told
    (tmp_path / "readers.txt").write_text("\n")
    assert run("interests", agency, "--readers", tmp_path / "readers.txt") == 2
    assert run("interests", agency, "--department", "No such department") == 2
    assert "nobody works there now" in capsys.readouterr().err


def test_what_cannot_be_told_from_the_registers_is_said(agency: Path, tmp_path: Path, capsys) -> None:
    with (agency / "employees.ndjson").open("a") as file:
        file.write("{}\n")
    text = (agency / "employees.ndjson").read_text().replace(f'"{BSNS[2]}"', "null")
    (agency / "employees.ndjson").write_text(text)
    assert run("interests", agency, "--department", "Bureau Integriteit", "--dry-run", "--home", tmp_path / "home") == 0
    told = capsys.readouterr().err
    assert "1 readers have no BSN" in told
    assert "1 rows of the registers could not be read" in told


def test_the_codes_of_the_trail_are_worked_out_from_employees_or_subjects(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("DOELBINDING_HOME", str(tmp_path))
    assert run("accounts") == 2
    assert "issuer: is missing" in capsys.readouterr().err
    monkeypatch.setenv("DOELBINDING_API_ISSUER", "https://sign-in.example.org")
    monkeypatch.setenv("DOELBINDING_API_AUDIENCE", "doelbinding")
    monkeypatch.setattr("sys.stdin", io.StringIO("one\n\ntwo\n"))
    assert run("accounts") == 0
    ring = open_key_ring(tmp_path / "keyring.json")
    assert capsys.readouterr().out.splitlines() == [person_code(ring, "one"), person_code(ring, "two")]
    monkeypatch.setattr("sys.stdin", io.StringIO("one"))
    assert run("accounts", "--subjects") == 0
    assert capsys.readouterr().out.splitlines() == [account_code(ring, "https://sign-in.example.org", "one")]
