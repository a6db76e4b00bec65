"""The message after a form."""

import base64
import json

import pytest


def test_a_message_is_shown_once(client):
    answer = client.post("/saved", data={"text": "Über 3 <b>Konten</b>."})
    assert answer.status_code == 303
    first = client.get(answer.headers["Location"])
    assert "Über 3 &lt;b&gt;Konten&lt;/b&gt;." in first.text
    assert "Über 3" not in client.get("/styleguide").text


@pytest.mark.parametrize(
    "forged", ["nonsense", base64.urlsafe_b64encode(json.dumps(["evil", "x"]).encode()).decode(), "W10=", "MQ=="]
)
def test_a_forged_message_is_passed_over(client, forged):
    client.cookies.set("flash", forged)
    page = client.get("/styleguide")
    assert page.status_code == 200
    assert "ws-flash" not in page.text


def test_a_message_is_cut_to_what_a_cookie_holds(client):
    assert len(client.post("/saved", data={"text": "ä" * 5000}).headers["Set-Cookie"]) < 4096
