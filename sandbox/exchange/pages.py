"""Built-in pages: see and edit "in Outlook" what a mailbox holds. German, plain forms, no script."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.exchange import calendar, forms, items
from sandbox.exchange.errors import EwsError
from sandbox.exchange.inspection import folder_at, path_of
from sandbox.exchange.views import file_as
from sandbox.exchange.world import Folder, Item, Mailbox, World
from sandbox.pages import form, render, see_other
from sandbox.people import TIME_ZONE

_SHOWN = 300
_KINDS = {"IPF.Contact": "Contact", "IPF.Appointment": "CalendarItem"}
_BIN = "deleteditems"


def page_routes(world: Callable[[], World]) -> list[Route]:
    """Everything a browser shows: people, a folder's entries, one entry to edit, move or delete."""
    pages = _Pages(world)
    return [
        Route("/", pages.start, methods=["GET"]),
        Route("/web/{mailbox}", pages.overview, methods=["GET"]),
        Route("/web/{mailbox}/entry", pages.show, methods=["GET"]),
        Route("/web/{mailbox}/entry", pages.save, methods=["POST"]),
        Route("/web/{mailbox}/move", pages.move, methods=["POST"]),
        Route("/web/{mailbox}/delete", pages.delete, methods=["POST"]),
    ]


class _Pages:
    def __init__(self, world: Callable[[], World]) -> None:
        self._world = world

    async def start(self, request: Request) -> Response:
        return self._people(request)

    def _people(self, request: Request, problem: str = "") -> Response:
        boxes = [{"box": box, "folders": _folders(box)} for box in self._world().mailboxes.values()]
        return render(request, "exchange_start.html", status=404 if problem else 200, boxes=boxes, problem=problem)

    async def overview(self, request: Request) -> Response:
        """One folder: ?folder=contacts/Wice&q=words."""
        try:
            box, folder = self._folder(request)
        except EwsError as error:
            return self._people(request, error.text)
        words = request.query_params.get("q", "").strip()
        rows = [
            row
            for row in map(_row, folder.items.values())
            if words.casefold() in f"{row['caption']} {row['detail']}".casefold()
        ]
        rows.sort(key=lambda row: row["order"])
        return render(
            request,
            "exchange_list.html",
            **_frame(box, folder),
            rows=rows[:_SHOWN],
            total=len(rows),
            words=words,
            creatable=_kind(folder) is not None,
        )

    async def show(self, request: Request) -> Response:
        """An entry (?id=) or the form for a new one (?folder=)."""
        return self._form(request)

    def _form(self, request: Request, problem: str = "", given: dict[str, str] | None = None) -> Response:
        try:
            box, folder, item = self._entry(request)
        except EwsError as error:
            return self._people(request, error.text)
        kind = item.kind if item else str(_kind(folder))
        values = given or (forms.values_of(item) if item else {})
        return render(
            request,
            "exchange_edit.html",
            status=422 if problem else 200,
            **_frame(box, folder),
            item=item,
            caption=_caption(item) if item else "Neuer Eintrag",
            fields=forms.FIELDS.get(kind, ()),
            values=values,
            problem=problem,
        )

    async def save(self, request: Request) -> Response:
        """Create or change an entry as Outlook would: only what was edited is written."""
        given = await form(request)
        try:
            box, folder, item = self._entry(request)
            draft = _draft(folder, item)
            forms.edit(draft, given)
        except EwsError as error:
            return self._form(request, error.text, given)
        if item is None:
            item = box.place(draft, folder)
        elif (draft.properties, draft.body) != (item.properties, item.body):
            item.properties, item.body = draft.properties, draft.body
            box.touch(item)
        return see_other(f"/web/{quote(box.address)}/entry?id={quote(item.id, safe='')}&saved=1")

    async def move(self, request: Request) -> Response:
        """Move an entry (?id=) to the folder that the form names."""
        given = await form(request)

        def moved(box: Mailbox, item: Item) -> None:
            items.moved(item, folder_at(box, given.get("to", "")))

        return self._taken_away(request, moved)

    async def delete(self, request: Request) -> Response:
        """Delete an entry (?id=) as Outlook does: into Deleted Items, from there for good."""
        return self._taken_away(request, lambda _box, item: items.dispose(item, "MoveToDeletedItems"))

    def _taken_away(self, request: Request, act: Callable[[Mailbox, Item], None]) -> Response:
        try:
            box, folder, item = self._entry(request)
            if item is not None:
                act(box, item)
        except EwsError as error:
            return self._people(request, error.text)
        return see_other(_address(box, folder))

    def _folder(self, request: Request) -> tuple[Mailbox, Folder]:
        box = self._world().mailbox(request.path_params["mailbox"])
        return box, folder_at(box, request.query_params.get("folder", "contacts"))

    def _entry(self, request: Request) -> tuple[Mailbox, Folder, Item | None]:
        """Raises: EwsError when the entry is gone, which happens: the product works in the same mailbox."""
        box = self._world().mailbox(request.path_params["mailbox"])
        item_id = request.query_params.get("id")
        if item_id is None:
            return *self._folder(request), None
        item = self._world().items.get(item_id)
        if item is None or item.folder.mailbox is not box:
            raise EwsError("ErrorItemNotFound", "Diesen Eintrag gibt es nicht mehr.")
        return box, item.folder, item


