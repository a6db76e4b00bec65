"""CreateAttachment, GetAttachment, DeleteAttachment for files, so that a photo can be at a contact and survive what the product does (R2)."""

import base64

from lxml.etree import _Element as Element

from sandbox.exchange.calls import Call
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import attributes, child, child_text, element, local
from sandbox.exchange.properties import boolean
from sandbox.exchange.world import Attachment, Item

_NO_ATTACHMENTS = "<m:Attachments/>"
_MARK = ".att."


def create(call: Call) -> list[str]:
    """CreateAttachment: the item gets a new change key, which RootItemChangeKey tells."""
    parent = child(call.request, "ParentItemId")

    def one(node: Element) -> str:
        if local(node) != "FileAttachment" or parent is None:
            raise EwsError("ErrorInvalidRequest", "Only files can be attached here.")
        item = call.item(parent)
        attachment_id = f"{item.id}{_MARK}{item.folder.mailbox.next_number()}"
        item.attachments[attachment_id] = _made(attachment_id, node)
        item.folder.mailbox.touch(item)
        call.counters.writes += 1
        ids = f"<t:AttachmentId{attributes(Id=attachment_id, RootItemId=item.id, RootItemChangeKey=item.change_key)}/>"
        return f"<m:Attachments><t:FileAttachment>{ids}</t:FileAttachment></m:Attachments>"

    return call.each(call.section("Attachments"), one, _NO_ATTACHMENTS)


def _made(attachment_id: str, node: Element) -> Attachment:
    content = child_text(node, "Content")
    head = f"<t:AttachmentId{attributes(Id=attachment_id)}/>{element('Name', child_text(node, 'Name'))}"
    if kind := child_text(node, "ContentType"):
        head += element("ContentType", kind)
    head += element("Size", str(len(base64.b64decode(content))))
    for name in ("IsInline", "IsContactPhoto"):
        head += element(name, boolean(child_text(node, name) or "false"))
    return Attachment(
        f"<t:FileAttachment>{head}</t:FileAttachment>",
        f"<t:FileAttachment>{head}{element('Content', content)}</t:FileAttachment>",
    )


def get(call: Call) -> list[str]:
    """GetAttachment."""
    return call.each(
        call.section("AttachmentIds"),
        lambda node: f"<m:Attachments>{_found(call, node)[1].full}</m:Attachments>",
        _NO_ATTACHMENTS,
    )


def _found(call: Call, node: Element) -> tuple[Item, Attachment]:
    attachment_id = str(node.get("Id"))
    item = next((held for held in call.world.items.values() if attachment_id in held.attachments), None)
    if item is None or not call.acting.may_open(item.folder.mailbox):
        raise EwsError("ErrorInvalidAttachmentId", "The attachment does not exist.")
    return item, item.attachments[attachment_id]


def delete(call: Call) -> list[str]:
    """DeleteAttachment."""

    def one(node: Element) -> str:
        item, _ = _found(call, node)
        del item.attachments[str(node.get("Id"))]
        item.folder.mailbox.touch(item)
        call.counters.writes += 1
        return f"<m:RootItemId{attributes(RootItemId=item.id, RootItemChangeKey=item.change_key)}/>"

    return call.each(call.section("AttachmentIds"), one)
