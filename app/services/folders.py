"""Which mailbox folder a profile uses: found or created once (R25), known by its id from then on (R26), claimed with a marker (R43)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain.ids import ProfileId
from app.domain.sync import Kind
from app.errors import Halt, HaltCode
from app.ports import Folder, Store
from app.services.desk import Desk, marker_of
from app.services.not_there_yet import NotThereYet


def open_folder(desk: Desk, kind: Kind) -> Folder | None:
    """The profile's folder of this kind. Creates the folder "Wice" at the first analysis, writes nothing else.

    None: it is not there, and without a licence nothing is created (R38).
    """
    known = desk.profile.folder_id(kind)
    folder = desk.mailbox.folder(known, kind, _others(desk, kind)) if known else _first_time(desk, kind)
    if folder is None:
        return None
    _refuse_foreign(desk, folder)
    if not known:
        desk.ledger.save_folder(kind, folder.id)
    return folder


def folder_store(desk: Desk, kind: Kind, folder: Folder | None) -> Store:
    """What lies in it; None: the folder is still to be created."""
    return desk.mailbox.store(kind, folder) if folder else NotThereYet(kind)


def _others(desk: Desk, kind: Kind) -> Mapping[Kind, str]:
    folders = {other: desk.profile.folder_id(other) for other in desk.profile.kinds if other is not kind}
    return {other: folder for other, folder in folders.items() if folder}


def claim_folder(desk: Desk, folder: Folder) -> None:
    """Mark the folder as ours before the first write to it. Raises: Halt(LICENCE)."""
    desk.require_licence()
    if folder.marker != desk.marker:
        desk.mailbox.mark_folder(folder.id, desk.marker)


def _first_time(desk: Desk, kind: Kind) -> Folder | None:
    wish = desk.profile.folder_wish(kind)
    found = desk.mailbox.find_folder(wish, kind)
    if found is not None:
        return found
    if wish != "Wice":
        raise Halt(
            HaltCode.NOT_FOUND,
            f"the mailbox {desk.account.mailbox} has no folder “{wish}”: create it in Outlook, or choose another folder in the profile",
        )
    if not desk.permit.granted and _is_new(desk, kind):
        return None
    desk.require_licence()
    return desk.mailbox.create_folder(wish, kind, desk.marker)


def _is_new(desk: Desk, kind: Kind) -> bool:
    """Nothing was ever synchronised: only then a folder that is not there is as good as an empty one."""
    return not desk.ledger.open_intents(kind) and next(desk.ledger.links(kind), None) is None


def _refuse_foreign(desk: Desk, folder: Folder) -> None:
    owner = foreign_owner(folder, desk.installation, desk.profile.id, desk.is_profile)
    if owner:
        raise Halt(
            HaltCode.FOREIGN_MARKER,
            f"the folder “{folder.name}” of {desk.account.mailbox} is already synchronised by {owner} ({folder.marker}); "
            "two must never work on one folder: choose another folder, or delete the other profile first",
        )


def foreign_owner(
    folder: Folder, installation: str, profile: ProfileId, is_profile: Callable[[ProfileId], bool]
) -> str:
    """Who else synchronises this folder, "" if nobody does. A profile that was removed here owns nothing any more (R37, R43)."""
    if folder.marker in ("", marker_of(installation, profile)):
        return ""
    ours = folder.marker.startswith(marker_of(installation, ProfileId(0))[:-1])
    number = folder.marker.rpartition("/")[2]
    if not ours:
        return "another installation of wice-sync"
    if number.isdecimal() and not is_profile(ProfileId(int(number))):
        return ""
    return "another profile of this server"
