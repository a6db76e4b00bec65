"""Opening what *explain* looks at: a profile's books, and both its servers as its runs see them, without a lease (R41)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from app.bootstrap.application import Application, now
from app.services.explain import Inquiry


@contextmanager
def inquiry(product: Application, name: str, *, live: bool = True) -> Iterator[Inquiry]:
    """Ask about the profile `name`; not `live`: its books only. Sends nothing yet. Raises: BadInput (no such profile)."""
    profile, account, wice, exchange = product.registry.profile(name)
    finder = product.finder
    with ExitStack() as connections:
        crm = connections.enter_context(closing(product.crm(account, wice, profile))) if live else None
        mailbox = product.mailbox_as_read(account, exchange, crm, wice.time_zone) if crm else None
        if mailbox:
            connections.enter_context(closing(mailbox))
        yield Inquiry(
            profile=profile,
            account=account,
            finder=finder,
            latest=finder.latest(profile.id),
            today=now().date(),
            crm=crm,
            mailbox=mailbox,
            logins=product.logins.of(profile.id) if live else (),
        )
