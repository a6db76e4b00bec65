"""What no template may do, and what each of them can rely on."""

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from starlette.requests import Request

from app.web import static_files, templating
from app.web.current import speaking
from app.web.templating import environment, render

FILES = sorted(templating.TEMPLATES.rglob("*.html"))
FORBIDDEN = {
    "inline style": r"\sstyle\s*=",
    "inline event handler": r"\son[a-z]+\s*=",
    "inline script": r"<script(?![^>]*\bsrc=)",
    "htmx that needs eval": r"hx-on|hx-vals=[\"']js:|hx-trigger=\"[^\"]*\[",
    "unescaped output": r"\|\s*safe\b|autoescape\s+false|Markup\(",
    "another host": r"(?:src|href|action)=\"(?:https?:)?//",
}


def rendered(asked: Request, template: str = "pages/error.html", **context: object) -> str:
    failure = {"code": 404, "title": "T", "advice": "A", "icon": "lock", "details": ()}
    return bytes(render(asked, template, 200, **(failure | context)).body).decode()


def request(**state: object) -> Request:
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [], "state": state}
    return Request(scope)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(Path(file).relative_to(templating.TEMPLATES)))
def test_no_template_does_what_the_policy_forbids(file):
    text = file.read_text(encoding="utf-8")
    assert [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(Path(file).relative_to(templating.TEMPLATES)))
def test_every_form_that_changes_something_carries_the_token(file):
    text = file.read_text(encoding="utf-8")
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE)
    assert [form[:80] for form in forms if "csrf" not in form] == []


def test_everything_is_escaped():
    shown = environment().from_string('<p title="{{ text }}">{{ text }}</p>').render(text='"><script>')
    assert shown == '<p title="&#34;&gt;&lt;script&gt;">&#34;&gt;&lt;script&gt;</p>'


def test_a_translated_text_does_not_unescape_its_values():
    shown = environment().from_string('{{ _("Signed in as %(name)s", name=name) }}').render(name="<b>")
    assert shown == "Signed in as &lt;b&gt;"


def test_what_depends_on_the_language_is_not_worked_out_beforehand():
    template = environment().from_string("{{ 12345|number }}")
    with speaking("en"):
        in_english = template.render()
    with speaking("de"):
        assert (in_english, template.render()) == ("12,345", "12.345")


def test_a_name_that_was_not_given_is_an_error():
    with pytest.raises(UndefinedError, match="lead"):
        environment().from_string("{{ lead }}").render()


def test_an_icon_that_is_not_vendored_is_an_error():
    with pytest.raises(KeyError, match="vendor_icons"):
        environment().from_string('{{ icon_url("no-such-icon") }}').render()


@pytest.mark.parametrize(
    ("cookie", "attribute"), [(b"theme=dark", 'data-bs-theme="dark"'), (b"theme=evil", ""), (b"", "")]
)
def test_the_theme_is_the_cookies_or_the_systems(cookie, attribute):
    asked = request()
    asked.scope["headers"] = [(b"cookie", cookie)]
    page = rendered(asked)
    assert ("data-bs-theme" in page) is bool(attribute)
    assert attribute in page


def test_nobody_signed_in_sees_no_navigation():
    page = rendered(request())
    assert "ws-nav" not in page
    assert "Sign out" not in page


def test_the_question_of_a_dialog_is_a_page_too():
    question = {"title": "Delete?", "text": "All of it.", "action": "/x/delete", "button": "Delete", "back": "/x"}
    page = rendered(request(csrf="secret-token"), "pages/confirm.html", **question, icon="trash")
    assert '<form method="post" action="/x/delete">' in page
    assert 'name="csrf" value="secret-token"' in page


def test_a_static_files_address_changes_with_its_content(tmp_path, monkeypatch):
    monkeypatch.setattr(static_files, "STATIC", tmp_path)
    addresses = set()
    for content in ("a", "b"):
        (tmp_path / "x.css").write_text(content)
        static_files.static_url.cache_clear()
        addresses.add(static_files.static_url("x.css"))
    static_files.static_url.cache_clear()
    assert len(addresses) == 2
