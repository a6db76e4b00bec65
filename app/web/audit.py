"""The audit log: searched, read before and after, taken home as a file."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from app.domain.people import AuditQuery
from app.http.callers import Reader
from app.http.state import Here
from app.services.audit import csv_rows, json_lines
from app.web import current
from app.web.templating import render

router = APIRouter()


def _asked(
    actor: str = "", action: str = "", kind: str = "", since: str = "", until: str = "", q: str = ""
) -> AuditQuery:
    return AuditQuery(
        actor=actor.strip(),
        action=action,
        entity_kind=kind,
        since=_day(since, time.min),
        until=_day(until, time.max),
        text=q.strip(),
    )


Asked = Annotated[AuditQuery, Depends(_asked)]


@router.get("/audit")
def audit_page(request: Request, here: Here, _by: Reader, query: Asked, after: int = 0, before: int = 0) -> Response:
    """Newest first."""
    page = here.product.audit.page(query, older=max(after, 0), newer=max(before, 0))
    actions, kinds = here.product.audit.choices()
    return render(request, "pages/audit.html", page=page, query=query, actions=actions, kinds=kinds)


@router.get("/audit/export")
def audit_file(here: Here, _by: Reader, query: Asked, form: Literal["csv", "jsonl"] = "csv") -> Response:
    """All that fit the filters, newest first."""
    entries = here.product.audit.entries(query)
    lines, kind = (csv_rows(entries), "text/csv") if form == "csv" else (json_lines(entries), "application/jsonl")
    headers = {"Content-Disposition": f'attachment; filename="audit.{form}"'}
    return StreamingResponse(lines, media_type=f"{kind}; charset=utf-8", headers=headers)


def _day(text: str, at: time) -> datetime | None:
    """Begin or end of a day as the reader counts days; whatever is no day does not restrict."""
    try:
        return datetime.combine(date.fromisoformat(text), at, current.time_zone())
    except ValueError:
        return None
