"""Folded columns of accounts: as lists sort and search."""

import pytest
from sqlalchemy import select

from app.adapters.db.account_keys import sort_key
from app.adapters.db.tables import accounts
from tests.adapters.db.world import MAIL, MAIN, account


@pytest.mark.parametrize(
    ("name", "key"), [("Özil", "ozil"), ("GROß", "gross"), ("O\u0308zil", "ozil"), ("ﬁn", "fin"), ("", "")]
)
def test_a_sort_key_has_neither_case_nor_accents(name, key):
    assert sort_key(name) == key


def test_they_follow_every_change_of_the_names(database, engine):
    def stored():
        with engine.connect() as connection:
            return tuple(connection.execute(select(accounts.c.name_key, accounts.c.terms)).one())

    database.registry.save(MAIN)
    database.registry.save(MAIL)
    database.registry.save(account("Öz", email="A@x", mailbox="B@x", wice_username="Login"))
    assert stored() == ("oz", "öz\na@x\nb@x\nlogin")
    database.registry.save(account("Öz", email="c@x", mailbox="c@x", wice_username="Öz"))
    assert stored() == ("oz", "öz\nc@x")
    (known,) = database.registry.accounts()
    database.registry.rename(known, "Bo")
    assert stored() == ("bo", "bo\nc@x\nöz")
