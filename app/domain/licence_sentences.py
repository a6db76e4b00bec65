"""What is said about licences, by code. Each says what is the case and what to do; the portal translates the texts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Notice(StrEnum):
    """The first part: how it stands. The second: why a profile is not covered. The third: why a key cannot be activated."""

    TRIAL = "trial"
    TRIAL_OVER = "trial_over"
    LICENSED = "licensed"
    DEMO = "demo"
    ENDING_SOON = "ending_soon"
    EXPIRED = "expired"
    DEMO_ELSEWHERE = "demo_elsewhere"
    TOO_MANY_ACCOUNTS = "too_many_accounts"
    TOO_MANY_PROFILES = "too_many_profiles"
    AFTERWARDS = "afterwards"
    WRITES_NOTHING = "writes_nothing"
    ACTIVATE = "activate"
    CLOCK_BACK = "clock_back"

    ACCOUNT_NOT_COVERED = "account_not_covered"
    PROFILE_NOT_COVERED = "profile_not_covered"
    NOT_ACTIVE = "not_active"

    NO_KEY = "no_key"
    CUT_OFF = "cut_off"
    DAMAGED = "damaged"
    WRONG_SIGNATURE = "wrong_signature"
    UNKNOWN_SIGNER = "unknown_signer"
    NEWER_FORMAT = "newer_format"
    KEY_NOT_YET_VALID = "key_not_yet_valid"
    KEY_EXPIRED = "key_expired"
    KEY_LOOPBACK_ONLY = "key_loopback_only"


TEXTS: Mapping[Notice, str] = {
    Notice.TRIAL: "Trial of the basic edition until {until}: one profile.",
    Notice.TRIAL_OVER: "The trial ended on {until}.",
    Notice.LICENSED: "Licensed to {licensee} until {until}.",
    Notice.DEMO: "Demonstration licence until {until}: only for servers on this machine.",
    Notice.ENDING_SOON: "The licence ends on {until}: order a new key in time and activate it.",
    Notice.EXPIRED: "The licence ended on {until}.",
    Notice.DEMO_ELSEWHERE: "The licence is for servers on this machine (localhost) only, and an account uses another one.",
    Notice.TOO_MANY_ACCOUNTS: "{used} accounts are active, the licence is for {allowed}: only the oldest {allowed} are written. "
    "Deactivate accounts, or activate a key for more.",
    Notice.TOO_MANY_PROFILES: "{used} profiles are active, the basic edition is for {allowed}: only the oldest is written. "
    "Deactivate the others, or activate a key of the enterprise edition.",
    Notice.AFTERWARDS: "Afterwards nothing is written to Wice or Exchange any more; analyses, history and export still work.",
    Notice.WRITES_NOTHING: "Nothing is written to Wice or Exchange; analyses, history and export still work.",
    Notice.ACTIVATE: "Activate a licence key: in the portal under Licence, or with `wice-sync licence activate KEY`.",
    Notice.CLOCK_BACK: "This server's clock once stood at {seen}, and days are counted from there. "
    "If it was wrong, ask for a new key: with its activation the count starts afresh.",
    Notice.ACCOUNT_NOT_COVERED: "This account is not covered by the licence: it is for {allowed} accounts, and as many older ones are active. "
    "Nothing of it is written to Wice or Exchange. Deactivate another account, or activate a key for more.",
    Notice.PROFILE_NOT_COVERED: "This profile is not covered: the basic edition and the trial are for one profile, and an older one is active. "
    "Nothing of it is written to Wice or Exchange. Deactivate the other one, or activate a key of the enterprise edition.",
    Notice.NOT_ACTIVE: "This profile or its account is not active, so no licence covers it and nothing of it is written to Wice or Exchange. "
    "Activate it first.",
    Notice.NO_KEY: "This is not a licence key: a key is one line that begins with WS1 and a dot. Copy the whole line from the vendor's message.",
    Notice.CUT_OFF: "The licence key is not complete: its end is missing. Copy the whole line from the vendor's message.",
    Notice.DAMAGED: "The licence key is damaged: characters were changed or lost on the way. Copy it anew from the vendor's message.",
    Notice.WRONG_SIGNATURE: "The licence key's signature is wrong: the key was changed, or was not made by the vendor. "
    "Copy it anew from the vendor's message.",
    Notice.UNKNOWN_SIGNER: "The licence key is signed with the key {kid}, which this version does not know. "
    "Update the product, or ask the vendor for another licence key.",
    Notice.NEWER_FORMAT: "The licence key is made for a newer version of the product: update it, then activate the key.",
    Notice.KEY_NOT_YET_VALID: "The licence key is valid from {valid_from} on, and today is {today}: activate it then.",
    Notice.KEY_EXPIRED: "The licence key was valid until {until}, and today is {today}: ask the vendor for a new one.",
    Notice.KEY_LOOPBACK_ONLY: "The licence key is for demonstrations: it is valid only while all servers in use are on this machine (localhost).",
}
