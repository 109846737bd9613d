from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
import yarl
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import InputError
from simulator.provider import ApiResponse, Provider, Signed, ToSign
from simulator.records import Payload
from simulator.signing import sign_request, with_query

PAYLOAD = Payload(event_id="e", type="message", body=b'{"a":1}', content_type="application/json")


def hexdigest(what: ToSign) -> str:
    return hmac.new(what.credentials["key"].encode(), what.body, hashlib.sha256).hexdigest()


def in_header_and_query(what: ToSign) -> Signed:
    stamp = ("X-Stamp", f"{what.stamp_ms}-{what.attempt}-{what.last_outcome}-{what.type}")
    return Signed(headers=(stamp, ("X-Signature", f"sha256={hexdigest(what)}")), query=(("sig", hexdigest(what)),))


def shared_secret(what: ToSign) -> Signed:
    return Signed(headers=(("X-Api-Key", what.credentials["key"]),))


def around_the_body(what: ToSign) -> Signed:
    return Signed(body=b"header.payload." + hexdigest(what).encode(), content_type="application/jwt")


def over_the_url(what: ToSign) -> Signed:
    return Signed(headers=(("X-Url", what.url),))


def provider(sign) -> Provider:
    return Provider(
        id="sample",
        acts=lambda act, world, ids: None,
        sign=sign,
        authorize=lambda call, world: None,
        routes=(),
        ids={},
        person=lambda drawn, ids: drawn,
        replies=lambda call, response: (),
        refuse=lambda call, error, detail: ApiResponse(),
    )


def request(sign=in_header_and_query, **changes):
    asked = {
        "url": "http://127.0.0.1:3000/hook",
        "registered_url": "https://bot.example.com/hook",
        "credentials": {"key": "secret"},
        "options": {},
        "stamp_ms": 5,
        "due_ms": 1_767_603_600_000,
    }
    return sign_request(PAYLOAD, provider=provider(sign), **{**asked, **changes})


def test_headers_stand_in_order_content_type_signature_mark():
    assert [name for name, _ in request().headers] == ["Content-Type", "X-Stamp", "X-Signature", "X-Simulated"]


def test_mark_tells_the_due_time():
    assert request().headers[-1] == ("X-Simulated", "webhook-simulator; due=2026-01-05T09:00:00.000Z")


def test_unmarked_request_has_no_mark():
    assert "X-Simulated" not in dict(request(marked=False).headers)


def test_body_is_sent_as_it_was_signed():
    assert request().body == PAYLOAD.body
    assert dict(request().headers)["X-Signature"].endswith(hexdigest_of(PAYLOAD.body))


def hexdigest_of(body: bytes) -> str:
    return hmac.new(b"secret", body, hashlib.sha256).hexdigest()


def test_signature_goes_into_the_query():
    assert request().url == f"http://127.0.0.1:3000/hook?sig={hexdigest_of(PAYLOAD.body)}"


def test_registered_url_is_signed_and_the_other_one_written_to():
    found = request(over_the_url)

    assert dict(found.headers)["X-Url"] == "https://bot.example.com/hook"
    assert found.url == "http://127.0.0.1:3000/hook"


def test_url_that_nobody_registered_is_signed_itself():
    assert dict(request(over_the_url, registered_url="").headers)["X-Url"] == "http://127.0.0.1:3000/hook"


def test_attempt_and_last_outcome_reach_the_signer():
    assert dict(request(attempt=3, last_outcome="500").headers)["X-Stamp"] == "5-3-500-message"


def test_signature_may_wrap_the_body():
    found = request(around_the_body)

    assert found.body.startswith(b"header.payload.")
    assert dict(found.headers)["Content-Type"] == "application/jwt"


def test_content_type_of_the_provider_stands_alone():
    found = request(lambda what: Signed(headers=(("content-type", "text/x"),)))

    assert [value for name, value in found.headers if name.lower() == "content-type"] == ["text/x"]


def test_wrong_signature_differs_in_one_character_of_header_and_query():
    right, wrong = request(), request(signature="wrong")
    digest = hexdigest_of(PAYLOAD.body)

    for found in (dict(wrong.headers)["X-Signature"].removeprefix("sha256="), wrong.url[-64:]):
        assert sum(one != other for one, other in zip(found, digest, strict=True)) == 1
    assert dict(wrong.headers)["X-Stamp"] == dict(right.headers)["X-Stamp"]
    assert wrong.body == right.body


def test_missing_signature_leaves_what_stands_beside_it():
    found = request(signature="missing")

    assert [name for name, _ in found.headers] == ["Content-Type", "X-Stamp", "X-Simulated"]
    assert found.url == "http://127.0.0.1:3000/hook"


