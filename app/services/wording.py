"""The words in which people read about plans and runs, keyed by the codes that the engine uses; the portal translates these tables."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.journal import IntentState
from app.domain.licence_sentences import TEXTS, Notice
from app.domain.plan import HintReason, Op, Reason
from app.domain.run import Verb
from app.domain.sync import Kind, Side
from app.services.desk import Step
from app.services.report import Status

KINDS: Mapping[Kind, str] = {Kind.CONTACTS: "Contacts", Kind.APPOINTMENTS: "Appointments"}

VERBS: Mapping[Verb, str] = {
    Verb.ANALYSE: "analysis",
    Verb.SYNC: "synchronisation",
    Verb.CONFIRM: "confirmed plan",
    Verb.DISCARD: "discarded plan",
    Verb.UNDO: "undoing",
    Verb.RETRY: "another try",
    Verb.REMOVE: "removal from Exchange",
}

OPS: Mapping[tuple[Side, Op], str] = {
    (Side.EXCHANGE, Op.ADD): "add to Exchange",
    (Side.EXCHANGE, Op.CHANGE): "change in Exchange",
    (Side.EXCHANGE, Op.DELETE): "delete in Exchange",
    (Side.WICE, Op.ADD): "add to Wice",
    (Side.WICE, Op.CHANGE): "change in Wice",
    # Nothing is ever deleted in Wice (R8, R13).
    (Side.WICE, Op.DELETE): "take out of the synchronisation in Wice",
}

WRITTEN: Mapping[tuple[IntentState, Side, Op], str] = {
    (IntentState.DONE, Side.EXCHANGE, Op.ADD): "added to Exchange",
    (IntentState.DONE, Side.EXCHANGE, Op.CHANGE): "changed in Exchange",
    (IntentState.DONE, Side.EXCHANGE, Op.DELETE): "deleted in Exchange",
    (IntentState.DONE, Side.WICE, Op.ADD): "added to Wice",
    (IntentState.DONE, Side.WICE, Op.CHANGE): "changed in Wice",
    (IntentState.DONE, Side.WICE, Op.DELETE): "taken out of the synchronisation in Wice",
}

STATUSES: Mapping[Status, str] = {
    Status.DONE: "done",
    Status.NOTHING_TO_DO: "nothing to do",
    Status.NEEDS_CONFIRMATION: "needs confirmation",
    Status.PARTIAL: "done with failed items",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}

STEPS: Mapping[Step, str] = {
    Step.OPEN: "getting ready",
    Step.GATHER_CONTACTS_WICE: "reading contacts in Wice",
    Step.GATHER_CONTACTS_EXCHANGE: "reading contacts in Exchange",
    Step.PLAN_CONTACTS: "comparing contacts",
    Step.APPLY_CONTACTS: "synchronising contacts",
    Step.GATHER_APPOINTMENTS_WICE: "reading appointments in Wice",
    Step.GATHER_APPOINTMENTS_EXCHANGE: "reading appointments in Exchange",
    Step.PLAN_APPOINTMENTS: "comparing appointments",
    Step.APPLY_APPOINTMENTS: "synchronising appointments",
}
"""What a run is busy with; it goes through the steps in this order, first all of the reading and comparing."""

REASONS: Mapping[Reason, str] = {
    Reason.NEW_IN_WICE: "new in Wice",
    Reason.NEW_IN_EXCHANGE: "new in Exchange",
    Reason.CHANGED_IN_WICE: "changed in Wice",
    Reason.CHANGED_IN_EXCHANGE: "changed in Exchange",
    Reason.GONE_IN_WICE: "unflagged, left, deactivated or deleted in Wice",
    Reason.GONE_IN_EXCHANGE: "deleted or moved away in Exchange",
    Reason.GONE_ON_BOTH: "gone on both sides",
    Reason.CONFLICT_WICE_WINS: "changed on both sides; this profile lets Wice win",
    Reason.CONFLICT_EXCHANGE_WINS: "changed on both sides; this profile lets Exchange win",
    Reason.TARGET_OVERWRITTEN: "changed at the target of a one-way profile, restored from the source",
    Reason.TWIN: "stands on both sides already: linked",
    Reason.TWIN_DIFFERS: "stands on both sides already: linked, differs",
    Reason.SAME_CHANGE: "the same change on both sides",
    Reason.UNCHANGED: "unchanged",
    Reason.COMPANY_RESTORED: "company data was edited in Exchange, restored from Wice",
    Reason.COMPANY_OF_NEW_PERSON: "company of a new contact from Exchange",
    Reason.ORPHANED_COPY: "copy of a creation that had been given up",
    Reason.AGED_OUT: "older than the profile's window",
    Reason.PRIVATE_STAYS: "private, and stays in Exchange",
    Reason.UNDONE: "a run's write is undone",
    Reason.REDONE: "an undone write is made again",
    Reason.PROFILE_REMOVED: "removed together with its profile",
    Reason.DECLINED: "declined in Outlook",
}

HINTS: Mapping[HintReason, str] = {
    HintReason.NOT_A_CONTACT: "Distribution lists and other non-contacts stay in Exchange only; move them to another folder to lose this hint.",
    HintReason.UNREADABLE: "The server delivers this item damaged; open it there, save it again, or remove it.",
    HintReason.NO_NAME: "Neither a name, a company nor an e-mail address is filled in; give the contact a name.",
    HintReason.SERIES: "Wice and Exchange have no common words for this series; both sides stay as they are. What it is about is named here.",
    HintReason.FOREIGN_PRIVATE: "A private item of somebody else is never read; nothing needs to be done.",
    HintReason.PRIVATE_STAYS: "Is private, and the profile leaves private appointments in Exchange.",
    HintReason.OUT_OF_WINDOW: "Lies before the profile's window; enlarge window_past_days to include it.",
    HintReason.OUT_OF_SCOPE: "Is not in this account's scope: deactivated, binned, external, or without its flag.",
    HintReason.AMBIGUOUS_TWIN: "Several items on the other side could be the same; remove or rename the doubles there.",
    HintReason.AMBIGUOUS_COMPANY: "Several such companies are in Wice, or this one has its contact already; complete the town, or merge the doubles.",
    HintReason.TARGET_ONLY: "Exists only at the target of a one-way profile, and stays there.",
    HintReason.TARGET_KEPT: "Was changed at the target of a one-way profile, which keeps such changes; it no longer follows the source.",
    HintReason.COMPANY_DATA_RESTORED: "Company data edited in Exchange is restored from Wice; edit it at the company in Wice.",
    HintReason.COMPANY_DATA_IGNORED: "Company data edited in Exchange stays there; edit it at the company in Wice.",
    HintReason.QUARANTINED: "Was refused five times and rests until it is changed; correct it, its last error is named here.",
    HintReason.FROZEN: "Was written again and again without an edit and is frozen; compare the named fields on both sides and edit one of them.",
    HintReason.LISTING_INCOMPLETE: "The server's list left out items that it still has; nothing was deleted. Tell its administrator if this stays.",
    HintReason.ABSENCE_UNPROVEN: "Items are missing after the mailbox's sync state was lost; the next run deletes them if they still are.",
    HintReason.CHANGED_SINCE_ANALYSIS: "Was changed while the run was working; the next run takes care of it.",
    HintReason.CAPABILITY_MISSING: "This Wice server does not offer what is needed for it; ask its administrator for the plugin.",
    HintReason.UNDONE: "Was undone and is left alone since; edit it on either side to have it synchronised again.",
    HintReason.UNDO_CHANGED_SINCE: "Was changed after that run and is not undone; compare both sides and edit it by hand if need be.",
    HintReason.UNDO_GONE: "Is not there any more, so there is nothing to undo; bring it back by hand if need be.",
    HintReason.UNDO_EXPIRED: "Was written more than 90 days ago and cannot be undone any more; edit it by hand.",
    HintReason.UNDO_IMPOSSIBLE: "Cannot be undone, for the reason that is named here; edit it by hand.",
    HintReason.NOT_THE_ORGANIZER: (
        "Is a meeting about which another account decides, the one named here; what was changed in this attendee's copy stays there. "
        "Change the meeting at its organiser, or in Wice."
    ),
    HintReason.OCCURRENCE_ATTENDEES: (
        "To the dates named here others are invited than to the series; Wice has one list of participants for all dates, that of the series."
    ),
    HintReason.DECLINED: "Is a meeting that was declined in Outlook, and is not created there again; accept it there to take part.",
    HintReason.EDITED_SINCE_SYNC: "Was edited in Outlook after the last synchronisation and stays there; delete it by hand if need be.",
}

LICENCE_NOTICES: Mapping[Notice, str] = TEXTS
"""With places for the values of an `app.domain.licence.Sentence`, to be filled in after translating."""


def human(setting: str) -> str:
    """A field's name as people read it: `company_zip_code` is "company zip code"."""
    return setting.replace("_", " ")
