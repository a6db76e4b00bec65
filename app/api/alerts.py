"""Messages about trouble: where they go, from where on, and a test."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.etags import IfMatch, tag
from app.domain.alerts import AlertSettings, Security
from app.http.callers import Configurer
from app.http.state import Here
from app.services.alerts import SECRETS, version_of

router = APIRouter(prefix="/settings/alerts", tags=["settings"])


class _Common(BaseModel):
    recipients: str = Field(description="E-mail addresses, with commas between them.", examples=["it@example.com"])
    sender: str = Field(description="Sender of the e-mails.", examples=["sync@example.com"])
    smtp_host: str = Field(description="Mail server.", examples=["mail.example.com"])
    smtp_port: int = Field(description="Its port.", examples=[587])
    smtp_security: Security = Field(description="Encryption of the connection.", examples=["starttls"])
    smtp_ca_file: str = Field(
        default="", description="Path on this server to further certificate authorities (PEM).", examples=[""]
    )
    smtp_username: str = Field(description="Empty: without signing in.", examples=["sync"])
    failed_runs: int = Field(description="An account has failed so many times in a row; 0: never told.", examples=[3])
    oldest_change_hours: int = Field(description="A change has been waiting for so many hours.", examples=[4])
    licence_days: int = Field(description="The licence ends in so many days.", examples=[14])
    quarantined_items: int = Field(description="So many items rest after refusals.", examples=[10])


class AlertsOut(_Common):
    """As they are; of secrets only whether they are set."""

    smtp_password: str = Field(description="`***` if one is set.", examples=["***"])
    webhook_url: str = Field(description="`***` if one is set: such addresses often hold a password.", examples=["***"])
    webhook_secret: str = Field(description="`***` if one is set.", examples=[""])

    @classmethod
    def of(cls, settings: AlertSettings) -> AlertsOut:
        """As the API shows them."""
        masked = {name: "***" if getattr(settings, name) else "" for name in SECRETS}
        return cls.model_validate(asdict(settings) | masked)


class AlertsChange(BaseModel):
    """What may change; what is not named stays. Of a secret "" stays too, and null removes it."""

    model_config = ConfigDict(extra="forbid")

    recipients: str = Field(default="", description="Empty: no e-mail.", max_length=1000, examples=["it@example.com"])
    sender: str = Field(default="", description="Sender.", max_length=300, examples=["sync@example.com"])
    smtp_host: str = Field(default="", description="Mail server.", max_length=300, examples=["mail.example.com"])
    smtp_port: int = Field(default=587, description="1 to 65535.", ge=1, le=65535, examples=[587])
    smtp_security: Security = Field(default=Security.STARTTLS, description="Encryption.", examples=["starttls"])
    smtp_ca_file: str = Field(default="", description="Path on this server.", max_length=300, examples=[""])
    smtp_username: str = Field(default="", description="Empty: none.", max_length=300, examples=["sync"])
    smtp_password: str | None = Field(default="", description="Null removes it.", max_length=300, examples=["..."])
    webhook_url: str | None = Field(
        default="", description="Null removes it.", max_length=1000, examples=["https://chat.example.com/hook"]
    )
    webhook_secret: str | None = Field(
        default="", description="Key of the signature; null removes it.", max_length=300, examples=["..."]
    )
    failed_runs: int = Field(default=3, description="0 to 1000.", ge=0, le=1000, examples=[3])
    oldest_change_hours: int = Field(default=4, description="0 to 1000.", ge=0, le=1000, examples=[4])
    licence_days: int = Field(default=14, description="0 to 365.", ge=0, le=365, examples=[14])
    quarantined_items: int = Field(default=10, description="0 to 1000000.", ge=0, le=1_000_000, examples=[10])


@router.get("")
def read_alerts(here: Here, _: Configurer, response: Response) -> AlertsOut:
    """All of them."""
    settings = here.product.alerts.settings()
    tag(response, version_of(settings))
    return AlertsOut.of(settings)


@router.patch("")
def update_alerts(here: Here, by: Configurer, body: AlertsChange, version: IfMatch, response: Response) -> AlertsOut:
    """Change some; they count at once."""
    settings = here.product.alerts.change(body.model_dump(exclude_unset=True), by, version=version)
    tag(response, version_of(settings))
    return AlertsOut.of(settings)


@router.post("/test", status_code=204)
def send_test_message(here: Here, _: Configurer) -> None:
    """Send a test message on every way that is set."""
    here.product.alerts.test()
