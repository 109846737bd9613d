"""The signature doctor, on every provider: what is right verifies, and what is spoiled is told by its culprit."""

from __future__ import annotations

import base64
import codecs
import contextlib
import gzip
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import catalog as catalogs
from simulator import doctor, providers, signing
from simulator.doctor import Captured, Diagnosis, bodies, jws
from simulator.doctor.probe import ALIEN_URL, Probe
from simulator.errors import CredentialError, InputError
from simulator.provider import Provider, Signed, ToSign
from simulator.records import Payload
from tests.providers.test_vectors import VECTORS

BODY = (
    '{"event":"message","sender":{"id":"Zm9v==","name":"Zoë"},"text":"héllo ☃ 🙂 <b>a/b</b>",'
    '"number":1.50,"large":6188887751252405372,"list":[1,{"x":null}],"at":1735689600000}'
).encode()
URL = "https://bot.example.com/hooks/in?bot=7&a=1"
KEY = "Sim-Key-01-AbCdEf0123456789"
STAMP_MS = 1_735_689_612_000


@dataclass(frozen=True, kw_only=True)
class Case:
    """A provider with settings under which it signs."""

    provider: Provider
    catalog: catalogs.Catalog
    options: Mapping[str, Any]
    key: str
    """The credential that signs; empty where there is none."""

    def request(
        self, body: bytes = BODY, *, url: str = URL, key: str = KEY, stamp_ms: int = STAMP_MS, **more: Any
    ) -> Captured:
        """Give a request as the provider sends it."""
        request = signing.sign_request(
            Payload(event_id="one", type="", body=body, content_type="application/json"),
            url=url,
            registered_url=url,
            provider=more.get("provider", self.provider),
            credentials=self.credentials(key),
            options={**self.options, **more.get("options", {})},
            stamp_ms=stamp_ms,
            due_ms=STAMP_MS,
        )
        return Captured(headers=request.headers, body=request.body, url=request.url)

    def credentials(self, key: str = KEY) -> dict[str, str]:
        known = {name: each.default for name, each in self.catalog.credentials.items()}
        if not self.is_key_text and key not in known.values():
            # What is no base64 is no key of this provider.
            key = base64.b64encode(key.encode()).decode()
        return {**known, self.key: key} if self.key else known

    @property
    def is_key_text(self) -> bool:
        """True where any text is a key; else it is base64 of one."""
        fact = self.catalog.credentials.get(self.key)
        return fact is None or not fact.pattern.startswith("whsec_")

    def examine(self, request: Captured, *, key: str = KEY, provider: Provider | None = None) -> Diagnosis:
        return doctor.examine(
            request,
            provider=provider or self.provider,
            catalog=self.catalog,
            credentials=self.credentials(key),
            options=self.options,
        )

    def probe(self) -> Probe:
        what = ToSign(
            body=BODY,
            content_type="application/json",
            url=URL,
            credentials=self.credentials(),
            options=self.options,
            stamp_ms=STAMP_MS,
        )
        return Probe(self.provider, what)


def case(provider_id: str, **options: Any) -> Case:
    facts, provider = catalogs.load(provider_id), providers.load(provider_id)
    known = catalogs.options_with(facts, options)
    defaults = {name: each.default for name, each in facts.credentials.items()}
    names = doctor.signing_credentials(provider, facts, defaults, known)
    return Case(provider=provider, catalog=facts, options=known, key=names[0] if names else "")


def cases() -> list[Case]:
    """Give each provider as it is, and with each option that makes it sign otherwise."""
    found: list[Case] = []
    for provider_id in catalogs.names():
        facts = catalogs.load(provider_id)
        seen: list[Any] = []
        for options in ({}, *({name: value} for name, each in facts.options.items() for value in each.values or ())):
            each = case(provider_id, **options)
            shape = (each.key, each.probe().spots(), each.probe().sign().body is None)
            if shape not in seen and (each.probe().spots() or each.probe().sign().body is not None):
                seen.append(shape)
                found.append(each)
    return found


CASES = cases()
OF_HEADERS = [each for each in CASES if each.probe().spots()]
OF_BODY = [each for each in OF_HEADERS if each.probe().hangs_on(each.probe().spots(), body=b"{}")]
OF_URL = [each for each in OF_HEADERS if each.probe().hangs_on(each.probe().spots(), url=ALIEN_URL)]
WITH_KEY = [each for each in OF_HEADERS if each.key]
OF_KEY = [each for each in WITH_KEY if each.is_key_text]
OF_STAMP = [each for each in OF_HEADERS if each.probe().stamps(each.probe().spots())]
OF_TOKENS = [each for each in CASES if each.probe().sign().body is not None]


