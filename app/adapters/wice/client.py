"""A session at a Wice server: login, cookie, one keep-alive connection, both protocol generations, every request counted.

A session may expire at any time: {"error": ...} to any call means log in again, once, and ask again. An error after that is a `Refusal`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from time import monotonic
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

from app.adapters.keeping import Keeper
from app.adapters.trust import trusted
from app.adapters.wice import errors
from app.adapters.wice.dialect import load_dialect
from app.adapters.wice.replies import Cut, Reader, whole
from app.adapters.wice.wire import Row, ServerClock, text_of
from app.domain.sync import Side
from app.errors import BadInput, HostBusy
from app.ports.budget import Allowance, Unlimited
from app.ports.learnt import Memory, NoMemory
from app.ports.metering import NO_METER, Meter, Outcome

# httpx logs every URL, and generation 2 carries the session's cookie there.
logging.getLogger("httpx").setLevel(logging.WARNING)

READ_ATTEMPTS = 3
"""A read whose connection broke is sent again at once, twice; a timeout or a busy server is not."""
CONNECT_TIMEOUT_S = 10.0
LANES = 4
"""Connections over which many writes go out at the same time. Source: wice-api.md, "a few parallel connections"."""
KEEPALIVE_S = 4.0
"""Shorter than the usual servers' five seconds, so that no request meets a connection that is just being closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WiceAccess:
    """One account at one Wice server. `window_start` is the first day on which appointments are picked up (R20).

    `allowance` is asked before each request; `memory` holds what former sessions learnt of the server. `keeper` keeps the login for the next
    session of `account`, where there is one.
    """

    url: str
    mandant: str
    username: str
    password: str = field(repr=False)
    api_key: str = field(default="", repr=False)
    time_zone: str = "Europe/Berlin"
    ca_file: str = ""
    dialect: Mapping[str, object] = field(default_factory=dict)
    window_start: date | None = None
    request_timeout_s: float = 30.0
    meter: Meter = NO_METER
    allowance: Allowance = field(default_factory=Unlimited, repr=False, compare=False)
    memory: Memory = field(default_factory=NoMemory, repr=False, compare=False)
    keeper: Keeper | None = field(default=None, repr=False, compare=False)
    account: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """What a session leaves to the next one of its account: its connections, its cookie, and the server's generation."""

    http: httpx.Client
    cookie: str = field(default="", repr=False)
    generation: str = ""

    def close(self) -> None:
        """Free the connections. The session at the server expires by itself."""
        self.http.close()


@dataclass(frozen=True, slots=True)
class _Answer:
    """Status and headers, and the reply's object; None when its body is none."""

    response: httpx.Response
    reply: Row | None


