"""A reply of Wice's, read while it arrives: the rows of a list one after the other, each cut down at once to what its reader wants of it.

A full list takes several KB a record, most of them columns that are none of our business. Neither its text nor its rows are ever all in memory.
The grammar is `json.loads`' own: the scanner of the standard library reads the values, only the outermost object and the list in it are read here.
"""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from app.adapters.wice.wire import Row

Cut = Callable[[Row], Row]
"""What is kept of a row."""

_SCANNER: Final = json.JSONDecoder()
_BLANKS: Final = " \t\n\r"
_BYTES_THAT_TELL_THE_ENCODING: Final = 4
_DIGEST_BYTES: Final = 16


def whole(row: Row) -> Row:
    """Keep all of it."""
    return row


class Reader:
    """How one reply is to be read: rows under the key `loop` are `cut`. `digest`: of the whole reply, once it was read."""

    def __init__(self, loop: str = "", cut: Cut = whole, known: str = "") -> None:
        self.loop = loop
        self.digest = ""
        self._cut = cut
        self._known = known

    def read(self, chunks: Iterable[bytes]) -> Row | None:
        """The reply's object, an empty one if its digest is the known one, None if it is no object at all."""
        digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        arriving = _counted(chunks, digest.update)
        if self._known:
            # A list of ids is short: it is looked at as a whole before it is read.
            arriving = iter(list(arriving))
            if digest.hexdigest() == self._known:
                self.digest = self._known
                return {}
        try:
            reply = read_reply(arriving, self.loop, self._cut)
        except ValueError:
            return None
        self.digest = digest.hexdigest()
        return reply


def read_reply(chunks: Iterable[bytes], loop: str, cut: Cut = whole) -> dict[str, object]:
    """The reply's object; in a list under the key `loop` each object is what `cut` left of it.

    Raises: ValueError for anything that is not one whole JSON object.
    """
    text = _Text(_decoded(chunks))
    reply = {key: text.items(cut) if key == loop and text.peek() == "[" else text.value() for key in text.members()}
    text.end()
    return reply


class _Text:
    """What has arrived and is not read yet."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._text = ""
        self._at = 0

    def members(self) -> Iterator[str]:
        """Each key of the object that begins here; its value must be read before the next one is asked for."""
        self._take("{")
        while self.peek() != "}":
            if self.peek() != '"':
                raise ValueError("a key that is no text")
            key = str(self.value())
            self._take(":")
            yield key
            self._go_on("}")
        self._at += 1

    def items(self, cut: Cut) -> list[object]:
        """The list that begins here, its objects cut."""
        self._take("[")
        items: list[object] = []
        while self.peek() != "]":
            item = self.value()
            items.append(cut(item) if isinstance(item, dict) else item)
            self._go_on("]")
        self._at += 1
        return items

    def value(self) -> object:
        """The value that begins here, whatever it is."""
        self.peek()
        while True:
            tried = len(self._text) - self._at
            try:
                value, end = _SCANNER.raw_decode(self._text, self._at)
            except ValueError:
                end = len(self._text)
            if end < len(self._text):
                self._at = end
                return value
            # Not whole yet, or wrong. Twice as much is waited for, so that a long value is not tried again with every piece of it.
            if not self._more(2 * tried):
                raise ValueError("a value that does not end")

    def peek(self) -> str:
        """The next character that is not blank. Raises: ValueError at the end."""
        while True:
            while self._at < len(self._text):
                if (character := self._text[self._at]) not in _BLANKS:
                    return character
                self._at += 1
            if not self._more(1):
                raise ValueError("an object that does not end")

    def end(self) -> None:
        """Raises: ValueError if anything follows."""
        rest = self._text[self._at :]
        if rest.strip(_BLANKS) or any(piece.strip(_BLANKS) for piece in self._pieces):
            raise ValueError("more than one object")

    def _take(self, character: str) -> None:
        if self.peek() != character:
            raise ValueError(f"no {character}")
        self._at += 1

    def _go_on(self, last: str) -> None:
        """Behind a comma another one must follow."""
        if self.peek() == last:
            return
        self._take(",")
        if self.peek() == last:
            raise ValueError("nothing behind a comma")

    def _more(self, length: int) -> bool:
        """Let at least so many characters be unread, if there are so many; whether any have come."""
        pieces, unread = [self._text[self._at :]], len(self._text) - self._at
        for piece in self._pieces:
            pieces.append(piece)
            unread += len(piece)
            if unread >= length:
                break
        self._text, self._at = "".join(pieces), 0
        return len(pieces) > 1


def _counted(chunks: Iterable[bytes], count: Callable[[bytes], None]) -> Iterator[bytes]:
    for chunk in chunks:
        count(chunk)
        yield chunk


def _decoded(chunks: Iterable[bytes]) -> Iterator[str]:
    """As text, in the encoding that its beginning tells (RFC 4627, 3)."""
    begun, rest = b"", iter(chunks)
    for chunk in rest:
        begun += chunk
        if len(begun) >= _BYTES_THAT_TELL_THE_ENCODING:
            break
    decoder = codecs.getincrementaldecoder(json.detect_encoding(begun))("surrogatepass")
    yield decoder.decode(begun)
    yield from map(decoder.decode, rest)
    yield decoder.decode(b"", final=True)
