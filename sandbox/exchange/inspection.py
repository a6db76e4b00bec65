"""Looking into mailboxes and acting as Outlook would, for tests: control paths that no Exchange has, without login."""

import json
from collections.abc import Callable
from typing import Any

from lxml import etree
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import element
from sandbox.exchange.items import made
from sandbox.exchange.paths import is_extended
from sandbox.exchange.views import instant
from sandbox.exchange.world import Folder, Item, Mailbox, Property, World

GetWorld = Callable[[], World]


def inspection_routes(world: GetWorld) -> list[Route]:
    """GET .../folders, GET and POST .../items?folder=contacts/Wice, POST /_sandbox/touch, POST /_sandbox/answer, POST /_sandbox/delegates."""

    def route(path: str, method: str, handler: Callable[[World, Request, bytes], object]) -> Route:
        async def endpoint(request: Request) -> Response:
            raw = await request.body()
            try:
                return JSONResponse(handler(world(), request, raw))
            except (EwsError, ValueError, KeyError, etree.XMLSyntaxError) as error:
                return JSONResponse({"error": str(error)}, 422)

        return Route(path, endpoint, methods=[method])

    return [
        route("/_sandbox/mailboxes/{mailbox}/folders", "GET", _folders),
        route("/_sandbox/mailboxes/{mailbox}/items", "GET", _items),
        route("/_sandbox/mailboxes/{mailbox}/items", "POST", _put),
        route("/_sandbox/touch", "POST", _touch),
        route("/_sandbox/answer", "POST", _answer),
        route("/_sandbox/delegates", "POST", _delegate),
    ]


def folder_at(mailbox: Mailbox, path: str) -> Folder:
    """The folder at a path: a distinguished name, then display names. Raises: EwsError ErrorFolderNotFound."""
    first, *names = path.strip("/").split("/")
    folder = mailbox.distinguished(first)
    for name in names:
        found = next((below for below in folder.children() if below.name == name), None)
        if found is None:
            raise EwsError("ErrorFolderNotFound", f'{path}: there is no folder "{name}" in "{folder.name}".')
        folder = found
    return folder


def path_of(folder: Folder) -> str:
    """The path by which `folder_at` finds the folder."""
    if folder.distinguished or folder.parent is None:
        return folder.distinguished or folder.name
    return f"{path_of(folder.parent)}/{folder.name}"


def _mailbox(world: World, request: Request) -> Mailbox:
    return world.mailbox(request.path_params["mailbox"])


def _folders(world: World, request: Request, _raw: bytes) -> object:
    return [
        {
            "id": folder.id,
            "path": path_of(folder),
            "name": folder.name,
            "class": folder.folder_class,
            "items": len(folder.items),
            "extended": {key: stored.text for key, stored in folder.properties.items()},
        }
        for folder in _mailbox(world, request).folders.values()
    ]


def _items(world: World, request: Request, _raw: bytes) -> object:
    mailbox = _mailbox(world, request)
    path = request.query_params.get("folder")
    folders = [folder_at(mailbox, path)] if path else list(mailbox.folders.values())
    return [item_json(item) for folder in folders for item in folder.items.values()]


def item_json(item: Item) -> dict[str, object]:
    """Everything stored at an item: plain properties as text, compound ones as XML."""
    return {
        "id": item.id,
        "change_key": item.change_key,
        "kind": item.kind,
        "folder": path_of(item.folder),
        "created": instant(item.created),
        "modified": instant(item.modified),
        "properties": {key: _value(stored) for key, stored in item.properties.items() if not is_extended(key)},
        "extended": {key: stored.text for key, stored in item.properties.items() if is_extended(key)},
        "body": {"type": item.body.kind, "content": item.body.content} if item.body else None,
        "attachments": [held.summary for held in item.attachments.values()],
        "deleted_occurrences": sorted(item.deleted_occurrences),
        "exceptions": {str(index): item_json(changed) for index, changed in item.exceptions.items()},
    }


def _value(stored: Property) -> str:
    """Zones and lists of attendees are compound too, but their text says it all."""
    compound = stored.xml.count("</t:") > 1 and not stored.xml.startswith(("<t:StartTimeZone", "<t:EndTimeZone"))
    return stored.xml if compound else stored.text


def _put(world: World, request: Request, raw: bytes) -> object:
    """Store an item exactly as given, without the checks clients face: foreign meetings, odd zones, rare types."""
    mailbox = _mailbox(world, request)
    folder = folder_at(mailbox, request.query_params["folder"])
    node = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
    return item_json(mailbox.place(made(node, folder, None, trusted=True), folder))


def _named(world: World, raw: bytes) -> tuple[Mailbox, dict[str, Any]]:
    body = json.loads(raw or b"{}")
    return world.mailbox(str(body["mailbox"])), body


def _touch(world: World, _request: Request, raw: bytes) -> object:
    """{"mailbox", "id"}: the change key moves although nothing changed, as with a read flag."""
    mailbox, body = _named(world, raw)
    item = world.items[str(body["id"])]
    mailbox.touch(item)
    return {"id": item.id, "change_key": item.change_key}


def _answer(world: World, _request: Request, raw: bytes) -> object:
    """{"mailbox", "id", "answer"}: the owner answers an invitation ("Accept", "Tentative", "Decline"). Nobody is told here."""
    mailbox, body = _named(world, raw)
    item, answer = world.items[str(body["id"])], str(body["answer"])
    item.properties["calendar:MyResponseType"] = Property(element("MyResponseType", answer), answer)
    mailbox.touch(item)
    return {"id": item.id, "change_key": item.change_key}


def _delegate(world: World, _request: Request, raw: bytes) -> object:
    """{"mailbox", "to"}: that login may open the mailbox from now on."""
    mailbox, body = _named(world, raw)
    mailbox.delegates.add(str(body["to"]).casefold())
    return {"delegates": sorted(mailbox.delegates)}
