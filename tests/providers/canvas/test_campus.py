"""Courses and what is drawn about an event: the same wherever it is asked for."""

from __future__ import annotations

from collections import Counter

from simulator.ids import Ids
from simulator.providers.canvas.campus import ASSETS, COURSES, asset, course, uuid
from simulator.providers.canvas.chances import between, chance, pick, title
from simulator.seeds import stream

from .conftest import CANVAS, NOW_MS


def ids(number: int = 1) -> Ids:
    return Ids(CANVAS.ids, stream(number, "chances"), NOW_MS)


def test_course_is_the_same_by_the_same_number() -> None:
    assert course(3) == course(3) == course(3 + COURSES)


def test_courses_share_nothing_but_their_account() -> None:
    rows = [course(number) for number in range(COURSES)]
    shared = {name for name in rows[0] if len({row[name] for row in rows}) < COURSES}

    assert shared == {"account_id", "account_uuid"}
    assert not {row["id"] for row in rows} & {row["section_id"] for row in rows}


def test_uuid_belongs_to_its_name() -> None:
    assert uuid("a") == uuid("a") != uuid("b")
    assert len(uuid("a")) == 40
    assert uuid("a").isalnum()


def test_every_asset_has_its_number() -> None:
    assert [tuple(asset(number).values()) for number in range(len(ASSETS))] == list(ASSETS)


def test_chance_comes_as_often_as_it_says() -> None:
    found = sum(chance(ids(number), 30, "late") for number in range(2_000))

    assert abs(found / 2_000 - 0.3) < 0.04
    assert [chance(ids(), share, "late") for share in (0, 100)] == [False, True]


def test_chances_of_two_names_have_nothing_to_do_with_each_other() -> None:
    both = Counter((chance(ids(number), 50, "late"), chance(ids(number), 50, "missing")) for number in range(2_000))

    assert all(abs(count / 2_000 - 0.25) < 0.05 for count in both.values())
    assert len(both) == 4


def test_what_is_drawn_once_is_drawn_again() -> None:
    one = ids()

    assert between(one, 1, 9, "position") == between(one, 1, 9, "position") == between(ids(), 1, 9, "position")
    assert title(one, "title") == title(ids(), "title")


def test_numbers_stay_within_their_bounds() -> None:
    assert {between(ids(number), 2, 4, "position") for number in range(100)} == {2, 3, 4}


def test_value_that_stands_twice_comes_twice_as_often() -> None:
    found = Counter(pick(ids(number), ["a", "a", "b"], "kind") for number in range(3_000))

    assert abs(found["a"] / 3_000 - 2 / 3) < 0.04
