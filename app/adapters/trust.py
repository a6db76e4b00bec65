"""Which certificates are trusted, for every connection of every adapter: verification is never switched off.

Shared by the adapters, and by nothing else: reading the authorities takes longer than all else that an idle run does.
"""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

import httpx

from app.errors import Halt, HaltCode


def trusted(ca_file: str) -> ssl.SSLContext:
    """Public authorities, this machine's, and those of `ca_file` ("" for none), read anew when the file changes. Raises: Halt(CERTIFICATE)."""
    try:
        return _trusted(ca_file, Path(ca_file).stat().st_mtime_ns if ca_file else 0)
    except (OSError, ssl.SSLError) as error:
        raise Halt(
            HaltCode.CERTIFICATE,
            f"The CA file {ca_file} cannot be read ({type(error).__name__}); it must hold certificates in PEM form.",
        ) from error


@lru_cache(maxsize=8)
def _trusted(ca_file: str, _changed_ns: int) -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    context.load_default_certs()
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context
