"""The routes of the audit trail, for those who watch the readers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.api.access import GuardedRoute, ReaderOf
from services.api.audit import listing
from services.api.audit.answers import AuditEntryPage, AuditRootPage
from services.api.audit.entries import entry_of
from services.api.db.engine import reading
from services.api.paging import fetch_page
from services.api.parts import PartsOf
from services.api.problems import documented
from services.api.queries import PageQuery
from services.api.routes.answer import json_answer

router = APIRouter(prefix="/v1", tags=["audit"], route_class=GuardedRoute)


@router.get(
    "/audit-entries",
    summary="List the audit trail",
    response_description="A page of entries",
    responses=documented(400, 401, 403, 503) | {200: {"model": AuditEntryPage}},
)
async def list_entries(
    request: Request, query: Annotated[listing.AuditQuery, Query()], parts: PartsOf, reader: ReaderOf
) -> Response:
    """The newest first. With objectId: who read, revealed or decided about it. Looking here is itself recorded.

    Of an assessment of a signal about a reader you do not see what was found before both are in, unless it is yours. Of
    what others did you do not see whom or what it is about where you have an interest (`withheld`).
    """
    async with reading(parts.engine) as connection:
        like, order = await listing.entries_for(connection, reader, query)
        page = await fetch_page(connection, like, order, parts.cursors, query)
        entries = await listing.as_answers(connection, reader, page.rows)
    await parts.trail.record([entry_of(reader, "read", "audit-trail", None, detail={"asked": query.filters})])
    return json_answer({"auditEntries": entries}, page.links(request))


@router.get(
    "/audit-roots",
    summary="List the signed roots of the audit trail",
    response_description="A page of roots",
    responses=documented(400, 401, 403, 503) | {200: {"model": AuditRootPage}},
)
async def list_roots(
    request: Request, query: Annotated[PageQuery, Query()], parts: PartsOf, reader: ReaderOf
) -> Response:
    """The newest first: what an auditor keeps elsewhere, to see later that nothing was cut off or written anew."""
    async with reading(parts.engine) as connection:
        page = await fetch_page(connection, listing.roots_listed(), listing.BY_NUMBER, parts.cursors, query)
    await parts.trail.record([entry_of(reader, "read", "audit-roots", None)])
    return json_answer({"auditRoots": [listing.as_root_answer(row) for row in page.rows]}, page.links(request))
