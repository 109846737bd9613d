"""Who may call, and the shape of what is refused."""

from __future__ import annotations

import json

import pytest

from simulator import answering
from simulator.answering import Answered
from simulator.records import ApiCall

from .conftest import BIRD, FACTS, NOW_MS, WORKSPACE, Desk, ids

KEY = FACTS.credentials["access_key"].default


def call(desk: Desk, authorization: str, workspace: str = WORKSPACE, body: bytes = b"") -> Answered:
    found = ApiCall(
        id="c",
        provider="bird",
        method="POST" if body else "GET",
        path=f"/workspaces/{workspace}/conversations",
        headers={"authorization": authorization},
        body=body,
        at_ms=NOW_MS,
    )
    return answering.answer(found, provider=BIRD, catalog=FACTS, world=desk.world, ids=ids())


@pytest.mark.parametrize("authorization", ["", f"Bearer {KEY}", "AccessKey", "AccessKey wrong", KEY, "AccessKey é"])
def test_call_without_the_key_is_unauthorized(desk: Desk, authorization: str) -> None:
    answered = call(desk, authorization)

    assert answered.status == 401
    assert json.loads(answered.body).keys() == {"code", "message"}
    assert json.loads(answered.body)["code"] == "Unauthorized"


@pytest.mark.parametrize("scheme", ["AccessKey", "accesskey"])
def test_call_with_the_key_is_answered(desk: Desk, scheme: str) -> None:
    assert call(desk, f"{scheme} {KEY}").status == 200


def test_other_workspace_is_denied(desk: Desk) -> None:
    answered = call(desk, f"AccessKey {KEY}", workspace="00000000-0000-4000-8000-000000000000")

    assert (answered.status, json.loads(answered.body)["code"]) == (403, "AccessDenied")


def test_body_beyond_the_limit_is_too_large(desk: Desk) -> None:
    body = json.dumps({"name": "x" * FACTS.limits["body_bytes"]}).encode()

    assert call(desk, f"AccessKey {KEY}", body=body).response.error == "too_large"


def test_rate_limit_says_so_in_its_headers(desk: Desk) -> None:
    found = BIRD.refuse(ApiCall(id="c", provider="bird", method="GET", path="/", headers={}), "rate_limited", "")

    assert found.status == 429
    assert dict(found.headers)["X-RateLimit-Remaining"] == "0"
