"""A template and its values into an HTML answer in the reader's language."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from services.api.pages.language import COOKIE, LANGUAGES, language_of
from services.api.parts import parts_of

REMEMBERED = int(timedelta(days=365).total_seconds())


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("services.api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """The page; a language that was asked for is remembered."""
    language = language_of(request, parts_of(request).settings.timezone)
    content = (
        _templates()
        .get_template(template)
        .render(
            t=language,
            other_language=_in(language.other, request),
            signed_in=hasattr(request.state, "reader"),
            **values,
        )
    )
    answer = HTMLResponse(content, status)
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie(COOKIE, language.code, max_age=REMEMBERED, httponly=True, samesite="lax")
    return answer


def _in(code: str, request: Request) -> str:
    url = request.url.include_query_params(lang=code)
    return f"{url.path}?{url.query}"
