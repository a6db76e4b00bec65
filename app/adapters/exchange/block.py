"""The marked block at the end of an appointment's text that shows Wice's participants in Exchange and never travels back (R15).

Reading is tolerant: Outlook turns text into HTML and back, which changes line ends, blanks and blank lines.
"""

from __future__ import annotations

from app.domain.fingerprint import normal_text

START = "--- Teilnehmer laut Wice ---"
END = "--- Ende ---"


def attach(text: str, lines: tuple[str, ...]) -> str:
    """`text` with the block behind it; without lines there is no block."""
    if not lines:
        return text
    block = "\n".join((START, *lines, END))
    return f"{text}\n\n{block}" if text else block


def detach(body: str) -> tuple[str, tuple[str, ...]]:
    """The text without our block, and the block's lines. What people wrote behind the block is kept as text.

    Without its end line the block ends at the first blank line, so that a damaged one takes nobody's words with it.
    """
    kept: list[str] = []
    shown: list[str] = []
    rest = body.split("\n")
    while rest:
        line = rest.pop(0)
        if normal_text(line) != START:
            kept.append(line)
            continue
        length, closed = _length(rest)
        shown += [normal_text(one) for one in rest[:length] if normal_text(one)]
        rest = rest[length + closed :]
    return "\n".join(kept).strip(), tuple(shown)


def _length(lines: list[str]) -> tuple[int, int]:
    """How many lines belong to the block, and whether an end line follows (0 or 1)."""
    plain = [normal_text(line) for line in lines]
    if END in plain:
        return plain.index(END), 1
    return (plain.index("") if "" in plain else len(plain)), 0
