"""A template and its values into an HTML answer in the reader's language, whole or as a part of a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from services.api.access import Reader
from services.api.pages.assets import static_url, theme_urls
from services.api.pages.language import COOKIE, LANGUAGES, language_of
from services.api.pages.theme import open_theme
from services.api.parts import parts_of

REMEMBERED = int(timedelta(days=365).total_seconds())
MENU: Mapping[str, tuple[tuple[str, str], ...]] = {
    "investigator": (("/queue", "queue"), ("/search", "search"), ("/reveals", "reveals")),
    "lead": (("/queue", "queue"), ("/deadlines", "deadlines"), ("/search", "search"), ("/reveals", "reveals")),
    "auditor": (
        *(("/audit", "audit"), ("/queue", "queue"), ("/deadlines", "deadlines")),
        *(("/search", "search"), ("/reveals", "reveals")),
    ),
}
"""Per role the pages that the heading leads to, and the keys of their names."""
MISREAD = frozenset({"fault-date", "fault-number", "fault-moment", "fault-whole-number"})
"""Faults after which a field is one of text: a browser would not show again what is no date or number."""


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("services.api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["static_url"] = static_url
    found.globals["MISREAD"] = MISREAD
    return found


def page(
    request: Request,
    template: str,
    status: int = 200,
    *,
    part: str | None = None,
    told: Mapping[str, object] | None = None,
    **values: object,
) -> HTMLResponse:
    """The page; a language that was asked for is remembered.

    Where a script asks for a part of the page alone, that part's template is the answer. `told` are further values.
    """
    settings = parts_of(request).settings
    language = language_of(request, settings.timezone)
    reader: Reader | None = getattr(request.state, "reader", None)
    asked_for_part = part is not None and "HX-Request" in request.headers
    content = (
        _templates()
        .get_template(part if part is not None and asked_for_part else template)
        .render(
            t=language,
            theme={"scope": open_theme(settings.theme).scope, "urls": theme_urls(settings.theme)},
            other_language=_in(language.other, request),
            reader=reader,
            menu=MENU.get(reader.role, ()) if reader else (),
            here=request.url.path,
            is_part=asked_for_part,
            **(told or {}),
            **values,
        )
    )
    answer = HTMLResponse(content, status, headers={"Vary": "HX-Request"} if part else None)
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie(COOKIE, language.code, max_age=REMEMBERED, httponly=True, samesite="lax")
    return answer


def _in(code: str, request: Request) -> str:
    """The same page in another language; where a form was sent, the page that it stood on."""
    url = request.url.include_query_params(lang=code)
    return f"{url.path}?{url.query}"
