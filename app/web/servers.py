"""Wice and Exchange servers: set up, tested step by step, removed when nobody uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.domain.account import Account, ExchangeServer, WiceServer
from app.errors import BadInput
from app.http.callers import Configurer, Reader
from app.http.state import Here
from app.services.connection import Course
from app.services.given import shown
from app.services.trying import try_server
from app.web.asked import Fields, Text, Version
from app.web.flash import redirect
from app.web.growing import growing
from app.web.i18n import _
from app.web.server_words import as_toml, pieces
from app.web.templating import render

router = APIRouter()

Server = WiceServer | ExchangeServer


@router.get("/servers")
def servers_page(request: Request, here: Here, _by: Reader) -> Response:
    """Both kinds on one page."""
    return render(request, "pages/servers/list.html", servers=here.product.views.servers())


def _form(fields: Fields) -> Mapping[str, str]:
    """What was typed, without the form's own fields."""
    return {name: value for name, value in fields.items() if name not in _FORMS_OWN}


_FORMS_OWN = frozenset({"csrf", "version", "full_editing", "test_username", "test_password", "test_mailbox"})
Typed = Annotated[Mapping[str, str], Depends(_form)]


class _Pages:
    """The pages of one kind of servers, below `path`."""

    def __init__(self, path: str, kind: type[Server], template: str) -> None:
        self.path = path
        self._kind: type[Server] = kind
        self._template = template

    def register(self) -> None:
        for way, endpoint, method in (
            ("/new", self.new, "GET"),
            ("/new", self.create, "POST"),
            ("/{name}", self.edit, "GET"),
            ("/{name}", self.update, "POST"),
            ("/{name}/rename", self.rename, "POST"),
            ("/{name}/test", self.try_page, "GET"),
            ("/{name}/test", self.try_it, "POST"),
            ("/{name}/delete", self.ask_delete, "GET"),
            ("/{name}/delete", self.delete, "POST"),
        ):
            router.add_api_route(self.path + way, endpoint, methods=[method])

    def new(self, request: Request, _by: Configurer) -> Response:
        """An empty form."""
        return self._form(request, None, {}, {})

    def create(self, request: Request, here: Here, by: Configurer, typed: Typed) -> Response:
        """Store it and offer the connection test."""
        try:
            server = here.product.administration.create(self._kind, typed, by)
        except BadInput as error:
            return self._form(request, None, typed, _faults(error), 422)
        return redirect(
            f"{self.path}/{quote(server.name)}/test", _("%(name)s is stored. Now test it.", name=server.name)
        )

    def edit(self, request: Request, here: Here, _by: Reader, name: str) -> Response:
        """The form with what is stored; secrets never."""
        return self._form(request, self._of(here, name), {}, {})

    def update(
        self,
        request: Request,
        here: Here,
        by: Configurer,
        name: str,
        typed: Typed,
        version: Version,
        full_editing: Text = "",
    ) -> Response:
        """Store the change, if nobody else was faster."""
        stored = replace(self._of(here, name), version=version)
        try:
            here.product.administration.update(stored, typed, by, full_editing=bool(full_editing))
        except BadInput as error:
            return self._form(request, stored, typed, _faults(error), 422)
        return redirect(f"{self.path}/{quote(name)}", _("Saved."))

    def rename(self, here: Here, by: Configurer, name: str, new_name: Text, version: Version) -> Response:
        """Its accounts stay with it."""
        here.product.administration.rename(replace(self._of(here, name), version=version), new_name, by)
        return redirect(f"{self.path}/{quote(new_name.strip())}", _("Renamed."))

    def try_page(self, request: Request, here: Here, _by: Configurer, name: str) -> Response:
        """What to try the connection with."""
        return self._tested(request, self._of(here, name), None, "", "")

    def try_it(
        self,
        request: Request,
        here: Here,
        by: Configurer,
        name: str,
        test_username: Text = "",
        test_password: Text = "",
        test_mailbox: Text = "",
    ) -> Response:
        """Try it; each step is shown as it is tried. Nothing is written anywhere."""
        server = self._of(here, name, secrets=True)
        trial = Account(
            name="",
            wice_server=name,
            wice_username=test_username.strip(),
            wice_password=test_password,
            exchange_server=name,
            mailbox=test_mailbox.strip(),
            exchange_username=test_username.strip(),
            exchange_password=test_password,
        )
        course = try_server(here.product, server, trial, by)
        return self._tested(request, server, course, test_username, test_mailbox)

    def ask_delete(self, request: Request, here: Here, _by: Configurer, name: str) -> Response:
        """The question, for browsers without scripts."""
        server = self._of(here, name)
        return render(
            request,
            "pages/confirm.html",
            title=_("Remove the server %(name)s?", name=name),
            text=_("Only this entry is removed; nothing changes on the server itself."),
            action=f"{self.path}/{quote(name)}/delete",
            button=_("Remove"),
            back=f"{self.path}/{quote(name)}",
            fields={"version": server.version},
        )

    def delete(self, here: Here, by: Configurer, name: str, version: Version) -> Response:
        """Refused while accounts use it."""
        here.product.administration.remove(replace(self._of(here, name), version=version), by)
        return redirect("/servers", _("%(name)s is removed.", name=name))

    def _of(self, here: Here, name: str, *, secrets: bool = False) -> Server:
        registry = here.product.registry
        if self._kind is WiceServer:
            return registry.wice_server(name, secrets=secrets)
        return registry.exchange_server(name, secrets=secrets)

    def _form(
        self,
        request: Request,
        stored: Server | None,
        typed: Mapping[str, str],
        faults: Mapping[str, str],
        status: int = 200,
    ) -> Response:
        values = (shown(stored) if stored else {}) | dict(typed)
        if not isinstance(values.get("dialect", ""), str):
            values["dialect"] = as_toml(values["dialect"])
        return render(request, self._template, status, stored=stored, values=values, faults=faults, path=self.path)

    def _tested(self, request: Request, server: Server, course: Course | None, username: str, mailbox: str) -> Response:
        page = render(
            request,
            "pages/servers/test.html",
            server=server,
            is_wice=isinstance(server, WiceServer),
            testing=course is not None,
            username=username,
            mailbox=mailbox,
            path=self.path,
        )
        return growing(page, pieces(course)) if course is not None else page


def _faults(error: BadInput) -> Mapping[str, str]:
    return error.fields or {"": str(error)}


for _pages in (
    _Pages("/wice-servers", WiceServer, "pages/servers/wice.html"),
    _Pages("/exchange-servers", ExchangeServer, "pages/servers/exchange.html"),
):
    _pages.register()
