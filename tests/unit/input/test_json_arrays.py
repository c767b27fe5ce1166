"""Values of an array are counted as a parser would, without one being made."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.json_arrays import holds_more_than

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('a",[]{}\\\\\n', max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('b",[', max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(VALUES, max_size=8), st.integers(1, 9))
def test_it_counts_what_a_parser_finds(values, most):
    assert holds_more_than(msgspec.json.encode(values), most) == (len(values) > most)


@pytest.mark.parametrize(
    "array",
    [
        b"[" + b'"\\"' * 2_000_000,
        b"[" + b'\\"' * 2_000_000,
        b"[" * 4_000_000,
        b'["' + b"," * 4_000_000,
        b"[" + b"{},{}," * 999_999,
    ],
    ids=["quotes that end nothing", "quotes", "nested without end", "a text without end", "without end"],
)
def test_whatever_stands_there_takes_time_by_its_length_alone(array):
    began = time.monotonic()
    holds_more_than(array, 10_000)
    assert time.monotonic() - began < 20
