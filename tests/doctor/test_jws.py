"""Tokens that a shared secret signs: what each has of its own is passed over, the rest is compared."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from simulator import digests
from simulator.doctor import jws

HEADER = {"alg": "HS256", "typ": "JWT"}
CLAIMS = {"iss": "us", "jti": "1", "exp": 5, "payload_hash": "ab"}


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token(claims: Any = CLAIMS, header: Any = HEADER, key: str = "key") -> str:
    begun = f"{part(header)}.{part(claims)}"
    signature = base64.urlsafe_b64encode(digests.hmac_sha256(key, begun.encode())).decode().rstrip("=")
    return f"{begun}.{signature}"


def names(given: str) -> list[str]:
    return [each.name for each in jws.differences(jws.taken_apart(token()), jws.taken_apart(given))]


def test_token_of_another_time_is_the_same() -> None:
    assert jws.alike(token(), token({**CLAIMS, "jti": "2", "exp": 9}), ["key"]) == ()


def test_token_of_another_key_is_another() -> None:
    assert jws.alike(token(), token({**CLAIMS, "jti": "2"}, key="other"), ["key"]) is None


def test_word_before_a_token_is_told() -> None:
    found = jws.alike(token(), f"Bearer {token({**CLAIMS, 'jti': '2'})}", ["key"])

    assert [each.name for each in found or ()] == ["prefix-added"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (token(), []),
        (token({**CLAIMS, "payload_hash": "cd"}), ["token-claims"]),
        (token(header={**HEADER, "alg": "none"}), ["token-algorithm"]),
        (token(header={**HEADER, "kid": [1]}), ["token-key"]),
        (token(header={**HEADER, "typ": {}}), ["token-header"]),
        (token([1]), ["token-claims", "token-claims"]),
    ],
)
def test_differences_are_named(given: str, wanted: list[str]) -> None:
    assert names(given) == wanted


@pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c", "....", f"{part(7)}.a.b", "é.é.é", f"{part(HEADER)}.a.b"])
def test_what_is_no_token_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"part|parts|ASCII"):
        jws.taken_apart(text)
