"""Templates: settings that many profiles share. A change is carried to all that follow, in one step, and nobody's locks are broken (R35)."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.account import Carried, Template
from app.domain.people import Actor
from app.ports import Registry
from app.services.administration import Administration
from app.services.given import Given


class Templates:
    """What `Administration` does for every kind, and what only templates do. Raises: BadInput (with fields), NotFound, Superseded."""

    def __init__(self, registry: Registry, administration: Administration) -> None:
        self._registry = registry
        self._administration = administration

    def change(self, stored: Template, given: Given, by: Actor) -> Carried:
        """Change settings of a template that was read; tells which profiles took them over and which are locked."""
        return self._registry.save_template(self._administration.wanted(Template, given, stored), by)

    def preview_change(self, stored: Template, given: Given) -> Carried:
        """What `change` would do to profiles."""
        return self._registry.preview(self._administration.wanted(Template, given, stored))

    def assign(self, profiles: Sequence[str], template: str, by: Actor) -> Carried:
        """Let profiles (account/profile) follow a template from now on; "" detaches them, and they keep their settings."""
        return self._registry.assign(profiles, template, by)

    def preview_assignment(self, profiles: Sequence[str], template: str) -> Carried:
        """What `assign` would do."""
        return self._registry.preview(self._registry.template(template), profiles)
