"""Messages about trouble, set and tried in the portal and over the API."""

from __future__ import annotations

import re
from pathlib import Path

from app.domain.people import Role
from tests.services.mailbox import MailServer, running
from tests.services.portal import RunningPortal

FORM = {
    "recipients": "it@example.com",
    "sender": "sync@example.com",
    "smtp_host": "127.0.0.1",
    "smtp_security": "none",
    "failed_runs": "3",
    "oldest_change_hours": "4",
    "licence_days": "14",
    "quarantined_items": "10",
}


def test_an_administrator_sets_and_tries_them(portal: RunningPortal) -> None:
    browser = portal.browser(language="de")
    with running(MailServer()) as mail:
        page = browser.get("/settings/alerts").text
        version = re.findall(r'name="version" value="(\d+)"', page)[0]
        form = {**FORM, "smtp_port": mail.port, "smtp_password": "s3cret", "version": version}
        assert "Gespeichert" in browser.submit("/settings/alerts", **form).text
        assert "unterwegs" in browser.submit("/settings/alerts/test").text
    assert len(mail.received) == 1
    assert "s3cret" not in browser.get("/settings/alerts").text
    assert portal.product.alerts.settings().smtp_password == "s3cret"
    assert "nicht erreichbar" in browser.submit("/settings/alerts/test").text
    assert browser.submit("/settings/alerts", **form).status_code == 412


def test_a_mail_server_of_the_company_has_a_ca_file(portal: RunningPortal, tmp_path: Path) -> None:
    browser, ca_file = portal.browser(language="de"), tmp_path / "company.pem"
    form = {**FORM, "smtp_port": "587", "smtp_ca_file": str(ca_file)}
    refused = browser.submit("/settings/alerts", **form)
    assert refused.status_code == 422
    assert "Diese Datei gibt es auf diesem Server nicht." in refused.text
    assert f'value="{ca_file}"' in refused.text
    ca_file.write_text("no certificate")
    assert "Gespeichert" in browser.submit("/settings/alerts", **form).text
    assert portal.api().get("/settings/alerts").json()["smtp_ca_file"] == str(ca_file)
    assert f"Die CA-Datei {ca_file} kann nicht gelesen werden" in browser.submit("/settings/alerts/test").text


def test_what_makes_no_sense_is_told_at_its_field_and_stays_there(portal: RunningPortal) -> None:
    refused = portal.browser().submit("/settings/alerts", **FORM | {"recipients": "it"}, smtp_port="x")
    assert refused.status_code == 422
    assert 'id="recipients-error"' in refused.text
    assert 'id="smtp_port-error"' in refused.text
    assert 'value="it"' in refused.text


def test_the_api_does_the_same(portal: RunningPortal) -> None:
    api = portal.api()
    tag = api.get("/settings/alerts").headers["etag"]
    changed = api.patch("/settings/alerts", json={"webhook_url": "https://chat.example/x"}, headers={"If-Match": tag})
    assert changed.json()["webhook_url"] == "***"
    removed = api.patch("/settings/alerts", json={"webhook_url": None}, headers={"If-Match": "*"})
    assert removed.json()["webhook_url"] == ""
    assert api.post("/settings/alerts/test").status_code == 422
    assert portal.api(Role.OPERATOR).get("/settings/alerts").status_code == 403
