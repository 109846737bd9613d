"""Lists, a page at a time."""

from __future__ import annotations

import pytest

from simulator.world import Row

from .conftest import SMS, Desk, a_world, fields

MESSAGES = f"/channels/{SMS}/messages"


def with_messages(desk: Desk, user: Row, count: int) -> Desk:
    for number in range(count):
        desk.act(user["id"], "text", f"message {number}")
    return desk


def test_pages_hold_all_once(desk: Desk, ben: Row) -> None:
    with_messages(desk, ben, 25)
    found, sizes, token = [], [], ""
    while token is not None:
        page = fields(desk.call("GET", MESSAGES, query={"pageToken": token}))
        found += [each["id"] for each in page["results"]]
        sizes.append(len(page["results"]))
        token = page.get("nextPageToken")

    assert sizes == [10, 10, 5]
    assert len(set(found)) == 25


def test_last_page_may_have_an_empty_token(ben: Row) -> None:
    desk = with_messages(Desk(a_world(ben, last_page="empty")), ben, 1)

    assert fields(desk.call("GET", MESSAGES))["nextPageToken"] == ""


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "1001"}, {"limit": "ten"}, {"pageToken": "x"}, {"pageToken": "ZnJvbTo5OTk="}]
)
def test_wrong_page_is_refused(desk: Desk, query: dict[str, str]) -> None:
    assert desk.call("GET", MESSAGES, query=query).status == 422


def test_conversations_come_a_hundred_at_most(desk: Desk) -> None:
    assert desk.call("GET", "/conversations", query={"limit": "100"}).status == 200
    assert desk.call("GET", "/conversations", query={"limit": "101"}).status == 422
