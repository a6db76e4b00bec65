"""What the process that serves pages and the API has: its settings and the opened product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.bootstrap import Application
from app.settings import Settings


@dataclass(frozen=True)
class Portal:
    """One per process; everything in it may be used by several threads at once."""

    settings: Settings
    product: Application


def portal(request: Request) -> Portal:
    """The portal that serves `request`."""
    served: Portal = request.app.state.portal
    return served


Here = Annotated[Portal, Depends(portal)]
"""Parameter of an endpoint: `here: Here`."""
