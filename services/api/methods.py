"""A path into the methods that it answers to, for the Allow header of a 405."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from starlette.routing import compile_path

from services.api.access import ACCESS, PUBLIC


def methods_of(path: str) -> Sequence[str]:
    """Every method of every route that has this path, in the order of the alphabet; HEAD goes where GET does.

    The router itself names those of the first route alone.
    """
    found = {method for method, template in (*ACCESS, *PUBLIC) if _leads_to(template, path)}
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _leads_to(template: str, path: str) -> bool:
    match = _pattern(template).match(path)
    return match is not None and not any(value.startswith("_") for value in match.groupdict().values())


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return compile_path(template)[0]
