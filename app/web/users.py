"""Users: who may sign in, with which role. A new user, and one who has lost the password, gets a link that is shown once."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.people import Role
from app.errors import BadInput
from app.http.callers import Manager
from app.http.state import Here
from app.web.asked import Text, Version
from app.web.flash import redirect
from app.web.i18n import N_, _
from app.web.templating import render

router = APIRouter()


ROLE_TEXTS = {
    Role.ADMINISTRATOR: N_("Sets everything up, manages users, and may do what operators do."),
    Role.OPERATOR: N_("Analyses, synchronises, confirms, retries and undoes; changes no settings."),
    Role.AUDITOR: N_("Reads everything and changes nothing."),
    Role.MESSENGER: N_("For programs: reports that something has changed at a server, and sees nothing."),
}


@router.get("/users")
def users_page(request: Request, here: Here, _by: Manager, q: str = "") -> Response:
    """Everybody, by name."""
    users = here.product.people.users(q)
    return render(request, "pages/users/list.html", users=users, q=q)


@router.get("/users/new")
def new_user_page(request: Request, _by: Manager) -> Response:
    """The form."""
    return _form(request, "", Role.OPERATOR, {})


@router.post("/users/new")
def add_user(request: Request, here: Here, by: Manager, name: Text = "", role: Text = "") -> Response:
    """Add somebody and show their link, this once."""
    chosen = Role(role) if role in set(Role) else Role.AUDITOR
    try:
        user, link = here.product.people.add(name.strip(), chosen, by)
    except BadInput as error:
        return _form(request, name, chosen, dict(error.fields) or {"name": str(error)}, 422)
    return render(request, "pages/users/link.html", name=user.name, link=link, is_new=True)


@router.get("/users/{name}")
def user_page(request: Request, here: Here, by: Manager, name: str) -> Response:
    """Role, activity, sessions and tokens of somebody."""
    people = here.product.people
    user = people.user(name)
    return render(
        request,
        "pages/users/one.html",
        user=user,
        roles=_roles(),
        sessions=people.sessions_of(user.name, by),
        tokens=here.product.api_tokens.of(by, user.name),
    )


@router.post("/users/{name}")
def change_user(here: Here, by: Manager, name: str, role: Text, version: Version, active: Text = "") -> Response:
    """Store role and activity; sessions end where they changed."""
    people = here.product.people
    user = people.user(name)
    chosen = Role(role) if role in set(Role) else user.role
    people.change(replace(user, role=chosen, active=bool(active), version=version), by)
    return redirect(f"/users/{name}", _("Saved."))


@router.post("/users/{name}/link")
def new_link(request: Request, here: Here, by: Manager, name: str) -> Response:
    """A new link, shown this once."""
    link = here.product.people.new_link(name, by)
    return render(request, "pages/users/link.html", name=name, link=link, is_new=False)


@router.post("/users/{name}/sessions/end")
def end_sessions(here: Here, by: Manager, name: str) -> Response:
    """Sign all their browsers out."""
    here.product.people.end_sessions(name, by)
    return redirect(f"/users/{name}", _("Signed out everywhere."))


@router.get("/users/{name}/delete")
def ask_delete(request: Request, here: Here, _by: Manager, name: str) -> Response:
    """The question, for browsers without scripts."""
    user = here.product.people.user(name)
    return render(
        request,
        "pages/confirm.html",
        title=_("Remove %(name)s?", name=user.name),
        text=_("Sessions and API tokens end at once. What was done stays in the audit log."),
        action=f"/users/{user.name}/delete",
        button=_("Remove"),
        back=f"/users/{user.name}",
        fields={"version": user.version},
    )


@router.post("/users/{name}/delete")
def delete_user_page(here: Here, by: Manager, name: str, version: Version) -> Response:
    """Remove somebody."""
    here.product.people.remove(replace(here.product.people.user(name), version=version), by)
    return redirect("/users", _("%(name)s is removed.", name=name))


def _form(request: Request, name: str, role: Role, errors: dict[str, str], status: int = 200) -> Response:
    return render(request, "pages/users/new.html", status, name=name, role=role, roles=_roles(), errors=errors)


def _roles() -> list[tuple[Role, str]]:
    return [(role, _(text)) for role, text in ROLE_TEXTS.items()]
