"""A form edits what was typed, one property each; and keeps the display name as Outlook does."""

from sandbox.exchange.folders import furnish
from sandbox.exchange.forms import edit, values_of
from sandbox.exchange.world import Item, Mailbox, World


def contact(**given: str) -> Item:
    mailbox = Mailbox("anna@example.com", "Anna Albrecht", World())
    furnish(mailbox)
    folder = mailbox.distinguished("contacts")
    item = Item("", "Contact", folder, {})
    edit(item, {f"contacts:{name}": text for name, text in given.items()})
    return mailbox.place(item, folder)


def test_the_display_name_follows_the_name_until_somebody_types_another() -> None:
    item = contact(GivenName="Eva", Surname="Muster", DisplayName="Eva Muster")
    edit(item, values_of(item) | {"contacts:Surname": "Meier"})
    assert values_of(item)["contacts:DisplayName"] == "Eva Meier"
    edit(item, values_of(item) | {"contacts:DisplayName": "Die Chefin"})
    edit(item, values_of(item) | {"contacts:Surname": "Muster"})
    assert values_of(item)["contacts:DisplayName"] == "Die Chefin"


def test_an_emptied_field_is_gone() -> None:
    item = contact(GivenName="Eva", **{"PhoneNumber[Pager]": "", "PhoneNumber[MobilePhone]": "1"})
    edit(item, values_of(item) | {"contacts:PhoneNumber[MobilePhone]": ""})
    assert [key for key in item.properties if "Phone" in key] == []


def test_a_birthday_is_stored_at_its_fixed_time_of_day() -> None:
    assert contact(GivenName="Eva", Birthday="1960-02-29").text("contacts:Birthday") == "1960-02-29T11:59:00Z"
