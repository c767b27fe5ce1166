"""A page into the same page with a new measured part: what stands between two markers is replaced, the rest stays."""

from __future__ import annotations

from services.core.errors import InputError


def begin(name: str) -> str:
    """The line before a measured part."""
    return f"<!-- measured: {name} -->"


def end(name: str) -> str:
    """The line after a measured part."""
    return f"<!-- end of measured: {name} -->"


def refreshed(page: str, part: str, name: str) -> str:
    """The page with this part between its markers. Raises InputError if the markers are not there, in this order."""
    before, opening, rest = page.partition(begin(name))
    _, closing, after = rest.partition(end(name))
    if not (opening and closing):
        raise InputError(f"the page needs the lines '{begin(name)}' and '{end(name)}', in this order")
    return f"{before}{begin(name)}\n{part}\n{end(name)}{after}"
