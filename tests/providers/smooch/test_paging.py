from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.providers.smooch.paging import page_of
from simulator.providers.smooch.refusals import Fault

LIMITS = {"listed": 100, "listed_unasked": 25}


def numbered(count: int) -> list[dict[str, Any]]:
    return [{"_id": number} for number in range(count)]


@given(st.integers(0, 300), st.integers(1, 100))
def test_pages_one_after_another_give_all(count: int, limit: int) -> None:
    found: list[Any] = []
    has_more = True
    while has_more:
        page = page_of(numbered(count), {"limit": str(limit), "offset": str(len(found))}, LIMITS)
        assert not isinstance(page, Fault)
        found, has_more = [*found, *page["listed"]], page["has_more"]

    assert found == numbered(count)


def test_page_has_25_where_no_limit_is_asked_for() -> None:
    page = page_of(numbered(30), {}, LIMITS)

    assert not isinstance(page, Fault)
    assert (len(page["listed"]), page["has_more"], page["offset"]) == (25, True, 0)


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"offset": "-1"}, {"offset": "²"}, {"limit": ["1", "2"]}],
)
def test_page_that_cannot_be_is_refused(query: Any) -> None:
    assert isinstance(page_of(numbered(3), query, LIMITS), Fault)