def _draft(folder: Folder, item: Item | None) -> Item:
    """A copy to edit, or a new entry of the folder's kind. Raises: EwsError for a kind that has no form."""
    kind = item.kind if item else _kind(folder)
    if kind is None or kind not in forms.FIELDS:
        raise EwsError("ErrorInvalidRequest", "Einträge dieser Art lassen sich hier nicht bearbeiten.")
    return replace(item, properties=dict(item.properties), rendered={}) if item else Item("", kind, folder, {})


def _kind(folder: Folder) -> str | None:
    return _KINDS.get(folder.folder_class)


def _folders(box: Mailbox) -> list[dict[str, str]]:
    """Folders with contacts or appointments, the ones named "Wice" first, and Deleted Items."""
    held = [folder for folder in box.folders.values() if _kind(folder) or folder.distinguished == _BIN]
    held.sort(
        key=lambda folder: (
            folder.distinguished == _BIN,
            folder.distinguished is not None,
            folder.folder_class,
            folder.name,
        )
    )
    return [{"path": path_of(folder), "label": _label(folder), "address": _address(box, folder)} for folder in held]


def _label(folder: Folder) -> str:
    if folder.distinguished or folder.parent is None:
        return folder.name
    return f"{_label(folder.parent)} \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} {folder.name}"


def _address(box: Mailbox, folder: Folder) -> str:
    return f"/web/{quote(box.address)}?folder={quote(path_of(folder))}"


def _frame(box: Mailbox, folder: Folder) -> dict[str, Any]:
    return {"box": box, "folders": _folders(box), "here": path_of(folder), "here_address": _address(box, folder)}


def _row(item: Item) -> dict[str, str]:
    return {
        "caption": _caption(item),
        "detail": _detail(item),
        "order": item.text("calendar:Start") or _caption(item).casefold(),
        "address": f"/web/{quote(item.folder.mailbox.address)}/entry?id={quote(item.id, safe='')}",
        "tag": "privat" if item.text("item:Sensitivity") == "Private" else "",
    }


def _caption(item: Item) -> str:
    if item.kind == "Contact":
        return item.text("contacts:FileAs") or file_as(item) or "(ohne Namen)"
    named = item.text("item:Subject") or item.text("contacts:DisplayName")
    return named or "(ohne Titel)"


def _detail(item: Item) -> str:
    if item.kind == "CalendarItem":
        return _when(item)
    keys = (
        "contacts:CompanyName",
        "contacts:PhoneNumber[BusinessPhone]",
        "contacts:PhoneNumber[MobilePhone]",
        "contacts:EmailAddress[EmailAddress1]",
    )
    return " · ".join(text for key in keys if (text := item.text(key)))


def _when(item: Item) -> str:
    start, end = calendar.span(item.properties)
    if calendar.is_all_day(item.properties):
        clock = calendar.clock_of(item.properties)
        first, last = start.astimezone(clock), end.astimezone(clock) - timedelta(days=1)
        return f"{first:%d.%m.%Y} bis {last:%d.%m.%Y}, ganztägig" if last > first else f"{first:%d.%m.%Y}, ganztägig"
    first, last = (moment.astimezone(ZoneInfo(TIME_ZONE)) for moment in (start, end))
    return (
        f"{first:%d.%m.%Y, %H:%M} bis {last:%H:%M}"
        if first.date() == last.date()
        else f"{first:%d.%m.%Y, %H:%M} bis {last:%d.%m.%Y, %H:%M}"
    )
