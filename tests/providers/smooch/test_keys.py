from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import digests
from simulator.providers.smooch.keys import authorize, claims_of
from simulator.records import ApiCall

from .conftest import APP_ID, FACTS, a_call, a_person, a_world

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


def asked(
    authorization: str | None,
    *,
    version: str = "v1.1",
    app_id: str | None = APP_ID,
    credentials: Mapping[str, str] = CREDENTIALS,
) -> str:
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
    refusal = authorize(given_call, a_world(credentials=credentials))
    return "" if refusal is None else f"{refusal.status} {refusal.error}"


def test_published_token_is_ours() -> None:
    assert claims_of(TOKEN, CREDENTIALS) == {"scope": "app"}
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


@pytest.mark.parametrize(
    ("operation", "claims", "fields", "refusal"),
    [
        ("get_app_user", {"userId": "ana@example.com"}, None, ""),
        ("get_messages", {"userId": "ana@example.com"}, None, ""),
        ("post_message", {"userId": "ana@example.com"}, {"role": "appUser"}, ""),
        ("post_message", {"userId": "ana@example.com"}, {"role": "appMaker"}, "forbidden"),
        ("delete_app_user", {"userId": "ana@example.com"}, None, "forbidden"),
        ("get_app_user", {"userId": "bob@example.com"}, None, "forbidden"),
        ("get_app_user", {"userId": 7}, None, "forbidden"),
        ("get_app_user", {}, None, "forbidden"),
    ],
)
def test_token_of_a_person_is_for_what_is_hers(operation: str, claims: Any, fields: Any, refusal: str) -> None:
    ana = a_person("ana", userId="ana@example.com")
    token = a_token({"scope": "appUser", **claims})
    call = a_call(operation, fields, user_id=ana["id"])
    found = authorize(
        replace(call, headers={"authorization": f"Bearer {token}", "content-type": "application/json"}),
        a_world(ana, credentials=CREDENTIALS),
    )

    assert (found.error if found is not None else "") == refusal


def test_app_that_is_not_the_key_s_is_refused() -> None:
    assert asked(f"Bearer {TOKEN}", app_id="0" * 24) == "403 forbidden"


def test_account_is_open_to_its_own_key_alone() -> None:
    account = {**CREDENTIALS, "key_id": f"act_{'0' * 24}"}
    token = a_token({"scope": "account"}, kid=account["key_id"])

    assert asked(f"Bearer {a_token({'scope': 'account'})}") == "403 forbidden"
    assert asked(f"Bearer {token}", credentials=account) == ""
    assert asked(f"Bearer {token}", app_id="0" * 24, credentials=account) == "404 app_not_found"


def test_app_may_be_left_out() -> None:
    assert asked(f"Bearer {TOKEN}", app_id=None) == ""


def test_secret_of_any_length_signs() -> None:
    assert claims_of(a_token({"scope": "app"}, secret="x"), {**CREDENTIALS, "key_secret": "x"}) == {"scope": "app"}


@given(st.text() | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert claims_of(text, CREDENTIALS) == {}


@pytest.mark.parametrize(
    ("content_type", "refusal"),
    [
        ("application/json", ""),
        ("Application/JSON; charset=utf-8", ""),
        ("multipart/form-data; boundary=x", ""),
        ("text/plain", "bad_request"),
        ("application/x-www-form-urlencoded", "bad_request"),
        (None, "bad_request"),
    ],
)
def test_body_has_to_be_called_json(content_type: str | None, refusal: str) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"} | ({} if content_type is None else {"content-type": content_type})
    call = replace(a_call("create_webhook", {"target": "https://x.example"}), headers=headers)
    found = authorize(call, a_world(credentials=CREDENTIALS))

    assert (found.error if found is not None else "") == refusal
    assert (
        authorize(
            replace(call, body=b"", headers={"authorization": f"Bearer {TOKEN}"}), a_world(credentials=CREDENTIALS)
        )
        is None
    )
