"""R38: only what the vendor has signed is a licence, character by character."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.licence import KeyRing, demo_signer, load_keys
from app.adapters.licence.codec import encoded
from app.adapters.licence.signing import Signer
from app.domain.licence import KeyRefused
from app.domain.licence_sentences import Notice
from tests.rules.licences import licence

VENDOR = Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
RING = KeyRing(public={VENDOR.kid: VENDOR.private.public_key()})
KEY = VENDOR.key_for(licence())
PRINTABLE = string.printable + "ÄßéПあ\u200b\u00a0„“"


def refusal(ring, key):
    with pytest.raises(KeyRefused) as refused:
        ring.read(key)
    return refused.value.sentence.code


def test_a_genuine_key_grants_what_was_signed():
    assert RING.read(KEY) == replace(licence(), kid=VENDOR.kid)


@given(st.integers(0, len(KEY) - 1), st.sampled_from(PRINTABLE))
def test_R38_any_changed_character_is_refused(place, character):
    forged = KEY[:place] + character + KEY[place + 1 :]
    if forged != KEY:
        with pytest.raises(KeyRefused):
            RING.read(forged)


@pytest.mark.parametrize("place", range(len(KEY)))
def test_R38_no_character_can_be_left_out_doubled_or_swapped(place):
    swapped = KEY[:place] + KEY[place : place + 2][::-1] + KEY[place + 2 :]
    for forged in (KEY[:place] + KEY[place + 1 :], KEY[:place] + KEY[place] + KEY[place:], KEY[:place], swapped):
        if forged != KEY:
            with pytest.raises(KeyRefused):
                RING.read(forged)


def test_a_changed_licence_under_an_old_signature_is_refused():
    more = VENDOR.key_for(licence(accounts=5000))
    assert refusal(RING, ".".join([*more.split(".")[:2], KEY.split(".")[2]])) is Notice.WRONG_SIGNATURE


def test_a_stranger_who_claims_the_vendors_key_id_is_refused():
    form, payload, _ = KEY.split(".")
    text = f"{form}.{payload}"
    forged = f"{text}.{encoded(STRANGER.private.sign(text.encode()))}"
    assert refusal(RING, forged) is Notice.WRONG_SIGNATURE


def test_a_strangers_key_names_its_signer():
    assert refusal(RING, STRANGER.key_for(licence())) is Notice.UNKNOWN_SIGNER
    with pytest.raises(KeyRefused, match=STRANGER.kid):
        RING.read(STRANGER.key_for(licence()))


def test_the_demonstrations_key_pair_signs_for_loopback_only_whatever_a_key_says():
    assert load_keys().read(demo_signer().key_for(licence(loopback=False))).loopback


def test_the_product_knows_the_vendor_and_holds_no_private_key_of_theirs():
    ring = load_keys()
    vendors = set(ring.public) - ring.loopback_only
    assert len(vendors) == 1
    assert demo_signer().kid in ring.loopback_only
