"""What a test or a demo may do to a sandbox server, under /_sandbox/: latency, faults, counters, reset.

One `Control` per server process.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.serving import SEEDS, cut

Parameters = Mapping[str, float | str]

COMMON_KINDS: Mapping[str, Parameters] = {
    "busy": {"retry_after_s": 30.0},
    "throttled": {"retry_after_s": 30.0},
    "unauthorized": {},
    "error": {},
    "cut_before": {},
    "cut_after": {},
    "stall": {"seconds": 5.0},
    "garbage": {},
    "truncated_page": {},
}
"""Fault kinds both servers know, with their parameters' defaults; a default's type is the parameter's type."""


class BadInputError(ValueError):
    """A control request that cannot be carried out; its text goes to the caller with HTTP 422."""


@dataclass
class Fault:
    """Fires for `count` requests whose operation is `operation` (None: any), after letting `skip` such requests by."""

    kind: str
    operation: str | None
    count: int
    skip: int
    parameters: Parameters

    def number(self, name: str) -> float:
        """A numeric parameter, for example the `seconds` of "stall"."""
        return float(self.parameters[name])

    def text(self, name: str) -> str:
        """A text parameter, for example the `code` of "item_error"."""
        return str(self.parameters[name])

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "operation": self.operation,
            "count": self.count,
            "skip": self.skip,
            **self.parameters,
        }


@dataclass
class Counters:
    """What happened since the last reset: requests by operation, how many were under way at once, records written,
    mails that would have been sent.
    """

    requests: Counter[str] = field(default_factory=Counter)
    at_once: int = 0
    most_at_once: int = 0
    mails: int = 0
    writes: int = 0
    rejected_by_schema: int = 0

    def as_json(self) -> dict[str, object]:
        return {
            "requests": {"total": self.requests.total(), **self.requests},
            "most_at_once": self.most_at_once,
            "mails": self.mails,
            "writes": self.writes,
            "rejected_by_schema": self.rejected_by_schema,
        }


Reset = Callable[[str, int], None]

_REFUSALS: Mapping[str, Callable[[Fault], Response]] = {
    "throttled": lambda fault: Response(
        "Too Many Requests", 429, {"Retry-After": f"{fault.number('retry_after_s'):.0f}"}
    ),
    "unauthorized": lambda _: Response("Unauthorized", 401, {"WWW-Authenticate": 'Basic realm="sandbox"'}),
    "error": lambda _: Response("Internal Server Error", 500),
    "garbage": lambda _: Response("<<< neither JSON nor XML {", 200, media_type="text/plain"),
}
"""Answers that need neither the protocol nor the operation: nothing is done."""


