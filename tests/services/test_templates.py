"""Templates as the portal uses them: previews tell what a change will do, changes tell what it did; R35."""

from __future__ import annotations

import pytest

from app.domain.account import Carried, Template
from app.domain.people import Actor, Role, Via
from app.errors import BadInput, NotFound
from app.services.administration import Administration
from app.services.templates import Templates
from tests.adapters.db.test_registry_changes import link_of
from tests.adapters.db.world import configure

ADA = Actor(name="ada", role=Role.ADMINISTRATOR, via=Via.PORTAL)


@pytest.fixture
def registry(database):
    configure(database, "anna", "bernd")
    return database.registry


@pytest.fixture
def administration(registry):
    return Administration(registry, lambda server: None)


@pytest.fixture
def templates(registry, administration):
    administration.create(Template, {"name": "office"}, ADA)
    return Templates(registry, administration)


def test_R35_locked_profiles_are_told_before_and_after(templates, registry, database):
    everybody = ["anna/anna", "bernd/bernd"]
    assert templates.preview_assignment(everybody, "office") == Carried(changed=tuple(everybody))
    assert templates.assign(everybody, "office", ADA) == Carried(changed=tuple(everybody))
    link_of(database, registry.profile_of("anna", "anna").id, 1)
    given = {"contacts_folder": "default", "window_past_days": "30"}
    expected = Carried(changed=("bernd/bernd",), locked=("anna/anna",))
    stored = registry.template("office")
    assert templates.preview_change(stored, given) == expected
    assert templates.change(stored, given, ADA) == expected
    assert registry.template("office").window_past_days == 30
    assert templates.assign(["anna/anna"], "", ADA) == Carried(changed=("anna/anna",))


def test_what_a_template_must_not_say_is_told_at_its_field(templates, registry):
    with pytest.raises(BadInput) as refused:
        templates.change(registry.template("office"), {"direction": "up", "contacts": "maybe"}, ADA)
    assert refused.value.fields == {
        "direction": "must be both, to_wice or to_exchange",
        "contacts": "must be true or false, without quotes",
    }
    with pytest.raises(NotFound):
        templates.assign(["anna/anna"], "none", ADA)
