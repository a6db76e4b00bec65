"""Every route of an application and of what is mounted in it, with what it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from app.domain.people import Permission
from app.http.security import declared_permission


class Declared(NamedTuple):
    """`permission` is None for a public route."""

    method: str
    path: str
    permission: Permission | None


def declared_routes(app: FastAPI, prefix: str = "") -> Iterator[Declared]:
    """Raises: LookupError for a route that says nothing."""
    for route in iter_route_contexts(app.routes):
        mounted = route.original_route
        if isinstance(mounted, Mount) and isinstance(mounted.app, FastAPI):
            yield from declared_routes(mounted.app, prefix + mounted.path)
        elif isinstance(mounted, APIRoute):
            for method in sorted(route.methods or ()):
                yield Declared(method, f"{prefix}{route.path}", declared_permission(route.dependant))
