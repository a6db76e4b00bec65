"""Folders: found by name once, then known by id (R26); marked with who works in them (R43)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml.etree import _Element as Element

from app.adapters.exchange import bodies
from app.adapters.exchange.errors import NO_FOLDER, by_code
from app.adapters.exchange.paths import MARKER, values_of
from app.adapters.exchange.session import Session
from app.adapters.exchange.wire import Message, children, find, local, text_of
from app.domain.fingerprint import normal_text
from app.domain.sync import Kind
from app.errors import Halt, HaltCode
from app.ports import Folder, FolderEntry

STANDARD = {Kind.CONTACTS: "contacts", Kind.APPOINTMENTS: "calendar"}
"""Names of the standard folders. Source: DistinguishedFolderIdNameType."""
_ELEMENT = {Kind.CONTACTS: "ContactsFolder", Kind.APPOINTMENTS: "CalendarFolder"}
_CLASS = {Kind.CONTACTS: "ipf.contact", Kind.APPOINTMENTS: "ipf.appointment"}
_ROOT, _BIN = "msgfolderroot", "deleteditems"
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class _Found:
    """A folder as the server tells it."""

    id: str
    parent: str
    name: str
    folder_class: str
    marker: str
    element: str
    items: int

    def folder(self) -> Folder:
        return Folder(self.id, self.name, self.marker)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder as people find it: its path from the mailbox's root; `binned`: it is, or lies in, Deleted Items."""

    path: str
    binned: bool = False


