"""The audit log: who changed what, when, by which door, before and after. It can be read and exported, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, Field

from app.api.paging import Cursor, Limit, Paged
from app.domain.people import AuditEntry, AuditQuery, Via
from app.errors import BadInput
from app.http.callers import Reader
from app.http.state import Here
from app.services.audit import csv_rows, json_lines

router = APIRouter(tags=["audit"])

Format = Annotated[Literal["csv", "jsonl"], Query(description="A table, or one JSON object on each line.")]
_OLDER, _NEWER = "o", "n"


class AuditOut(BaseModel):
    """One change, or one confirmed plan."""

    seq: int = Field(description="Its number; grows.", examples=[4711])
    at: datetime = Field(description="When (UTC).", examples=["2026-11-24T08:00:00Z"])
    actor: str = Field(description="Who; `system` for the server itself.", examples=["anna"])
    via: Via = Field(description="By which door.", examples=["portal"])
    action: str = Field(description="What was done.", examples=["changed"])
    entity_kind: str = Field(description="To what kind of thing.", examples=["account"])
    entity: str = Field(description="Its name.", examples=["anna"])
    before: Mapping[str, object] = Field(
        description="What differs, as it was; secrets masked.", examples=[{"email": ""}]
    )
    after: Mapping[str, object] = Field(description="The same as it became.", examples=[{"email": "anna@example.com"}])
    address: str = Field(description="The client's address, empty where there is none.", examples=["192.0.2.7"])
    request: str = Field(description="Id of the request, as in the server's log.", examples=["k3v7qmzlw2ab"])

    @classmethod
    def of(cls, entry: AuditEntry) -> AuditOut:
        """As the API shows it."""
        return cls.model_validate({name: getattr(entry, name) for name in cls.model_fields})


def _asked(
    actor: Annotated[str, Query(max_length=200, description="Only by this person.")] = "",
    action: Annotated[str, Query(max_length=200, description="Only this action.")] = "",
    entity_kind: Annotated[str, Query(max_length=200, description="Only about this kind of thing.")] = "",
    entity: Annotated[str, Query(max_length=200, description="Only about the thing of this name.")] = "",
    since: Annotated[AwareDatetime | None, Query(description="From here on, with its time zone.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Up to here, not included.")] = None,
    q: Annotated[str, Query(max_length=200, description="Looked for in everything.")] = "",
) -> AuditQuery:
    return AuditQuery(
        actor=actor, action=action, entity_kind=entity_kind, entity=entity, since=since, until=until, text=q
    )


Asked = Annotated[AuditQuery, Depends(_asked)]


@router.get("/audit")
def list_audit(here: Here, _: Reader, query: Asked, cursor: Cursor = "", limit: Limit = 50) -> Paged[AuditOut]:
    """Newest first."""
    older, newer = _position(cursor)
    page = here.product.audit.page(query, older=older, newer=newer, limit=limit)
    return Paged(
        items=[AuditOut.of(entry) for entry in page.entries],
        next="" if page.older is None else f"{_OLDER}{page.older}",
        previous="" if page.newer is None else f"{_NEWER}{page.newer}",
    )


@router.get("/audit/export", response_class=StreamingResponse)
def export_audit(here: Here, _: Reader, query: Asked, form: Format = "csv") -> StreamingResponse:
    """All that fit the filters as a file, newest first."""
    entries = here.product.audit.entries(query)
    lines, kind = (csv_rows(entries), "text/csv") if form == "csv" else (json_lines(entries), "application/jsonl")
    headers = {"Content-Disposition": f'attachment; filename="audit.{form}"'}
    return StreamingResponse(lines, media_type=f"{kind}; charset=utf-8", headers=headers)


def _position(cursor: str) -> tuple[int, int]:
    """(older, newer) of `AuditLog.page`."""
    if not cursor:
        return 0, 0
    direction, number = cursor[0], cursor[1:]
    if direction not in {_OLDER, _NEWER} or not (number.isascii() and number.isdecimal() and len(number) < 19):  # noqa: PLR2004 - fits a 64-bit number
        raise BadInput("cursor: take it from `next` or `previous` of a page")
    return (int(number), 0) if direction == _OLDER else (0, int(number))
