"""Making licence keys; needs no database. The vendor's private key comes from a file, the demonstration's is part of the product."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

from app.adapters.licence import demo_signer, signer_of
from app.domain.ids import new_id
from app.domain.licence import Edition, Licence

DEMO_ACCOUNTS: Final = 1000
DEMO_LENGTH: Final = timedelta(days=365)


def issue_key(key_file: Path, licensee: str, edition: Edition, accounts: int, first: date, length: timedelta) -> str:
    """A key of the vendor's, good from `first` until `length` later. Raises: BadInput for a key file that cannot be used."""
    licence = Licence(
        id=new_id(),
        kid="",
        licensee=licensee,
        edition=edition,
        accounts=accounts,
        valid_from=first,
        until=first + length,
    )
    return signer_of(key_file).key_for(licence)


def demo_key(first: date) -> str:
    """A key for loopback."""
    licence = Licence(
        id=new_id(),
        kid="",
        licensee="Demonstration",
        edition=Edition.ENTERPRISE,
        accounts=DEMO_ACCOUNTS,
        valid_from=first,
        until=first + DEMO_LENGTH,
        loopback=True,
    )
    return demo_signer().key_for(licence)
