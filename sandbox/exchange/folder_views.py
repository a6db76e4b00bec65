"""Folders as a client sees them (FolderShape)."""

from dataclasses import dataclass

from lxml.etree import _Element as Element

from sandbox.exchange.fragments import attributes, child, child_text, children, element
from sandbox.exchange.paths import Path, is_extended, path_of
from sandbox.exchange.world import Folder

_ELEMENTS = {"IPF.Contact": "ContactsFolder", "IPF.Appointment": "CalendarFolder", "IPF.Task": "TasksFolder"}
_ORDER = [
    "FolderId",
    "ParentFolderId",
    "FolderClass",
    "DisplayName",
    "TotalCount",
    "ChildFolderCount",
    "ExtendedProperty",
    "EffectiveRights",
    "DistinguishedFolderId",
    "UnreadCount",
]
_DEFAULT = frozenset(
    ["folder:FolderId", "folder:DisplayName", "folder:TotalCount", "folder:ChildFolderCount", "folder:UnreadCount"]
)
_RIGHTS = "".join(
    element(name, "true")
    for name in ["CreateAssociated", "CreateContents", "CreateHierarchy", "Delete", "Modify", "Read"]
)


@dataclass(frozen=True)
class FolderShape:
    """Base shape and additional properties of a folder request."""

    base: str
    paths: tuple[Path, ...]


def folder_shape(node: Element | None) -> FolderShape:
    """Read a FolderShape element."""
    if node is None:
        return FolderShape("IdOnly", ())
    return FolderShape(
        child_text(node, "BaseShape"), tuple(path_of(path) for path in children(child(node, "AdditionalProperties")))
    )


def element_name(folder_class: str) -> str:
    """The element of a folder of that class; classes are matched by their head, as "IPF.Contact.Recipient" is a contacts folder."""
    return next((name for head, name in _ELEMENTS.items() if f"{folder_class}.".startswith(f"{head}.")), "Folder")


def folder_id(folder: Folder) -> str:
    return f"<t:FolderId{attributes(Id=folder.id, ChangeKey=folder.change_key)}/>"


def render_folder(folder: Folder, shape: FolderShape) -> str:
    """The folder as an element of its type."""
    wanted = {path.key for path in shape.paths} | {"folder:FolderId"}
    if shape.base == "Default":
        wanted |= _DEFAULT
    elif shape.base == "AllProperties":
        wanted.update(f"folder:{name}" for name in _ORDER)
    tag, view, inner = element_name(folder.folder_class), _view(folder), ""
    for name in _ORDER:
        if name == "ExtendedProperty":
            inner += "".join(
                f"<t:ExtendedProperty>{path.xml}{folder.properties[path.key].xml}</t:ExtendedProperty>"
                for path in shape.paths
                if is_extended(path.key) and path.key in folder.properties
            )
        elif f"folder:{name}" in wanted and not (name == "UnreadCount" and tag in ("CalendarFolder", "ContactsFolder")):
            inner += view.get(name, "")
    return f"<t:{tag}>{inner}</t:{tag}>"


def _view(folder: Folder) -> dict[str, str]:
    view = {
        "FolderId": folder_id(folder),
        "FolderClass": element("FolderClass", folder.folder_class),
        "DisplayName": element("DisplayName", folder.name),
        "TotalCount": element("TotalCount", str(len(folder.items))),
        "ChildFolderCount": element("ChildFolderCount", str(len(folder.children()))),
        "EffectiveRights": f"<t:EffectiveRights>{_RIGHTS}</t:EffectiveRights>",
        "UnreadCount": element("UnreadCount", "0"),
    }
    if folder.parent:
        view["ParentFolderId"] = (
            f"<t:ParentFolderId{attributes(Id=folder.parent.id, ChangeKey=folder.parent.change_key)}/>"
        )
    if folder.distinguished:
        view["DistinguishedFolderId"] = element("DistinguishedFolderId", folder.distinguished)
    return view
