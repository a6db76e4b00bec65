"""Templates: settings that many profiles share. Whatever changes profiles is shown before it is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.domain.account import SHARED_SETTINGS, Carried, Template
from app.domain.views import Cut, ProfileFilter
from app.errors import BadInput, Superseded
from app.http.callers import Configurer, Reader
from app.http.state import Here, Portal
from app.web import schedule_form, sentences
from app.web.asked import Fields, Text, Version, WantedProfiles
from app.web.flash import redirect
from app.web.i18n import _, ngettext
from app.web.lists import cut
from app.web.profiles import words
from app.web.profiles.asked import all_names
from app.web.profiles.faults import ADVICE
from app.web.templating import render
from app.web.zones import time_zones

router = APIRouter()

_NEW: Final = Template(name="")
_BOXES: Final = ("contacts", "appointments")
_ONLY_HERE: Final = ("contacts_folder", "calendar_folder")
Picked = Annotated[list[str] | None, Form()]


@router.get("/templates")
def templates_page(request: Request, here: Here, _by: Reader) -> Response:
    """All, with the number of profiles that follow."""
    settings = {template.name: template for template in here.product.registry.templates()}
    rows = [(row, settings[row.name]) for row in here.product.views.templates() if row.name in settings]
    kinds = {name: words.kinds(template) for name, template in settings.items()}
    return render(request, "pages/templates/list.html", rows=rows, kinds=kinds, value=words.value)


@router.get("/templates/new")
def new_template(request: Request, _by: Configurer) -> Response:
    """An empty form."""
    return _form(request, _texts(_NEW), {}, None)


@router.post("/templates/new")
def add_template(request: Request, here: Here, by: Configurer, fields: Fields) -> Response:
    """Add it; profiles are assigned afterwards."""
    given = _given(fields) | {"name": fields.get("name", "")}
    try:
        template = here.product.administration.create(Template, given, by)
    except BadInput as error:
        return _form(request, given, error.fields or {"": str(error)}, None, 422)
    return redirect(_address(template.name), _("The template %(name)s is ready. Choose who follows it.", name=template.name))  # fmt: skip


@router.get("/templates/{name}")
def template_page(
    request: Request, here: Here, _by: Reader, name: str, wanted: WantedProfiles, after: str = "", before: str = ""
) -> Response:
    """Its settings, and who follows it."""
    template = here.product.registry.template(name)
    page = here.product.views.profiles(ProfileFilter(template=template.name, text=wanted.text), cut("", after, before))
    return render(
        request, "pages/templates/page.html", stored=template, facts=words.facts(template), page=page, q=wanted.text, at=_address(name)
    )  # fmt: skip


@router.get("/templates/{name}/edit")
def edit_template(request: Request, here: Here, _by: Configurer, name: str) -> Response:
    """The form with what is stored."""
    stored = here.product.registry.template(name)
    return _form(request, _texts(stored), {}, stored)


@router.post("/templates/{name}/edit")
def change_template(request: Request, here: Here, by: Configurer, name: str, fields: Fields) -> Response:
    """First what it would do to whom, then that."""
    stored = replace(here.product.registry.template(name), version=_number(fields.get("version", "")))
    given = _given(fields)
    if fields.get("go") == "back":
        return _form(request, given, {}, stored)
    try:
        preview = here.product.administration.preview(stored, given)
        concerned = preview.carried.changed or preview.carried.locked
        if not concerned or fields.get("go") == "save":
            return _saved(here.product.templates.change(stored, given, by), name)
    except BadInput as error:
        return _form(request, given, error.fields or {"": str(error)}, stored, 422)
    except Superseded:
        why = _("Somebody else has changed this template meanwhile. Compare, and save again.")
        return _form(request, given, {"": why}, here.product.registry.template(name), 412)
    changes = words.differences(preview.before, preview.after)
    return render(
        request, "pages/templates/preview.html", stored=stored, given=given, changes=changes, carried=preview.carried, at=_address(name)
    )  # fmt: skip


@router.get("/templates/{name}/assign")
def choose_followers(
    request: Request, here: Here, _by: Configurer, name: str, wanted: WantedProfiles, after: str = "", before: str = ""
) -> Response:
    """Which profiles shall follow from now on?"""
    template = here.product.registry.template(name)
    page = here.product.views.profiles(wanted, cut("", after, before))
    return render(
        request, "pages/templates/assign.html", stored=template, page=page, q=wanted.text, at=_address(name), error=""
    )


@router.post("/templates/{name}/assign")
def assign_template(
    request: Request,
    here: Here,
    by: Configurer,
    name: str,
    pick: Picked = None,
    scope: Text = "picked",
    q: Text = "",
    go: Text = "",
) -> Response:
    """First what it would do to whom, then that."""
    templates = here.product.templates
    names = _picked(here, pick, scope, ProfileFilter(text=q))
    if not names:
        return redirect(f"{_address(name)}/assign", _("Choose at least one profile."), "warn")
    if go == "save":
        return _saved(templates.assign(names, name, by), name)
    carried = templates.preview_assignment(names, name)
    return render(
        request, "pages/templates/assigned.html", name=name, names=names, carried=carried, at=_address(name), scope=scope, q=q
    )  # fmt: skip


@router.post("/templates/{name}/detach")
def detach_profiles(
    request: Request, here: Here, by: Configurer, name: str, pick: Picked = None, go: Text = ""
) -> Response:
    """Asks, then lets them go their own way."""
    names = pick or []
    if not names:
        return redirect(_address(name), _("Choose at least one profile."), "warn")
    if go == "save":
        count = len(here.product.templates.assign(names, "", by).changed)
        return redirect(
            _address(name),
            ngettext(
                "%(num)s profile has settings of its own now.",
                "%(num)s profiles have settings of their own now.",
                count,
            ),
        )
    return render(request, "pages/templates/detach.html", name=name, names=names, at=_address(name))


@router.get("/templates/{name}/rename")
def ask_template_name(request: Request, here: Here, _by: Configurer, name: str) -> Response:
    """The form."""
    stored = here.product.registry.template(name)
    return render(request, "pages/templates/rename.html", stored=stored, name=name, at=_address(name), error="")


@router.post("/templates/{name}/rename")
def rename_template_page(
    request: Request, here: Here, by: Configurer, name: str, new_name: Text = "", version: Version = 0
) -> Response:
    """Whoever follows it goes on following it."""
    stored = replace(here.product.registry.template(name), version=version)
    try:
        here.product.administration.rename(stored, new_name, by)
    except BadInput as error:
        why = sentences.said(error.fields.get("name", str(error)))
        return render(
            request, "pages/templates/rename.html", 422, stored=stored, name=new_name, at=_address(name), error=why
        )
    return redirect(_address(new_name.strip()), _("The template is called %(name)s now.", name=new_name.strip()))


@router.get("/templates/{name}/delete")
def ask_template_deletion(request: Request, here: Here, _by: Configurer, name: str) -> Response:
    """The question."""
    stored = here.product.registry.template(name)
    followers = here.product.views.profiles(ProfileFilter(template=name), Cut(limit=1)).total or 0
    return render(
        request,
        "pages/confirm.html",
        title=_("Delete the template %(name)s?", name=stored.name),
        text=_followed(followers),
        action=f"{_address(name)}/delete",
        button=_("Delete"),
        back=_address(name),
        fields={"version": stored.version},
    )  # fmt: skip


@router.post("/templates/{name}/delete")
def delete_template_page(here: Here, by: Configurer, name: str, version: Version = 0) -> Response:
    """Profiles keep their settings."""
    here.product.administration.remove(replace(here.product.registry.template(name), version=version), by)
    return redirect("/templates", _("The template %(name)s is deleted.", name=name))


def _followed(count: int) -> str:
    if not count:
        return _("No profile follows it.")
    return ngettext(
        "%(num)s profile follows it: it keeps its settings and has them for itself from then on.",
        "%(num)s profiles follow it: they keep their settings and have them for themselves from then on.",
        count,
    )


def _picked(here: Portal, pick: list[str] | None, scope: str, wanted: ProfileFilter) -> list[str]:
    return list(all_names(here.product.views, wanted)) if scope == "all" else list(dict.fromkeys(pick or []))


def _saved(carried: Carried, name: str) -> Response:
    text = ngettext(
        "%(num)s profile has taken the settings over.",
        "%(num)s profiles have taken the settings over.",
        len(carried.changed),
    )
    if not carried.locked:
        return redirect(_address(name), text if carried.changed else _("Saved."))
    left = ngettext(
        "%(num)s profile is locked and stayed as it was.",
        "%(num)s profiles are locked and stayed as they were.",
        len(carried.locked),
    )
    return redirect(_address(name), f"{text} {left}", "warn")


def _given(fields: Mapping[str, str]) -> dict[str, str]:
    """The settings of the form; boxes that are not ticked are not sent, and the schedule has fields of its own."""
    given = {name: fields[name] for name in SHARED_SETTINGS if name in fields}
    if "repeat" in fields:
        given |= {name: "true" if name in fields else "false" for name in _BOXES}
        given["schedule"] = schedule_form.text(fields)
    return given


def _texts(template: Template) -> dict[str, str]:
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in ((name, getattr(template, name)) for name in ("name", *SHARED_SETTINGS))
    }


def _form(
    request: Request, typed: Mapping[str, str], found: Mapping[str, str], stored: Template | None, status: int = 200
) -> Response:
    errors = {field: _advice(field, text) for field, text in found.items()}
    return render(
        request,
        "pages/templates/form.html",
        status,
        stored=stored,
        settings={**_texts(stored or _NEW), **typed},
        errors=defaultdict(str, errors),
        summary=[(field, f"{words.label(field)}: {text}" if field else text) for field, text in errors.items()],
        options=words.options,
        schedule_fields=schedule_form.fields,
        zones=time_zones(),
        at=_address(stored.name) if stored else "/templates",
    )


def _advice(field: str, text: str) -> str:
    if field in _ONLY_HERE:
        return _("give Wice, default, or a path such as Contacts/Customers")
    return _(ADVICE[field]) if field in ADVICE else sentences.said(text)


def _address(name: str) -> str:
    return f"/templates/{quote(name, safe='')}"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0
