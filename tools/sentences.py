"""Finds what the engine says to people: the sentences of services, rules and adapters, which are written where they are raised.

They are not marked there, since they go to the command line, the API and the portal alike, and the portal alone speaks German
(`app.web.sentences`). So every literal of two words and more counts that could be read by somebody: what only programmers, operators
of the command line, servers or the database see is left out by its file, or by the call that takes it.

A value becomes a placeholder, `%(a1)s` and so on, in order: f"there is no user {name!r}" is "there is no user %(a1)s".
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_SPEAKING = ("adapters", "domain", "http", "rules", "services")
_QUIET_FILES = frozenset(
    {
        # SQL and storage
        "app/adapters/db/attempts.py",
        "app/adapters/db/backup.py",
        "app/adapters/db/codec.py",
        "app/adapters/db/column_types.py",
        "app/adapters/db/journal.py",
        "app/adapters/db/retention.py",
        "app/adapters/db/session.py",
        "app/adapters/db/tables.py",
        "app/adapters/db/tables_runs.py",
        "app/adapters/db/terms.py",
        "app/adapters/db/views/health.py",
        # before there is a portal: installation, start, the vendor's tools
        "app/adapters/db/keys.py",
        "app/adapters/db/migrate.py",
        "app/adapters/licence/signing.py",
        "app/adapters/passwords.py",
        "app/adapters/queue/address.py",
        "app/adapters/queue/embedded.py",
        "app/services/doctor.py",
        "app/services/setup.py",
        # programs' own formats and protocols
        "app/adapters/exchange/birthdays.py",
        "app/adapters/exchange/block.py",
        "app/adapters/exchange/firewall.py",
        "app/adapters/exchange/items.py",
        "app/adapters/exchange/services.py",
        "app/adapters/exchange/streaming.py",
        "app/adapters/exchange/transport.py",
        "app/adapters/exchange/wire.py",
        "app/adapters/wice/replies.py",
        "app/adapters/wice/wire.py",
        "app/domain/appointment.py",
        "app/domain/fingerprint.py",
        "app/http/errors.py",
        "app/http/events.py",
        "app/http/metrics.py",
        "app/http/readiness.py",
        "app/services/alert_words.py",
        "app/services/changes.py",
        "app/services/export.py",
        "app/services/exporting.py",
        # tables, which are translated as such
        "app/services/explaining_words.py",
        "app/services/wording.py",
    }
)
_QUIET_CALLS = frozenset(
    {
        # regular expressions
        "compile",
        "fullmatch",
        "sub",
        # SQL
        "text",
        "literal_column",
        # logs
        "debug",
        "error",
        "exception",
        "info",
        "warning",
        # mistakes of programmers
        "AssertionError",
        "LookupError",
        "NotImplementedError",
        "RuntimeError",
        "TypeError",
        # what the interface's description tells, and headers of HTTP
        "Field",
        "SecurityHeaders",
    }
)
_QUIET_TEXTS = re.compile(
    r"\s*(Bearer |form |HTTP |every \(|[a-z]+/[a-z]+;|PRAGMA |name |; Secure)|.*(; HttpOnly|\\[swd]|T11:59)", re.DOTALL
)
_WORDS = re.compile(r"[A-Za-z']{2,}")
_FEWEST_WORDS = 2


def sentences(root: Path) -> Iterator[tuple[str, Path]]:
    """Every sentence with its file, in a fixed order, as often as it stands there."""
    for package in _SPEAKING:
        for file in sorted((root / "app" / package).rglob("*.py")):
            if file.relative_to(root).as_posix() not in _QUIET_FILES:
                yield from ((text, file) for text in _of(ast.parse(file.read_text(encoding="utf-8"))))


def _of(node: ast.AST) -> Iterator[str]:
    """In the order of the code; a literal within a value of another one is a sentence, too."""
    if _is_quiet(node):
        return
    if text := _text(node):
        if _reads(text):
            yield text
        for value in _values(node):
            yield from _of(value)
        return
    for child in ast.iter_child_nodes(node):
        yield from _of(child)


def _is_quiet(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Assert():
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _QUIET_CALLS
        case ast.FunctionDef(name=name):
            return name == "__repr__"
        case _:
            return False


def _reads(text: str) -> bool:
    """Whether there are words in it, not only values and signs."""
    literal = re.sub(r"%\(\w+\)s|\{\w+\}", " ", text)
    return (
        " " in text.strip()
        and "\n" not in text
        and len(_WORDS.findall(literal)) >= _FEWEST_WORDS
        and not _QUIET_TEXTS.match(text)
    )


def _text(node: ast.AST) -> str:
    """The text with its placeholders; "" if this is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr) and not _is_sum(node):
        return ""
    parts: list[str] = []
    for part in _parts(node):
        number = sum(one.startswith("%(") for one in parts) + 1
        parts.append(part if isinstance(part, str) else f"%(a{number})s")
    return "".join(parts)


def _values(node: ast.AST) -> list[ast.AST]:
    return [] if isinstance(node, ast.Constant) else [part for part in _parts(node) if not isinstance(part, str)]


def _parts(node: ast.AST) -> Iterator[str | ast.AST]:
    """Literals, and the expressions between them."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            for value in values:
                yield from _parts(value)
        case ast.FormattedValue(value=value):
            yield value
        case ast.BinOp(left=left, right=right) if _is_sum(node):
            yield from _parts(left)
            yield from _parts(right)
        case _:
            yield node


def _is_sum(node: ast.AST) -> bool:
    """Whether a text is put together with `+`."""
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add)
        and any(isinstance(side, ast.JoinedStr) or _is_text(side) or _is_sum(side) for side in (node.left, node.right))
    )


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
