"""The version of what is shown into its ETag, and an If-Match back into a version that must still hold."""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus
from typing import Annotated

from fastapi import Header, HTTPException

TAG = re.compile(r'"v([0-9]{1,18})-[0-9a-f]{32}"')
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1_000,
        description="The ETag of the item as it was read, so that nothing is decided on what somebody else changed.",
        examples=['"v3-9f86d081884c7d659a2feaa0c55ad015"'],
    ),
]


def tag_of(body: bytes, version: int | None = None) -> str:
    """A strong ETag of a representation; it tells the version where there is one."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    return f'"{digest}"' if version is None else f'"v{version}-{digest}"'


def require_match(if_match: str | None, version: int, *, needed: bool = True) -> None:
    """Lets a request through that was made on this version, whatever else its representation told.

    What a reader is shown beside the version (what he may do, whether time is up) changes by itself, so only the
    version in the ETag counts. Raises HTTPException: 428 where If-Match is needed and missing, or is `*`, which names
    nothing that was read; 412 where it is stale.
    """
    if if_match is None or if_match.strip() == "*":
        if needed:
            raise HTTPException(
                HTTPStatus.PRECONDITION_REQUIRED,
                "Read the item first, and send its ETag along as If-Match.",
            )
        return
    if str(version) not in {found[1] for part in if_match.split(",") if (found := TAG.fullmatch(part.strip()))}:
        raise HTTPException(
            HTTPStatus.PRECONDITION_FAILED, "The item was changed after it was read; read it again, and decide anew."
        )
