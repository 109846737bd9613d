"""Lengths and scripts of texts, in their shares."""

from __future__ import annotations

import collections
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.corpus.writing import LENGTHS, LONGEST, Manner, Writing, _drawn, manner, script_of
from simulator.fake import POOL_SIZE


def texts(writing: Writing, count: int = 3000, locale: str = "en_US") -> list[str]:
    made, draw = Manner(writing, 3, locale), random.Random(1)
    places = [(draw.randrange(POOL_SIZE), draw.randrange(POOL_SIZE)) for _ in range(count)]
    return [made.beginning(one) + made.ending(made.kinds[one] * POOL_SIZE + two) for one, two in places]


def test_lengths_come_as_often_as_their_weights_say():
    made = texts(Writing())
    total = sum(weight for *_, weight in LENGTHS)

    for least, most, weight in LENGTHS:
        share = sum(least <= len(text) <= most for text in made) / len(made)
        assert share == pytest.approx(weight / total, abs=3 * (weight / total / len(made)) ** 0.5)


def test_scripts_come_as_often_as_their_shares_say_in_short_texts_and_long_ones():
    writing = Writing(lengths=((10, 20, 1.0), (100, 200, 1.0)), scripts=(("emoji", 0.3), ("cjk", 0.2)))
    made = texts(writing)

    for is_long in (False, True):
        those = [script_of(text) for text in made if (len(text) > 50) == is_long]
        found = collections.Counter(those)
        assert found["emoji"] / len(those) == pytest.approx(0.3, abs=0.05)
        assert found["cjk"] / len(those) == pytest.approx(0.2, abs=0.04)
        assert found["plain"] / len(those) == pytest.approx(0.5, abs=0.05)


def test_millions_of_texts_do_not_repeat_a_few_thousand():
    assert len(set(texts(Writing(lengths=((30, 60, 1.0),)), 9000))) > 8900


def test_text_that_may_be_empty_is_now_and_then():
    made = texts(Writing(lengths=((0, 1, 1.0),)), 300)

    assert set(map(len, made)) == {0, 1}


@settings(max_examples=200)
@given(ends=st.tuples(st.integers(0, LONGEST), st.integers(0, LONGEST)).map(sorted), drawn=st.integers(0, 2**32 - 1))
def test_drawn_length_lies_in_its_range(ends, drawn):
    least, most = ends

    assert least <= _drawn(least, most, drawn) <= most


def test_both_ends_of_a_range_come():
    found = {_drawn(3, 17, drawn) for drawn in range(2000)}

    assert found == set(range(3, 18))


def test_script_of_the_language_is_plain():
    assert script_of("こんにちは", "ja") == "plain"
    assert script_of("こんにちは", "en") == "cjk"
    assert script_of("שלום", "he") == "plain"
    assert script_of("good 👍🏽", "ja") == "emoji"


def test_manner_of_a_locale_is_made_once():
    assert manner(Writing(), 1, "en_US") is manner(Writing(), 1, "en_US")
    assert manner(Writing(), 1, "en_US") is not manner(Writing(), 1, "de_DE")
