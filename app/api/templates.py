"""Templates: settings that many profiles share, and who follows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from app.api.etags import IfMatch, tag
from app.api.idempotency import Idempotent
from app.api.profile_models import CarriedOut, Followers, NewName, TemplateChange, TemplateIn, TemplateOut
from app.domain.account import Carried, Template
from app.http.callers import Configurer, Reader
from app.http.state import Here, Portal

router = APIRouter(prefix="/templates", tags=["templates"], route_class=Idempotent)


@router.get("")
def list_templates(here: Here, _: Reader) -> list[TemplateOut]:
    """All, by name; `GET /profiles?template=` tells who follows one."""
    return [TemplateOut.of(template) for template in here.product.registry.templates()]


@router.post("", status_code=201)
def create_template(here: Here, by: Configurer, body: TemplateIn, response: Response) -> TemplateOut:
    """Add a template; nobody follows it yet."""
    template = here.product.administration.create(Template, body.given, by)
    response.headers["Location"] = f"/api/v1/templates/{quote(template.name, safe='')}"
    tag(response, template.version)
    return TemplateOut.of(template)


@router.get("/{name}")
def read_template(here: Here, _: Reader, name: str, response: Response) -> TemplateOut:
    """One template."""
    template = here.product.registry.template(name)
    tag(response, template.version)
    return TemplateOut.of(template)


@router.patch("/{name}")
def update_template(
    here: Here,
    by: Configurer,
    name: str,
    body: TemplateChange,
    version: IfMatch,
    *,
    dry_run: Annotated[bool, Query(description="Only say what would happen to profiles.")] = False,
) -> CarriedOut:
    """Change the named settings and carry them to all profiles that follow; says which ones."""
    stored, templates = _seen(here, name, version), here.product.templates
    return _carried(
        templates.preview_change(stored, body.given) if dry_run else templates.change(stored, body.given, by)
    )


@router.post("/{name}/rename")
def rename_template(
    here: Here, by: Configurer, name: str, body: NewName, version: IfMatch, response: Response
) -> TemplateOut:
    """Give another name; whoever follows it goes on following it."""
    here.product.administration.rename(_seen(here, name, version), body.name, by)
    renamed = here.product.registry.template(body.name.strip())
    response.headers["Location"] = f"/api/v1/templates/{quote(renamed.name, safe='')}"
    tag(response, renamed.version)
    return TemplateOut.of(renamed)


@router.delete("/{name}", status_code=204)
def delete_template(here: Here, by: Configurer, name: str, version: IfMatch) -> None:
    """Remove it; profiles keep the settings that they have."""
    here.product.administration.remove(_seen(here, name, version), by)


@router.post("/{name}/assign")
def assign_template(here: Here, by: Configurer, name: str, body: Followers) -> CarriedOut:
    """Let profiles follow it from now on."""
    templates = here.product.templates
    if body.dry_run:
        return _carried(templates.preview_assignment(body.profiles, name))
    return _carried(templates.assign(body.profiles, here.product.registry.template(name).name, by))


@router.post("/detach")
def detach_profiles(here: Here, by: Configurer, body: Followers) -> CarriedOut:
    """Let profiles go their own way with the settings that they have, whatever template they follow."""
    if body.dry_run:
        return CarriedOut(changed=body.profiles, locked=[])
    return _carried(here.product.templates.assign(body.profiles, "", by))


def _seen(here: Portal, name: str, version: int) -> Template:
    return replace(here.product.registry.template(name), version=version)


def _carried(carried: Carried) -> CarriedOut:
    return CarriedOut(changed=list(carried.changed), locked=list(carried.locked))
