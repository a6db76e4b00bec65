"""Poison items: what cannot be read is held alone; its siblings are read, and a server in trouble is not taken for a bad item."""

import re
from collections.abc import Callable

import pytest

from app.adapters.exchange.contacts import Contacts
from app.adapters.exchange.errors import AnswerLost
from app.adapters.exchange.store import FolderStore
from app.domain.ids import ItemId
from app.domain.sync import Held, Item, Obstacle
from tests.adapters.exchange.canned import Canned, Reply, bad, canned_mailbox, fault, good, messages, serving

IDS = [ItemId(f"id{number}") for number in range(50)]
POISON = IDS[13]


def contact(identifier: str, inner: str = "") -> str:
    item = (
        f'<t:Contact><t:ItemId Id="{identifier}" ChangeKey="1"/><t:ParentFolderId Id="f"/><t:ItemClass>IPM.Contact</t:ItemClass>'
        f"{inner}<t:Surname>Schulz</t:Surname></t:Contact>"
    )
    return good("GetItem", f"<m:Items>{item}</m:Items>")


def asked(body: bytes) -> list[str]:
    return re.findall(r'ItemId Id="(\w+)"', body.decode())


def server(poisoned: Callable[[list[str]], Reply]) -> Callable[[bytes], Reply]:
    """Answers well, unless it is asked for the content of the poison item."""

    def answer(body: bytes) -> Reply:
        ids = asked(body)
        if POISON in ids and b"GivenName" in body:
            return poisoned(ids)
        return messages("GetItem", *map(contact, ids))

    return answer


def store(canned: Canned) -> FolderStore:
    return FolderStore(canned_mailbox(canned)._session, "f", Contacts(frozenset()))


def spoilt(ids: list[str]) -> Reply:
    return messages(
        "GetItem", *(contact(one, "<t:Birthday>gestern</t:Birthday>" if one == POISON else "") for one in ids)
    )


@pytest.mark.parametrize(
    "poisoned",
    [
        spoilt,
        lambda ids: messages("GetItem", *(good("GetItem") if one == POISON else contact(one) for one in ids)),
        lambda ids: messages("GetItem", *(bad("GetItem", "ErrorCorruptData") if one == POISON else contact(one) for one in ids)),
        lambda _: fault("ErrorInternalServerError"),
        lambda _: Reply(status=500),
        lambda _: Reply(b"<broken"),
        lambda _: messages("GetItem"),
    ],
    ids=["bad value", "no item", "error", "fault", "HTTP 500", "broken XML", "parts missing"],
)  # fmt: skip
def test_R32_one_poison_item_is_held_alone(poisoned: Callable[[list[str]], Reply]) -> None:
    with serving(server(poisoned)) as canned:
        found = list(store(canned).fetch(IDS))
        assert len(canned.requests) < 20
    held = [one for one in found if isinstance(one, Held)]
    assert [(one.id, one.because) for one in held] == [(POISON, Obstacle.UNREADABLE)]
    assert [one.id for one in found] == IDS
    assert held[0].version == ("1" if poisoned is spoilt else "")
    assert sum(isinstance(one, Item) for one in found) == 49


def test_a_server_in_trouble_is_nobody_s_fault() -> None:
    with serving(fault("ErrorInternalServerError")) as canned:
        with pytest.raises(AnswerLost):
            list(store(canned).fetch(IDS))
        assert len(canned.requests) < 10


def test_an_answer_that_fails_once_is_asked_for_again() -> None:
    with serving(fault("ErrorInternalServerError"), server(spoilt)) as canned:
        [item] = store(canned).fetch(IDS[:1])
    assert isinstance(item, Item)
