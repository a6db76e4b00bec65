"""Who may do what: a total table. Source: issue text "Sign-in"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.people import Permission, Role

_MAY: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.OPERATOR: frozenset({Permission.HINT, Permission.READ, Permission.RUN}),
    Role.AUDITOR: frozenset({Permission.HINT, Permission.READ}),
    Role.MESSENGER: frozenset({Permission.HINT}),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether somebody in `role` may do what asks for `permission`."""
    return permission in _MAY[role]


def lesser(one: Role, other: Role) -> Role:
    """What both may: each role may all that the next one in the table may."""
    return max(one, other, key=list(_MAY).index)