class Folders:
    """The folders of one mailbox."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: dict[tuple[str, Kind], tuple[Message, ...]] = {}
        self._usual: dict[str, Message] = {}
        self._beneath: dict[Kind, dict[str, Message]] = {}
        self._elements: dict[str, str] = {}

    def by_id(self, identifier: str, kind: Kind, others: Mapping[Kind, str]) -> Folder:
        """See `app.ports.Mailbox.folder`. One request for folders in the usual places, one more for each level of others."""
        if (identifier, kind) not in self._told:
            self._ask({kind: identifier, **others})
        messages = self._told.pop((identifier, kind))
        folder, deleted, root, standard = (self._one(message) for message in messages)
        if folder is None or deleted is None or root is None:
            raise self._vanished("was deleted")
        self._climb(folder, deleted, {root.id, root.parent} | ({standard.id} if standard else set()))
        return self._fit(folder, kind)

    def _ask(self, wanted: Mapping[Kind, str]) -> None:
        """Keep what the server tells of these folders, each with Deleted Items, the mailbox's root and the standard folder of its kind."""
        named = [bodies.folder_id(identifier) for identifier in wanted.values()]
        usual = [self._standard(name) for name in (_BIN, _ROOT, *(STANDARD[kind] for kind in wanted))]
        messages = self._session.read(bodies.get_folders([*named, *usual]), len(named) + len(usual))
        folders, (deleted, root, *standards) = messages[: len(named)], messages[len(named) :]
        for (kind, identifier), folder, standard in zip(wanted.items(), folders, standards, strict=True):
            self._told[identifier, kind] = folder, deleted, root, standard

    def _climb(self, folder: _Found, deleted: _Found, safe: set[str]) -> None:
        """Walk up from `folder`. Raises: Halt(FOLDER_VANISHED) if the way leads through Deleted Items or nowhere."""
        at = folder
        for _ in range(_DEEPEST):
            if deleted.id in {at.id, at.parent}:
                raise self._vanished("lies in Deleted Items")
            if at.id in safe or at.parent in safe:
                return
            above = self._get(bodies.folder_id(at.parent))
            if above is None:
                break
            at = above
        raise self._vanished("lies outside of the mailbox's folders")

    def _vanished(self, how: str) -> Halt:
        where = self._session.access.where
        return Halt(
            HaltCode.FOLDER_VANISHED, f"{where}: the profile's folder {how}. Restore it, or choose the folder again."
        )

    def by_path(self, path: str, kind: Kind) -> Folder | None:
        """See `app.ports.Mailbox.find_folder`."""
        standard, root = self._usual_places(kind)
        if path.casefold() == "default":
            return standard.folder()
        names = [normal_text(name) for name in path.strip("/").split("/")]
        at = self._start(names, standard, root, kind)
        for name in names[1:]:
            at = self._below(at.id, name) if at else None
        return self._fit(at, kind) if at else None

    def _usual_places(self, kind: Kind) -> tuple[_Found, _Found | None]:
        """The standard folder and the mailbox's root. Those of all kinds are asked for at once and once: they cannot vanish."""
        if not self._usual:
            names = (*STANDARD.values(), _ROOT)
            messages = self._session.read(bodies.get_folders(list(map(self._standard, names))), len(names))
            self._usual = dict(zip(names, messages, strict=True))
        standard, root = self._one(self._usual[STANDARD[kind]]), self._one(self._usual[_ROOT])
        if standard is None:
            raise self._missing_standard()
        return standard, root

    def _beneath_usual(self, kind: Kind) -> dict[str, Message]:
        """What lies directly below the usual places, by their ids. Asked for all kinds at once; answers one question of each."""
        if kind not in self._beneath:
            self._list_usual_places()
        return self._beneath.pop(kind)

    def _list_usual_places(self) -> None:
        """What lies below the usual places of all kinds that this mailbox has."""
        there = [self._one(message) for message in self._usual.values() if message.ok]
        parents = [folder.id for folder in there if folder]
        messages = self._session.read(bodies.find_folders(*map(bodies.folder_id, parents)), len(parents))
        told = dict(zip(parents, messages, strict=True))
        self._beneath = dict.fromkeys(STANDARD, told)

    def _start(self, names: list[str], standard: _Found, root: _Found | None, kind: Kind) -> _Found | None:
        """The first folder of a path: the standard one by its English name or its own, else one at the top.

        A single name, such as "Wice", is looked for below the standard folder first (R25).
        """
        first = names[0].casefold()
        beneath = self._beneath_usual(kind) if len(names) == 1 else {}
        if beneath and (found := self._named(beneath[standard.id], names[0])):
            return found
        if first in {STANDARD[kind], normal_text(standard.name).casefold()}:
            return standard
        if root is None:
            return None
        return self._named(beneath[root.id], names[0]) if beneath else self._below(root.id, names[0])

    def entries(self, kind: Kind) -> list[FolderEntry]:
        """See `app.ports.Mailbox.folders`: two requests, however many folders there are."""
        wanted = [self._standard(name) for name in (_BIN, _ROOT, STANDARD[kind])]
        deleted, root, standard = (self._one(message) for message in self._session.read(bodies.get_folders(wanted), 3))
        if deleted is None or root is None or standard is None:
            raise self._missing_standard()
        [message] = self._session.read(bodies.find_folders(self._standard(_ROOT), deep=True), 1)
        tree = {folder.id: folder for folder in self._all(message)} | {standard.id: standard}
        lines = {one.id: list(_line(one, tree)) for one in tree.values() if _holds(one, kind)}
        kept = (line for line in lines.values() if deleted.id not in {folder.id for folder in line})
        entries = [_entry(line, standard) for line in kept]
        return sorted(entries, key=lambda entry: (entry.wish != "default", entry.names))

    def places(self, kind: Kind) -> dict[str, Place]:
        """Where items of `kind` may lie, by folder id: all folders of that kind, and Deleted Items with all below it (R41)."""
        [held] = self._session.read(bodies.get_folders([self._standard(_BIN)]), 1)
        deleted = self._one(held)
        [message] = self._session.read(bodies.find_folders(self._standard(_ROOT), deep=True), 1)
        tree = {folder.id: folder for folder in self._all(message)}
        places = {}
        for folder in tree.values():
            line = list(_line(folder, tree))
            binned = deleted is not None and deleted.id in {one.id for one in line}
            if binned or _holds(folder, kind):
                places[folder.id] = Place("/".join(one.name for one in reversed(line)), binned=binned)
        return places

    def create(self, path: str, kind: Kind, marker: str) -> Folder:
        """See `app.ports.Mailbox.create_folder`: below the standard folder, or below the folder that the path names."""
        above, _, name = path.strip("/").rpartition("/")
        parent = self.by_path(above or "default", kind)
        if parent is None:
            text = f"{self._session.access.where}: there is no folder {above!r} to create {name!r} in."
            raise Halt(HaltCode.NOT_FOUND, text)
        body = bodies.create_folder(bodies.folder_id(parent.id), _ELEMENT[kind], name, marker)
        [message] = self._session.call(body, 1)
        if message.code == "ErrorFolderExists":
            # Somebody was quicker: it stands there with their marker, which the caller compares (R43).
            found = self.by_path(path, kind)
            if found is not None:
                return found
        created = self._one(message)
        if created is None:
            raise self._vanished("cannot be created")
        return Folder(created.id, name, marker)

    def mark(self, identifier: str, marker: str) -> None:
        """See `app.ports.Mailbox.mark_folder`."""
        [message] = self._session.call(bodies.mark_folder(identifier, self._element(identifier), marker), 1)
        if message.code in NO_FOLDER:
            raise self._vanished("was deleted")
        if not message.ok:
            raise by_code(message.code, message.text, self._session.access.where)

    def _element(self, identifier: str) -> str:
        """What the server calls this folder."""
        if identifier not in self._elements:
            folder = self._get(bodies.folder_id(identifier))
            if folder is None:
                raise self._vanished("was deleted")
            self._elements[identifier] = folder.element
        return self._elements[identifier]

    def _standard(self, name: str) -> Element:
        return bodies.distinguished(name, self._session.access.mailbox)

    def _missing_standard(self) -> Halt:
        return Halt(HaltCode.NOT_FOUND, f"{self._session.access.where}: the standard folder is missing.")

    def _get(self, identifier: Element) -> _Found | None:
        [message] = self._session.read(bodies.get_folders([identifier]), 1)
        return self._one(message)

    def _below(self, parent: str, name: str) -> _Found | None:
        """The child of this name; names compare as people read them."""
        [message] = self._session.read(bodies.find_folders(bodies.folder_id(parent)), 1)
        return self._named(message, name)

    def _named(self, message: Message, name: str) -> _Found | None:
        """The folder of this name among those of a search."""
        if message.code in NO_FOLDER:
            return None
        found = self._all(message)
        return next((one for one in found if normal_text(one.name).casefold() == name.casefold()), None)

    def _all(self, message: Message) -> list[_Found]:
        """The folders that a search found."""
        self._ok(message)
        root = find(message.element, "m:RootFolder")
        held = find(root, "t:Folders") if root is not None else None
        return [self._read(element) for element in children(held)] if held is not None else []

    def _one(self, message: Message) -> _Found | None:
        """The folder of a response message; None when it is not there."""
        if message.code in NO_FOLDER:
            return None
        self._ok(message)
        held = find(message.element, "m:Folders")
        for element in children(held) if held is not None else ():
            return self._read(element)
        return None

    def _read(self, element: Element) -> _Found:
        found = _read(element)
        self._elements[found.id] = found.element
        return found

    def _ok(self, message: Message) -> None:
        if not message.ok:
            raise by_code(message.code, message.text, self._session.access.where)

    def _fit(self, found: _Found, kind: Kind) -> Folder:
        """R25: a folder of another kind would take no items of ours."""
        if found.folder_class and not _holds(found, kind):
            text = f"{self._session.access.where}: the folder {found.name!r} is no {STANDARD[kind]} folder; choose another."
            raise Halt(HaltCode.CONFIGURATION, text)
        return found.folder()


