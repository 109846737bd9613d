"""What `generate` writes, held against schemas and given to the providers' own SDKs, with labelled faults and without."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import jwt
import pytest
from jwt.exceptions import PyJWTError
from messagebird.error import ValidationError
from messagebird.request_validator import RequestValidator
from standardwebhooks import Webhook, WebhookVerificationError

from simulator import catalog as catalogs
from simulator import doctor, providers
from simulator.corpus import mix as mixes
from simulator.corpus.press import Press
from simulator.corpus.recipe import Recipe
from simulator.doctor import Captured
from simulator.schema import event_schema

from . import test_birdplatform_sdk, test_canvas, test_messagebird_sdk, test_smooch_sdk, test_viberbot
from .conftest import bench

START_MS = 1_767_603_600_000
COUNT = 400
URL = "https://bot.example/hook"

OPTIONS: Mapping[str, Mapping[str, str]] = {"canvas": {"signing": "jwt"}}
"""Under these a provider signs that does not without them."""
CREDENTIALS: Mapping[str, Mapping[str, str]] = {
    "messagebird": {"signing_key": test_messagebird_sdk.KEY},
    "birdplatform": {"webhook_secret": test_birdplatform_sdk.SECRET},
}


def press(provider: str, **changes: Any) -> Press:
    recipe = Recipe(
        provider=provider,
        mix=mixes.usual(catalogs.load(provider)),
        seed=5,
        start_ms=START_MS,
        count=COUNT,
        url=URL,
        **changes,
    )
    return Press(recipe, CREDENTIALS.get(provider, {}))


def corpus(provider: str, **changes: Any) -> Iterator[tuple[Any, Mapping[str, Any], int]]:
    """Give the corner of each request, if it has one, the request, and when it is due."""
    made = press(provider, shape="requests", options=OPTIONS.get(provider, {}), **changes)
    lines = [line for batch in made.batches(0, 0, COUNT) for line in batch.content.splitlines()]
    for number, (row, line) in enumerate(zip(made.rows(0), lines, strict=False)):
        yield made.corner(number, row), json.loads(line), row[2]


@pytest.mark.parametrize("provider", catalogs.names())
def test_every_body_is_as_the_schema_of_its_event(provider: str) -> None:
    catalog, made = catalogs.load(provider), press(provider)
    schemas = {
        name: jsonschema_rs.validator_for(event_schema(catalog.events[name], catalog))
        for name in mixes.usual(catalog).events
    }
    bodies = [line for batch in made.batches(0, 0, COUNT) for line in batch.content.splitlines()]
    names = list(made.recipe.mix.events)

    assert len(bodies) == COUNT
    for row, body in zip(made.rows(0), bodies, strict=False):
        errors = [error.message for error in schemas[names[row[0]]].iter_errors(json.loads(body))]
        assert errors == [], names[row[0]]


# --- what SDKs read


def read_viber(bodies: list[bytes]) -> None:
    viberbot = pytest.importorskip("viberbot")
    api = viberbot.Api(viberbot.BotConfiguration(auth_token="unused", name="Shop", avatar=""))
    for body in bodies:
        assert test_viberbot.read(api.parse_request(body)) == test_viberbot.to_be_read(json.loads(body))


def read_smooch(bodies: list[bytes]) -> None:
    for body in map(json.loads, bodies):
        for key, model in test_smooch_sdk.PARTS.items():
            if key in body:
                test_smooch_sdk.parsed(body[key], model)


def read_messagebird(bodies: list[bytes]) -> None:
    for body in bodies:
        test_messagebird_sdk.read(json.loads(body))


def read_birdplatform(bodies: list[bytes]) -> None:
    reader = test_birdplatform_sdk.Bird(api_key="bk_us1_unused", webhook_secret=test_birdplatform_sdk.SECRET)
    for body in bodies:
        read = reader.webhooks.unwrap(body, test_birdplatform_sdk.signed(body)).root
        assert test_birdplatform_sdk.plain(read) == json.loads(body)
        assert list(test_birdplatform_sdk.unknown(read)) == []


READERS = {
    "viber": read_viber,
    "smooch": read_smooch,
    "messagebird": read_messagebird,
    "birdplatform": read_birdplatform,
}
"""Of the others there is no SDK that reads events."""


@pytest.mark.parametrize("provider", READERS)
def test_sdk_reads_every_body(provider: str) -> None:
    bodies = [line for batch in press(provider).batches(0, 0, COUNT) for line in batch.content.splitlines()]

    assert len(bodies) == COUNT
    READERS[provider](bodies)


# --- what SDKs take for signed

Verify = Callable[[Mapping[str, Any], int], bool]
"""A request and the time at which it came → whether its signature is right."""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the libraries that look at the clock see that time."""

    def set_to(now_ms: int) -> None:
        class Then(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Then:
                return cls.fromtimestamp(now_ms / 1000, tz)

        for module in ("jwt.api_jwt", "standardwebhooks.webhooks"):
            monkeypatch.setattr(f"{module}.datetime", Then)

    return set_to


def verify_viber(request: Mapping[str, Any], _: int) -> bool:
    viberbot = pytest.importorskip("viberbot")
    token = bench("viber").world.credentials["auth_token"]
    api = viberbot.Api(viberbot.BotConfiguration(auth_token=token, name="Shop", avatar=""))
    return bool(api.verify_signature(request["body"].encode(), request["headers"]["X-Viber-Content-Signature"]))


def verify_messagebird(request: Mapping[str, Any], _: int) -> bool:
    validator = RequestValidator(test_messagebird_sdk.KEY)
    token = request["headers"]["MessageBird-Signature-JWT"]
    try:
        return bool(validator.validate_signature(token, request["url"], request["body"].encode()))
    except ValidationError:
        return False


def verify_birdplatform(request: Mapping[str, Any], _: int) -> bool:
    try:
        Webhook(test_birdplatform_sdk.SECRET).verify(request["body"].encode(), request["headers"])
    except WebhookVerificationError:
        return False
    except json.JSONDecodeError:
        pass  # it reads the body only when it has verified it
    return True


def verify_canvas(request: Mapping[str, Any], at_ms: int) -> bool:
    token = request["body"]
    keys = test_canvas.keys_at(bench("canvas", signing="jwt"), at_ms)
    try:
        jwt.api_jws.PyJWS().decode(token, keys[jwt.get_unverified_header(token)["kid"]].key, algorithms=["RS256"])
    except PyJWTError:
        return False
    return True


VERIFIERS: Mapping[str, Verify] = {
    "viber": verify_viber,
    "messagebird": verify_messagebird,
    "birdplatform": verify_birdplatform,
    "canvas": verify_canvas,
}


@pytest.mark.parametrize("provider", VERIFIERS)
def test_library_refuses_exactly_the_signatures_that_are_labelled(provider: str, at: Callable[[int], None]) -> None:
    told, found = [], []
    for corner, request, due_ms in corpus(provider, invalid=0.3):
        at(due_ms)
        told.append(corner is None or corner.kind != "bad-signature")
        found.append(VERIFIERS[provider](request, due_ms))

    assert told.count(False) > 10
    assert found == told


@pytest.mark.parametrize("provider", catalogs.names())
def test_verify_refuses_exactly_the_signatures_that_are_labelled(provider: str) -> None:
    catalog = catalogs.load(provider)
    told, found = [], []
    for corner, request, _ in corpus(provider, invalid=0.3):
        captured = Captured(
            headers=tuple(request["headers"].items()), body=request["body"].encode(), url=request["url"]
        )
        diagnosis = doctor.examine(
            captured,
            provider=providers.load(provider),
            catalog=catalog,
            credentials=catalogs.credentials_with(catalog, CREDENTIALS.get(provider, {})),
            options=catalogs.options_with(catalog, OPTIONS.get(provider, {})),
            is_brief=True,
        )
        told.append(corner is None or corner.kind != "bad-signature")
        found.append(diagnosis.outcome == "valid")

    assert told.count(False) > 10
    assert found == told


def test_nothing_is_labelled_as_wrongly_signed_where_nothing_is_signed() -> None:
    made = press("canvas", shape="requests", invalid=1.0)
    kinds = {corner.kind for number, row in enumerate(made.rows(0)) if (corner := made.corner(number, row))}
    lines = [line for batch in made.batches(0, 0, COUNT) for line in batch.content.splitlines()]

    assert kinds == {"wrong-type", "missing-field", "truncated"}
    assert len(lines) == COUNT
    assert urlsplit(json.loads(lines[0])["url"]).hostname == "bot.example"
