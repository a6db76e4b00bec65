"""The way to a server's address, step by step, before anybody signs in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """The steps, in their order."""

    NAME = "name"
    CONNECT = "connect"
    CERTIFICATE = "certificate"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Passed:
    """A step that worked: `found` is what it found (addresses, "TLSv1.3, valid until 2027-03-01", "HTTP 401")."""

    stage: Stage
    found: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The step at which it ended; `advice` says why and what to do."""

    stage: Stage
    advice: str