def _read(element: Element) -> _Found:
    identifier, parent = find(element, "t:FolderId"), find(element, "t:ParentFolderId")
    return _Found(
        id=identifier.get("Id", "") if identifier is not None else "",
        parent=parent.get("Id", "") if parent is not None else "",
        name=text_of(find(element, "t:DisplayName")),
        folder_class=text_of(find(element, "t:FolderClass")),
        marker=values_of(element).get(MARKER, ""),
        element=local(element),
        items=int(text_of(find(element, "t:TotalCount")) or 0),
    )


def _holds(folder: _Found, kind: Kind) -> bool:
    return folder.folder_class.casefold().startswith(_CLASS[kind])


def _line(folder: _Found, tree: Mapping[str, _Found]) -> Iterator[_Found]:
    """A folder's line of descent, itself first."""
    at: _Found | None = folder
    for _ in range(_DEEPEST):
        if at is None:
            return
        yield at
        at = tree.get(at.parent)


def _entry(line: list[_Found], standard: _Found) -> FolderEntry:
    folder, *above = line
    names = tuple(one.name for one in reversed(line))
    if folder.id == standard.id:
        wish = "default"
    elif normal_text(folder.name).casefold() == "wice" and [one.id for one in above] == [standard.id]:
        wish = "Wice"
    else:
        wish = "" if any("/" in name for name in names) else "/".join(names)
    return FolderEntry(folder.id, names, wish, folder.items, folder.marker)
