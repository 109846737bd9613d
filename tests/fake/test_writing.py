"""Texts of a wanted length and script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.corpus.writing import script_of
from simulator.fake.writing import SCRIPTS, written


@settings(max_examples=60, deadline=None)
@given(
    script=st.sampled_from(sorted(SCRIPTS)),
    length=st.integers(0, 400),
    number=st.integers(0, 10**6),
    locale=st.sampled_from(["en_US", "de_DE", "ja_JP", "ar_AA"]),
)
def test_text_has_the_wanted_length_and_is_the_same_again(script, length, number, locale):
    text = written(1, locale, script, length, number)

    assert len(text) == length
    assert written(1, locale, script, length, number) == text


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_text_shows_its_script(script):
    texts = [written(1, "en_US", script, 30, number) for number in range(50)]

    assert {script_of(text) for text in texts} == {script}
    assert len(set(texts)) > 45


def test_right_to_left_is_hebrew_arabic_and_persian():
    text = "".join(written(1, "en_US", "right-to-left", 60, number) for number in range(20))
    names = {unicodedata.name(each).split()[0] for each in text if each.isalpha()}

    assert {"HEBREW", "ARABIC"} <= names


def test_text_without_blanks_is_chinese_japanese_and_korean():
    text = "".join(written(1, "en_US", "cjk", 60, number) for number in range(20))
    names = {unicodedata.name(each).split()[0] for each in text if each.isalpha()}

    assert {"CJK", "HIRAGANA", "HANGUL"} <= names


def test_plain_text_is_in_the_language_of_the_locale():
    assert any("HIRAGANA" in unicodedata.name(each, "") for each in written(1, "ja_JP", "plain", 60, 1))
    assert written(1, "en_US", "plain", 60, 1).isascii()


def test_text_ends_with_no_blank_and_mostly_with_a_whole_word():
    words = {
        word.strip(".").lower() for number in range(400) for word in written(1, "en_US", "plain", 900, number).split()
    }
    texts = [written(1, "en_US", "plain", 50, number) for number in range(100)]
    ends = [text.rstrip(".").split()[-1].lower() for text in texts]

    assert not any(text.endswith(" ") for text in texts)
    assert sum(end in words for end in ends) > 70
