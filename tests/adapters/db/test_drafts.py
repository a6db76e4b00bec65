"""Uploaded texts travel with a form, unreadable for everybody but the one who uploaded them."""

import pytest

from app.adapters.db.drafts import Drafts
from app.adapters.db.secrets import Secrets
from app.errors import BadInput

DRAFTS = Drafts(Secrets({"k": b"k" * 32}))


@pytest.mark.parametrize("text", ["", "account;wice_password\nanna;geheim\n", "ü" * 100_000])
def test_what_is_sealed_is_opened_by_its_owner_and_says_nothing(text):
    sealed = DRAFTS.seal("ada", text)
    assert DRAFTS.open("ada", sealed) == text
    assert "geheim" not in sealed


@pytest.mark.parametrize("sealed", ["", "nonsense", "k:AAAA", "other:AAAA"])
def test_what_was_not_sealed_here_is_refused(sealed):
    with pytest.raises(BadInput, match="upload it again"):
        DRAFTS.open("ada", sealed)


def test_nobody_opens_what_somebody_else_uploaded():
    with pytest.raises(BadInput, match="upload it again"):
        DRAFTS.open("bob", DRAFTS.seal("ada", "geheim"))
