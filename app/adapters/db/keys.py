"""Where the keys come from: the setting itself, a file that it names, or the generated file in the home directory."""

from __future__ import annotations

import base64
import binascii
import os
from contextlib import suppress
from pathlib import Path

from app.adapters.db.secrets import Secrets
from app.domain.ids import new_id
from app.errors import BadInput
from app.settings import Settings

_KEY_BYTES = 32


def load_secrets(settings: Settings) -> Secrets:
    """Build the ring from the settings; without any a key file is created (mode 0600). Raises: BadInput."""
    given = settings.secret_keys.get_secret_value().strip()
    if given.startswith("file:"):
        return Secrets(_parse(_read(Path(given.removeprefix("file:"))), given))
    if given:
        return Secrets(_parse(given, "WICE_SYNC_SECRET_KEYS"))
    _create_key_file(settings.key_file)
    return Secrets(_parse(_read(settings.key_file), str(settings.key_file)))


def _parse(text: str, source: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for number, part in enumerate(text.replace("\n", ",").split(","), 1):
        if not part.strip():
            continue
        name, colon, encoded = part.strip().partition(":")
        raw = _decode(encoded)
        if not (name and colon) or len(raw) != _KEY_BYTES or name in keys:
            raise BadInput(
                f"{source}: key number {number} is not `id:base64key` with {_KEY_BYTES} bytes and an id of its own; make one with: "
                "python -c \"import os, base64; print('k1:' + base64.b64encode(os.urandom(32)).decode())\""
            )
        keys[name] = raw
    if not keys:
        raise BadInput(f"{source}: holds no key; it takes `id:base64key[,id:base64key]`")
    return keys


def _decode(encoded: str) -> bytes:
    with suppress(binascii.Error, ValueError):
        return base64.b64decode(encoded.replace("-", "+").replace("_", "/"), validate=True)
    return b""


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"the key file {path} cannot be read: {error}; see WICE_SYNC_SECRET_KEYS") from None


def _create_key_file(path: Path) -> None:
    """Create the file in one step, whole and private, unless it is there: two processes may start at once."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{new_id(8)}")
    line = f"{new_id(6)}:{base64.b64encode(os.urandom(_KEY_BYTES)).decode()}\n"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
