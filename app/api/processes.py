"""The processes of the installation that are alive."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.domain.process import Process, ProcessKind
from app.http.callers import Reader
from app.http.state import Here

router = APIRouter(tags=["processes"])


class ProcessOut(BaseModel):
    """A process that gave a sign of life within the last 45 seconds, and is not known to have died since."""

    kind: ProcessKind = Field(description="What it is for.", examples=["worker"])
    host: str = Field(description="The machine it runs on.", examples=["sync-1"])
    pid: int = Field(description="Its number there.", examples=[4711])
    version: str = Field(description="Of the product.", examples=["0.1.0"])
    started: datetime = Field(description="Since when.", examples=["2026-11-24T08:00:00Z"])
    seen: datetime = Field(description="Its last sign of life.", examples=["2026-11-24T08:00:00Z"])

    @classmethod
    def of(cls, process: Process) -> ProcessOut:
        """As the API shows it."""
        return cls.model_validate({name: getattr(process, name) for name in cls.model_fields})


@router.get("/processes")
def list_processes(here: Here, _: Reader) -> list[ProcessOut]:
    """By kind, then the longest running first."""
    return [ProcessOut.of(process) for process in here.product.processes.alive()]
