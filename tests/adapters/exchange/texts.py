"""Nasty input: what people paste into contacts and what servers do to it."""

from hypothesis import strategies as st

from app.adapters.exchange.wire import xml_text
from app.domain.fingerprint import clean

EXAMPLES = (
    "",
    "Zoë Ångström",
    "Zoe\u0308",
    "👩‍👩‍👧 🎂",
    "Zeile 1\r\nZeile 2\r\n",
    "\tTabulator\t",
    "a" * 4000,
    "Schulz, Anna; Dr. <x> & Söhne \"quoted\" 'single' ]]>",
    " \u00a0 ",
    "\x00\x0b\ufffe\ud800",
    "+49 (0)40 / 669 69-123",
    "Herr",
    "a|b\\|c\\",
    "--- Teilnehmer laut Wice ---",
)

nasty_texts = st.one_of(st.sampled_from(EXAMPLES), st.text(max_size=60))
"""Anything that may come from the other side."""

stored_texts = nasty_texts.map(lambda text: clean(xml_text(text)))
"""What of it can be stored in XML."""
