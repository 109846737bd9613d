from __future__ import annotations

import base64
import hashlib

import pytest

from simulator.doctor import likeness

DIGEST = hashlib.sha256(b"x").digest()
HEX = DIGEST.hex()
BASE64 = base64.b64encode(DIGEST).decode()


def names(expected: str, given: str) -> list[str] | None:
    found = likeness.alike(expected, given)
    return None if found is None else [culprit.name for culprit in found]


def test_same_text_is_the_same() -> None:
    assert names(HEX, HEX) == []


@pytest.mark.parametrize("given", [f"v1,{BASE64} v1,other", f"v1,other v1,{BASE64}", f"v1,a, v1,{BASE64}"])
def test_one_of_several_signatures_is_enough(given: str) -> None:
    assert names(f"v1,{BASE64}", given) == []


@pytest.mark.parametrize(
    ("expected", "given", "wanted"),
    [
        (HEX, HEX.upper(), ["hex-case"]),
        (HEX, BASE64, ["hex-base64"]),
        (BASE64, HEX, ["hex-base64"]),
        (BASE64, BASE64.rstrip("="), ["base64-padding"]),
        (f"sha256={HEX}", HEX, ["prefix-missing"]),
        (f"sha256={HEX}", BASE64, ["hex-base64", "prefix-missing"]),
        (HEX, f"sha256={HEX}", ["prefix-added"]),
        (f"sha256={HEX}", f"v1={HEX}", ["prefix-other"]),
        (f"t=1,v1={HEX}", f"t=2,v1={HEX}", ["prefix-other"]),
        (HEX, f" {HEX}\r", ["signature-white-space"]),
        (HEX, HEX[:20], ["signature-cut"]),
        (HEX, base64.b64encode(HEX.encode()).decode(), ["base64-of-hex"]),
    ],
)
def test_other_form_is_named(expected: str, given: str, wanted: list[str]) -> None:
    assert names(expected, given) == wanted


@pytest.mark.parametrize("given", ["", "a", "0" * 64, BASE64[::-1], "é" * 64, "=" * 44, " " * 10_000])
def test_other_signature_is_another(given: str) -> None:
    assert names(HEX, given) is None


def test_shared_secret_is_compared_as_text() -> None:
    assert likeness.same_secret("Secret", "Secret") == ()
    assert [each.name for each in likeness.same_secret("Secret", "secret") or ()] == ["signature-case"]
    assert [each.name for each in likeness.same_secret("Secret", "Bearer Secret") or ()] == ["prefix-added"]
    assert likeness.same_secret("Secret", "other") is None
