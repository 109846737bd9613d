"""What a bad day does to the requests of one delivery."""

from __future__ import annotations

import pytest

from simulator.delivery.harm import forged, tampered
from simulator.errors import InputError
from simulator.faults import ANY_WAY, Fate
from simulator.records import SignedRequest
from simulator.seeds import stream

BODY = b'{"a":"x","n":1}'


def request(url: str = "http://h/?sig=1&b=2", body: bytes = BODY, **headers: str) -> SignedRequest:
    return SignedRequest(method="POST", url=url, headers=tuple(headers.items()), body=body)


def words(fate: Fate, right: SignedRequest, sent: SignedRequest) -> tuple[str, ...]:
    return forged(fate, right, sent, tolerance_ms=300_000).words


def test_what_is_not_tampered_with_stays_as_it_is() -> None:
    fate = Fate(signature="wrong", words=("wrong signature",))

    assert tampered(BODY, fate, stream(1)) == (None, fate)


def test_named_way_is_told_with_its_place() -> None:
    altered, fate = tampered(BODY, Fate(tamper="number", words=("copy 1 of 2", "tampered with: number")), stream(1))

    assert altered == b'{"a":"x","n":2}'
    assert fate.words == ("copy 1 of 2", "tampered with (number): byte 14 is “2” and was signed as “1”")


def test_any_way_is_drawn_from_the_stream() -> None:
    bodies = {tampered(BODY, Fate(tamper=ANY_WAY, words=("tampered with",)), stream(seed))[0] for seed in range(60)}

    assert len(bodies) > 6
    assert BODY not in bodies


def test_way_for_which_the_body_has_no_place_is_told_with_those_that_it_has() -> None:
    with pytest.raises(InputError) as caught:
        tampered(b'{"a":"x"}', Fate(tamper="number"), stream(1))

    (problem,) = caught.value.problems
    assert problem.code == "nothing-to-tamper"
    assert problem.fix == "use one of: text, space, newline, escape, truncated"


def test_wrong_signature_names_headers_and_query_fields() -> None:
    fate = Fate(signature="wrong", words=("wrong signature",))
    right, sent = request(A="1", B="2"), request("http://h/?sig=2&b=2", A="1", B="3")

    assert words(fate, right, sent) == ("wrong signature: one character of B and ?sig is another one",)


def test_missing_signature_names_what_is_not_there() -> None:
    fate = Fate(signature="missing", words=("missing signature",))

    assert words(fate, request(A="1", B="2"), request("http://h/?b=2", A="1")) == (
        "missing signature: without B and ?sig",
    )


def test_wrong_signature_around_the_body_is_named_so() -> None:
    fate = Fate(signature="wrong", words=("wrong signature",))

    assert words(fate, request(body=b"a.b.c"), request(body=b"a.b.d")) == (
        "wrong signature: one character of the signature in the body is another one",
    )


def test_expired_signature_tells_its_age() -> None:
    fate = Fate(signature="expired", words=("expired signature",))

    assert words(fate, request(), request()) == ("expired signature: its time is 10m before the attempt",)
