"""How it stands with the logins of an account."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.sync import Side


@dataclass(frozen=True, slots=True)
class LoginStanding:
    """`refused`: where a login was, since it was last edited. `shared`: that is the one of a service account, which others use as well.

    `in_doubt`: the shared login for Exchange, if nobody has got through with it since it was edited, or it was refused once; else "".
    """

    refused: Side | None = None
    shared: bool = False
    in_doubt: str = ""
