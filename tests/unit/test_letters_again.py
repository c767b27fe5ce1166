"""Dead letters that are given to the detector again: each taken once, whatever became of it the first time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import polars as pl
import pytest
from structlog.testing import capture_logs

from services.core.contract import LOOKUP
from services.core.errors import DoelbindingError
from services.core.keyring import open_key_ring
from services.detector.again import decode_again
from services.detector.deadletters import seal
from services.detector.sources.files import FilesSource
from services.detector.sources.slices import SourceSlice
from services.detector.state.connection import open_engine, sqlite_url, writing
from services.detector.state.store import Commit
from tests.unit.command_line import run, small_dataset
from tests.unit.input.records import BSNS, a_lookup
from tests.unit.scripted_api import Intake, serving
from tests.unit.state.samples import an_owned_store, dead

OWN_FILE = {"employee_id": "e1", "case_id": None, "occurred_at": "2025-03-05T10:00:00+01:00"}


def peeked(world_bsn: str, **changes: object) -> bytes:
    """A look at the own file under an action that no contract has."""
    return msgspec.json.encode(a_lookup(1, bsn=world_bsn, action="peek", **OWN_FILE) | changes)


class Detector:
    """A detector of one folder, run to the end of its input as often as asked, and its letters."""

    def __init__(self, folder: Path, intake: Intake, capsys: pytest.CaptureFixture[str]) -> None:
        self.dataset = small_dataset(folder / "agency")
        self.home = folder / "home"
        self.intake = intake
        self.logs: list[MutableMapping[str, object]] = []
        self._capsys = capsys

    def detect(self) -> dict[str, int]:
        line = ("detect", self.dataset, "--api", self.intake.url, "--metrics-port", "0", "--json")
        code, out, err = self.told(*line)
        assert code == 0, err
        return dict(json.loads(out))

    def letters(self, *options: str) -> list[dict[str, object]]:
        return list(json.loads(self.told("dead-letters", "list", "--json", *options)[1])["letters"])

    def replay(self, *options: str | Path) -> dict[str, object]:
        code, out, err = self.told("dead-letters", "replay", "--json", *options)
        assert code == 0, err
        return dict(json.loads(out))

    def told(self, *arguments: str | Path) -> tuple[int, str, str]:
        with capture_logs() as self.logs:
            code = run(*arguments, "--home", self.home)
        shown = self._capsys.readouterr()
        return code, shown.out, shown.err

    def put(self, *lines: bytes) -> None:
        (self.dataset / "lookups" / "poison.ndjson").write_bytes(b"".join(line + b"\n" for line in lines))


@pytest.fixture
def detector(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Detector]:
    monkeypatch.setenv("COLUMNS", "300")
    with serving(Intake()) as intake:
        yield Detector(tmp_path, intake, capsys)


def own_bsn(detector: Detector) -> str:
    employee = json.loads((detector.dataset / "employees.ndjson").read_bytes().splitlines()[0])
    return str(employee["bsn"])


@pytest.mark.slow
def test_a_letter_that_was_mended_is_taken_once(detector: Detector, tmp_path: Path) -> None:
    raw = peeked(own_bsn(detector))
    detector.put(raw, b"{")
    assert detector.detect()["lookups"] == 2
    peek, broken = sorted(detector.letters(), key=lambda letter: str(letter["position"]))
    assert (peek["codes"], broken["codes"]) == (["unknown-action"], ["not-json"])

    code, out, err = detector.told("dead-letters", "show", str(peek["id"]), "--raw")
    assert (code, out.encode()) == (0, raw)
    assert "personal data" in err
    assert [log["event"] for log in detector.logs] == ["dead-letter-opened"]
    mended = tmp_path / "mended.json"
    mended.write_bytes(raw.replace(b'"peek"', b'"view"') + b"\n")
    revisions = len(detector.intake.taken)
    assert detector.replay(str(peek["id"]), "--mended", mended)["again"] == 1
    assert {str(letter["state"]) for letter in detector.letters()} == {"kept", "to be taken again"}

    assert detector.detect()["lookups"] == 1
    assert [letter["id"] for letter in detector.letters()] == [broken["id"]]
    assert len(detector.intake.taken) == revisions + 1
    assert detector.detect()["lookups"] == 0
    assert len(detector.intake.taken) == revisions + 1


@pytest.mark.slow
def test_a_letter_that_fails_again_is_a_letter_again_with_what_is_wrong_now(detector: Detector) -> None:
    detector.put(peeked("123456789"), b"{")
    detector.detect()
    before = detector.letters()
    trial = detector.replay("--all", "--dry-run")
    assert (trial["again"], trial["failing"]) == (2, {"unknown-action": 1, "bsn-fails-11-proef": 1, "not-json": 1})
    assert detector.letters() == before
    with_database = sqlite_url(detector.home / "detector.sqlite")
    ring = open_key_ring(detector.home / "keyring.json")
    first = next(letter for letter in before if "unknown-action" in letter["codes"])
    place = str(first["position"])
    older = seal(peeked("123456789", action="view"), "lookup", place, ring)  # as if `peek` were known meanwhile
    with changed(with_database) as execute:
        execute("UPDATE dead_letters SET sealed = ? WHERE id = ?", (older, first["id"]))
    assert detector.replay("--all") == {"again": 2, "waiting": 0, "left": {}}
    assert detector.replay("--all") == {"again": 0, "waiting": 2, "left": {}}
    assert detector.detect()["lookups"] == 0
    after = {str(letter["position"]): letter for letter in detector.letters()}
    assert set(after) == {str(letter["position"]) for letter in before}
    assert after[place]["codes"] == ["bsn-fails-11-proef"]
    assert {letter["state"] for letter in after.values()} == {"kept"}
    assert not {letter["id"] for letter in after.values()} & {letter["id"] for letter in before}


@pytest.mark.slow
def test_a_record_without_an_actor_counts_against_its_source_once(detector: Detector) -> None:
    detector.put(msgspec.json.encode(a_lookup(1) | OWN_FILE | {"employee_id": None}))
    detector.detect()
    counted = rejected(detector)
    assert counted == 1
    detector.replay("--code", "actor-missing")
    detector.detect()
    assert [letter["codes"] for letter in detector.letters()] == [["actor-missing"]]
    assert rejected(detector) == counted


def rejected(detector: Detector) -> int:
    with an_owned_store(detector.home / "detector.sqlite") as store:
        return int(store.load().tables["system_days"]["actors_missing"].sum())


@contextmanager
def changed(url: object) -> Iterator[Callable[..., object]]:
    engine = open_engine(url)
    with writing(engine) as connection:
        yield connection.exec_driver_sql
    engine.dispose()


def test_a_letter_goes_in_the_transaction_that_stores_what_came_of_it(tmp_path: Path) -> None:
    with an_owned_store(tmp_path / "s.sqlite") as store:
        store.commit(Commit({}, dead=dead("a", "b"), partition="p"))
        with changed(sqlite_url(tmp_path / "s.sqlite")) as execute:
            execute("INSERT INTO letters_again SELECT id, 0 FROM dead_letters")
        letters = store.letters_again()
        assert [letter.position for letter in letters] == ["a", "b"]
        again = [letter.id for letter in letters]
        with an_owned_store(tmp_path / "s.sqlite"), pytest.raises(DoelbindingError, match="took over"):
            store.commit(Commit({}, again=again))
        assert store.letters_again() == letters

        store.claim()
        store.load()
        store.commit(Commit({}, again=again, dead=dead("b"), partition="p"))
        assert store.letters_again() == []
        assert store.dead_letters()["position"].to_list() == ["b"]
        with pytest.raises(DoelbindingError, match="not marked any more"):
            store.commit(Commit({}, again=again))


def test_letters_of_one_partition_come_together_and_some_megabytes_at_once(tmp_path: Path) -> None:
    with an_owned_store(tmp_path / "s.sqlite") as store:
        large = pl.lit(b"x" * 5_000_000).alias("sealed")
        store.commit(Commit({}, dead=dead("a", "b").with_columns(large), partition="p"))
        store.commit(Commit({}, dead=dead("c"), partition="q"))
        with changed(sqlite_url(tmp_path / "s.sqlite")) as execute:
            execute("INSERT INTO letters_again SELECT id, 0 FROM dead_letters")
        places = []
        while letters := store.letters_again():
            places.append([(letter.partition, letter.position) for letter in letters])
            store.commit(Commit({}, again=[letter.id for letter in letters]))
    assert places == [[("p", "a")], [("p", "b")], [("q", "c")]]


def test_messages_of_a_topic_are_unwrapped_again() -> None:
    event = {"specversion": "1.0", "id": "1", "source": "urn:x", "type": "nl.overheid.doelbinding.lookup.v1"}
    good, bad = event | {"data": a_lookup(1)}, event | {"data": a_lookup(2, bsn=None, action="peek")}
    alien = event | {"type": "nl.example.other.v1", "data": {}}
    batch = msgspec.json.encode([good, bad, alien])
    found = decode_again([("offset 7", batch), ("offset 9", msgspec.json.encode(good)), ("lookups/a: byte 1", batch)])
    assert found.valid["lookup_id"].to_list() == ["sonar-1", "sonar-1"]
    told = dict(zip(found.dead["position"], found.dead["codes"].to_list(), strict=True))
    assert told == {
        "offset 7, event 2": ["unknown-action"],
        "offset 7, event 3": ["event-type"],
        "lookups/a: byte 1": ["not-an-object"],
    }


def test_a_followed_source_that_stands_still_takes_letters_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "lookups").mkdir()
    stop, asked = threading.Event(), iter(range(3))
    letter = SourceSlice("files", pl.DataFrame(schema=LOOKUP.schema), pl.DataFrame(), {}, closed=False, again=(7,))

    def again() -> list[SourceSlice]:
        return [letter] if next(asked) == 2 else []

    source = FilesSource(tmp_path, {}, 10, follow=True, poll_seconds=0.001, stop=stop, again=again)
    assert next(source.slices()).again == (7,)


@pytest.mark.slow
def test_a_letter_under_another_key_ring_stays_and_stops_nobody(detector: Detector) -> None:
    detector.put(peeked(BSNS[3]), b"{")
    detector.detect()
    foreign, own = detector.letters()
    with changed(sqlite_url(detector.home / "detector.sqlite")) as execute:
        execute("UPDATE dead_letters SET sealed = ? WHERE id = ?", (b"\x01" + b"0" * 60, foreign["id"]))
    code, _, err = detector.told("dead-letters", "replay", "--all")
    assert (code, "cannot be opened" in err) == (1, True)
    assert {letter["state"] for letter in detector.letters()} == {"kept"}
    with changed(sqlite_url(detector.home / "detector.sqlite")) as execute:
        execute("INSERT INTO letters_again SELECT id, 0 FROM dead_letters")
    detector.detect()
    states = {letter["id"]: letter["state"] for letter in detector.letters()}
    assert states[foreign["id"]] == "to be taken again"
    assert own["id"] not in states
