from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.fake.patterns import PATTERNS, bothify, hexify, lexify, numerify, uuid4
from simulator.seeds import stream


@pytest.mark.parametrize(
    ("made", "pattern"),
    [
        (lambda draw: numerify(draw, "+44 %## $"), r"\+44 [1-9]\d\d [2-9]"),
        (lambda draw: numerify(draw, "a!@b"), r"a\d?[1-9]?b"),
        (lambda draw: lexify(draw, "x-??", "AB"), r"x-[AB]{2}"),
        (lambda draw: bothify(draw, "BR-####-??"), r"BR-\d{4}-[A-Za-z]{2}"),
        (lambda draw: hexify(draw, "^^^^"), r"[0-9a-f]{4}"),
        (lambda draw: hexify(draw, "^^^^", upper=True), r"[0-9A-F]{4}"),
        (PATTERNS["md5"], r"[0-9a-f]{32}"),
        (PATTERNS["sha256"], r"[0-9a-f]{64}"),
    ],
)
@given(seed=st.integers())
def test_pattern_is_filled(made, pattern, seed):
    assert re.fullmatch(pattern, made(stream(seed)))
    assert made(stream(seed)) == made(stream(seed))


@given(st.integers())
def test_uuid_is_one_of_version_4(seed):
    found = uuid.UUID(uuid4(stream(seed)))

    assert (found.version, found.variant) == (4, uuid.RFC_4122)


@given(st.text())
def test_text_without_marks_stays_as_it_is(text):
    plain = re.sub("[#%$!@?^]", "", text)

    assert bothify(stream(1), plain) == plain


@pytest.mark.parametrize("text", [None, 5, ["#"]])
def test_pattern_that_is_no_text_is_refused(text):
    with pytest.raises(TypeError):
        numerify(stream(1), text)
