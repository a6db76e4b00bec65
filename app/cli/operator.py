"""Who types the commands."""

from __future__ import annotations

import getpass

from app.domain.people import Actor, Role, Via


def operator() -> Actor:
    """Whoever has a shell here may do everything; the audit log shall name them."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        name = "command line"
    return Actor(name=name, role=Role.ADMINISTRATOR, via=Via.CLI)
