"""Files at items: a photo at a contact survives an update of the contact (R2)."""

from exchangelib import Contact, FileAttachment
from exchangelib.folders import BaseFolder


def test_a_photo_survives_an_update_R2(contacts: BaseFolder) -> None:
    item = Contact(folder=contacts, display_name="Eva").save()
    item.attach(FileAttachment(name="ContactPicture.jpg", content=b"\xff\xd8photo", is_contact_photo=True))
    held = contacts.get(id=item.id)
    held.job_title = "Einkauf"
    held.save(update_fields=["job_title"])
    held = contacts.get(id=item.id)
    assert (held.has_picture, held.has_attachments) == (True, True)
    (photo,) = held.attachments
    assert (photo.name, photo.is_contact_photo, photo.content) == ("ContactPicture.jpg", True, b"\xff\xd8photo")


def test_a_detached_file_is_gone_and_the_change_key_has_moved(contacts: BaseFolder) -> None:
    item = Contact(folder=contacts, display_name="Eva").save()
    attached = FileAttachment(name="a.txt", content=b"x")
    item.attach(attached)
    key = item.changekey
    item.detach(attached)
    held = contacts.get(id=item.id)
    assert held.attachments == []
    assert held.changekey != key
