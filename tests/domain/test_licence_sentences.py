from __future__ import annotations

import re

import pytest

from app.domain.licence_sentences import TEXTS, Notice


@pytest.mark.parametrize("notice", Notice)
def test_R38_every_notice_has_a_text_of_whole_sentences(notice):
    text = TEXTS[notice]
    assert text[0].isupper() or text[0] == "{"
    assert text.endswith(".")
    assert set(re.findall(r"{(\w+)}", text)) <= {
        "until", "licensee", "used", "allowed", "seen", "kid", "valid_from", "today",
    }  # fmt: skip
