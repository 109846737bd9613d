from __future__ import annotations

from typing import Any

import pytest

from simulator.catalog import Catalog, by_provider, credentials_with, option_value, options_with, read, secrets_in
from simulator.catalog.facts import Option
from simulator.errors import InputError, Problem

from .conftest import Write


@pytest.fixture
def catalog(write: Write) -> Catalog:
    return read(write())


def option(kind: str, *values: Any) -> Option:
    return Option(name="x", about="", kind=kind, values=values or None, source="")


def test_option_that_is_not_given_has_its_default(catalog: Catalog) -> None:
    assert options_with(catalog, {"shape": "square"}) == {"shape": "square", "wait": 5_000}


def test_unknown_option_names_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(InputError) as caught:
        options_with(catalog, {"shap": "round", "wait": "later"}, "a.yaml:3:1")

    first, second = caught.value.problems
    assert (first.code, first.where, first.fix) == ("unknown-option", "a.yaml:3:1", 'did you mean "shape"?')
    assert second.code == "bad-option"


@pytest.mark.parametrize(
    ("kind", "values", "given", "wanted"),
    [
        ("choice", (True, False), "true", True),
        ("choice", (True, False), False, False),
        ("choice", (0, 1), "1", 1),
        ("choice", ("a", "b"), " b ", "b"),
        ("duration", (), "1m", 60_000),
        ("durations", (), "1s, 2s", (1_000, 2_000)),
        ("durations", (), ["1s"], (1_000,)),
        ("durations", (), "", ()),
        ("integer", (), "-7", -7),
        ("text", (), 7, "7"),
    ],
)
def test_option_takes_what_a_person_spells(kind: str, values: tuple[Any, ...], given: Any, wanted: Any) -> None:
    found = option_value(option(kind, *values), given)

    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("kind", "values", "given", "words"),
    [
        ("choice", ("round", "square"), "rond", 'did you mean "round"?'),
        ("choice", (True, False), "maybe", "true, false"),
        ("choice", (0, 1), "7", "0, 1"),
        ("choice", ("a",), ["a"], "a"),
        ("duration", (), "soon", "500ms"),
        ("durations", (), "1s, soon", "500ms"),
        ("integer", (), "1.5", "a whole number"),
        ("integer", (), "9" * 5000, "a whole number"),
    ],
)
def test_option_refuses_what_it_cannot_be(kind: str, values: tuple[Any, ...], given: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        option_value(option(kind, *values), given)


def test_credential_that_is_not_given_has_its_default(catalog: Catalog) -> None:
    assert credentials_with(catalog, {}) == {"secret": "s3cret"}
    assert credentials_with(catalog, {"secret": "mine"}) == {"secret": "mine"}


def test_unknown_credential_names_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(InputError) as caught:
        credentials_with(catalog, {"sekret": "x"})

    assert caught.value.problems[0].code == "unknown-credential"
    assert "x" not in caught.value.problems[0].what.split('"')


def test_credential_that_signs_is_not_empty(catalog: Catalog) -> None:
    with pytest.raises(InputError, match="the secret is empty"):
        credentials_with(catalog, {"secret": " "})


def test_what_names_the_provider_goes_before_what_does_not(catalog: Catalog) -> None:
    assert credentials_with(catalog, {f"{catalog.id}.secret": "mine", "secret": "anybody's"}) == {"secret": "mine"}
    assert options_with(catalog, {f"{catalog.id}.shape": "square"})["shape"] == "square"


OFFERED = {"one": ["key", "secret"], "two": ["secret"], "three": ["other"]}


def offered(name: str) -> list[str]:
    if name not in OFFERED:
        raise InputError(Problem(code="unknown-provider", what="no"))
    return OFFERED[name]


def shared(given: dict[str, str]) -> dict[str, dict[str, str]]:
    return by_provider(given, ["one", "two"], offered, kind="credential")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"secret": "s"}, {"one": {"secret": "s"}, "two": {"secret": "s"}}),
        ({"key": "k"}, {"one": {"key": "k"}, "two": {}}),
        ({"two.secret": "t", "secret": "s"}, {"one": {"secret": "s"}, "two": {"secret": "t"}}),
        ({"three.other": "o"}, {"one": {}, "two": {}}),
    ],
)
def test_each_provider_gets_what_is_meant_for_it(given: dict[str, str], expected: dict[str, dict[str, str]]) -> None:
    assert shared(given) == expected


@pytest.mark.parametrize(
    ("name", "code"),
    [("other", "unknown-credential"), ("two.key", "unknown-credential"), ("four.key", "unknown-provider")],
)
def test_what_nobody_has_who_is_meant_is_told(name: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        shared({name: "hush"})

    assert [(each.code, each.at) for each in caught.value.problems] == [(code, f"credentials.{name}")]
    assert "hush" not in str(caught.value)


def test_secret_is_what_is_no_default_of_anybody(catalog: Catalog) -> None:
    defaults = [each.default for each in catalog.credentials.values()]

    assert defaults
    assert list(secrets_in([*defaults, "of my own"], [catalog])) == ["of my own"]
