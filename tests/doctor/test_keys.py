"""A key that is not the one that signed: what was done to it is told."""

from __future__ import annotations

import base64

import pytest

from simulator.errors import CredentialError
from tests.doctor.cases import BODY, OF_BODY, OF_HEADERS, OF_KEY, WITH_KEY, Case, changed, culprits, named

SPOILED_KEYS = {
    "key-white-space": ("the key", " the key\t"),
    "key-newline": ("the key\n", "the key"),
    "key-base64": (base64.b64decode("c2VjcmV0LWtleS0wMDE=").decode(), "c2VjcmV0LWtleS0wMDE="),
    "key-hex": (bytes.fromhex("5ecfff00ab").decode("utf-8", "surrogateescape"), "5ecfff00ab"),
    "key-case": ("the-key-abcdef", "The-Key-ABCDEF"),
    "key-prefix": ("the key", "whsec_the key"),
    "key-quotes": ("the key", '"the key"'),
    "key-hyphens": ("thekeyABC", "the-key-ABC"),
}
"""Culprit → the key that signed, the key that is given."""


@pytest.mark.parametrize(("name", "pair"), SPOILED_KEYS.items(), ids=SPOILED_KEYS)
@pytest.mark.parametrize("each", named([each for each in OF_KEY if each in OF_BODY]))
def test_spoiled_key_is_told(each: Case, name: str, pair: tuple[str, str]) -> None:
    signed, given_key = pair

    found = each.examine(each.request(key=signed), key=given_key)

    assert culprits(found) == {name}


@pytest.mark.parametrize("name", ["key-white-space", "key-case", "key-prefix", "key-quotes", "key-hyphens"])
@pytest.mark.parametrize("each", named([each for each in OF_KEY if each not in OF_BODY]))
def test_spoiled_shared_secret_is_told(each: Case, name: str) -> None:
    signed, given_key = SPOILED_KEYS[name]

    found = each.examine(each.request(key=signed), key=given_key)

    assert found.outcome == "invalid"
    assert culprits(found) & {name, "signature-case", "signature-white-space"}


@pytest.mark.parametrize("each", named(WITH_KEY))
def test_default_key_is_told(each: Case) -> None:
    default = each.catalog.credentials[each.key].default

    found = each.examine(each.request(key=default))

    assert culprits(found) == {"key-default"}


@pytest.mark.parametrize("each", named([each for each in OF_KEY if len(each.catalog.credentials) > 1]))
def test_key_of_another_purpose_is_told(each: Case) -> None:
    other = next(value for name, value in each.credentials().items() if name != each.key)

    assert culprits(each.examine(each.request(key=other))) == {"key-other"}


@pytest.mark.parametrize("each", named(WITH_KEY))
def test_empty_key_is_an_error(each: Case) -> None:
    with pytest.raises(CredentialError, match="empty-credential"):
        each.examine(each.request(), key="")


@pytest.mark.parametrize("each", named([each for each in OF_KEY if each in OF_BODY]))
def test_key_and_body_are_told_together(each: Case) -> None:
    found = each.examine(changed(each.request(key="the key"), body=BODY + b"\n"), key="the key ")

    assert culprits(found) == {"key-white-space", "newline-added"}


@pytest.mark.parametrize("each", named(OF_HEADERS))
def test_other_key_is_explained_by_nothing(each: Case) -> None:
    found = each.examine(each.request(key="quite another") if each.key else each.request())

    assert found.culprits == () if each.key else found.is_valid
    assert found.tried > 10 or not each.key
