"""One request under way: who asks, for which mailbox, and how the ids in it lead to folders and items."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lxml.etree import _Element as Element

from sandbox.control import Counters, Fault
from sandbox.exchange import recurrence
from sandbox.exchange.errors import EwsError, SoapFault
from sandbox.exchange.fragments import child, child_text, children, local
from sandbox.exchange.soap import Envelope, failure, success
from sandbox.exchange.world import Folder, Item, Mailbox, World


@dataclass(frozen=True)
class Caller:
    """Who is logged in; `mailbox` is None for the service account, which has none and may open every one."""

    login: str
    mailbox: Mailbox | None

    def may_open(self, mailbox: Mailbox) -> bool:
        return self.mailbox is None or self.mailbox is mailbox or self.login.casefold() in mailbox.delegates


@dataclass(frozen=True)
class Call:
    """A request of an authenticated caller. Impersonation is settled: `acting` is whoever the request acts as."""

    world: World
    acting: Caller
    envelope: Envelope
    counters: Counters
    fault: Fault | None

    @property
    def request(self) -> Element:
        return self.envelope.request

    def section(self, name: str) -> list[Element]:
        """The elements in a child of the request, for example the ids in ItemIds."""
        return children(child(self.request, name))

    def told(self, kind: str) -> Fault | None:
        """The fault this request is to suffer, if it is of that kind."""
        return self.fault if self.fault is not None and self.fault.kind == kind else None

    def each(self, elements: Iterable[Element], work: Callable[[Element], str], on_failure: str = "") -> list[str]:
        """One response message per element, in order; one that fails never keeps the others from being done."""
        operation, messages = self.envelope.operation, []
        for index, node in enumerate(elements):
            try:
                self._fail_if_told(index)
                messages.append(success(operation, work(node)))
            except SoapFault:
                raise
            except EwsError as error:
                messages.append(failure(operation, error, on_failure))
        return messages

    def _fail_if_told(self, index: int) -> None:
        told = self.told("item_error")
        if told and index == int(told.number("index")):
            raise EwsError(told.text("code"), "The sandbox was told to fail this item.")

    def mailbox(self, node: Element | None) -> Mailbox:
        """The mailbox that <Mailbox> in a distinguished folder id names, else the caller's own. Raises: EwsError."""
        named = child(node, "Mailbox") if node is not None else None
        if named is not None and (address := child_text(named, "EmailAddress")):
            return self._opened(self.world.mailbox(address))
        if self.acting.mailbox is None:
            raise EwsError("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
        return self.acting.mailbox

    def _opened(self, mailbox: Mailbox) -> Mailbox:
        if not self.acting.may_open(mailbox):
            raise EwsError("ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        return mailbox

    def folder(self, node: Element | None) -> Folder:
        """The folder of a FolderId or DistinguishedFolderId. Raises: EwsError ErrorFolderNotFound, ErrorAccessDenied, ..."""
        if node is None:
            raise EwsError("ErrorInvalidRequest", "The request names no folder.")
        if local(node) == "DistinguishedFolderId":
            return self.mailbox(node).distinguished(str(node.get("Id")))
        folder_id = str(node.get("Id"))
        found = self.world.folders.get(folder_id)
        if found is None:
            raise _no_such_folder(folder_id)
        self._opened(found.mailbox)
        return found

    def target(self, name: str) -> Folder:
        """The folder named in a child of the request, for example in SavedItemFolderId."""
        holder = child(self.request, name)
        return self.folder(children(holder)[0] if holder is not None and children(holder) else None)

    def item(self, node: Element) -> Item:
        """The item of an ItemId, OccurrenceItemId or RecurringMasterItemId. Raises: EwsError ErrorItemNotFound, ..."""
        match local(node):
            case "OccurrenceItemId":
                return recurrence.occurrence(
                    self._stored(str(node.get("RecurringMasterId"))), int(str(node.get("InstanceIndex")))
                )
            case "RecurringMasterItemId":
                return self._stored(str(node.get("OccurrenceId")).partition(".")[0])
        item_id, _, index = str(node.get("Id")).partition(".")
        found = self._stored(item_id)
        return recurrence.occurrence(found, int(index)) if index else found

    def _stored(self, item_id: str) -> Item:
        found = self.world.items.get(item_id)
        if found is None:
            raise _no_such_item(item_id)
        self._opened(found.folder.mailbox)
        return found


def _no_such_folder(folder_id: str) -> EwsError:
    if not folder_id.startswith("AAMk"):
        return EwsError("ErrorInvalidIdMalformed", "Id is malformed.")
    return EwsError("ErrorFolderNotFound", "The specified folder could not be found in the store.")


def _no_such_item(item_id: str) -> EwsError:
    if not item_id.startswith("AAMk"):
        return EwsError("ErrorInvalidIdMalformed", "Id is malformed.")
    return EwsError("ErrorItemNotFound", "The specified object was not found in the store.")
