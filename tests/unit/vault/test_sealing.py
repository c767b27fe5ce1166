"""An identity is sealed to a public key, and only the private key opens it, as the person it was sealed as."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from services.core.pseudonyms import BSN_DOMAIN, EMPLOYEE_DOMAIN
from services.core.vault import ENVELOPE_BYTES, KINDS, Batch, ShutError, VaultPrivateKeys, VaultPublicKey
from tests.world import BSNS

PSEUDONYM = f"p1-{1:032x}"


@pytest.fixture
def private():
    return X25519PrivateKey.generate()


@pytest.fixture
def public(private):
    return VaultPublicKey(private.public_key())


def keys(*private):
    return VaultPrivateKeys({VaultPublicKey(one.public_key()).key_id: one for one in private})


def test_what_was_sealed_is_opened_by_the_private_key(private, public):
    batch = Batch(public)
    sealed = [batch.envelope + batch.seal("bsn", f"p1-{number:032x}", bsn) for number, bsn in enumerate(BSNS[:3])]
    opened = [keys(private).open(batch.key_id, "bsn", f"p1-{place:032x}", one) for place, one in enumerate(sealed)]
    assert opened == BSNS[:3]


def test_nothing_of_the_identity_stands_in_what_is_sealed(public):
    batch = Batch(public)
    assert BSNS[0].encode() not in batch.envelope + batch.seal("bsn", PSEUDONYM, BSNS[0])


def test_one_identity_is_never_sealed_alike(public):
    batch = Batch(public)
    sealed = {batch.seal("bsn", PSEUDONYM, BSNS[0]) for _ in range(50)}
    assert len(sealed) == 50
    assert Batch(public).envelope != batch.envelope


def test_another_pair_opens_nothing_and_is_told_by_its_id(public):
    batch = Batch(public)
    sealed = batch.envelope + batch.seal("bsn", PSEUDONYM, BSNS[0])
    with pytest.raises(ShutError, match=f"{batch.key_id}.*restore that key"):
        keys(X25519PrivateKey.generate()).open(batch.key_id, "bsn", PSEUDONYM, sealed)


@pytest.mark.parametrize(
    ("kind", "pseudonym"), [("employee", PSEUDONYM), ("bsn", f"p1-{2:032x}"), ("bsn", f"p2-{1:032x}")]
)
def test_an_identity_does_not_pass_for_anothers(private, public, kind, pseudonym):
    batch = Batch(public)
    sealed = batch.envelope + batch.seal("bsn", PSEUDONYM, BSNS[0])
    with pytest.raises(ShutError, match="belongs to another"):
        keys(private).open(batch.key_id, kind, pseudonym, sealed)


@pytest.mark.parametrize("place", [0, ENVELOPE_BYTES - 1, ENVELOPE_BYTES, -1])
def test_a_changed_byte_anywhere_is_noticed(private, public, place):
    batch = Batch(public)
    sealed = bytearray(batch.envelope + batch.seal("bsn", PSEUDONYM, BSNS[0]))
    sealed[place] ^= 1
    with pytest.raises(ShutError):
        keys(private).open(batch.key_id, "bsn", PSEUDONYM, bytes(sealed))


@pytest.mark.parametrize("size", [0, 1, 79, 80, 92])
def test_what_was_cut_off_is_noticed(private, public, size):
    batch = Batch(public)
    sealed = batch.envelope + batch.seal("bsn", PSEUDONYM, BSNS[0])
    with pytest.raises(ShutError):
        keys(private).open(batch.key_id, "bsn", PSEUDONYM, sealed[:size])


def test_the_kinds_of_identities_are_the_domains_of_their_pseudonyms():
    assert KINDS == (EMPLOYEE_DOMAIN, BSN_DOMAIN)
