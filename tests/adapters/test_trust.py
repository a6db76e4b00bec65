"""One trust store for all adapters: the machine's authorities and the administrator's own, read again only when their file changes."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import pytest
import trustme

from app.adapters.trust import trusted
from app.errors import Halt, HaltCode


def test_verification_is_on_whatever_is_given(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    for context in (trusted(""), trusted(str(file))):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname


def test_the_authorities_are_read_once_until_their_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    first = trusted(str(file))
    assert trusted(str(file)) is first
    trustme.CA().cert_pem.write_to_path(str(file))
    os.utime(file, ns=(1, 1))
    assert trusted(str(file)) is not first


def test_a_missing_file_is_a_halt_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(Halt, match=r"gone\.pem cannot be read") as halted:
        trusted(str(tmp_path / "gone.pem"))
    assert halted.value.code is HaltCode.CERTIFICATE
