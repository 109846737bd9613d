from __future__ import annotations

from typing import Any

import pytest

from simulator.providers.viber.refusals import authorize, refuse
from simulator.world import World

from .conftest import FACTS, a_call

TOKEN = FACTS.credentials["auth_token"].default


@pytest.mark.parametrize(
    ("header", "in_body"), [(TOKEN, None), (None, TOKEN), (TOKEN, TOKEN), (TOKEN, "wrong"), (TOKEN, 7)]
)
def test_token_in_header_or_body_is_enough(world: World, header: str | None, in_body: Any) -> None:
    headers = {"x-viber-auth-token": header} if header else {}

    assert authorize(a_call("get_online", {"auth_token": in_body}, headers=headers), world) is None


@pytest.mark.parametrize(
    ("headers", "fields", "error"),
    [
        ({}, {}, "missing_auth_token"),
        ({}, None, "missing_auth_token"),
        ({}, [], "missing_auth_token"),
        ({"x-viber-auth-token": ""}, {"auth_token": ""}, "missing_auth_token"),
        ({"x-viber-auth-token": "wrong"}, {}, "invalid_auth_token"),
        ({"x-viber-auth-token": "wrong"}, {"auth_token": TOKEN}, "invalid_auth_token"),
        ({}, {"auth_token": 7}, "invalid_auth_token"),
        ({}, {"auth_token": "wrông"}, "invalid_auth_token"),
    ],
)
def test_missing_or_wrong_token_is_status_2(world: World, headers: dict[str, str], fields: Any, error: str) -> None:
    response = authorize(a_call("get_online", fields, headers=headers), world)

    assert response is not None
    assert (response.status, response.error, response.values["code"]) == (200, error, 2)


@pytest.mark.parametrize("error", FACTS.errors)
def test_every_named_error_has_its_number(error: str) -> None:
    fact = FACTS.errors[error]
    response = refuse(a_call("send_message", {}), error, "")

    assert (response.status, response.error, response.template) == (fact.status, error, "error")
    assert (response.values["code"], response.values["message"]) == (fact.values["code"], fact.values["message"])


def test_detail_stands_behind_the_message() -> None:
    assert refuse(a_call("x", {}), "bad_data", "text is no text").values["message"] == "badData [text is no text]"


def test_numbers_are_those_of_the_documentation() -> None:
    codes = {fact.values["code"] for fact in FACTS.errors.values()}

    assert codes == {*range(1, 25), 999}
