"""A signature that is written otherwise, or stands elsewhere, is told."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest

from simulator import catalog as catalogs
from simulator.doctor import Captured
from simulator.provider import Provider, Signed, ToSign
from tests.doctor.cases import BODY, OF_BODY, OF_HEADERS, Case, case, changed, culprits, named, with_headers


def as_hex(text: str) -> str:
    return text if len(text) == 64 else base64.b64decode(text).hex()


def as_base64(text: str) -> str:
    return base64.b64encode(bytes.fromhex(text)).decode() if len(text) == 64 else text


def is_plain(each: Case) -> bool:
    """True where the signature is nothing but a digest, in hexadecimals or base64."""
    signed, spots = each.probe().sign(), each.probe().spots()
    return each in OF_BODY and all(len(spot.of(signed) or "") in (44, 64) for spot in spots)


def is_hex(each: Case) -> bool:
    return len(each.probe().spots()[0].of(each.probe().sign()) or "") == 64


FORMS: dict[str, Callable[[str], str]] = {
    "hex-base64": lambda text: as_base64(text) if len(text) == 64 else as_hex(text),
    "hex-case": str.upper,
    "prefix-added": lambda text: f"sha256={text}",
    "signature-cut": lambda text: text[:32],
    "signature-white-space": lambda text: f'"{text}"',
    "base64-of-hex": lambda text: base64.b64encode(as_hex(text).encode()).decode(),
}


WRITTEN = [
    pytest.param(each, name, id=f"{each.provider.id}-{number}-{name}")
    for number, each in enumerate(OF_BODY)
    for name in FORMS
    if is_plain(each) and (is_hex(each) or name != "hex-case")
]


@pytest.mark.parametrize(("each", "name"), WRITTEN)
def test_signature_in_another_form_is_told(each: Case, name: str) -> None:
    request = with_headers(each.request(), lambda header, text: (header, FORMS[name](text)), each)

    assert culprits(each.examine(request)) == {name}


@pytest.mark.parametrize("name", ["base64-padding", "base64-alphabet", "plus-as-space"])
@pytest.mark.parametrize("each", named([each for each in OF_BODY if is_plain(each) and not is_hex(each)]))
def test_other_base64_is_told(each: Case, name: str) -> None:
    changes = {
        "base64-padding": lambda text: text.rstrip("="),
        "base64-alphabet": lambda text: text.replace("+", "-").replace("/", "_"),
        "plus-as-space": lambda text: text.replace("+", " "),
    }
    bodies = (BODY.replace(b"Zm9v", f"{number:04}".encode()) for number in range(1000))
    header = next(
        request
        for request in map(each.request, bodies)
        if all("+" in text and "/" in text for text in _signed(request, each))
    )
    request = with_headers(header, lambda name_, text: (name_, changes[name](text)), each)

    assert culprits(each.examine(request)) == {name}


def _signed(request: Captured, each: Case) -> list[str]:
    names = {spot.name for spot in each.probe().spots()}
    return [text for name, text in request.headers if name in names]


def prefixed(each: Case) -> Provider:
    """Give the provider with a word before its signatures, as some have it."""

    def sign(what: ToSign) -> Signed:
        signed, names = each.provider.sign(what), {spot.name for spot in each.probe().spots()}
        return replace(
            signed,
            headers=tuple((name, f"sha256={text}" if name in names else text) for name, text in signed.headers),
        )

    return replace(each.provider, sign=sign)


@pytest.mark.parametrize("each", named([each for each in OF_BODY if is_plain(each)]))
def test_missing_prefix_is_told(each: Case) -> None:
    provider = prefixed(each)
    request = each.request(provider=provider)
    bare = with_headers(request, lambda name, text: (name, text.removeprefix("sha256=")), each)

    assert each.examine(request, provider=provider).is_valid
    assert culprits(each.examine(bare, provider=provider)) == {"prefix-missing"}


@pytest.mark.parametrize("each", named(OF_HEADERS))
def test_missing_header_is_told(each: Case) -> None:
    found = each.examine(with_headers(each.request(), lambda name, text: None, each))

    assert "header-missing" in culprits(found)


@pytest.mark.parametrize("rename", [lambda name: f"HTTP_{name.upper().replace('-', '_')}", lambda name: "X-Other"])
@pytest.mark.parametrize("each", named(OF_HEADERS))
def test_header_of_another_name_is_told(each: Case, rename: Callable[[str], str]) -> None:
    found = each.examine(with_headers(each.request(), lambda name, text: (rename(name), text), each))

    assert culprits(found) == {"header-renamed"}


@pytest.mark.parametrize("each", named(OF_HEADERS))
def test_header_in_another_case_is_right(each: Case) -> None:
    assert each.examine(with_headers(each.request(), lambda name, text: (name.upper(), text), each)).is_valid


@pytest.mark.parametrize("each", named(OF_HEADERS))
def test_hidden_value_is_told(each: Case) -> None:
    found = each.examine(with_headers(each.request(), lambda name, text: (name, "[redacted]"), each))

    assert culprits(found) == {"hidden"}


@pytest.mark.parametrize("each", named([each for each in OF_HEADERS if each.probe().sign().query]))
def test_wrong_query_beside_a_right_header_is_told(each: Case) -> None:
    request = each.request()
    spot = next(spot for spot in each.probe().spots() if spot.kind == "query")
    value = spot.in_request(request) or ""

    found = each.examine(changed(request, url=request.url.replace(value, "0" * len(value))))

    assert found.outcome == "invalid"
    assert any("is right" in note for note in found.notes)


@pytest.mark.parametrize("provider_id", catalogs.names())
def test_provider_that_signs_nothing_says_so(provider_id: str) -> None:
    each = case(provider_id)
    nothing = replace(each.provider, sign=lambda what: Signed())

    found = each.examine(Captured(body=BODY), provider=nothing)

    assert found.outcome == "unsigned"
    assert found.is_valid
    assert "signs nothing" in found.notes[0]


@pytest.mark.parametrize("each", named(OF_HEADERS))
def test_request_of_another_setting_is_valid_with_a_note_or_told(each: Case) -> None:
    others = [other for other in OF_HEADERS if other.provider is each.provider and other is not each]
    for found in (each.examine(other.request()) for other in others):
        assert found.is_valid or found.culprits
