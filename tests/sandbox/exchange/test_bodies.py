"""HTML stays HTML, text stays text, and whoever asks for the other kind gets it converted."""

import pytest

from sandbox.exchange.bodies import HTML, TEXT, Body, as_html, as_text, rendered, stored


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Eins</p><p>Zwei</p>", "Eins\r\nZwei"),
        ("<html><head><title>x</title><style>p{}</style></head><body>A &amp; B<br>C</body></html>", "A & B\r\nC"),
        ("<div>Eins   \r\n zwei</div><script>alert(1)</script>", "Eins zwei"),
        ("<ul><li>a</li><li>b</li></ul>", "a\r\nb"),
        ("", ""),
    ],
)
def test_html_as_text(markup: str, text: str) -> None:
    assert as_text(Body(HTML, markup)) == text


@pytest.mark.parametrize("text", ["Hallo", "a < b & c", "Zeile 1\nZeile 2", "Ümläut 🚀"])
def test_text_survives_a_trip_through_html(text: str) -> None:
    body = stored(TEXT, text)
    assert as_text(Body(HTML, as_html(body))) == body.content


def test_line_ends_become_cr_lf() -> None:
    assert stored(TEXT, "a\nb\rc\r\nd").content == "a\r\nb\r\nc\r\nd"


@pytest.mark.parametrize(
    ("body", "wanted", "expected"),
    [
        (Body(TEXT, "a\r\nb"), "Best", '<t:Body BodyType="Text">a&#xD;\nb</t:Body>'),
        (Body(HTML, "<b>a</b>"), "Best", '<t:Body BodyType="HTML">&lt;b&gt;a&lt;/b&gt;</t:Body>'),
        (Body(HTML, "<b>a</b>"), "Text", '<t:Body BodyType="Text">a</t:Body>'),
        (None, "Text", '<t:Body BodyType="Text"></t:Body>'),
    ],
)
def test_a_body_comes_in_the_kind_asked_for(body: Body | None, wanted: str, expected: str) -> None:
    assert rendered(body, wanted) == expected
