"""Bodies that are tokens: what was spoiled in them is told."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from simulator.doctor import Captured, jws
from tests.doctor.cases import BODY, NUMBERS, OF_TOKENS, VALUE, Case, case, changed, culprits, named

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