class Control:
    """Latency, faults and counters of one server.

    Args:
        reset: puts the server into the state of a fresh start: `reset(seed, people)`; sessions become invalid.
        people: how many people a reset makes when it does not say.
        kinds: the fault kinds of this server beside `COMMON_KINDS`, with their parameters' defaults.
    """

    def __init__(self, reset: Reset, people: int, kinds: Mapping[str, Parameters] | None = None) -> None:
        self.latency_ms = 0.0
        self.faults: list[Fault] = []
        self.counters = Counters()
        self._reset = reset
        self._people = people
        self._kinds = {**COMMON_KINDS, **(kinds or {})}

    def next_fault(self, operation: str) -> Fault | None:
        """Count the request; the first pending fault that concerns it and is due, taken off the list when used up."""
        self.counters.requests[operation] += 1
        for fault in self.faults:
            if fault.operation not in (None, operation):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.count -= 1
            if not fault.count:
                self.faults.remove(fault)
            return fault
        return None

    async def answer(self, request: Request, fault: Fault | None, work: Callable[[], Response]) -> Response:
        """Carry out `work` after the latency, with the faults that need no knowledge of the protocol.

        `work` runs without an await inside, so a request's changes are atomic. Faults that do need the protocol
        ("truncated_page", "busy" and each side's own) are `work`'s business.
        """
        counters = self.counters
        counters.at_once += 1
        counters.most_at_once = max(counters.most_at_once, counters.at_once)
        try:
            if self.latency_ms:
                await asyncio.sleep(self.latency_ms / 1000)
            return await self._answer(request, fault, work)
        finally:
            counters.at_once -= 1

    async def _answer(self, request: Request, fault: Fault | None, work: Callable[[], Response]) -> Response:
        if fault is None:
            return work()
        if fault.kind in _REFUSALS:
            return _REFUSALS[fault.kind](fault)
        if fault.kind == "cut_before":
            await cut(request)
            return Response()
        response = work()
        if fault.kind == "cut_after":
            await cut(request)
        if fault.kind == "stall":
            await asyncio.sleep(fault.number("seconds"))
        return response

    def routes(self) -> list[Route]:
        """The paths under /_sandbox/ that both servers share; bad input there is answered with 422 and a text."""
        return [
            Route("/_sandbox/latency", guarded(self._set_latency), methods=["POST"]),
            Route("/_sandbox/faults", guarded(self._add_fault), methods=["POST"]),
            Route("/_sandbox/faults", guarded(self._list_faults), methods=["GET"]),
            Route("/_sandbox/faults", guarded(self._clear_faults), methods=["DELETE"]),
            Route("/_sandbox/counters", guarded(self._read_counters), methods=["GET"]),
            Route("/_sandbox/counters", guarded(self._clear_counters), methods=["DELETE"]),
            Route("/_sandbox/reset", guarded(self._do_reset), methods=["POST"]),
        ]

    def _set_latency(self, body: dict[str, Any]) -> object:
        self.latency_ms = number(body, "ms")
        return {"ms": self.latency_ms}

    def _add_fault(self, body: dict[str, Any]) -> object:
        given = dict(body)
        kind = given.pop("kind", None)
        if kind not in self._kinds:
            raise BadInputError(f'"kind" must be one of {", ".join(sorted(self._kinds))}; got {kind!r}')
        operation = given.pop("operation", None)
        if operation is not None and not isinstance(operation, str):
            raise BadInputError(f'"operation" must be the name of an operation or null; got {operation!r}')
        count, skip = whole(given, "count", 1, least=1), whole(given, "skip", 0)
        given.pop("count", None)
        given.pop("skip", None)
        self.faults.append(Fault(kind, operation, count, skip, _parameters(kind, self._kinds[kind], given)))
        return self._list_faults({})

    def _list_faults(self, _body: dict[str, Any]) -> object:
        return {"pending": [fault.as_json() for fault in self.faults]}

    def _clear_faults(self, _body: dict[str, Any]) -> object:
        self.faults.clear()
        return self._list_faults({})

    def _read_counters(self, _body: dict[str, Any]) -> object:
        return self.counters.as_json()

    def _clear_counters(self, _body: dict[str, Any]) -> object:
        self.counters = Counters()
        return self.counters.as_json()

    def _do_reset(self, body: dict[str, Any]) -> object:
        seed = body.get("seed", "empty")
        if seed not in SEEDS:
            raise BadInputError(f'"seed" must be one of {", ".join(SEEDS)}; got {seed!r}')
        people = whole(body, "people", self._people, least=1)
        self._reset(seed, people)
        self._people = people
        self.faults.clear()
        self.counters = Counters()
        self.latency_ms = 0.0
        return {"seed": seed, "people": people}


def guarded(handler: Callable[[dict[str, Any]], object]) -> Callable[[Request], Any]:
    """An endpoint from `handler(body) -> JSON value`.

    It parses the JSON object and answers a `BadInputError` with 422 and {"error": text}.
    """

    async def endpoint(request: Request) -> JSONResponse:
        try:
            return JSONResponse(handler(json_object(await request.body() or b"{}")))
        except BadInputError as error:
            return JSONResponse({"error": str(error)}, 422)

    return endpoint


def number(body: Mapping[str, Any], name: str, default: float | None = None) -> float:
    """A number of at least 0 from a control body. Raises: BadInputError."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise BadInputError(f'"{name}" must be a number of at least 0; got {value!r}')
    return float(value)


def whole(body: Mapping[str, Any], name: str, default: int, least: int = 0) -> int:
    """A whole number of at least `least` from a control body. Raises: BadInputError."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadInputError(f'"{name}" must be a whole number of at least {least}; got {value!r}')
    return value


def json_object(raw: bytes | str) -> dict[str, Any]:
    """A JSON object that can also be written again. Raises: BadInputError."""
    try:
        value = json.loads(raw)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair would break every later answer
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"not a JSON object: {error}") from error
    if not isinstance(value, dict):
        raise BadInputError(f"not a JSON object but {type(value).__name__}")
    return value


def _parameters(kind: str, defaults: Parameters, given: Mapping[str, Any]) -> Parameters:
    unknown = sorted(set(given) - set(defaults))
    if unknown:
        known = ", ".join(defaults) or "none"
        raise BadInputError(f'fault "{kind}" does not know {", ".join(unknown)}; its parameters: {known}')
    parameters: dict[str, float | str] = {}
    for name, default in defaults.items():
        if isinstance(default, str):
            parameters[name] = str(given.get(name, default))
        else:
            parameters[name] = number(given, name, default)
    return parameters
