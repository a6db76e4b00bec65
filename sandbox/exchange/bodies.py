"""Item bodies: what was stored as HTML stays HTML; whoever asks for the other kind gets it converted (ItemResponseShape/BodyType)."""

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from sandbox.exchange.fragments import element

TEXT, HTML = "Text", "HTML"

_LINE_END = re.compile(r"\r\n|\r|\n")
_BLOCKS = frozenset(
    ["p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol"]
)
_SILENT = frozenset(["head", "style", "script", "title"])


@dataclass(frozen=True)
class Body:
    """Content as stored. Exchange keeps line ends as CR LF whatever the client sent."""

    kind: str
    content: str


def stored(kind: str | None, content: str) -> Body:
    """A body as Exchange keeps it. `kind` is "Text" or "HTML"; EWS takes a missing one for HTML."""
    return Body(kind or HTML, _LINE_END.sub("\r\n", content))


def rendered(body: Body | None, wanted: str) -> str:
    """`<t:Body>` in the kind asked for: "Text", "HTML" or "Best" (as stored). Without a body it is an empty one, as Exchange answers."""
    if body is None:
        return element("Body", "", BodyType=HTML if wanted == HTML else TEXT)
    kind = body.kind if wanted == "Best" else wanted
    return element("Body", as_text(body) if kind == TEXT else as_html(body), BodyType=kind)


def as_text(body: Body) -> str:
    """The body without mark-up."""
    if body.kind == TEXT:
        return body.content
    reader = _Words()
    reader.feed(body.content)
    reader.close()
    return reader.text()


def as_html(body: Body) -> str:
    """The body with mark-up; plain text becomes a small page, one line break each."""
    if body.kind == HTML:
        return body.content
    lines = html.escape(body.content, quote=False).replace("\r\n", "<br>\r\n")
    return (
        '<html>\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n</head>\r\n'
        f'<body>\r\n<div class="PlainText">{lines}</div>\r\n</body>\r\n</html>\r\n'
    )


class _Words(HTMLParser):
    """Collects what a reader sees: block elements and <br> break the line, white space collapses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br" or (tag in _BLOCKS and self._parts and not self._parts[-1].endswith("\n")):
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS and self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", data)
        if not self._parts or self._parts[-1].endswith("\n"):
            words = words.lstrip(" ")
        if words:
            self._parts.append(words)

    def text(self) -> str:
        joined = re.sub(r" +\n", "\n", "".join(self._parts)).strip("\n ")
        return joined.replace("\n", "\r\n")
