"""Stylesheets, scripts and fonts into answers that browsers may keep as long as their content is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response

from services.api.access import GuardedRoute
from services.api.pages.theme import KINDS, open_theme
from services.api.parts import PartsOf

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

CSS, SCRIPT, DRAWING = KINDS[".css"], "text/javascript; charset=utf-8", "image/svg+xml"
STATIC: Mapping[str, tuple[str, str]] = {
    "style.css": ("style.css", CSS),
    "story.css": ("story.css", CSS),
    "chart.css": ("chart.css", CSS),
    "print.css": ("print.css", CSS),
    "pages.js": ("pages.js", SCRIPT),
    "chart.js": ("chart.js", SCRIPT),
    "icon.svg": ("icon.svg", DRAWING),
    "chevron.svg": ("chevron.svg", DRAWING),
    "utrecht.css": ("vendor/utrecht.css", CSS),
    "htmx.min.js": ("vendor/htmx.min.js", SCRIPT),
    "uPlot.iife.min.js": ("vendor/uPlot.iife.min.js", SCRIPT),
    "uPlot.min.css": ("vendor/uPlot.min.css", CSS),
}
"""What the pages need: the place of each file, and what it is."""
FOREVER = "public, max-age=31536000, immutable"
"""An address with its content's fingerprint never shows anything else."""

Version = Annotated[str, Query(alias="v", max_length=20)]


@router.get("/static/{name}")
async def static(name: str, version: Version = "") -> Response:
    """A file of the pages."""
    if name not in STATIC:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return _answer(_content(name), STATIC[name][1], version)


@router.get("/theme/{file}")
async def theme(file: str, parts: PartsOf, version: Version = "") -> Response:
    """A file of the theme."""
    held = open_theme(parts.settings.theme).files
    if file not in held:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return _answer(held[file], KINDS[Path(file).suffix], version)


def static_url(name: str) -> str:
    """The address of a file of the pages, with its fingerprint."""
    return f"/static/{name}?v={_fingerprint(_content(name))}"


def theme_urls(folder: Path | None) -> list[str]:
    """The addresses of a theme's stylesheets."""
    found = open_theme(folder)
    return [f"/theme/{name}?v={_fingerprint(found.files[name])}" for name in found.stylesheets]


def _answer(content: bytes, kind: str, version: str) -> Response:
    kept = {"Cache-Control": FOREVER} if version == _fingerprint(content) else {}
    return Response(content, headers=kept, media_type=kind)


@cache
def _content(name: str) -> bytes:
    return files("services.api.pages").joinpath("static", STATIC[name][0]).read_bytes()


@cache
def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
