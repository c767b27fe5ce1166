"""The cookies by which somebody is signed in, given so that no other host can put one in their place.

A host beside ours under the same domain may set cookies for that whole domain, and so sign somebody in as another. A
name that begins with `__Host-` browsers take only from the host itself, by https; over plain http, which is for this
machine alone, not all of them take it at all.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from fastapi import Request, Response

from services.api.parts import parts_of

OWN = "__Host-"
SameSite = Literal["lax", "strict"]


def of_https(request: Request) -> bool:
    """Whether browsers reach these pages by https, here or at what stands before us."""
    return request.url.scheme == "https" or (parts_of(request).settings.public_url or "").startswith("https://")


def held_cookie(request: Request, name: str) -> str:
    """What the browser sent; empty where it sent none that only we can have given."""
    return request.cookies.get(_full(request, name), "")


def give_cookie(
    request: Request, answer: Response, name: str, value: str, lasts: timedelta, same_site: SameSite
) -> None:
    """Gives it along with an answer, out of the reach of scripts."""
    answer.set_cookie(
        _full(request, name),
        value,
        max_age=int(lasts.total_seconds()),
        httponly=True,
        samesite=same_site,
        secure=of_https(request),
    )


def take_cookie_back(request: Request, answer: Response, name: str, same_site: SameSite) -> None:
    """Has the browser forget it."""
    answer.delete_cookie(_full(request, name), httponly=True, samesite=same_site, secure=of_https(request))


def _full(request: Request, name: str) -> str:
    return f"{OWN}{name}" if of_https(request) else name
