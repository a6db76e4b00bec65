"""The form of a key, and what is said about text that is none."""

from __future__ import annotations

import json

import pytest

from app.adapters.licence.codec import LONGEST, encoded, licence_of, take_apart, text_to_sign
from app.domain.licence import KeyRefused
from app.domain.licence_sentences import Notice
from tests.rules.licences import licence

WHOLE = f"{text_to_sign(licence())}.{encoded(bytes(64))}"


def refusal(pasted):
    with pytest.raises(KeyRefused) as refused:
        take_apart(pasted)
    return refused.value.sentence.code


def test_a_key_is_one_line_of_ascii_that_holds_its_licence():
    assert WHOLE.isascii()
    assert "\n" not in WHOLE
    assert licence_of(take_apart(WHOLE).payload) == licence()
    assert licence_of(
        take_apart(WHOLE.replace(text_to_sign(licence()), text_to_sign(licence(licensee="Søren ✓")))).payload
    )


@pytest.mark.parametrize(
    "pasted",
    [
        f"  {WHOLE}\r\n",
        f'"{WHOLE}"',
        f"„{WHOLE}“\n",
        "\n".join(WHOLE[start : start + 60] for start in range(0, len(WHOLE), 60)),
        f"\ufeff{WHOLE[:40]} \t\u200b{WHOLE[40:]}\u00a0",
    ],
)
def test_what_pasting_adds_is_taken_away(pasted):
    assert take_apart(pasted) == take_apart(WHOLE)


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("", Notice.NO_KEY),
        ("Sehr geehrte Damen und Herren", Notice.NO_KEY),
        (WHOLE.lower(), Notice.NO_KEY),
        ("WS2.abc.def", Notice.NEWER_FORMAT),
        ("WS1", Notice.CUT_OFF),
        (WHOLE[:50], Notice.CUT_OFF),
        (WHOLE[:-1], Notice.CUT_OFF),
        (f"{WHOLE}.x", Notice.DAMAGED),
        (WHOLE.replace("WS1.ey", "WS1.!!"), Notice.DAMAGED),
        (f"WS1.{encoded(b'[]')}.{encoded(bytes(64))}", Notice.DAMAGED),
        (f"WS1.{encoded(b'not json')}.{encoded(bytes(64))}", Notice.DAMAGED),
        ("WS1." + "A" * (3 * LONGEST), Notice.CUT_OFF),
        (f"WS1.{'A' * LONGEST}.{encoded(bytes(64))}", Notice.DAMAGED),
    ],
)
def test_text_that_is_no_whole_key_is_refused_with_its_reason(pasted, code):
    assert refusal(pasted) is code


@pytest.mark.parametrize("change", [{"v": 2}, {"edition": "galactic"}, {"until": "someday"}, {"accounts": None}])
def test_content_that_only_a_newer_version_understands_is_refused(change):
    payload = take_apart(WHOLE).payload | change
    with pytest.raises(KeyRefused) as refused:
        licence_of(json.loads(json.dumps(payload)))
    assert refused.value.sentence.code is Notice.NEWER_FORMAT


def test_there_is_only_one_way_to_write_a_key():
    """Bits of the last character that carry nothing must be zero."""
    assert refusal(f"{WHOLE[:-1]}B") is Notice.DAMAGED
