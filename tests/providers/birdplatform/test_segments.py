from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.providers.birdplatform import segments


@pytest.mark.parametrize(
    ("text", "count", "encoding"),
    [
        ("x" * 160, 1, "GSM_7BIT"),
        ("x" * 161, 2, "GSM_7BIT"),
        ("x" * 306, 2, "GSM_7BIT"),
        ("x" * 307, 3, "GSM_7BIT"),
        ("€" * 80, 1, "GSM_7BIT"),
        ("€" * 81, 2, "GSM_7BIT"),
        # A character of two septets is not cut: each part holds 76 of them, and one septet stays empty.
        ("€" * 153, 3, "GSM_7BIT"),
        ("☃" * 70, 1, "UCS2"),
        ("☃" * 71, 2, "UCS2"),
        ("🙂" * 35, 1, "UCS2"),
        ("🙂" * 36, 2, "UCS2"),
        ("", 1, "GSM_7BIT"),
    ],
)
def test_text_is_cut_as_the_air_wants_it(text: str, count: int, encoding: str) -> None:
    assert segments.of(text) == {"count": count, "encoding": encoding, "characters": len(text)}


@given(st.text(min_size=1, max_size=400), st.text(min_size=1, max_size=1))
def test_one_character_more_never_takes_fewer_parts(text: str, more: str) -> None:
    assert segments.of(text + more)["count"] >= segments.of(text)["count"]
