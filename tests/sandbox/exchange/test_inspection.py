"""The control paths that look into mailboxes and put things there."""

from exchangelib import Contact
from exchangelib.folders import BaseFolder

from tests.sandbox.exchange.conftest import Exchange


def test_folders_are_listed_with_their_paths(exchange: Exchange) -> None:
    paths = {folder["path"]: folder["class"] for folder in exchange.get("mailboxes/anna@example.com/folders")}
    assert paths["contacts"] == "IPF.Contact"
    assert paths["calendar"] == "IPF.Appointment"


def test_a_touch_moves_the_change_key_and_nothing_else(exchange: Exchange, contacts: BaseFolder) -> None:
    Contact(folder=contacts, display_name="Eva").save()
    (before,) = exchange.items("contacts")
    touched = exchange.post("touch", mailbox="anna@example.com", id=before["id"])
    (after,) = exchange.items("contacts")
    assert after["change_key"] == touched["change_key"] != before["change_key"]
    assert after["properties"] == before["properties"]


def test_a_rare_kind_of_item_can_be_put_among_the_contacts_R7(exchange: Exchange) -> None:
    exchange.put("contacts", "<RoleMember><Subject>Rolle</Subject></RoleMember>")
    answer = exchange.soap(
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ParentFolderIds>'
        '<t:DistinguishedFolderId Id="contacts"/></m:ParentFolderIds></m:FindItem>',
        login=("anna@example.com", "post-anna"),
    )
    assert "<t:RoleMember>" in answer.text


def test_bad_input_is_answered_with_a_text(exchange: Exchange) -> None:
    for answer in (
        exchange.http.get(f"{exchange.url}/_sandbox/mailboxes/nobody@example.com/items"),
        exchange.http.get(
            f"{exchange.url}/_sandbox/mailboxes/anna@example.com/items", params={"folder": "contacts/None"}
        ),
        exchange.http.post(f"{exchange.url}/_sandbox/touch", json={"mailbox": "anna@example.com", "id": "x"}),
        exchange.http.post(f"{exchange.url}/_sandbox/mailboxes/anna@example.com/items?folder=contacts", content=b"<"),
    ):
        assert answer.status_code == 422
        assert answer.json()["error"]
