"""XML as text, always with the prefixes `t:` and `m:` that the envelope declares: joining text is far faster than building trees."""

from typing import Any

from lxml.etree import _Element as Element

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#xD;", "\n": "&#xA;", "\t": "&#x9;"}
)


def escape(text: str) -> str:
    """Character data. A carriage return needs a reference, or the reader's parser drops it."""
    return text.translate(_TEXT)


def attributes(**values: str | None) -> str:
    """` Name="value"` for each value that is not None, in the order given."""
    return "".join(f' {name}="{value.translate(_ATTRIBUTE)}"' for name, value in values.items() if value is not None)


def element(name: str, text: str, **values: str | None) -> str:
    """An element of the types namespace that holds text."""
    return f"<t:{name}{attributes(**values)}>{escape(text)}</t:{name}>"


def local(node: Element) -> str:
    """The element's name without its namespace; empty for a comment."""
    tag: Any = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(node: Element | None) -> list[Element]:
    """Child elements, without comments."""
    return [] if node is None else [child for child in node if isinstance(child.tag, str)]


def child(node: Element, name: str) -> Element | None:
    """The first child of that local name."""
    return next((found for found in children(node) if local(found) == name), None)


def text_of(node: Element | None) -> str:
    """All character data below `node`."""
    return "" if node is None else "".join(str(part) for part in node.itertext())


def child_text(node: Element, name: str) -> str:
    """Text of the first child of that local name; empty where there is none."""
    return text_of(child(node, name))


def fragment(node: Element) -> str:
    """`node` as text in the types namespace, whatever prefixes the client used. Every EWS property is made of that namespace alone."""
    inner = escape(node.text or "") + "".join(fragment(below) for below in children(node))
    head = f"t:{local(node)}{_attributes_of(node)}"
    return f"<{head}>{inner}</t:{local(node)}>" if inner else f"<{head}/>"


def _attributes_of(node: Element) -> str:
    return attributes(**{str(name): str(value) for name, value in node.attrib.items() if not str(name).startswith("{")})
