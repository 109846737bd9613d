"""Statuses of answers, against what a story wants of them."""

from __future__ import annotations

import time

import pytest

from simulator import match
from tests.match.wanted import fill


@pytest.mark.parametrize(
    ("wanted", "status", "is_match"),
    [
        ("200", 200, True),
        ("2xx", 204, True),
        ("2XX", 200, True),
        ("200, 204", 204, True),
        ("4xx,5xx", 503, True),
        ("any", 418, True),
        ("200", 201, False),
        ("2xx", 302, False),
    ],
)
def test_status_is_among_those_wanted(wanted: str, status: int, is_match: bool) -> None:
    assert match.status_matches(wanted, status) is is_match
    assert match.is_status(wanted)


@pytest.mark.parametrize("wanted", ["", "ok", "2x", "700", "200,", "20 0"])
def test_what_is_no_status_is_known(wanted: str) -> None:
    assert not match.is_status(wanted)


@pytest.mark.parametrize("wanted", ["~(a+)+$", "/^(a|a)*$/", "/(a|aa)+$/", "/(.*)*x/", "<x><y><z>b", "~<x>a<y>a<z>c"])
def test_exploding_matcher_ends_within_its_limit(wanted: str) -> None:
    started = time.process_time()
    match.match_value({"$.a": wanted}, {"a": "a" * 3_000}, fill)

    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("$..a..b..c", "more than two"),
        ("$[?@..a]", "searches in turn"),
        ("$..[?$.b[*]]", "searches in turn"),
        ("$[?@.a[?@.b]]", "searches in turn"),
        ("$" + "[*, *]" * 7, "too many ways"),
        ("$" + ".a" * 600, "longer than"),
        ("$[?@.a == 1e400]", "number"),
        ("$[1e5]", "number"),
    ],
)
def test_json_path_that_could_explode_is_no_path(path: str, why: str) -> None:
    [(_, code, told)] = match.value_problems({path: 1})

    assert code == "bad-json-path"
    assert why in told


@pytest.mark.parametrize(
    "path", ["$", "$.a", "$..a..b", "$[?@.a == $.b && @.c > 1].d", "$[1:3]['x', 'y']", "$[?count(@.*) > 1]", "$[?@.a]"]
)
def test_ordinary_json_path_is_one(path: str) -> None:
    assert match.value_problems({path: 1}) == []


def test_search_in_a_large_value_ends() -> None:
    started = time.process_time()
    wide = {"items": [{"id": number, "of": {"a": [number]}} for number in range(5_000)]}
    matched = match.match_value({"$..[?@.id == 4999].id": 4_999, "$..of..a": "any", "$..x..y": "none"}, wide, fill)

    assert matched.mismatches == ()
    assert time.process_time() - started < 5
