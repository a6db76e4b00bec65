"""Accounts for the tests of pages and of the API."""

from dataclasses import replace

from app.bootstrap import Application
from app.domain.account import Profile
from app.domain.people import SYSTEM
from tests.adapters.db.world import MAIL, MAIN, account

NOBODY_LISTENS = "http://127.0.0.1:9"


def add_accounts(product: Application, *names: str, profiles: bool = True) -> None:
    """Servers "main" and "mail", and these accounts, with a profile "Wice" each."""
    product.registry.save(replace(MAIN, url=NOBODY_LISTENS))
    product.registry.save(replace(MAIL, url=NOBODY_LISTENS))
    own = [account(name, mailbox=f"box{number}@example.com") for number, name in enumerate(names)]
    below = [Profile(account=name, name="Wice") for name in names] if profiles else []
    product.registry.save_many([*own, *below], SYSTEM)
