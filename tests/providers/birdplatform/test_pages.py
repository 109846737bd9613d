from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.providers.birdplatform.pages import cursor_of, id_at
from simulator.world import Row

from .conftest import Desk, fields

PATH = "/v1/whatsapp/messages"


@pytest.fixture
def written(desk: Desk, ana: Row) -> list[str]:
    """Five messages, newest first."""
    return [desk.written(ana["id"], str(i)) for i in range(5)][::-1]


def page(desk: Desk, **query: str) -> Any:
    return fields(desk.call("GET", PATH, query=query))


def ids_of(found: Any) -> list[str]:
    return [each["id"] for each in found["data"]]


def test_cursors_lead_forward_and_back(desk: Desk, written: list[str]) -> None:
    first = page(desk, limit="2")
    second = page(desk, limit="2", starting_after=first["next_cursor"])
    third = page(desk, limit="2", starting_after=second["next_cursor"])
    back = page(desk, limit="2", ending_before=third["prev_cursor"])

    assert [ids_of(each) for each in (first, second, third)] == [written[:2], written[2:4], written[4:]]
    assert (first["prev_cursor"], third["next_cursor"]) == (None, None)
    assert ids_of(back) == written[2:4]


def test_refreshing_gives_what_has_come_since(desk: Desk, ana: Row, written: list[str]) -> None:
    refresh = page(desk)["refresh_cursor"]
    newer = desk.written(ana["id"], "newer")

    assert ids_of(page(desk, ending_before=refresh)) == [newer]


def test_list_of_nothing_has_no_cursors(desk: Desk) -> None:
    assert page(desk) == {"data": [], "next_cursor": None, "prev_cursor": None, "refresh_cursor": None}


def test_total_is_told_where_it_is_asked_for(desk: Desk, written: list[str]) -> None:
    assert page(desk, limit="1", include_total="true")["total"] == 5


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "two"}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"starting_after": "nothing"}, "starting_after"),
        ({"ending_before": cursor_of("wam_unknown")}, "ending_before"),
        ({"created_after": "yesterday"}, "created_after"),
    ],
)
def test_wrong_page_is_refused(desk: Desk, query: dict[str, str], param: str) -> None:
    answered = desk.call("GET", PATH, query=query)

    assert (answered.status, fields(answered)["error"]["param"]) == (422, param)


def test_both_cursors_at_once_are_refused(desk: Desk, written: list[str]) -> None:
    cursor = cursor_of(written[0])

    assert desk.call("GET", PATH, query={"starting_after": cursor, "ending_before": cursor}).status == 422


@given(st.from_regex(r"[a-z]{2,4}_[0-9a-z]{26}", fullmatch=True))
def test_cursor_leads_to_its_row(row_id: str) -> None:
    assert id_at(cursor_of(row_id)) == row_id


@given(st.text(max_size=40))
def test_any_text_is_a_cursor_or_none(text: str) -> None:
    assert isinstance(id_at(text), str)
