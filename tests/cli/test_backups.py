"""wice-sync backup and restore, as an administrator types them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from tests.services.command import Command


def test_a_backup_is_private_and_comes_back_and_the_key_is_spoken_of(tmp_path: Path) -> None:
    command, file = Command(tmp_path / "home"), tmp_path / "wice-sync.backup"
    command("user", "add", "ada", "--role", "administrator")
    told = command("backup", str(file)).stdout
    assert "secret.key" in told
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.part"))
    assert "--replace" in command("restore", str(file), code=2).stderr
    elsewhere = Command(tmp_path / "elsewhere")
    assert json.loads(elsewhere("restore", str(file), "--json").stdout)["rows"] > 0
    assert "no such file" in elsewhere("restore", str(tmp_path / "missing"), code=2).stderr
