"""Settings of the whole server: those that are set here, and those of the installation's environment, which are only shown."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.etags import IfMatch, tag
from app.domain.options import Options
from app.http.callers import Configurer, Reader
from app.http.state import Here
from app.services.options import change, version_of
from app.settings import variable

router = APIRouter(prefix="/settings", tags=["settings"])


class SettingsOut(BaseModel):
    """What holds for the whole server."""

    organisation: str = Field(description="Stands beside the product's name.", examples=["Example"])
    language: str = Field(description="Of those who have not chosen one: `de` or `en`.", examples=["de"])
    time_zone: str = Field(description="Of those who have not chosen one; IANA.", examples=["Europe/Berlin"])
    session_idle_hours: int = Field(description="A session ends after so many hours without use.", examples=[8])
    session_days: int = Field(description="A session ends after so many days in any case.", examples=[7])

    @classmethod
    def of(cls, options: Options) -> SettingsOut:
        """As the API shows it."""
        return cls.model_validate({name: getattr(options, name) for name in cls.model_fields})


class SettingsChange(BaseModel):
    """What may change; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    organisation: str | None = Field(default=None, description="Empty for none.", max_length=100, examples=["Example"])
    language: Literal["de", "en"] | None = Field(default=None, description="`de` or `en`.", examples=["de"])
    time_zone: str | None = Field(default=None, description="IANA.", max_length=100, examples=["Europe/Berlin"])
    session_idle_hours: int | None = Field(default=None, description="1 to 168.", ge=1, le=168, examples=[8])
    session_days: int | None = Field(default=None, description="1 to 90.", ge=1, le=90, examples=[7])


class EnvironmentOut(BaseModel):
    """A setting of the installation."""

    variable: str = Field(description="The environment variable.", examples=["WICE_SYNC_LOG_LEVEL"])
    value: str = Field(description="The value in force; `***` stands for what is secret.", examples=["WARNING"])
    given: bool = Field(description="Does the environment give it? Else it is the default.", examples=[False])


@router.get("")
def read_settings(here: Here, _: Reader, response: Response) -> SettingsOut:
    """All that are set here."""
    options = here.product.options.read()
    tag(response, version_of(options))
    return SettingsOut.of(options)


@router.patch("")
def update_settings(
    here: Here, by: Configurer, body: SettingsChange, version: IfMatch, response: Response
) -> SettingsOut:
    """Change some; they count at once."""
    given = body.model_dump(exclude_none=True)
    options = change(here.product.options, given, by, version=version)
    here.house.forget()
    tag(response, version_of(options))
    return SettingsOut.of(options)


@router.get("/environment")
def list_environment(here: Here, _: Reader) -> list[EnvironmentOut]:
    """The installation's settings; they are changed in its environment."""
    return [
        EnvironmentOut(variable=variable(name), value=value, given=given)
        for name, value, given in here.settings.in_force()
    ]
