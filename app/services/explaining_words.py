"""The words of *explain*, keyed by its codes; the portal translates these tables (R41). Places in braces are filled with a fact's values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from app.domain.finding import Gap
from app.rules.causes import Cause, Fact, FactName, State

STATES: Final[Mapping[State, str]] = {
    State.SYNCHRONISED: "synchronised",
    State.WAITING: "waits for the next run",
    State.NEEDS_CONFIRMATION: "waits for a confirmation",
    State.LEFT_OUT: "left out of the plan",
    State.LEFT_ALONE: "left alone",
    State.NOT_IN_SCOPE: "not in scope",
    State.FAILED: "refused by the server",
    State.QUARANTINED: "in quarantine",
    State.FROZEN: "frozen",
    State.CONFLICT: "in conflict",
    State.GONE: "gone",
    State.UNKNOWN: "unknown",
}

WHY: Final[Mapping[Cause, str]] = {
    Cause.IN_STEP: "It stands on both sides with the same content.",
    Cause.NEW_IN_WICE: "It is new in Wice and is not in Exchange yet.",
    Cause.NEW_IN_EXCHANGE: "It is new in Exchange and is not in Wice yet.",
    Cause.CHANGED_IN_WICE: "It was changed in Wice; Exchange still has the former content.",
    Cause.CHANGED_IN_EXCHANGE: "It was changed in Exchange; Wice still has the former content.",
    Cause.REMOVED_IN_WICE: "It left this account's scope in Wice; the next run moves it to Deleted Items in Exchange.",
    Cause.REMOVED_IN_EXCHANGE: (
        "It was deleted or moved away in Exchange; the next run takes it out of the synchronisation in Wice."
    ),
    Cause.TARGET_OVERWRITTEN: (
        "It was changed at the target of a one-way profile; the next run restores it from the source."
    ),
    Cause.COMPANY_RESTORED: (
        "Company data was edited on a person's contact in Exchange; the next run restores it from Wice."
    ),
    Cause.TWIN: "It stands on both sides already; the next run links the two.",
    Cause.ORPHANED_COPY: "It is a leftover of a creation that had been given up; the next run removes it.",
    Cause.LISTED: "It is new or changed and was not looked at yet.",
    Cause.INCOMPLETE: "A run ended between its two writes; the next run completes it.",
    Cause.UNPROVEN: (
        "It was missing in Exchange's list once; a second run must see that too before it counts as deleted."
    ),
    Cause.AWAITING_APPROVAL: "It is part of the profile's first plan, which nobody has approved yet.",
    Cause.AWAITING_CONFIRMATION: "It is part of a plan that was stopped for safety.",
    Cause.UNDO_PLANNED: "It is part of an undo that waits for its confirmation.",
    Cause.LEFT_OUT: "An administrator left it out of the present plan; the next analysis plans it again.",
    Cause.TARGET_KEPT: (
        "It was changed at the target of a one-way profile, which keeps such changes; it no longer follows the source."
    ),
    Cause.NOT_THE_ORGANIZER: (
        "It is a meeting about which another account decides; what was changed in this attendee's copy stays in it until the meeting changes."
    ),
    Cause.TARGET_ONLY: "It exists only at the target of a one-way profile, and stays there.",
    Cause.AGED_OUT: "It has left the profile's window and stays as it is on both sides.",
    Cause.UNDONE: "What was synchronised was undone; it is left alone until somebody edits it on either side.",
    Cause.NOT_A_CONTACT: "Distribution lists and other non-contacts are not synchronised.",
    Cause.UNREADABLE: "Its server delivers it damaged.",
    Cause.NO_NAME: "Neither a name, a company nor an e-mail address is filled in.",
    Cause.SERIES: "It is a series of a kind for which Wice and Exchange have no common words; both sides stay as they are.",
    Cause.EMPTY_SERIES: "It is a series of which every date was deleted.",
    Cause.FOREIGN_PRIVATE: "It is a private item of somebody else, which is never read.",
    Cause.PRIVATE_STAYS: "It is private, and the profile leaves private appointments in Exchange.",
    Cause.AMBIGUOUS_TWIN: "Several items on the other side could be the same; all of them stay untouched.",
    Cause.AMBIGUOUS_COMPANY: "Several such companies are in Wice, or this one has its contact already; nobody guesses.",
    Cause.NOT_FLAGGED: "It does not carry this account's Outlook sync flag in Wice.",
    Cause.DEACTIVATED: "It is deactivated in Wice.",
    Cause.BINNED: "It lies in Wice's recycle bin.",
    Cause.NOT_PARTICIPATING: "This account's employee does not take part in it in Wice.",
    Cause.DECLINED: "It is a meeting that was declined in Outlook: who declines takes no part in it.",
    Cause.EXTERNAL: (
        "It comes from an iCal subscription: Wice marks it as external, and external appointments are not synchronised."
    ),
    Cause.OTHER_FOLDER: "It lies in another folder than the profile's.",
    Cause.IN_DELETED_ITEMS: "It lies in Deleted Items in Exchange.",
    Cause.BEFORE_WINDOW: "It ended before the profile's window begins.",
    Cause.PROFILE_INACTIVE: "The profile is not active.",
    Cause.ACCOUNT_INACTIVE: "The account is not active.",
    Cause.KIND_OFF: "The profile does not synchronise items of this kind.",
    Cause.CAPABILITY_MISSING: "This Wice server does not offer what is needed for items of this kind.",
    Cause.REFUSED: "The server refused it; every run tries again.",
    Cause.QUARANTINED: "The server refused it in five runs in a row; it rests until it changes.",
    Cause.FROZEN: (
        "It was written to the same side again and again without an edit: another program keeps changing it back."
    ),
    Cause.CONFLICT_WICE_WINS: (
        "It was changed on both sides; in the next run Wice's version wins, the other is kept in the history."
    ),
    Cause.CONFLICT_EXCHANGE_WINS: (
        "It was changed on both sides; in the next run Exchange's version wins, the other is kept in the history."
    ),
    Cause.DELETED_IN_EXCHANGE: (
        "It was deleted or moved away in Exchange, and so taken out of the synchronisation in Wice."
    ),
    Cause.GONE: "It is gone.",
    Cause.NO_LONGER: "It was synchronised once and is not any more.",
    Cause.UNKNOWN: "Nothing is known about it.",
}
"""Why, in a sentence."""

ADVICE: Final[Mapping[Cause, str]] = {
    Cause.NEW_IN_WICE: "Synchronise the profile, or wait for its next run.",
    Cause.NEW_IN_EXCHANGE: "Synchronise the profile, or wait for its next run.",
    Cause.CHANGED_IN_WICE: "Synchronise the profile, or wait for its next run.",
    Cause.CHANGED_IN_EXCHANGE: "Synchronise the profile, or wait for its next run.",
    Cause.REMOVED_IN_WICE: "To keep it, undo that in Wice before the next run.",
    Cause.REMOVED_IN_EXCHANGE: "To keep it, move it back into the profile's folder before the next run.",
    Cause.TARGET_OVERWRITTEN: "Change it at the source, or let the profile keep changes at the target.",
    Cause.COMPANY_RESTORED: "Edit it at the company in Wice.",
    Cause.TWIN: "Synchronise the profile, or wait for its next run.",
    Cause.LISTED: "Analyse the profile to see what will happen to it.",
    Cause.INCOMPLETE: "Synchronise the profile, or wait for its next run.",
    Cause.UNPROVEN: "Synchronise the profile, or wait for its next run.",
    Cause.AWAITING_APPROVAL: "Look at the plan and confirm it.",
    Cause.AWAITING_CONFIRMATION: "Look at the plan, then confirm or discard it.",
    Cause.UNDO_PLANNED: "Look at the undo, then confirm or discard it.",
    Cause.LEFT_OUT: "Analyse the profile again to take it in.",
    Cause.TARGET_KEPT: "Let the profile overwrite changes at the target, or make both sides equal.",
    Cause.NOT_THE_ORGANIZER: "Change the meeting at its organiser, or in Wice.",
    Cause.TARGET_ONLY: "Let the profile synchronise in both directions to take it along.",
    Cause.AGED_OUT: "Enlarge the profile's window to synchronise it again.",
    Cause.UNDONE: "Edit it on the side whose content shall stand.",
    Cause.NOT_A_CONTACT: "Enter the people in it as contacts.",
    Cause.UNREADABLE: "Open it there and save it again, or remove it.",
    Cause.NO_NAME: "Give it a name.",
    Cause.SERIES: "Choose a simpler rule, or enter the dates that matter as single appointments.",
    Cause.PRIVATE_STAYS: "Let the profile take private appointments along, with or without their content.",
    Cause.AMBIGUOUS_TWIN: "Remove or rename the doubles.",
    Cause.AMBIGUOUS_COMPANY: "Complete the town, or merge the doubles in Wice.",
    Cause.NOT_FLAGGED: "Set the flag in Wice, signed in as this user.",
    Cause.DEACTIVATED: "Activate it in Wice.",
    Cause.BINNED: "Restore it in Wice.",
    Cause.NOT_PARTICIPATING: "Add the employee as participant in Wice.",
    Cause.DECLINED: "Accept it in Outlook to take part.",
    Cause.EXTERNAL: "Subscribe to that calendar in Outlook too.",
    Cause.OTHER_FOLDER: "Move it into the profile's folder, or choose its folder in the profile.",
    Cause.IN_DELETED_ITEMS: "Move it back into the profile's folder.",
    Cause.BEFORE_WINDOW: "Enlarge the profile's window.",
    Cause.PROFILE_INACTIVE: "Activate the profile.",
    Cause.ACCOUNT_INACTIVE: "Activate the account.",
    Cause.KIND_OFF: "Switch the kind on in the profile.",
    Cause.CAPABILITY_MISSING: "Ask the Wice server's administrator for the plugin.",
    Cause.REFUSED: "Correct what the server complains about.",
    Cause.QUARANTINED: "Correct what the server complains about, or let it be tried again.",
    Cause.FROZEN: "Compare the named fields on both sides and edit one of them.",
    Cause.CONFLICT_WICE_WINS: "To keep Exchange's version, let the profile overwrite in Wice.",
    Cause.CONFLICT_EXCHANGE_WINS: "To keep Wice's version, let the profile overwrite in Outlook.",
    Cause.DELETED_IN_EXCHANGE: (
        "Move it back into the profile's folder, or set it up for synchronisation in Wice again."
    ),
    Cause.GONE: "If it was deleted by mistake, restore it where it was.",
    Cause.NO_LONGER: "Its timeline says what ended it.",
    Cause.UNKNOWN: "Look for another spelling of its name.",
}
"""What to do about it; nothing where a cause is not in here."""

FACTS: Final[Mapping[FactName, str]] = {
    FactName.FLAG: "Outlook sync flag: not set for {value}",
    FactName.DEACTIVATED: "deactivated: yes",
    FactName.BINNED: "recycle bin: yes",
    FactName.PARTICIPANT: "participants: {value} is not among them",
    FactName.EXTERNAL: "external: yes",
    FactName.DECLINED: "answer: declined",
    FactName.ORGANIZER: "who decides: the account {value}",
    FactName.NO_DATES: "dates left: none",
    FactName.FOLDER: "folder: {value} instead of {expected}",
    FactName.WINDOW: "end: {value}, window begins {expected}",
    FactName.ITEM_CLASS: "class: {value}",
    FactName.SERIES: "series: {value}",
    FactName.DETAIL: "detail: {value}",
    FactName.NOT_THERE: "not found in: {value}",
    FactName.ERROR: "the server's answer: {value}",
    FactName.REFUSALS: "refused in a row: {value}",
    FactName.FIELDS: "fields that differ: {value}",
    FactName.DIRECTION: "direction: {value}",
    FactName.REASON: "planned because: {value}",
    FactName.PLAN: "plan of the run: {value}",
    FactName.LAST_RUN: "the profile's latest run failed: {value}",
    FactName.NEVER_RAN: "the profile has never run",
}

GAPS: Final[Mapping[Gap, str]] = {
    Gap.WHOLE_VALUES: "This Wice server compares whole names only; records that hold the text as a part of a name may be missing here.",
    Gap.RECYCLE_BIN: "Wice's lists may leave out its recycle bin: a record that lies there and was never synchronised is not found.",
    Gap.NO_APPOINTMENTS: "This Wice server does not offer appointments.",
    Gap.NO_FLAGS: "This Wice server does not tell which records carry the Outlook sync flag.",
    Gap.MAIL_ADDRESSES: "This Exchange server does not search e-mail addresses; look for the name.",
    Gap.MORE: "There are more items of this name; add another word.",
    Gap.WICE_SILENT: "Wice could not be asked",
    Gap.EXCHANGE_SILENT: "Exchange could not be asked",
    Gap.NOT_ASKED: "The servers were not asked; this is what the books say.",
}

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def fact_text(fact: Fact) -> str:
    """A fact as people read it."""
    return FACTS[fact.name].format(value=_shown(fact.value), expected=_shown(fact.expected))


def _shown(value: str | date) -> str:
    return (
        f"{value.day} {_MONTHS[value.month - 1]} {value.year}" if isinstance(value, date) else value.replace("_", " ")
    )
