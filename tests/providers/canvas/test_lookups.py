"""Who the bot is, and whom it finds to write to."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ANA, BEN, BOT, Instance, body_of

COURSE = "course_565"


def found(canvas: Instance, query: str, path: str = "/search/recipients") -> list[Any]:
    return [each["id"] for each in body_of(canvas.ask("GET", f"{path}?{query}"))]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("search=souza", [int(ANA)]),
        ("search=SOUZA+an", [int(ANA)]),
        ("search=nobody", []),
        ("search=+&type=user", [int(ANA), int(BEN)]),
        ("search=o", [COURSE, int(ANA)]),
        ("search=a&type=user", [int(ANA), int(BEN)]),
        ("search=o&type=context", [COURSE]),
        ("search=o&types[]=course", [COURSE]),
        (f"search=a&exclude[]={ANA}&exclude[]={COURSE}", [int(BEN)]),
        (f"context={COURSE}", [int(ANA), int(BEN)]),
        (f"context={COURSE}_students&search=ben", [int(BEN)]),
        (f"context={COURSE}_teachers", []),
        ("context=course_1", []),
        (f"user_id={BEN}", [int(BEN)]),
        (f"user_id={BOT}", [int(BOT)]),
        ("", []),
    ],
)
def test_recipients_are_found_by_name_and_by_course(canvas: Instance, query: str, ids: list[Any]) -> None:
    assert found(canvas, query) == ids
    assert found(canvas, query, "/conversations/find_recipients") == ids


def test_person_is_shown_with_what_she_shares_with_the_bot(canvas: Instance) -> None:
    (shown,) = body_of(canvas.ask("GET", f"/search/recipients?user_id={ANA}"))

    assert (shown["name"], shown["full_name"]) == ("Ana Souza", "Ana Souza")
    assert (shown["common_courses"], shown["common_groups"]) == ({"565": ["StudentEnrollment"]}, {})


def test_course_is_shown_with_its_people(canvas: Instance) -> None:
    query = "search=floristry&permissions[]=send_messages&permissions[]=other"
    (shown,) = body_of(canvas.ask("GET", f"/search/recipients?{query}"))

    assert (shown["name"], shown["type"], shown["user_count"]) == ("Floristry 101", "context", 2)
    assert shown["permissions"] == {"send_messages": True}


def test_recipients_come_in_pages(canvas: Instance) -> None:
    answered = canvas.ask("GET", f"/search/recipients?context={COURSE}&per_page=1")

    assert len(body_of(answered)) == 1
    assert 'rel="next"' in dict(answered.headers)["Link"]


def test_unknown_person_is_not_found(canvas: Instance) -> None:
    assert canvas.ask("GET", "/search/recipients?user_id=1").response.error == "not_found"
