from __future__ import annotations

from typing import Any

import pytest

from simulator.catalog import Catalog, credentials_with, option_value, options_with, read
from simulator.catalog.facts import Option
from simulator.errors import InputError

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
