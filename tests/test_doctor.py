"""The signature doctor, on every provider: what is right verifies, and what is spoiled is told by its culprit."""

from __future__ import annotations

import base64
import contextlib
import gzip
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import catalog as catalogs
from simulator import doctor, providers
from simulator.doctor import Captured, bodies
from simulator.errors import InputError
from simulator.provider import Provider, Signed, ToSign
from tests.doctor.cases import (
    BODY,
    CASES,
    OF_BODY,
    OF_HEADERS,
    OF_TOKENS,
    Case,
    case,
    changed,
    culprits,
    named,
    one_each,
    with_headers,
)
from tests.providers.test_vectors import VECTORS

# --- what is right ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("provider_id", "vector"), VECTORS)
def test_every_vector_verifies(provider_id: str, vector: dict[str, Any]) -> None:
    facts, expect = catalogs.load(provider_id), vector["expect"]
    request = Captured(headers=tuple(expect["headers"].items()), body=expect["body"].encode(), url=expect["url"])

    found = doctor.examine(
        request,
        provider=providers.load(provider_id),
        catalog=facts,
        credentials=catalogs.credentials_with(facts, vector["credentials"]),
        options=catalogs.options_with(facts, vector.get("options", {})),
    )

    assert found.is_valid
    assert found.culprits == ()


@pytest.mark.parametrize("each", named(CASES))
def test_request_of_the_provider_is_valid(each: Case) -> None:
    found = each.examine(each.request())

    assert found.outcome == "valid"
    assert all(signature.is_right for signature in found.signatures)


@pytest.mark.parametrize("each", named(CASES))
def test_brief_diagnosis_agrees(each: Case) -> None:
    request = each.request()
    spoiled = changed(with_headers(request, lambda name, text: (name, "0" * 64), each), body=request.body + b"x")
    if each in OF_HEADERS and each not in OF_BODY:
        spoiled = with_headers(request, lambda name, text: (name, "0" * 64), each)
    told = {"provider": each.provider, "catalog": each.catalog, "options": each.options}

    for one in (request, spoiled):
        brief = doctor.examine(one, credentials=each.credentials(), is_brief=True, **told)  # type: ignore[arg-type]
        assert brief.outcome == each.examine(one).outcome


@pytest.mark.parametrize("each", named(OF_BODY))
def test_canonical_bytes_are_what_the_provider_digests(each: Case) -> None:
    found = each.examine(each.request())

    assert found.canonical is not None
    is_digested = any(digest in found.canonical for digest, _ in found.inner)
    assert BODY in found.canonical or is_digested or found.canonical.startswith(b"eyJ")


# --- how the signature is written ------------------------------------------------------------------------------------


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


# --- where it stands -------------------------------------------------------------------------------------------------


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


# --- hostile input ---------------------------------------------------------------------------------------------------

HOSTILE = [
    b"",
    b"\x00" * 1000,
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b"\xff\xfe\x00",
    b"a.b.c",
    b"." * 50,
    b"eyJ4.eyJ4.eyJ4" * 3,
    b'{"n":1e999999,"m":-1E-400,"i":' + b"9" * 5000 + b"}",
    b'"' + b"\\ud800" * 10 + b'"',
    b"\x1f\x8b" + b"\x00" * 30,
    gzip.compress(b"0" * 2_000_000),
    b"b'" + b"(" * 5000,
    b"=&=&==",
]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("each", named(one_each(CASES)))
def test_hostile_body_is_diagnosed(each: Case, body: bytes) -> None:
    found = each.examine(changed(each.request(), body=body))

    assert found.outcome == ("invalid" if each in OF_BODY or each in OF_TOKENS else "valid")


def test_bomb_is_not_unpacked_beyond_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_UNPACKED_BYTES", 1_000)

    tried = list(bodies.variants(gzip.compress(b"0" * 100_000)))

    assert max(len(variant.changes["body"]) for variant in tried) < 2_000


@settings(max_examples=40, deadline=None)
@given(
    body=st.binary(max_size=300),
    url=st.text(max_size=60),
    value=st.text(max_size=80),
    key=st.text(min_size=1, max_size=20),
    number=st.integers(0, len(CASES) - 1),
)
def test_whatever_comes_there_is_a_diagnosis(body: bytes, url: str, value: str, key: str, number: int) -> None:
    each = CASES[number]
    request = with_headers(each.request(), lambda name, text: (name, value), each)
    found = None
    # A key that is no text, a URL that is missing: wrong input, and told as such.
    with contextlib.suppress(InputError):
        found = each.examine(changed(request, body=body, url=url), key=key)

    assert found is None or found.outcome in ("valid", "invalid")


@pytest.mark.parametrize("name", sorted(doctor.FIXES))
def test_every_culprit_says_what_to_do(name: str) -> None:
    assert doctor.Culprit(name=name, what="").fix
