"""The German texts: complete, none too many, and fit for every place."""

import re
from collections import Counter
from functools import cache

import pytest

from app.web.current import speaking
from app.web.i18n import _, ngettext
from tools.messages import SENTENCES, complete, translated, used

PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


def key(text):
    return text if isinstance(text, str) else text[0]


def forms(text):
    return (text,) if isinstance(text, str) else tuple(text or ())


@cache
def entries():
    return [message for _area, message in translated()]


@cache
def all_used():
    return {text.forms[0] for text in used()}


def test_every_text_has_its_german():
    german = {key(message.id) for message in entries() if complete(message)}
    assert sorted(all_used() - german) == [], "run `make messages`, then translate"


def test_no_text_stands_in_the_catalogues_that_nobody_uses():
    assert sorted({key(message.id) for message in entries()} - all_used()) == [], "run `make messages`"


def test_no_text_is_translated_twice():
    assert [text for text, times in Counter(key(message.id) for message in entries()).items() if times > 1] == []


def test_a_translation_has_the_placeholders_of_its_text():
    def names(texts):
        return {found for text in texts for found in PLACEHOLDER.findall(text)}

    assert [m.id for m in entries() if complete(m) and names(forms(m.id)) != names(forms(m.string))] == []


def test_texts_hold_no_markup_and_no_quotes_that_would_end_an_attribute():
    unfit = re.compile(r'[<>"]|&\w+;')
    # What the engine says is shown through the filter `said`, which is escaped.
    ours = [m for area, m in translated() if area != SENTENCES]
    assert [text for m in ours for text in (*forms(m.id), *forms(m.string)) if unfit.search(text)] == []


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [("en", 1, "1 entry"), ("en", 0, "0 entries"), ("de", 1, "1 Eintrag"), ("de", 12345, "12.345 Einträge")],
)
def test_counts_agree_with_their_number(language, number, text):
    with speaking(language):
        assert ngettext("%(num)s entry", "%(num)s entries", number) == text


def test_what_the_catalogue_does_not_know_stays_english():
    with speaking("de"):
        assert _("Never seen %(what)s", what="before") == "Never seen before"
        assert _("Profiles") == "Profile"


def test_a_percent_sign_needs_no_care_where_no_value_is_put_in():
    with speaking("en"):
        assert _("100 % sure") == "100 % sure"
