from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import catalog
from simulator.providers.viber.people import as_sticker_id, documented_person, message_token, observed_person
from simulator.seeds import stream

from .conftest import FACTS, NOW_MS, a_person, ids

OPTIONS = catalog.options_with(FACTS, {})
PEOPLE = [a_person(f"p{number}") for number in range(400)]


def test_person_has_an_id_of_16_bytes() -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9+/]{22}==", person["id"]) for person in PEOPLE)


def test_some_people_have_no_picture() -> None:
    share = sum(person["avatar"] is not None for person in PEOPLE) / len(PEOPLE)

    assert 0.78 < share < 0.92


def test_given_fields_stand_as_they_are() -> None:
    person = a_person("x", id="my id", avatar="https://a.example/x.png", language="pt-BR", country="BR", api_version=7)

    assert (person["id"], person["avatar"], person["language"]) == ("my id", "https://a.example/x.png", "pt-BR")
    assert (person["country"], person["api_version"], person["subscribed"]) == ("BR", 7, False)


def test_language_has_the_region_of_the_person() -> None:
    assert a_person("x")["language"] == "en-GB"


def test_person_is_shown_in_the_order_of_captures() -> None:
    shown = observed_person(a_person("x", avatar="https://a.example/x.png"), OPTIONS, {})

    assert list(shown) == ["id", "name", "avatar", "language", "country", "api_version"]


def test_person_is_shown_in_the_order_of_the_documentation() -> None:
    shown = documented_person(a_person("x"), OPTIONS, {}, "https://a.example/x.png")

    assert list(shown) == ["id", "name", "avatar", "country", "language", "api_version"]


def test_what_is_not_shown_is_left_out() -> None:
    person = a_person("x", avatar="https://a.example/x.png")
    shown = observed_person(person, {**OPTIONS, "name": "missing", "avatar": "missing", "language": "plain"}, {})

    assert list(shown) == ["id", "language", "country", "api_version"]
    assert shown["language"] == "en"


@pytest.mark.parametrize(
    ("value", "option", "wanted"),
    [(46105, "integer", 46105), ("46105", "integer", 46105), (46105, "string", "46105"), ("cat", "integer", "cat")],
)
def test_sticker_id_has_the_type_that_is_asked_for(value: Any, option: str, wanted: Any) -> None:
    found = as_sticker_id(value, {"sticker_id": option})

    assert found == wanted
    assert type(found) is type(wanted)


@given(st.integers(1_500_000_000_000, 2_400_000_000_000), st.integers())
def test_token_has_19_digits_and_tells_its_time(now_ms: int, seed: int) -> None:
    token = message_token(stream(seed), now_ms)

    assert 2**53 < token < 2**63
    assert len(str(token)) == 19
    assert (token >> 22) + 292057776128 == now_ms


@pytest.mark.parametrize("name", ["chat_hostname", "callback_hostname", "node_hostname"])
def test_hostnames_have_the_form_of_captures(name: str) -> None:
    hostname = ids().give(name)

    assert re.fullmatch(r"SN-((CHAT|CALLBACK)-)?[0-9]{2,3}_", hostname)


def test_token_of_a_receipt_is_older_than_the_receipt() -> None:
    assert (ids().give("sent") >> 22) + 292057776128 < NOW_MS