def test_shared_secret_can_be_wrong_and_missing():
    assert dict(request(shared_secret, signature="wrong").headers)["X-Api-Key"] == "secreu"
    assert "X-Api-Key" not in dict(request(shared_secret, signature="missing").headers)


def test_wrapped_body_can_be_wrong_and_missing():
    right = request(around_the_body).body
    wrong = request(around_the_body, signature="wrong").body
    missing = request(around_the_body, signature="missing")

    assert sum(one != other for one, other in zip(right, wrong, strict=True)) == 1
    assert wrong.startswith(b"header.payload.")
    assert missing.body == PAYLOAD.body
    assert dict(missing.headers)["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h/a", "http://h/a?s=1%2F2"),
        ("http://h/a?", "http://h/a?s=1%2F2"),
        ("http://h/a?x=%7E&y=+", "http://h/a?x=%7E&y=+&s=1%2F2"),
        ("http://h/a?x=1&", "http://h/a?x=1&s=1%2F2"),
        ("http://h/a%2fb?q=%zz#part", "http://h/a%2fb?q=%zz&s=1%2F2"),
        ("http://h", "http://h?s=1%2F2"),
        ("http://h/ä b\r\nX: y", "http://h/%C3%A4%20b%0D%0AX:%20y?s=1%2F2"),
    ],
)
def test_query_is_added_after_what_is_there(url, expected):
    assert with_query(url, (("s", "1/2"),)) == expected


def test_url_without_anything_to_add_stays_as_it_is():
    assert with_query("http://h/a%7Eb?x=%2f", ()) == "http://h/a%7Eb?x=%2f"


@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=8)), min_size=1, max_size=4).map(tuple))
def test_added_fields_come_back_and_nothing_requotes_them(fields):
    url = with_query("http://h/a?x=%7E", fields)

    assert parse_qsl(urlsplit(url).query, keep_blank_values=True)[1:] == list(fields)
    assert str(yarl.URL(url, encoded=True)) == url


@pytest.mark.parametrize("secret", ["a\r\nX-Evil: 1", "a\x00", "key-✓"])
def test_header_that_cannot_be_sent_is_an_error_without_the_secret(secret):
    with pytest.raises(InputError) as caught:
        request(shared_secret, credentials={"key": secret})

    assert caught.value.problems[0].code == "bad-header"
    assert secret not in str(caught.value)


def test_latin_letters_in_a_header_are_sent():
    assert dict(request(shared_secret, credentials={"key": "clé"}).headers)["X-Api-Key"] == "clé"


def test_other_payloads_have_other_signatures():
    changed = sign_request(
        replace(PAYLOAD, body=b"{}"),
        provider=provider(in_header_and_query),
        url="http://h",
        registered_url="",
        credentials={"key": "secret"},
        options={},
        stamp_ms=0,
        due_ms=0,
    )

    assert changed.url != request().url


# --- forged ----------------------------------------------------------------------------------------------------------

ALTERED = b'{"a":2}'


def unsigned(what: ToSign) -> Signed:
    return Signed(headers=(("X-Type", what.type),)) if what.options.get("typed") else Signed()


def test_altered_body_goes_with_the_signature_of_the_right_one():
    right, forged = request(), request(altered=ALTERED)

    assert forged.body == ALTERED
    assert (forged.headers, forged.url) == (right.headers, right.url)


def test_altered_content_of_a_token_goes_with_the_signature_of_the_right_one():
    def token(what: ToSign) -> Signed:
        return Signed(body=b"head." + what.body.hex().encode() + b"." + hexdigest(what).encode())

    right, forged = request(token), request(token, altered=ALTERED)

    assert forged.body.split(b".")[1] == ALTERED.hex().encode()
    assert forged.body.split(b".")[::2] == right.body.split(b".")[::2]


def test_expired_request_is_right_but_for_the_time_that_the_caller_gives():
    assert request(signature="expired", stamp_ms=1) == request(stamp_ms=1)


@pytest.mark.parametrize("sign", [shared_secret, unsigned])
def test_altered_body_that_no_bot_could_notice_is_refused(sign):
    with pytest.raises(InputError) as caught:
        request(sign, altered=ALTERED)

    assert [problem.code for problem in caught.value.problems] == ["nothing-signed"]


@pytest.mark.parametrize("signature", ["wrong", "missing"])
def test_signature_that_is_not_there_cannot_be_spoiled(signature):
    with pytest.raises(InputError) as caught:
        request(unsigned, signature=signature)

    assert [problem.code for problem in caught.value.problems] == ["nothing-signed"]