def named(found: list[Case]) -> list[Any]:
    return [pytest.param(each, id=f"{each.provider.id}-{number}") for number, each in enumerate(found)]


def culprits(diagnosis: Diagnosis) -> set[str]:
    return {culprit.name for culprit in diagnosis.culprits}


def changed(request: Captured, **fields: Any) -> Captured:
    return replace(request, **fields)


def with_headers(request: Captured, change: Callable[[str, str], tuple[str, str] | None], spoil: Case) -> Captured:
    """Change the headers that hold the signature."""
    spots = {spot.name.casefold() for spot in spoil.probe().spots() if spot.kind == "header"}
    pairs = [change(name, text) if name.casefold() in spots else (name, text) for name, text in request.headers]
    return replace(request, headers=tuple(pair for pair in pairs if pair is not None))


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


# --- the body --------------------------------------------------------------------------------------------------------

VALUE = json.loads(BODY)
NUMBERS = BODY.replace(b"1.50", b"1.5")
"""As BODY, but with numbers that survive being read and written."""

RESERIALISED: dict[str, tuple[bytes, bytes]] = {
    "json-spaces": (NUMBERS, json.dumps(VALUE, ensure_ascii=False).encode()),
    "json-escapes": (NUMBERS, json.dumps(VALUE, separators=(",", ":")).encode()),
    "json-spaces json-escapes": (NUMBERS, json.dumps(VALUE).encode()),
    "json-escape-case": (
        NUMBERS.replace("ë".encode(), rb"\u00EB")
        .replace("é".encode(), rb"\u00E9")
        .replace("☃".encode(), rb"\u2603")
        .replace("🙂".encode(), rb"\uD83D\uDE42"),
        json.dumps(VALUE, separators=(",", ":")).encode(),
    ),
    "json-slashes": (BODY.replace(b"/", b"\\/"), BODY),
    "json-html": (BODY.replace(b"<", b"\\u003c").replace(b">", b"\\u003e"), BODY),
    "json-order": (json.dumps(VALUE, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode(), NUMBERS),
    "json-numbers": (NUMBERS.replace(b"6188887751252405372", b"6188887751252405000"), NUMBERS),
    "newline-added": (BODY, BODY + b"\n"),
    "newline-cut": (BODY + b"\n", BODY),
    "line-ends": (b'{"a":\n1}\n', b'{"a":\r\n1}\r\n'),
    "white-space": (BODY, b" \t" + BODY + b"  "),
    "byte-order-mark": (BODY, b"\xef\xbb\xbf" + BODY),
    "charset": ('{"text":"héllo"}'.encode("latin-1"), '{"text":"héllo"}'.encode()),
    "gzip": (gzip.compress(BODY, mtime=0), BODY),
    "form": (urlencode({"text": "héllo ☃", "a": "b/c"}).encode(), '{"text":"héllo ☃","a":"b/c"}'.encode()),
    "quoted-body": (BODY, json.dumps(BODY.decode()).encode()),
    "base64-body": (BODY, base64.b64encode(BODY)),
    "python-bytes": (BODY, repr(BODY).encode()),
    "empty-body": (b"", BODY),
    "python-dict": (str(VALUE).encode(), NUMBERS),
}
"""Culprits → the body that was signed, the body that is given."""

OTHERS: dict[str, tuple[bytes, bytes]] = {
    "json-spaces": (json.dumps(VALUE, ensure_ascii=False).encode(), NUMBERS),
    "json-spaces json-escapes": (json.dumps(VALUE).encode(), NUMBERS),
    "json-spaces newline-added": (NUMBERS, json.dumps(VALUE, indent=2, ensure_ascii=False).encode() + b"\n"),
    "line-ends": (b'{"a":\r\n1}\r\n', b'{"a":\n1}\n'),
    "byte-order-mark": (codecs.BOM_UTF8 + BODY, BODY),
    "charset": (BODY, BODY.decode("latin-1").encode()),
    "gzip": (BODY, gzip.compress(BODY)),
    "form": (urlencode({"payload": BODY}).encode(), BODY),
    "quoted-body": (json.dumps(BODY.decode()).encode(), BODY),
    "base64-body": (base64.b64encode(BODY), BODY),
    "python-bytes": (repr(BODY).encode(), BODY),
}
"""The same, mostly the other way round."""

SPOILED_BODIES = [*RESERIALISED.items(), *OTHERS.items()]


@pytest.mark.parametrize(("names", "bodies"), SPOILED_BODIES, ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.parametrize("each", named(OF_BODY))
def test_spoiled_body_is_told(each: Case, names: str, bodies: tuple[bytes, bytes]) -> None:
    signed, given_body = bodies
    request = changed(each.request(signed), body=given_body)

    found = each.examine(request)

    assert found.outcome == "invalid"
    assert culprits(found) == set(names.split())
    assert found.signed is not None
    assert found.signed != found.canonical


@pytest.mark.parametrize("each", named(OF_BODY))
def test_keys_in_alphabetical_order_are_put_back_as_the_provider_writes_them(each: Case) -> None:
    event = next(event for event in each.catalog.events.values() if len(event.fields) > 4)
    value: dict[str, Any] = {}
    for path, fact in event.fields.items():
        *above, name = path.split(".")
        inside: Any = value
        for part in above:
            inside = inside.get(part) if isinstance(inside, dict) else None
        if isinstance(inside, dict):
            inside[name] = {} if fact.type == "object" else path
    signed = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    given_body = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()

    found = each.examine(changed(each.request(signed), body=given_body))

    assert culprits(found) == {"json-order"}


@pytest.mark.parametrize("each", named(OF_BODY))
def test_length_of_another_body_is_told(each: Case) -> None:
    request = each.request()
    headers = (*request.headers, ("Content-Length", str(len(BODY))))

    found = each.examine(changed(request, headers=headers, body=b'{"nothing":"of it"}'))

    assert "content-length" in culprits(found)


# --- the URL ---------------------------------------------------------------------------------------------------------

FORWARDED = (("X-Forwarded-Prefix", "/public"), ("X-Forwarded-Host", "bot.example.com"))

SPOILED_URLS = {
    "url-scheme": ("https://bot.example.com/hook", "http://bot.example.com/hook"),
    "url-port": ("https://bot.example.com:8443/hook", "https://bot.example.com:443/hook"),
    "url-slash": ("https://bot.example.com/hook/", "https://bot.example.com/hook"),
    "url-query": ("https://bot.example.com/hook?a=1&b=2", "https://bot.example.com/hook?b=2&a=1"),
    "url-path": ("https://bot.example.com/public/hook", "https://bot.example.com/hook"),
    "url-host": ("https://bot.example.com/hook", "https://10.0.0.7/hook"),
    "url-escapes": ("https://bot.example.com/a%20hook", "https://bot.example.com/a hook"),
    "url-scheme url-host url-path": ("https://bot.example.com/public/hook", "http://10.0.0.7/hook"),
}
"""Culprits → the URL that was signed, the URL that is given."""


@pytest.mark.parametrize(("names", "pair"), SPOILED_URLS.items(), ids=SPOILED_URLS)
@pytest.mark.parametrize("each", named(OF_URL))
def test_spoiled_url_is_told(each: Case, names: str, pair: tuple[str, str]) -> None:
    signed, given_url = pair
    request = each.request(url=signed)
    if each.examine(changed(request, url=given_url)).is_valid:
        pytest.skip("that part of the URL is not signed")
    headers = (*request.headers, *FORWARDED, ("X-Forwarded-Port", "8443"))

    found = each.examine(changed(request, url=given_url, headers=headers))

    assert culprits(found) == set(names.split())


@pytest.mark.parametrize("each", named(OF_URL))
def test_unknown_url_is_asked_for(each: Case) -> None:
    with pytest.raises(InputError, match="no-url"):
        each.examine(changed(each.request(), url=""))


@pytest.mark.parametrize("each", named(OF_URL))
def test_unknown_scheme_is_no_fault(each: Case) -> None:
    request = each.request(url="http://bot.example.com/hook")

    found = each.examine(changed(request, url="https://bot.example.com/hook", is_scheme_known=False))

    assert found.is_valid


# --- the key ---------------------------------------------------------------------------------------------------------

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


# --- the time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", named(OF_STAMP))
def test_time_is_taken_from_the_request(each: Case) -> None:
    assert each.examine(each.request(stamp_ms=1_900_000_000_000)).is_valid


@pytest.mark.parametrize("factor", [1_000, 0.001])
@pytest.mark.parametrize("each", named(OF_STAMP))
def test_time_in_another_unit_is_told(each: Case, factor: float) -> None:
    found = each.examine(each.request(stamp_ms=int(STAMP_MS * factor)))

    if any(pair[1].isdigit() and len(pair[1]) >= 9 for pair in each.request(stamp_ms=int(STAMP_MS * factor)).headers):
        assert culprits(found) == {"stamp-unit"}
    assert found.outcome == "invalid"


@pytest.mark.parametrize("each", named(OF_STAMP))
def test_time_that_was_not_signed_is_told(each: Case) -> None:
    right, later = each.request(), each.request(stamp_ms=STAMP_MS + 60_000)
    spots = {spot.name for spot in each.probe().spots()}
    signature = tuple(pair for pair in right.headers if pair[0] in spots)
    rest = tuple(pair for pair in later.headers if pair[0] not in spots)
    body = b'{"at":1735689612000}'
    signed = tuple(pair for pair in each.request(body).headers if pair[0] in spots)

    unexplained = each.examine(changed(right, headers=(*signature, *rest)))
    explained = each.examine(changed(right, headers=(*signed, *rest), body=body))

    assert unexplained.outcome == "invalid"
    assert culprits(explained) == {"stamp-other"}


@pytest.mark.parametrize("each", named(OF_STAMP))
def test_missing_time_is_told(each: Case) -> None:
    stamps = {spot.name for spot in each.probe().stamps(each.probe().spots())}
    request = each.request()

    found = each.examine(changed(request, headers=tuple(pair for pair in request.headers if pair[0] not in stamps)))

    assert "stamp-missing" in culprits(found)


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


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("each", named([each for each in OF_BODY if is_plain(each)]))
def test_signature_in_another_form_is_told(each: Case, name: str) -> None:
    if name == "hex-case" and not is_hex(each):
        pytest.skip("base64 has no case to change")
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


# --- tokens ----------------------------------------------------------------------------------------------------------

TOKENS: dict[str, Callable[[str], str]] = {
    "token-wrapped": lambda token: f'"{token}"',
    "token-padding": lambda token: ".".join(part + "=" * (-len(part) % 4) for part in token.split(".")),
    "token-altered": lambda token: token[:-12] + "AAAAAAAAAAAA",
    "token-broken": lambda token: "bm90IGpzb24K." + token.partition(".")[2],
    "token-unpacked": lambda token: BODY.decode(),
}


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("each", named(OF_TOKENS))
def test_spoiled_token_is_told(each: Case, name: str) -> None:
    request = each.request()

    found = each.examine(changed(request, body=TOKENS[name](request.body.decode()).encode()))

    assert found.outcome == "invalid"
    assert culprits(found) == {name}


@pytest.mark.parametrize("each", named(OF_TOKENS))
def test_token_says_that_no_secret_makes_it_and_what_is_in_it(each: Case) -> None:
    notes = " ".join(each.examine(each.request()).notes)

    assert "private key" in notes
    assert '"alg"' in notes
    assert "Zoë" in notes


@pytest.mark.parametrize("each", named(OF_TOKENS))
def test_token_is_known_without_the_option(each: Case) -> None:
    plain = case(each.provider.id)

    assert plain.examine(each.request()).is_valid


@pytest.mark.parametrize("each", named(OF_TOKENS))
def test_payload_that_was_written_again_is_told(each: Case) -> None:
    header, _, signature = each.request(NUMBERS).body.decode().split(".")
    spaced = base64.urlsafe_b64encode(json.dumps(VALUE, ensure_ascii=False).encode()).decode().rstrip("=")

    found = each.examine(Captured(body=f"{header}.{spaced}.{signature}".encode()))

    assert culprits(found) == {"json-spaces"}


@pytest.mark.parametrize("each", named(OF_TOKENS))
def test_token_of_an_unknown_key_is_told(each: Case) -> None:
    header, payload, signature = each.request().body.decode().split(".")
    fields = {**jws.taken_apart(f"{header}.{payload}.{signature}").header, "kid": "of-nobody", "alg": "RS512"}
    other = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")

    found = each.examine(Captured(body=f"{other}.{payload}.{signature}".encode()))

    assert culprits(found) == {"token-key", "token-algorithm"}


@pytest.mark.parametrize("each", named(OF_TOKENS))
def test_token_of_another_setting_is_told(each: Case) -> None:
    for option in each.catalog.options.values():
        for value in option.values or ():
            spoiled = each.request(options={option.name: value})
            if spoiled.body not in (each.request().body, BODY) and value != each.options[option.name]:
                found = each.examine(spoiled)
                assert "option" in culprits(found) or found.is_valid, (option.name, value)


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


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("each", named(CASES))
def test_hostile_body_is_diagnosed(each: Case, body: bytes) -> None:
    began = time.perf_counter()
    found = each.examine(changed(each.request(), body=body))

    assert found.outcome == ("invalid" if each in OF_BODY or each in OF_TOKENS else "valid")
    assert time.perf_counter() - began < 30


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
