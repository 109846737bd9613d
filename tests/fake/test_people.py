from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from faker.config import AVAILABLE_LOCALES
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.fake import profile

KEYS = [
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "username",
    "locale",
    "language",
    "country",
    "time_zone",
    "city",
    "latitude",
    "longitude",
    "avatar_key",
]


@pytest.mark.parametrize("locale", sorted(AVAILABLE_LOCALES))
def test_person_of_every_locale_is_whole(locale):
    person = profile(1, 0, "ana", locale)

    assert list(person) == KEYS
    assert person["name"].strip() == person["name"] != ""
    assert person["first_name"] in person["name"]
    assert person["last_name"] in person["name"]
    assert re.fullmatch(r"[a-z0-9.]+@example\.(com|net|org)", person["email"])
    assert person["email"].startswith(f"{person['username']}@")
    assert re.fullmatch(r"\+[1-9]\d{7,14}", person["phone"])
    assert re.fullmatch(r"[a-z]{2,3}", person["language"])
    assert re.fullmatch(r"[A-Z]{2}", person["country"])
    assert re.fullmatch(r"[0-9a-f]{32}", person["avatar_key"])
    assert -90 <= person["latitude"] <= 90
    assert -180 <= person["longitude"] <= 180
    assert person["city"] != "Null Island"
    assert ZoneInfo(person["time_zone"])


def test_person_does_not_hang_on_the_start_but_for_her_picture():
    one, other = profile(1, 0, "ana", "pt_BR"), profile(1, 10**12, "ana", "pt_BR")

    assert one.pop("avatar_key") != other.pop("avatar_key")
    assert one == other


def test_other_seeds_and_names_are_other_people():
    people = [profile(seed, 0, name, "en_GB") for seed in (1, 2) for name in ("ana", "ben")]

    assert len({person["email"] for person in people}) == 4


def test_given_name_is_in_the_address():
    person = profile(1, 0, "ana", "pt_BR", {"name": "Zoë Müller"})

    assert (person["name"], person["first_name"], person["last_name"]) == ("Zoë Müller", "Zoë", "Müller")
    assert person["username"].startswith("zoe.muller")


def test_given_name_of_one_word_leaves_no_last_name():
    person = profile(1, 0, "x", "pt_BR", {"name": "Ana"})

    assert (person["name"], person["first_name"], person["last_name"]) == ("Ana", "Ana", "")
    assert person["email"].startswith("ana")


def test_given_first_name_keeps_the_drawn_last_name():
    drawn = profile(1, 0, "x", "en_GB")
    person = profile(1, 0, "x", "en_GB", {"first_name": "Ana"})

    assert person["name"] == f"Ana {drawn['last_name']}"


def test_given_country_is_where_the_city_is():
    person = profile(1, 0, "x", "en_US", {"country": "IS"})

    assert (person["city"], person["time_zone"]) == ("Reykjavik", "Atlantic/Reykjavik")
    assert person["phone"].startswith("+354")


def test_given_country_without_a_known_place_is_no_crash():
    person = profile(1, 0, "x", "en_US", {"country": "XX"})

    assert person["time_zone"] == "Etc/UTC"


def test_given_fields_stand_as_they_are_and_new_ones_too():
    person = profile(1, 0, "x", "en_US", {"email": "a@b.test", "api_version": 7, "latitude": 0})

    assert (person["email"], person["api_version"], person["latitude"]) == ("a@b.test", 7, 0)


@given(st.fixed_dictionaries({}, optional={key: st.text(max_size=30) for key in ("name", "first_name", "last_name")}))
def test_any_given_name_makes_a_person_and_leaves_the_rest_as_drawn(names):
    person = profile(1, 0, "x", "de_DE", names)
    drawn = profile(1, 0, "x", "de_DE")

    assert re.fullmatch(r"[a-z0-9.]+", person["username"])
    assert {key: person[key] for key in ("phone", "city", "avatar_key")} == {
        key: drawn[key] for key in ("phone", "city", "avatar_key")
    }


@pytest.mark.parametrize(("locale", "turned"), [("hu_HU", True), ("ja_JP", True), ("ko_KR", True), ("de_DE", False)])
def test_family_name_comes_first_where_it_does(locale, turned):
    person = profile(1, 0, "x", locale)

    assert person["name"].startswith(person["last_name"]) is turned


def test_unknown_locale_is_an_error():
    with pytest.raises(InputError, match="unknown-locale"):
        profile(1, 0, "x", "pt_XX")
