"""What the engine says is read in the reader's language, with its values as they are."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.people import Role
from app.errors import BadInput
from app.web.current import speaking
from app.web.i18n import _, known
from app.web.sentences import SETTINGS, all_said, said, setting
from tests.services.portal import RunningPortal
from tools.messages import ROOT
from tools.sentences import sentences

PLACE = re.compile(r"%\((a\d+)\)s|\{(\w+)\}")
SPOKEN = sorted({text for text, _file in sentences(ROOT)})
SHAPED = sorted(text for text in SPOKEN if PLACE.search(text))
# Neither a colon nor a space: what a value that looks like a sentence of ours becomes is another matter.
AWKWARD = st.text(alphabet="aZ3äß%s{}()[]\\&<>\"'`-_/@.;", min_size=1, max_size=12).filter(
    lambda text: not re.search(r"^['\"].*['\"]$|[.]$|^[a-z_]+$", text)
)
ENGLISH = re.compile(
    r"\b(the|must|there|does|already|missing|again|refuses?|cannot|should|without|which)\b", re.IGNORECASE
)


def filled(text: str, values: list[str]) -> str:
    """The values by the placeholders' names: a1 gets the first, any other name too."""
    names = list(dict.fromkeys(place[1] or place[2] for place in PLACE.finditer(text)))
    return PLACE.sub(lambda place: values[_number(place[1] or place[2], names)], text)


def _number(name: str, names: list[str]) -> int:
    return int(name[1:]) - 1 if re.fullmatch(r"a\d+", name) else names.index(name)


@pytest.mark.parametrize("text", SPOKEN)
def test_every_sentence_is_recognised_with_values_put_in(text: str) -> None:
    values = ["Qx1", "Qy2", "Qz3", "Qw4"]
    with speaking("de"):
        assert said(filled(text, values)) == filled(_(text), values)


@given(text=st.sampled_from(SHAPED), values=st.lists(AWKWARD, min_size=4, max_size=4))
def test_values_come_through_a_translation_as_they_are(text: str, values: list[str]) -> None:
    with speaking("de"):
        german = said(filled(text, values))
    assert german != filled(text, values)
    assert [value for value in values[: len(set(PLACE.findall(text)))] if value not in german] == []


@given(st.text(max_size=300))
def test_any_text_may_be_asked_for(text: str) -> None:
    with speaking("en"):
        assert said(text) == text
    with speaking("de"):
        assert isinstance(said(text), str)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("there is no account 'anna'", "Das Konto „anna“ gibt es nicht."),
        ("there is a Wice server 'main' already; choose another name", "Wice-Server „main“ gibt es schon; wählen Sie einen anderen Namen."),
        ("must be both, to_wice or to_exchange", "muss eines von diesen sein: both, to_wice oder to_exchange"),
        ("line 3: mailbox is missing", "Zeile 3: Postfach fehlt"),
        (
            'account "anna", profile "one": there is no setting "conflct"; did you mean conflict?',
            "Konto „anna“, Profil „one“: Die Einstellung „conflct“ gibt es nicht; meinten Sie conflict?",
        ),
        (
            "Exchange server x, mailbox a@example.com: The mailbox is full; make room in it or raise its quota. (ErrorQuotaExceeded)",
            ("Exchange-Server x, Postfach a@example.com: Das Postfach ist voll; "
            "schaffen Sie darin Platz, oder erhöhen Sie seine Grenze. (ErrorQuotaExceeded)"),
        ),
        (
            "Exchange server mail, mailbox a@example.com: the profile's folder was deleted. Restore it, or choose the folder again.",
            ("Exchange-Server mail, Postfach a@example.com: Der Ordner des Profils wurde gelöscht. "
            "Stellen Sie ihn wieder her, oder wählen Sie den Ordner neu."),
        ),
        ("The licence ended on 2026-05-03.", "Die Lizenz ist am 03.05.2026 abgelaufen."),
        ("Your role (auditor) does not allow this.", "Ihre Rolle (Prüfer) erlaubt das nicht."),
    ],
)  # fmt: skip
def test_values_that_are_words_of_ours_are_translated_too(english: str, german: str) -> None:
    with speaking("de"):
        assert said(english) == german


