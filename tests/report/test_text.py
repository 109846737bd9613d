from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from simulator.report.text import encodable, shortened, visible, visible_lines, width

ANYTHING = st.text(st.characters(codec=None))


@given(ANYTHING)
def test_visible_text_moves_nothing(text: str) -> None:
    shown = visible(text)

    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in shown)
    assert not any(unicodedata.bidirectional(letter) in ("RLO", "LRO", "RLE", "LRE", "RLI", "LRI") for letter in shown)


@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc",))))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_letters_of_all_scripts_and_emoji_stay() -> None:
    text = "São Paulo, Δ, 日本, 👨‍👩‍👧, עברית"

    assert visible(text) == text


def test_escapes_are_written_out() -> None:
    assert visible("a\nb\t\x1b[31m\u202e\ud800") == r"a\nb\t\x1b[31m\u202e\ud800"


def test_line_ends_may_stay() -> None:
    assert visible_lines("a\nb\x07") == "a\nb\\x07"


def test_marks_have_ascii_forms() -> None:
    assert encodable("✓ ana › hé…", "ascii") == "+ ana > h\\xe9..."
    assert encodable("✓ hé", "utf-8") == "✓ hé"


@given(ANYTHING, st.sampled_from(["ascii", "latin-1", "cp1252", "utf-8"]))
def test_encodable_text_can_be_encoded(text: str, encoding: str) -> None:
    encodable(text, encoding).encode(encoding)


def test_short_text_is_not_shortened() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"


def test_wide_letters_take_two_columns() -> None:
    assert width("ab日é") == 5
    assert width("e\u0301") == 1
