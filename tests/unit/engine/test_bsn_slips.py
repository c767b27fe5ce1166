"""Two slips of the keyboard between two valid numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.bsn import numbers_two_slips_from, two_slips_apart
from services.core.eleven_proof import is_valid

fictitious = st.integers(960_000_000, 999_999_000).map(lambda n: next(m for m in range(n, n + 99) if is_valid(str(m))))


def apart(one: int, other: int) -> bool:
    return bool(two_slips_apart(np.array([one]), np.array([other]))[0])


@settings(max_examples=25, deadline=None)
@given(number=fictitious)
def test_every_number_that_two_slips_can_make_is_two_slips_apart_and_no_other(number: int) -> None:
    near = numbers_two_slips_from(number)
    assert len(near) > 150
    assert number not in near
    assert two_slips_apart(np.full(len(near), number), np.array(near)).all()
    assert two_slips_apart(np.array(near), np.full(len(near), number)).all()
    others = np.setdiff1d(np.arange(number - 1_000, number + 1_000), [*near, number])
    valid = np.array([other for other in others.tolist() if is_valid(str(other))])
    assert not two_slips_apart(np.full(len(valid), number), valid).any()


@settings(max_examples=25, deadline=None)
@given(number=fictitious, other=fictitious)
def test_it_agrees_with_the_list_for_any_two_numbers(number: int, other: int) -> None:
    assert apart(number, other) == (other in numbers_two_slips_from(number))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (961234567, 961243568),
        (961234567, 962134576),
        (961234567, 961342567),
        (961234567, 961234588),
    ],
    ids=["a swap and a digit", "two swaps", "two swaps that share a digit", "two digits"],
)
def test_a_swap_of_neighbours_is_one_slip(one: int, other: int) -> None:
    """Only the distance is looked at: these numbers need not pass the 11-proef."""
    assert apart(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(961234567, 961334668), (961234567, 962143658)],
    ids=["three digits", "three swaps"],
)
def test_three_slips_are_too_many(one: int, other: int) -> None:
    assert not apart(one, other)
