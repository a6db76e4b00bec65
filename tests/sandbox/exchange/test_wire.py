"""What a test may see of the requests that came: POST /_sandbox/wire begins, GET tells, a reset ends."""

from exchangelib import Contact
from exchangelib.folders import BaseFolder

from tests.sandbox.exchange.conftest import Exchange


def test_requests_that_change_something_are_kept_as_they_came(exchange: Exchange, contacts: BaseFolder) -> None:
    Contact(folder=contacts, display_name="Before").save()
    assert exchange.get("wire") == {"requests": []}
    exchange.post("wire")
    made = Contact(folder=contacts, display_name="Eva").save()
    made.refresh()
    [request] = exchange.get("wire")["requests"]
    assert (request["by"], request["operation"]) == ("svc@example.com", "CreateItem")
    assert "Eva" in request["body"]
    exchange.post("reset", seed="empty")
    assert exchange.get("wire") == {"requests": []}


def test_an_answer_to_an_invitation_is_stored_and_seen(exchange: Exchange) -> None:
    item = exchange.put("calendar", "<CalendarItem><Subject>Runde</Subject></CalendarItem>")
    exchange.post("answer", mailbox="anna@example.com", id=item["id"], answer="Decline")
    [stored] = exchange.items("calendar")
    assert stored["properties"]["calendar:MyResponseType"] == "Decline"
