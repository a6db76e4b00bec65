"""Replies that are read while they arrive are just what `json.loads` makes of them, in whatever pieces they come."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.wice.replies import Reader, read_reply

LOOP = "loop_addresses"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ROWS = st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=4) | VALUES, max_size=5)
REPLIES = st.builds(lambda more, rows: more | {LOOP: rows}, st.dictionaries(st.text(), VALUES, max_size=3), ROWS)


def pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


@given(
    REPLIES,
    st.integers(1, 20),
    st.sampled_from([None, 1]),
    st.booleans(),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_a_reply_is_what_the_standard_library_reads(reply, size, indent, escaped, encoding):
    text = json.dumps(reply, indent=indent, ensure_ascii=escaped)
    body = text.encode(encoding, "surrogatepass")
    assert read_reply(pieces(body, size), LOOP) == json.loads(text)


@given(st.text('{}[]:,"\\ 01e-.ntrufalse\n', max_size=12), st.integers(1, 5))
def test_what_the_standard_library_refuses_is_refused(text, size):
    for body in (text, f'{{"{LOOP}":{text}}}', f'{{"{LOOP}":[{text}]}}', f'{{"{LOOP}":[{{}}]{text}'):
        try:
            wanted = json.loads(body)
        except ValueError:
            wanted = None
        told = Reader(LOOP).read(pieces(body.encode(), size))
        assert told == (wanted if isinstance(wanted, dict) else None)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_reply_that_breaks_off_is_none(size):
    body = json.dumps({LOOP: [{"rowid": "1", "name": "Groß"}, {"rowid": "2"}], "count": 2}).encode()
    for end in range(len(body)):
        assert Reader(LOOP).read(pieces(body[:end], size)) is None


def test_only_rows_of_the_list_that_was_asked_for_are_cut():
    body = b'{"rowid": "0", "loop_addresses": [{"rowid": "1", "x": "2"}, 3], "other": [{"x": "2"}]}'
    reader = Reader(LOOP, lambda row: {"rowid": row["rowid"]})
    assert reader.read([body]) == {"rowid": "0", LOOP: [{"rowid": "1"}, 3], "other": [{"x": "2"}]}


def test_a_reply_that_is_known_is_not_read():
    first = Reader(LOOP)
    assert first.read([b'{"loop_add', b'resses": []}'])
    assert Reader(LOOP, known=first.digest).read([b'{"loop_addresses": []}']) == {}
    other = Reader(LOOP, known=first.digest)
    assert other.read([b'{"loop_addresses": [1]}']) == {LOOP: [1]}
    assert other.digest != first.digest
