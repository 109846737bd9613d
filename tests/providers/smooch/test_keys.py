from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import digests
from simulator.providers.smooch.keys import authorize, scope_of
from simulator.records import ApiCall

from .conftest import APP_ID, FACTS, a_call, a_world

KEY_ID = FACTS.credentials["key_id"].default
SECRET = "exampleSecretValue_0123456789"
CREDENTIALS = {"key_id": KEY_ID, "key_secret": SECRET}
# Published with that key and secret.
TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImFwcF81YzFmOWFhMGU0ZDFmMjAwMWM4YTdjMDEifQ"
    ".eyJzY29wZSI6ImFwcCJ9.pRfUqQ6Ct4BipwBinyK6rzj211WX6i_Ht8I3Yg9PhSY"
)
BASIC = "YXBwXzVjMWY5YWEwZTRkMWYyMDAxYzhhN2MwMTpleGFtcGxlU2VjcmV0VmFsdWVfMDEyMzQ1Njc4OQ=="


def safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def a_token(claims: Any, secret: str = SECRET, **header: Any) -> str:
    parts = [{"alg": "HS256", "typ": "JWT", "kid": KEY_ID, **header}, claims]
    signed = ".".join(safe(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{safe(digests.hmac_sha256(secret, signed.encode()))}"


def asked(authorization: str | None, *, version: str = "v1.1", app_id: str | None = APP_ID) -> str:
    call = a_call("list_webhooks", version=version)
    params = {} if app_id is None else {"app_id": app_id}
    headers = {} if authorization is None else {"authorization": authorization}
    given_call = ApiCall(
        id="c",
        provider="smooch",
        method="GET",
        path=call.path,
        headers=headers,
        params=params,
        operation="list_webhooks",
    )
    refusal = authorize(given_call, a_world(credentials=CREDENTIALS))
    return "" if refusal is None else f"{refusal.status} {refusal.error}"


def test_published_token_is_ours() -> None:
    assert scope_of(TOKEN, CREDENTIALS) == "app"
    assert asked(f"Bearer {TOKEN}") == ""
    assert asked(f"bearer {TOKEN}", version="v1") == ""


def test_key_itself_is_for_v1_1_alone() -> None:
    assert asked(f"Basic {BASIC}") == ""
    assert asked(f"Basic {BASIC}", version="v1") == "401 unauthorized"


@pytest.mark.parametrize(
    "shown", [None, "", "Bearer", "Bearer x.y", "Basic ???", "Basic eDp5", TOKEN, f"Token {TOKEN}"]
)
def test_who_shows_no_key_is_unknown(shown: str | None) -> None:
    assert asked(shown) == "401 unauthorized"


@pytest.mark.parametrize(
    "token",
    [
        a_token({"scope": "app"}, secret="another"),
        a_token({"scope": "app"}, kid="app_ffffffffffffffffffffffff"),
        a_token({"scope": "app"}, alg="none"),
        a_token({"scope": "app"}, alg="HS512"),
        a_token({}),
        a_token(["app"]),
        TOKEN[:-1],
        TOKEN.rpartition(".")[0] + ".",
        TOKEN + "=",
        TOKEN.replace(".", ""),
    ],
)
def test_token_that_is_not_signed_by_our_key_is_refused(token: str) -> None:
    assert asked(f"Bearer {token}") == "401 unauthorized"


def test_token_of_a_person_may_not_do_this() -> None:
    assert asked(f"Bearer {a_token({'scope': 'appUser', 'userId': 'ana'})}") == "403 forbidden"


def test_app_that_is_not_the_key_s_is_refused() -> None:
    assert asked(f"Bearer {TOKEN}", app_id="0" * 24) == "403 forbidden"
    assert asked(f"Bearer {a_token({'scope': 'account'})}", app_id="0" * 24) == "404 app_not_found"


def test_app_may_be_left_out() -> None:
    assert asked(f"Bearer {TOKEN}", app_id=None) == ""


def test_secret_of_any_length_signs() -> None:
    assert scope_of(a_token({"scope": "app"}, secret="x"), {**CREDENTIALS, "key_secret": "x"}) == "app"


@given(st.text() | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert scope_of(text, CREDENTIALS) == ""