class Session:
    """One account's signed-in connection. Not thread-safe; its `lanes` may be used by one thread each.

    Attributes:
        refused: whether the server has refused anything so far.
        effects: writes that took effect, or may have.
        clock: what this server's replies told of its time.
    """

    def __init__(self, access: WiceAccess, login: Login | None = None) -> None:
        self.dialect = load_dialect(access.dialect)
        self.server = server_name(access.url)
        self.clock = ServerClock(_zone(access.time_zone))
        self.effects = 0
        self.refused = False
        self._sent = 0
        self._lanes: list[Session] = []
        self._reader = Reader()
        self._access = access
        self._sound = True
        self._key = _key(access)
        login = login or _kept(access, self._key) or Login(_connections(access), generation=self.dialect.generation)
        self._http, self._cookie, self._generation = login.http, login.cookie, login.generation

    @property
    def requests(self) -> int:
        """HTTP requests sent so far, those of the lanes included."""
        return self._sent + sum(lane.requests for lane in self._lanes)

    def lanes(self) -> list[Session]:
        """Sessions of the same login, each for one thread, which share this one's connections and what it learnt of the server."""
        if not self._cookie:
            self.log_in()
        self._generation = self.generation
        allowed = self._access.allowance.connections(LANES)
        while len(self._lanes) < allowed:
            self._lanes.append(self._lane())
        return self._lanes[:allowed]

    def _lane(self) -> Session:
        lane = Session(self._access, Login(self._http, self._cookie, self._generation))
        lane.clock = self.clock
        return lane

    @property
    def sound(self) -> bool:
        """Neither this session nor one of its lanes has met any trouble so far."""
        return self._sound and not self.refused and all(lane.sound for lane in self._lanes)

    @property
    def zone(self) -> ZoneInfo:
        """The server's zone, in which it writes all times."""
        return self.clock.zone

    @property
    def username(self) -> str:
        """Who signs in."""
        return self._access.username

    @property
    def window_start(self) -> date | None:
        """First day on which appointments are picked up."""
        return self._access.window_start

    def close(self) -> None:
        """Leave the login to the account's next session, unless there was trouble with it; else free the connections."""
        login = Login(self._http, self._cookie, self._generation)
        if self._access.keeper and self._cookie and self.sound:
            self._access.keeper.keep(self._key, login)
        else:
            login.close()

    def read(self, method: str, parameters: Mapping[str, str]) -> Row:
        """Call something that changes nothing; the reply's object. Raises: Refusal, Retry, Halt."""
        return self._call(method, parameters, writes=False)

    def write(self, method: str, data: Mapping[str, object]) -> Row:
        """Call something that writes `data`; the reply's record.

        Raises: Refusal (nothing happened), AnswerLost (it may have), Retry, Halt.
        """
        reply = self._call(method, {"data": json.dumps(data)}, writes=True)
        self.effects += 1
        return self._unwrapped(reply)

    def complaint(self, method: str, data: Mapping[str, object]) -> str | None:
        """The error that a probe of a writing call meets, without logging in again; None when there is none."""
        return _error(self._send(self.generation, method, {"data": json.dumps(data)}, writes=False))

    def one(self, method: str, rowid: str) -> Row | None:
        """One record in full, unwrapped; None when there is none."""
        key = self.dialect.parameters.key
        if method == self.dialect.methods.person and self.generation == "2":
            method, key = self.dialect.second_generation.person, self.dialect.second_generation.key
        reply = self._unwrapped(self.read(method, {key: rowid}))
        return reply if reply.get(self.dialect.columns.row.id) else None

    def rows(self, method: str, loop: str, parameters: Mapping[str, str], cut: Cut = whole) -> list[Row]:
        """A list of records, each `cut`; servers leave the key `loop` out when there is no hit."""
        return self._listed(method, parameters, Reader(loop, cut))

    def listed(self, method: str, loop: str, parameters: Mapping[str, str], known: str = "") -> tuple[list[Row], str]:
        """A list of records, and the digest of the whole reply. A reply whose digest is `known` is not read: then there are no rows."""
        reader = Reader(loop, known=known)
        return self._listed(method, parameters, reader), reader.digest

    def _listed(self, method: str, parameters: Mapping[str, str], reader: Reader) -> list[Row]:
        self._reader = reader
        try:
            found = self.read(method, parameters).get(reader.loop)
        finally:
            self._reader = Reader()
        rows: list[Row] = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        self.clock.saw_updates([text_of(row.get(self.dialect.columns.row.last_update)) for row in rows])
        return rows

    @property
    def generation(self) -> str:
        """Which protocol generation: 1 or 2, asked from the server once where the dialect says "auto". Raises: Halt when neither is understood."""
        if self._generation == "auto":
            self._generation = self._detect()
        return self._generation

    def _detect(self) -> str:
        """Read the person with rowid 0, who never exists, in both ways: whoever understands says "none" and no error."""
        names, second = self.dialect.methods, self.dialect.second_generation
        key = self.dialect.parameters.key
        for generation, method, parameter in (("1", names.person, key), ("2", second.person, second.key)):
            reply = self._in_session(generation, method, {parameter: "0"}, writes=False)
            if not (text := _error(reply)):
                return generation
        raise errors.unusable(self.server, text or "")

    def _unwrapped(self, reply: Row) -> Row:
        inner = (reply.get(wrapper) for wrapper in self.dialect.replies.wrappers)
        return next((record for record in inner if isinstance(record, dict)), reply)

    def _call(self, method: str, parameters: Mapping[str, str], *, writes: bool) -> Row:
        reply = self._in_session(self.generation, method, parameters, writes=writes)
        if text := _error(reply):
            self.refused = True
            raise errors.Refusal(method, text)
        return reply

    def _in_session(self, generation: str, method: str, parameters: Mapping[str, str], *, writes: bool) -> Row:
        fresh = not self._cookie
        if fresh:
            self.log_in()
        reply = self._send(generation, method, parameters, writes=writes)
        if _error(reply) and not fresh:
            self.log_in()
            reply = self._send(generation, method, parameters, writes=writes)
        return reply

    def log_in(self) -> None:
        """Begin a new session. Raises: Halt(LOGIN_REFUSED), Retry."""
        access, paths = self._access, self.dialect.paths
        form = {
            "method": self.dialect.methods.login,
            "mandant_name": access.mandant,
            "username": access.username,
            "password": access.password,
        }
        self._cookie = text_of(self._post(paths.login, {}, form, writes=False).get("cookie"))
        if not self._cookie:
            self._sound = False
            raise errors.login_refused(self.server, access.mandant, access.username)

    def _send(self, generation: str, method: str, parameters: Mapping[str, str], *, writes: bool) -> Row:
        envelope = {"method": method, "cookie": self._cookie}
        path = self.dialect.paths.calls
        if generation == "2":
            return self._post(path, envelope, parameters, writes=writes)
        return self._post(path, {}, {**envelope, **parameters}, writes=writes)

    def _post(self, path: str, query: Mapping[str, str], form: Mapping[str, str], *, writes: bool) -> Row:
        try:
            return self._answer(path, query, form, writes=writes)
        except Exception as error:
            self._sound = False
            self.effects += isinstance(error, errors.AnswerLost)
            raise

    def _answer(self, path: str, query: Mapping[str, str], form: Mapping[str, str], *, writes: bool) -> Row:
        answer = self._attempts(path, query, form, 1 if writes else READ_ATTEMPTS)
        try:
            if isinstance(answer, httpx.RequestError):
                errors.raise_transport(answer, self.server, writes=writes)
            errors.raise_status(answer.response, self.server, writes=writes)
        except HostBusy as error:
            self._access.allowance.busy(error)
            raise
        self._access.allowance.answered()
        if moment := errors.http_date(answer.response.headers.get("Date", "")):
            self.clock.saw(moment)
        if answer.reply is None:
            raise errors.unreadable(self.server, writes=writes)
        return answer.reply

    def _attempts(
        self, path: str, query: Mapping[str, str], form: Mapping[str, str], attempts: int
    ) -> _Answer | httpx.RequestError:
        """What the server answered, or why it did not. Raises: HostBusy if nothing more may be sent to it for now."""
        while True:
            attempts -= 1
            self._access.allowance.spend()
            self._sent += 1
            try:
                return self._measured(path, query, form)
            except httpx.ReadTimeout as error:
                self._access.allowance.silent()
                return error
            except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                if not attempts:
                    return error
            except httpx.RequestError as error:
                return error

    def _measured(self, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> _Answer:
        begun, outcome = monotonic(), Outcome.UNREACHABLE
        try:
            with self._http.stream("POST", path, params=query, data=form) as response:
                answer = _Answer(response, self._reader.read(response.iter_bytes()))
            outcome = Outcome.of(response.status_code)
            return answer
        finally:
            self._access.meter.answered(Side.WICE, self._http.base_url.host, monotonic() - begun, outcome)


def _connections(access: WiceAccess) -> httpx.Client:
    return httpx.Client(
        base_url=access.url.rstrip("/"),
        headers={"X-API-KEY": access.api_key} if access.api_key else {},
        verify=trusted(access.ca_file),
        timeout=httpx.Timeout(access.request_timeout_s, connect=min(CONNECT_TIMEOUT_S, access.request_timeout_s)),
        limits=httpx.Limits(max_connections=LANES, keepalive_expiry=KEEPALIVE_S),
    )


def _key(access: WiceAccess) -> str:
    """Whatever an administrator edits of a login, the next session begins anew."""
    if access.keeper is None:
        return ""
    login = (access.account, access.mandant, access.username, access.password)
    server = (access.url, access.api_key, access.ca_file, access.request_timeout_s, sorted(access.dialect.items()))
    return access.keeper.key(Side.WICE, login, server)


def _kept(access: WiceAccess, key: str) -> Login | None:
    kept = access.keeper.take(key) if access.keeper else None
    return kept if isinstance(kept, Login) else None


def _error(reply: Row) -> str | None:
    """What {"error": ...} says; None for a reply without one, or with an empty one."""
    error = reply.get("error")
    return None if error in (None, "", False) else text_of(error) or "error"


def server_name(url: str) -> str:
    """Host and port of a Wice server's URL, as messages name it. Raises: BadInput."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise BadInput(f"wice_server.url: {url!r} is no web address ({error})") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise BadInput(
            f"wice_server.url: must begin with https:// and name a host, such as https://node1.example.com; got {url!r}"
        )
    return parsed.netloc.decode("ascii")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(f"wice_server.time_zone: {name!r} is no IANA time zone, such as Europe/Berlin") from error
