"""Whom lookups name is sealed when they are decoded, once, and only the vault's private key opens it."""

from contextlib import closing

import numpy as np
import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy.engine import make_url

from services.core.clock import SystemClock
from services.core.contract import LOOKUP
from services.core.vault import VaultPrivateKeys, VaultPublicKey
from services.detector.pipeline import Pipeline
from services.detector.sealing import MERGED_FROM, Known, Sealed, Sealer
from services.detector.state.arrivals import Arrival
from services.detector.state.migrate import migrate
from services.detector.state.readings import Readings
from services.detector.state.store import Commit
from tests.unit.state.samples import an_owned_store, query, with_tables
from tests.vaults import a_sealer
from tests.world import BSNS, RING, World, frame, local, settings


@pytest.fixture
def pipeline():
    return Pipeline(settings(), RING)


@pytest.fixture
def private():
    return X25519PrivateKey.generate()


@pytest.fixture
def sealer(pipeline, private):
    return a_sealer(pipeline, private)


def looks(*pairs):
    """The identities of looks by employee and person."""
    world = World()
    for employee, person in pairs:
        world.look(employee, person, local("2025-03-03 10:00"))
    return frame(LOOKUP, world.lookups)


def sealed(sealer, pipeline, *pairs):
    return sealer.seal(pipeline.encoder.encoded(looks(*pairs)).identities)


def opened(private, identities):
    keys = VaultPrivateKeys({VaultPublicKey(private.public_key()).key_id: private})
    return {(one.kind, keys.open(one.key_id, one.kind, one.pseudonym, one.sealed)) for one in identities}


def names(pipeline, *people):
    found = set()
    for kind, value in people:
        (row,) = pipeline.pseudonyms.intern(pl.Series([value]), kind).iter_rows(named=True)
        found.add(pipeline.pseudonyms.text(row["key"], row["check"]))
    return found


def test_each_employee_and_person_of_a_slice_is_sealed_once(sealer, pipeline):
    found = sealed(sealer, pipeline, ("e1", 1), ("e1", 2), ("e2", 2), ("e2", None))
    assert sorted(found.rows["kind"]) == ["bsn", "bsn", "employee", "employee"]
    assert found.rows["key"].is_sorted()
    assert not any(bsn.encode() in body for bsn in BSNS[:3] for body in found.rows["sealed"])


def test_what_the_store_has_is_not_sealed_again(sealer, pipeline):
    first = sealed(sealer, pipeline, ("e1", 1))
    again = sealed(sealer, pipeline, ("e1", 1))
    assert again.rows.height == 2, "nothing was stored yet"
    sealer.stored(first)
    assert sealed(sealer, pipeline, ("e1", 1)).rows.is_empty()
    assert sealed(sealer, pipeline, ("e1", 2)).rows["kind"].to_list() == ["bsn"]


def test_the_clear_text_does_not_show_where_a_slice_is_printed(pipeline):
    assert BSNS[1] not in repr(pipeline.encoder.encoded(looks(("e1", 1))))


def test_stored_identities_come_back_for_those_who_are_asked_for(tmp_path, sealer, pipeline, private):
    with an_owned_store(tmp_path / "s.sqlite") as store:
        for batch in ((("e1", 1), ("e2", 2)), (("e3", 3),)):
            store.commit(Commit({}, identities=sealed(sealer, pipeline, *batch)))
        wanted = {("employee", "e1"), ("bsn", BSNS[3])}
        found = store.identities.of(names(pipeline, *wanted, ("bsn", BSNS[9])))
        assert opened(private, found) == wanted
        assert store.identities.keys().size == 6


def test_a_restart_knows_what_was_stored(tmp_path, pipeline, sealer):
    with an_owned_store(tmp_path / "s.sqlite") as store:
        store.commit(Commit({}, identities=sealed(sealer, pipeline, ("e1", 1))))
        public = VaultPublicKey(X25519PrivateKey.generate().public_key())
        restarted = Sealer(public, pipeline.pseudonyms, store.identities.keys())
        assert sealed(restarted, pipeline, ("e1", 1)).rows.is_empty()


def test_who_is_stored_twice_stays_as_stored_first(tmp_path, pipeline, private, sealer):
    with an_owned_store(tmp_path / "s.sqlite") as store:
        first = sealed(sealer, pipeline, ("e1", 1))
        store.commit(Commit({}, identities=first))
        store.commit(Commit({}, identities=sealed(a_sealer(pipeline), pipeline, ("e1", 1), ("e2", 1))))
        assert opened(private, store.identities.of(names(pipeline, ("employee", "e1")))) == {("employee", "e1")}
        assert store.identities.keys().size == 3


def test_a_commit_that_fails_stores_no_identity(tmp_path, pipeline, sealer):
    with an_owned_store(tmp_path / "s.sqlite") as store:
        broken = Commit({}, {"a": "no number"}, identities=sealed(sealer, pipeline, ("e1", 1)))
        query(with_tables(tmp_path / "s.sqlite"), "DROP TABLE positions")
        with pytest.raises(Exception, match="positions"):
            store.commit(broken)
        assert store.identities.keys().size == 0


def test_what_a_reader_stores_of_a_partition_brings_its_identities(tmp_path, pipeline, sealer, private):
    url = with_tables(tmp_path / "s.sqlite")
    with closing(Readings(url, RING, SystemClock())) as readings, an_owned_store(tmp_path / "s.sqlite") as store:
        readings.claim("t/0")
        encoded = pipeline.encoder.encoded(looks(("e1", 1)))
        readings.arrive("t/0", Arrival(1, encoded.lookups, identities=sealer.seal(encoded.identities)))
        wanted = {("employee", "e1"), ("bsn", BSNS[1])}
        assert opened(private, store.identities.of(names(pipeline, *wanted))) == wanted


def test_what_is_known_stays_known_however_it_came_and_nothing_else_is():
    known = Known(np.array([5, -7, 3]))
    keys = np.random.default_rng(1).integers(-(2**63), 2**63 - 1, 3 * MERGED_FROM)
    for part in np.array_split(keys, 7):
        assert known.unknown(part).all()
        known.add(part)
        assert not known.unknown(part).any()
    assert not known.unknown(np.concatenate([keys, [5, -7, 3]])).any()
    assert known.unknown(np.array([4, -8, 2**63 - 1, -(2**63)])).all()


def test_nothing_new_needs_no_envelope(sealer, pipeline):
    nothing = sealed(sealer, pipeline)
    assert nothing.rows.is_empty()
    assert (nothing.key_id, nothing.envelope) == (Sealed().key_id, b"")


def test_on_postgresql_identities_are_stored_once_and_come_back(postgresql, pipeline, private, sealer):
    migrate(postgresql)
    with an_owned_store(make_url(postgresql), 5_000) as store:
        first = sealed(sealer, pipeline, ("e1", 1), ("e2", 2))
        store.commit(Commit({}, identities=first))
        store.commit(Commit({}, identities=sealed(a_sealer(pipeline), pipeline, ("e1", 1), ("e3", 1))))
        wanted = {("employee", "e1"), ("bsn", BSNS[1]), ("bsn", BSNS[2])}
        assert opened(private, store.identities.of(names(pipeline, *wanted))) == wanted
        assert store.identities.keys().size == 5
