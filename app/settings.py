"""Every setting of the server in one class: environment variables `WICE_SYNC_<NAME>`, documented in one table (`Settings.table`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import BadInput

_PREFIX = "WICE_SYNC_"
_DATABASE_FILE = "wice-sync.db"
_KEY_FILE = "secret.key"
_BROKER_SOCKET = "broker.sock"


def _whole_path(path: Path) -> Path:
    # Fixed at start-up: a later change of the working directory must not move the data.
    return Path(os.path.normpath(path.expanduser().absolute()))


class Settings(BaseSettings):
    """Read once at start-up with `Settings.load()`; immutable."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True, validate_default=True
    )

    home: Annotated[Path, AfterValidator(_whole_path)] = Field(
        default=Path("var"),
        description="Directory of everything this server keeps itself: the embedded database, the key file.",
    )
    database_url: SecretStr = Field(
        default=SecretStr(""),
        description="Database: `postgresql://user:password@host/name`, or `sqlite:///path/file.db`. "
        f"Not given: the file `{_DATABASE_FILE}` in the home directory.",
    )
    database_password_file: str = Field(
        default="",
        description="A file whose content is the password in the database's address: containers get secrets as files.",
    )
    secret_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Keys that encrypt stored passwords: `id:base64key[,id:base64key]` (32 bytes each; the first one encrypts, all "
        f"decrypt), or `file:PATH` of a file that holds them. Not given: the file `{_KEY_FILE}` in the home directory, created at first use.",
    )
    broker_url: SecretStr = Field(
        default=SecretStr(""),
        description="Broker through which workers hear of runs: `redis://:password@host:6379/0` (Redis or Valkey). Not given: one that "
        "`wice-sync up` runs in the home directory.",
    )
    broker_password_file: str = Field(
        default="", description="A file whose content is the password in the broker's address."
    )
    portal_url: str = Field(
        default="http://127.0.0.1:8080", description="Where the portal listens.", pattern=r"^https?://[^/\s]+/?$"
    )
    trusted_proxies: str = Field(
        default="",
        description="Reverse proxies whose `X-Forwarded-For` is believed: addresses or networks (`10.0.0.0/8`), with commas between them.",
    )
    metrics_networks: str = Field(
        default="",
        description="Networks whose machines may read `/metrics` without a token: addresses or networks (`10.0.0.0/8`), with commas "
        "between them.",
    )
    request_timeout_s: float = Field(
        default=60.0, gt=0, le=600, description="Longest wait for one answer of a Wice or Exchange server, in seconds."
    )
    lease: timedelta = Field(
        default=timedelta(minutes=5),
        ge=timedelta(seconds=10),
        le=timedelta(days=1),
        description="How long a run that shows no sign of life keeps its profile, in seconds or as ISO 8601 duration (`PT5M`). "
        "Must be longer than the request timeout.",
    )
    exchange_concurrency: int = Field(
        default=27,
        ge=1,
        le=10_000,
        description="How many connections one Exchange server gets at once, over all workers; a run uses one, and up to three while it writes "
        "much. Exchange grants a service account 27 (EWSMaxConcurrency).",
    )
    exchange_requests_per_second: float = Field(
        default=0, ge=0, description="How many requests one Exchange server gets per second, in the mean; 0: no limit."
    )
    wice_concurrency: int = Field(
        default=8,
        ge=1,
        le=10_000,
        description="How many connections one Wice server gets at once, over all workers; a run uses one, and up to four while it writes much.",
    )
    wice_requests_per_second: float = Field(
        default=0, ge=0, description="How many requests one Wice server gets per second, in the mean; 0: no limit."
    )
    keep_history_days: int = Field(
        default=90,
        ge=90,
        le=3650,
        description="For how many days runs are kept with everything they wrote, which undoing needs: 90 or more.",
    )
    keep_idle_runs_days: int = Field(
        default=14, ge=1, le=3650, description="For how many days runs are kept that found nothing to do."
    )
    keep_audit_days: int = Field(
        default=730, ge=366, le=36500, description="For how many days the audit log is kept: 366 or more."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="WARNING", description="Least severe log line that is written: DEBUG, INFO, WARNING or ERROR."
    )

    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises: BadInput that names each wrong variable and what it takes."""
        try:
            return cls()
        except ValidationError as error:
            raise BadInput(
                *(cls._problem(str((fault["loc"] or ("",))[0]), fault["msg"]) for fault in error.errors())
            ) from None

    @classmethod
    def table(cls) -> Iterator[tuple[str, str, str]]:
        """Rows (variable, default, description) of the documentation."""
        for name, field in cls.model_fields.items():
            yield variable(name), _shown(field.default), field.description or ""

    def in_force(self) -> Iterator[tuple[str, str, bool]]:
        """(name, value, whether the environment gives it) of every setting, secrets masked."""
        for name in type(self).model_fields:
            yield name, _masked(getattr(self, name)), name in self.model_fields_set

    @property
    def database_file(self) -> Path:
        """The embedded database, used while `database_url` is empty."""
        return self.home / _DATABASE_FILE

    @property
    def key_file(self) -> Path:
        """The generated key, used while `secret_keys` is empty."""
        return self.home / _KEY_FILE

    @model_validator(mode="before")
    @classmethod
    def _passwords(cls, given: dict[str, Any]) -> dict[str, Any]:
        """The addresses with the passwords that lie in files."""
        read = dict(given)
        for name in ("database", "broker"):
            file, url = given.get(f"{name}_password_file"), given.get(f"{name}_url")
            if file and url:
                read[f"{name}_url"] = _with_password(_plain(url), _read(name, str(file)))
        return read

    @field_validator("trusted_proxies", "metrics_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        for part in value.replace(",", " ").split():
            ip_network(part, strict=False)
        return value

    @property
    def broker_socket(self) -> Path:
        """Where the embedded broker listens, used while `broker_url` is empty."""
        return self.home / _BROKER_SOCKET

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper_case(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("lease", mode="before")
    @classmethod
    def _plain_seconds(cls, value: object) -> object:
        return float(value) if isinstance(value, str) and value.strip().isdecimal() else value

    @model_validator(mode="after")
    def _lease_outlasts_a_request(self) -> Self:
        # A run renews its lease between requests only; the servers themselves cannot be fenced.
        if self.lease.total_seconds() <= self.request_timeout_s:
            raise ValueError(f"{variable('lease')} must be longer than {variable('request_timeout_s')}")
        return self

    @classmethod
    def _problem(cls, name: str, message: str) -> str:
        message = message.removeprefix("Value error, ")
        if name not in cls.model_fields:
            return message
        return f"{variable(name)}: {message}. It takes: {cls.model_fields[name].description}"


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _read(name: str, file: str) -> str:
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{variable(f'{name}_password_file')}: {file} cannot be read ({type(error).__name__})"
        ) from None


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    user = login.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host if at else parts.netloc}"))


def _shown(default: object) -> str:
    match default:
        case SecretStr():
            return default.get_secret_value()
        case timedelta():
            return f"{default.total_seconds():.0f}"
        case Path():
            return f"./{default}"
        case _:
            return str(default)


def _masked(value: object) -> str:
    if not isinstance(value, SecretStr):
        return str(value) if isinstance(value, Path) else _shown(value)
    text = value.get_secret_value()
    parts = urlsplit(text)
    if parts.scheme == "file":  # a path is no secret, what lies there is
        return text
    if not parts.hostname:
        return "***" if text and parts.scheme != "sqlite" else text
    # Parameters may hold a password as well.
    return urlunsplit((parts.scheme, f"***@{parts.netloc.rpartition('@')[2]}", parts.path, "", ""))


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{_PREFIX}{name.upper()}"
