"""How many values a JSON array holds, found without a value being made."""

from __future__ import annotations

import re

TOKENS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},]', re.DOTALL)
"""Texts, an unfinished last one too, and the signs that nest and part values. Never goes back: linear in the bytes."""

OPENS, CLOSES, PARTS = b"[{", b"]}", ord(",")


def holds_more_than(array: bytes, most: int) -> bool:
    """Whether there are more than so many values in an array, which may be malformed further on.

    Stops at the first one too many, so that an array of nothing but tiny values costs no more than `most` of them.
    """
    if array.count(b",") < most:
        return False
    depth, parts = 0, 0
    for token in TOKENS.finditer(array):
        sign = array[token.start()]
        if sign in OPENS:
            depth += 1
        elif sign in CLOSES:
            depth -= 1
        elif sign == PARTS and depth == 1:
            parts += 1
            if parts >= most:
                return True
    return False
