"""What the process that serves pages and the API has: its settings and the opened product."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request

from app.bootstrap import Application
from app.http.house import House
from app.settings import Settings


@dataclass(frozen=True)
class Portal:
    """One per process; everything in it may be used by several threads at once."""

    settings: Settings
    product: Application

    @cached_property
    def house(self) -> House:
        """What every answer needs to know of the whole server."""
        return House(self.product.licences, self.product.options)


def portal(request: Request) -> Portal:
    """The portal that serves `request`."""
    served: Portal = request.app.state.portal
    return served


Here = Annotated[Portal, Depends(portal)]
"""Parameter of an endpoint: `here: Here`."""