def test_R29_alarms_that_were_joined_are_translated_one_by_one() -> None:
    with speaking("de"):
        assert said(
            "Exchange answered with 3 items although 50 are linked: confirm only if that is really so. "
            "47 of 50 linked items would be deleted in Wice: confirm only if that is intended. "
            "This is the profile's first plan: an administrator must approve it."
        ) == (
            "Exchange hat nur 3 Einträge geliefert, obwohl 50 verknüpft sind: Bestätigen Sie nur, wenn das wirklich so ist. "
            "47 von 50 verknüpften Einträgen würden in Wice gelöscht: Bestätigen Sie nur, wenn das beabsichtigt ist. "
            "Dies ist der erste Plan des Profils: Ein Administrator muss ihn genehmigen."
        )


def test_several_problems_are_translated_line_by_line_and_a_foreign_one_stays() -> None:
    with speaking("de"):
        assert said(str(BadInput("mailbox is missing", "Recipient unknown 550 5.1.1"))) == (
            "Postfach fehlt\nRecipient unknown 550 5.1.1"
        )


def test_what_a_server_says_stays_as_it_is() -> None:
    with speaking("de"):
        assert all_said({"": "550 5.1.1 Recipient unknown: no such user (in reply)"}) == {
            "": "550 5.1.1 Recipient unknown: no such user (in reply)"
        }


@pytest.mark.parametrize("piece", ["a: ", "Such a thing. ", "it is ", "x (y) ", "there is no ", "is busy (", "'"])
def test_a_long_text_of_whatever_kind_is_soon_given_up(piece: str) -> None:
    with speaking("de"):
        assert said(piece * 400) == piece * 400


def test_an_english_reader_reads_what_was_said() -> None:
    with speaking("en"):
        assert [text for text in SPOKEN if said(text) != text] == []


def test_settings_have_their_names() -> None:
    with speaking("de"):
        assert setting("wice_username") == "Benutzername in Wice"
        assert setting("of_nobody") == "of_nobody"
    assert set(SETTINGS.values()) <= known()


ADDRESSES = (
    "/accounts/nobody",
    "/accounts?sort=nothing",
    "/accounts?after=broken",
    "/profiles/nobody/none",
    "/runs/nobody",
    "/wice-servers/nobody",
    "/templates/nobody",
    "/users/nobody",
    "/nowhere",
)
FORMS = {
    "/accounts/new": {"name": "a/b", "mailbox": "none", "wice_server": "nobody"},
    "/wice-servers/new": {"url": "ftp://x", "dialect": "not toml", "time_zone": "Moon"},
    "/exchange-servers/new": {"name": "one", "auth": "oauth2"},
    "/templates/new": {"window_past_days": "many", "schedule": "often"},
    "/users/new": {"name": "!", "role": "auditor"},
    "/tokens/new": {"role": "auditor", "days": "0"},
    "/me/password": {"present": "wrong", "new": "short", "repeated": "short"},
}


def test_what_does_not_exist_is_told_in_german(portal: RunningPortal) -> None:
    browser = portal.browser(Role.ADMINISTRATOR, "de")
    pages = {path: browser.get(path) for path in ADDRESSES}
    assert [path for path, page in pages.items() if page.status_code not in (404, 422)] == []
    assert {path: found for path, page in pages.items() if (found := ENGLISH.findall(words(page.text)))} == {}


def test_what_is_wrong_with_a_form_is_told_in_german(portal: RunningPortal) -> None:
    browser = portal.browser(Role.ADMINISTRATOR, "de")
    pages = {path: browser.submit(path, **fields) for path, fields in FORMS.items()}
    assert [path for path, page in pages.items() if page.status_code != 422 or "ws-error" not in page.text] == []
    assert {path: found for path, page in pages.items() if (found := ENGLISH.findall(words(page.text)))} == {}


def words(page: str) -> str:
    """What people read on a page, without what they typed."""
    bare = re.sub(r"<(script|style|svg|textarea)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", bare))
