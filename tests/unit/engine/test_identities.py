"""BSNs, pseudonyms and signal ids."""

from __future__ import annotations

import hashlib
import hmac
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.bsn import bsn_is_valid
from services.core.eleven_proof import is_valid
from services.core.keyring import KeyRing, new_key_ring
from services.core.pseudonyms import BSN_DOMAIN, EMPLOYEE_DOMAIN, PAIR, Pseudonymiser
from services.core.signal_ids import SignalIds
from tests.world import BSNS, RING

FEW = settings(max_examples=100, deadline=None, derandomize=True, database=None)
ALMOST_BSNS = st.one_of(
    st.sampled_from(BSNS),
    st.integers(960_000_000, 999_999_999).map(str),
    st.text(alphabet="0123456789", max_size=11),
    st.text(alphabet="0123456789 -.x", max_size=10),
    st.text(max_size=9),
    st.sampled_from(["000000000", "960000008\n", " 960000008", "+96000008", "٩٦٠٠٠٠٠٠٨", "９６０００００００"]),
)


@FEW
@given(texts=st.lists(ALMOST_BSNS, min_size=1, max_size=20))
def test_the_eleven_test_on_a_column_equals_the_one_on_a_number(texts: list[str]) -> None:
    column = pl.DataFrame({"bsn": texts}, schema={"bsn": pl.String()})
    assert column.select(bsn_is_valid(pl.col("bsn"))).to_series().to_list() == [is_valid(text) for text in texts]


def test_a_missing_number_is_neither_right_nor_wrong() -> None:
    column = pl.DataFrame({"bsn": [None]}, schema={"bsn": pl.String()})
    assert column.select(bsn_is_valid(pl.col("bsn"))).item() is None


def test_one_wrong_digit_and_one_swap_of_unequal_neighbours_never_pass() -> None:
    for bsn in BSNS[:40]:
        slips = {f"{bsn[:place]}{digit}{bsn[place + 1 :]}" for place in range(9) for digit in "0123456789"} - {bsn}
        swaps = {
            f"{bsn[:place]}{right}{left}{bsn[place + 2 :]}" for place, (left, right) in enumerate(pairwise(bsn))
        } - {bsn}
        assert not [text for text in slips | swaps if is_valid(text)]


def keys_of(ring: KeyRing, domain: str, *values: str | None) -> list[tuple[int, int, int]]:
    interned = Pseudonymiser(ring).intern(pl.Series(values, dtype=pl.String), domain).sort("value")
    return list(interned.select("key", "check", "sid").iter_rows())


def test_the_same_identity_has_the_same_pseudonym_every_time() -> None:
    assert keys_of(RING, BSN_DOMAIN, BSNS[0]) == keys_of(RING, BSN_DOMAIN, BSNS[0], None, BSNS[0])


def test_different_identities_have_different_pseudonyms() -> None:
    assert len({key for key, _, _ in keys_of(RING, BSN_DOMAIN, *BSNS)}) == len(BSNS)


def test_a_pseudonym_tells_nothing_across_domains_or_key_rings() -> None:
    (bsn,) = keys_of(RING, BSN_DOMAIN, BSNS[0])
    (employee,) = keys_of(RING, EMPLOYEE_DOMAIN, BSNS[0])
    (elsewhere,) = keys_of(new_key_ring(), BSN_DOMAIN, BSNS[0])
    assert len({*bsn, *employee, *elsewhere}) == 9


def test_a_pseudonym_is_the_hmac_of_the_standard_library() -> None:
    ((key, check, sid),) = keys_of(RING, BSN_DOMAIN, BSNS[0])
    message = f"bsn|{BSNS[0]}".encode()
    assert PAIR.pack(key, check) == hmac.new(RING.key("pseudonym"), message, hashlib.sha256).digest()[:16]
    assert PAIR.pack(sid, 0)[:8] == hmac.new(RING.key("signal-id"), message, hashlib.sha256).digest()[:8]


def test_a_person_reads_the_key_version_and_the_digits_of_the_pseudonym() -> None:
    ((key, check, _),) = keys_of(RING, BSN_DOMAIN, BSNS[0])
    assert Pseudonymiser(RING).text(key, check) == f"p1-{PAIR.pack(key, check).hex()}"


def test_a_new_pseudonym_key_leaves_what_signal_ids_are_made_of() -> None:
    rotated = KeyRing(2, {**RING.keys, "pseudonym": b"\x63" * 32})
    ((key, _, sid),) = keys_of(RING, BSN_DOMAIN, BSNS[0])
    ((key_after, _, sid_after),) = keys_of(rotated, BSN_DOMAIN, BSNS[0])
    assert sid_after == sid
    assert key_after != key


def test_a_signal_id_is_the_same_for_the_same_keys_and_no_others() -> None:
    ids = SignalIds(RING)
    made = {
        ids.of(family, employee, subject, window)
        for family in ("own-file", "relative")
        for employee in (1, 11, None)
        for subject in (1, 11, None)
        for window in ("", "2025-03-11")
    }
    assert len(made) == 2 * 3 * 3 * 2
    assert ids.of("own-file", 1, 2) == SignalIds(RING).of("own-file", 1, 2)
    assert ids.of("own-file", 1, 2) != SignalIds(new_key_ring()).of("own-file", 1, 2)


def test_a_signal_id_is_short_and_safe_in_an_address() -> None:
    made = SignalIds(RING).of("volume-own", 1, None, "2025-03-11")
    assert made.startswith("s-")
    assert len(made) == 34
    assert set(made[2:]) <= set("0123456789abcdef")
