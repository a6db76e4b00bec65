"""R35: what is locked after the first synchronisation."""

from dataclasses import fields, replace

import pytest

from app.domain.account import SHARED_SETTINGS, Account, ExchangeServer, Profile, Template, WiceServer
from app.domain.sync import Kind
from app.rules.locks import LOCKABLE, moved

BOTH = frozenset(Kind)
ACCOUNT = Account(name="a", wice_server="w", wice_username="anna", exchange_server="e", mailbox="anna@example.com")
PROFILE = Profile(account="a", name="p")
WICE = WiceServer(name="w", url="https://w", mandant="demo")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (ACCOUNT, replace(ACCOUNT, mailbox="other@example.com"), {"mailbox": BOTH}),
        (ACCOUNT, replace(ACCOUNT, mailbox="Anna@Example.com", wice_username="ANNA"), {}),
        (
            ACCOUNT,
            replace(ACCOUNT, wice_server="x", exchange_server="y"),
            {"exchange_server": BOTH, "wice_server": BOTH},
        ),
        (ACCOUNT, replace(ACCOUNT, email="x@example.com", active=False), {}),
        (PROFILE, replace(PROFILE, contacts_folder="default"), {"contacts_folder": {Kind.CONTACTS}}),
        (PROFILE, replace(PROFILE, calendar_folder="default"), {"calendar_folder": {Kind.APPOINTMENTS}}),
        (PROFILE, replace(PROFILE, contacts_folder="wice"), {"contacts_folder": {Kind.CONTACTS}}),
        (PROFILE, replace(PROFILE, window_past_days=1), {}),
        (WICE, replace(WICE, mandant="other"), {"mandant": BOTH}),
        (WICE, replace(WICE, url="https://moved"), {}),
    ],
)
def test_R35_what_links_hang_on_is_told_with_its_kinds(old, new, expected):
    assert moved(old, new) == expected


def test_the_table_is_about_settings_that_exist():
    for kind, settings in LOCKABLE.items():
        assert set(settings) <= {field.name for field in fields(kind)}
    assert set(LOCKABLE) == {WiceServer, ExchangeServer, Account, Profile, Template}
    assert set(LOCKABLE[Profile]) <= set(SHARED_SETTINGS)
