"""Many people at work on both servers, and what must hold for all of them whatever became of the runs in between.

Every record carries a name that nobody edits, and every edit types a number that was never typed before (as in tests/crash/people.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from random import Random
from xml.sax.saxutils import escape

from app.domain.contact import Contact
from app.domain.fingerprint import Record
from app.domain.sync import Kind
from tests.scenarios.in_outlook import InOutlook
from tests.scenarios.in_wice import InWice
from tests.services.sandbox import Sandbox

FOLDER = "contacts/Wice"
MOBILE = "contacts:PhoneNumber[MobilePhone]"
CARD = (
    "<Contact><DisplayName>{name}</DisplayName><GivenName>Eva</GivenName><PhoneNumbers>"
    '<Entry Key="MobilePhone">{number}</Entry></PhoneNumbers><Surname>{name}</Surname></Contact>'
)


class Crowd:
    """`users` by login; each has contacts in Wice and in the mailbox. Only what `arrange` made is ever taken away, once for each user."""

    def __init__(self, sandbox: Sandbox, users: Iterable[str], rng: Random) -> None:
        self.users = tuple(users)
        self._sandbox = sandbox
        self._rng = rng
        self._serial = 0
        self._wice = InWice(sandbox)
        self._mailboxes: dict[str, InOutlook] = {}
        self._typed: dict[tuple[str, str], str] = {}  # the number typed last, by side and name
        self._left: set[str] = set()

    def close(self) -> None:
        for mailbox in self._mailboxes.values():
            mailbox.close()

    def arrange(self, each: int = 4) -> None:
        """So many persons in Wice for every user."""
        for user in self.users:
            for _ in range(each):
                self._add_in_wice(user)

    def work(self, deeds: int) -> None:
        """So many things that somebody does, somewhere."""
        doings: tuple[Callable[[str], None], ...] = (
            self._add_in_wice,
            self._add_in_outlook,
            self._edit_in_wice,
            self._edit_in_outlook,
            self._take_away,
        )
        for _ in range(deeds):
            self._rng.choice(doings)(self._rng.choice(self.users))

    def check(self, images: Iterable[Record]) -> None:
        """R1, R8, R15, R30, after everything has been synchronised. `images`: all before and after images of the journal."""
        mails = sum(int(self._sandbox.counters(server)["mails"]) for server in ("wice", "ews"))
        assert mails == 0, "R15"
        wice = self._wice.persons()
        rows = [row["name"] for row in self._sandbox.control("wice", "GET", "records/persons")["records"]]
        doubled = [name for name, count in Counter(rows).items() if count > 1]
        assert not doubled, f"R30 doubled in Wice: {doubled}"
        flagged: dict[str, dict[str, str]] = defaultdict(dict)
        for name, row in wice.items():
            for user in row["flags"]:
                flagged[user][name] = row["mobile_phone"]
        kept = {row["mobile_phone"] for row in wice.values()}
        for user in self.users:
            cards = self._cards(user)
            doubled = [name for name, count in Counter(name for name, _number in cards).items() if count > 1]
            assert not doubled, f"R30 doubled in the mailbox of {user}: {doubled}"
            assert dict(cards) == flagged[user], f"R1: {user}"
            kept |= {number for _name, number in cards}
        kept |= {image.mobile_phone for image in images if isinstance(image, Contact)}
        lost = set(self._typed.values()) - kept
        assert not lost, f"R30 lost: {lost}"

    def _add_in_wice(self, user: str) -> None:
        name, number = self._next("Wice"), self._next("0171-")
        self._wice.person(name, user, firstname="Eva", mobile_phone=number)
        self._typed["wice", name] = number

    def _add_in_outlook(self, user: str) -> None:
        name, number = self._next("Outlook"), self._next("0172-")
        if self._has_folder(user):
            self._mailbox(user).put(Kind.CONTACTS, CARD.format(name=escape(name), number=number))
            self._typed["exchange", name] = number

    def _edit_in_wice(self, user: str) -> None:
        mine = sorted((name, row) for name, row in self._wice.persons().items() if user in row["flags"])
        if mine:
            name, row = self._rng.choice(mine)
            self._typed["wice", name] = number = self._next("0173-")
            self._wice.edit(f"p:{row['rowid']}", mobile_phone=number)

    def _edit_in_outlook(self, user: str) -> None:
        cards = self._cards(user)
        if cards:
            name, _number = self._rng.choice(cards)
            self._typed["exchange", name] = number = self._next("0174-")
            mailbox = self._mailbox(user)
            mailbox.change(mailbox.cards()[name]["id"], mobile=number)

    def _take_away(self, user: str) -> None:
        cards = self._cards(user)
        if user in self._left or not cards:
            return
        self._left.add(user)
        name, _number = self._rng.choice(cards)
        rows = self._wice.persons()
        if self._rng.random() < 0.5 and name in rows:
            self._wice.unflag(f"p:{rows[name]['rowid']}", user)
        else:
            mailbox = self._mailbox(user)
            mailbox.delete(mailbox.cards()[name]["id"])
            # What nobody has seen yet is gone with it, by its owner's will.
            self._typed.pop(("exchange", name), None)

    def _next(self, prefix: str) -> str:
        self._serial += 1
        return f"{prefix}{self._serial:05d}"

    def _mailbox(self, user: str) -> InOutlook:
        if user not in self._mailboxes:
            self._mailboxes[user] = InOutlook(self._sandbox, user)
        return self._mailboxes[user]

    def _has_folder(self, user: str) -> bool:
        path = f"mailboxes/{self._sandbox.person(user)['mailbox']}/folders"
        return any(folder["path"] == FOLDER for folder in self._sandbox.control("ews", "GET", path))

    def _cards(self, user: str) -> list[tuple[str, str]]:
        """Name and number of every contact in the user's folder."""
        if not self._has_folder(user):
            return []
        path = f"mailboxes/{self._sandbox.person(user)['mailbox']}/items"
        items = self._sandbox.control("ews", "GET", path, folder=FOLDER)
        return [(item["properties"]["contacts:Surname"], item["properties"].get(MOBILE, "")) for item in items]
