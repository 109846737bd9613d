"""Corpora as the SDKs read them: usual payloads, nasty ones, and wrong ones that are refused as their label says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import jsonschema_rs
import jwt
import pytest
import standardwebhooks
import viberbot
from messagebird.conversation import Conversation
from messagebird.signed_request import SignedRequest
from pydantic import ValidationError

from simulator import catalog as catalogs
from simulator.corpus import mix as mixes
from simulator.corpus.corners import Corner
from simulator.corpus.press import Press
from simulator.corpus.recipe import Recipe
from simulator.schema.event import event_schema

from .conftest import bench
from .test_birdplatform_sdk import sdk
from .test_canvas import keys_at
from .test_messagebird_sdk import read as messagebird_reads
from .test_smooch_sdk import PARTS, parsed
from .test_viberbot import REFUSED, read, to_be_read

START_MS = 1_767_603_600_000
COUNT = 300


class Made(NamedTuple):
    event: str
    corner: Corner | None
    request: Any
    """A line of `--format requests`."""


@cache
def made(provider: str, edge: float = 0.0, invalid: float = 0.0, **options: str) -> tuple[Made, ...]:
    """Give signed requests of the usual mix."""
    mix = mixes.usual(catalogs.load(provider))
    recipe = Recipe(
        provider=provider,
        mix=mix,
        seed=7,
        start_ms=START_MS,
        count=COUNT,
        shape="requests",
        url="http://127.0.0.1:1/hook",
        edge=edge,
        invalid=invalid,
        options=options,
    )
    press = Press(recipe, {})
    lines = b"".join(batch.content for batch in press.batches(0, 0, COUNT)).splitlines()
    rows = enumerate(press.rows(0)[:COUNT])
    names = list(mix.events)
    return tuple(
        Made(names[row[0]], press.corner(number, row), json.loads(line))
        for (number, row), line in zip(rows, lines, strict=True)
    )


def bodies(provider: str, **shares: float) -> Iterator[tuple[str, Corner | None, Any]]:
    for each in made(provider, **shares):
        yield each.event, each.corner, json.loads(each.request["body"])


@pytest.mark.parametrize("provider", catalogs.names())
def test_every_payload_of_a_corpus_fits_its_schema(provider: str) -> None:
    catalog = catalogs.load(provider)
    for event, _, body in bodies(provider):
        validator = jsonschema_rs.validator_for(event_schema(catalog.events[event], catalog))

        assert [error.message for error in validator.iter_errors(body)] == [], event


# --- signatures, as whoever gets them checks them


def credentials(provider: str) -> Mapping[str, str]:
    return catalogs.credentials_with(catalogs.load(provider), {}, "")


def is_smooch(request: Any) -> bool:
    return bool(request["headers"]["X-API-Key"] == credentials("smooch")["webhook_secret"])


def is_viber(request: Any) -> bool:
    token = credentials("viber")["auth_token"]
    api = viberbot.Api(viberbot.BotConfiguration(auth_token=token, name="Shop", avatar=""))
    return bool(api.verify_signature(request["body"].encode(), request["headers"]["X-Viber-Content-Signature"]))


def is_canvas(request: Any) -> bool:
    keys = {key.key_id: key for key in keys_at(bench("canvas"), START_MS).keys}
    token = request["body"]
    try:
        return bool(jwt.PyJWS().decode(token, keys[jwt.get_unverified_header(token)["kid"]].key, algorithms=["RS256"]))
    except jwt.InvalidSignatureError:
        return False


def is_bird(request: Any) -> bool:
    stamp, given = (request["headers"][f"messagebird-{name}"] for name in ("request-timestamp", "signature"))
    told = f"{stamp}\n{request['url']}\n".encode() + hashlib.sha256(request["body"].encode()).digest()
    key = credentials("bird")["signing_key"].encode()
    return bool(base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode() == given)


def is_birdplatform(request: Any) -> bool:
    headers = request["headers"]
    stamp = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    library = standardwebhooks.Webhook(credentials("birdplatform")["webhook_secret"])
    return bool(library.sign(headers["webhook-id"], stamp, request["body"]) == headers["webhook-signature"])


def is_messagebird(request: Any) -> bool:
    key, headers = credentials("messagebird")["signing_key"], request["headers"]
    parts = (headers["MessageBird-Signature"], headers["MessageBird-Request-Timestamp"], request["body"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        # It takes the body as Latin-1.
        older = SignedRequest(*parts[:2], parts[2].encode().decode("latin-1"), {}).verify(key)
    options = {"verify_exp": False, "verify_nbf": False}
    token = headers["MessageBird-Signature-JWT"]
    try:
        claims = jwt.decode(token, key, algorithms=["HS256"], options=options)
    except jwt.InvalidSignatureError:
        claims = {}
    newer = claims.get("payload_hash") == hashlib.sha256(request["body"].encode()).hexdigest()
    assert older == newer
    return newer


SIGNING: Mapping[str, tuple[Callable[[Any], bool], Mapping[str, str]]] = {
    "bird": (is_bird, {}),
    "birdplatform": (is_birdplatform, {}),
    "canvas": (is_canvas, {"signing": "jwt"}),
    "messagebird": (is_messagebird, {}),
    "smooch": (is_smooch, {}),
    "viber": (is_viber, {}),
}
"""Provider → what checks a request of it, without our own code, and the options by which it signs."""


@pytest.mark.parametrize("provider", SIGNING)
def test_signature_is_wrong_where_the_label_says_so_and_nowhere_else(provider: str) -> None:
    check, options = SIGNING[provider]
    for each in made(provider, invalid=0.5, **options):
        kind = each.corner.kind if each.corner is not None else ""
        assert check(each.request) == (kind != "bad-signature"), (each.event, kind)


# --- Viber


@pytest.fixture
def viber() -> Any:
    viberbot = pytest.importorskip("viberbot")
    token = catalogs.credentials_with(catalogs.load("viber"), {}, "")["auth_token"]
    return viberbot.Api(viberbot.BotConfiguration(auth_token=token, name="Shop", avatar=""))


def is_signed(viber: Any, request: Any) -> bool:
    return bool(viber.verify_signature(request["body"].encode(), request["headers"]["X-Viber-Content-Signature"]))


def test_viberbot_reads_a_corpus_as_it_is_meant(viber: Any) -> None:
    for each in made("viber"):
        assert is_signed(viber, each.request)
        if each.event != REFUSED:
            assert read(viber.parse_request(each.request["body"])) == to_be_read(json.loads(each.request["body"]))


def test_viberbot_reads_nasty_payloads(viber: Any) -> None:
    for each in made("viber", edge=1.0):
        assert is_signed(viber, each.request)
        if each.event != REFUSED:
            assert viber.parse_request(each.request["body"]).timestamp > 0, each.corner


def test_viberbot_refuses_what_is_cut_off_or_signed_wrong(viber: Any) -> None:
    seen = set()
    for each in made("viber", invalid=1.0):
        assert each.corner is not None
        assert is_signed(viber, each.request) == (each.corner.kind != "bad-signature")
        if each.corner.kind == "truncated":
            with pytest.raises(ValueError, match=r"."):
                viber.parse_request(each.request["body"])
        seen.add(each.corner.kind)

    assert seen == {"wrong-type", "missing-field", "truncated", "bad-signature"}


# --- Smooch


@pytest.mark.parametrize("edge", [0.0, 1.0])
def test_smooch_parses_every_part_that_it_knows(edge: float) -> None:
    seen = set()
    for _, _, body in bodies("smooch", edge=edge):
        for key, model in PARTS.items():
            if key in body:
                parsed(body[key], model)
                seen.add(key)

    assert {"messages", "appUser"} <= seen


# --- Bird


@pytest.mark.parametrize("edge", [0.0, 1.0])
def test_bird_reads_every_payload_and_keeps_all_of_it(edge: float) -> None:
    webhooks = sdk().resources.webhooks
    for event, corner, body in bodies("birdplatform", edge=edge):
        found = webhooks.WebhookEvent.model_validate(body).root

        assert not isinstance(found, webhooks.GenericWebhookEvent), (event, corner)
        assert found.model_dump(mode="json", by_alias=True, exclude_unset=True) == body, (event, corner)


READ_AS_IT_IS = "data.message.content"
"""Where the SDK has a model for nothing."""


def refusals(body: str) -> list[Any]:
    """Give why the SDK refuses a body; nothing where it takes it."""
    try:
        sdk().resources.webhooks.WebhookEvent.model_validate_json(body)
    except ValidationError as error:
        return list(error.errors())
    return []


def test_bird_refuses_what_is_faulty_for_what_its_label_says() -> None:
    refused = set()
    for each in made("birdplatform", invalid=1.0):
        assert each.corner is not None
        kind, path = each.corner.kind, each.corner.path
        if kind == "bad-signature" or path.startswith(READ_AS_IT_IS):
            continue
        found = refusals(each.request["body"])
        if kind == "truncated":
            assert [why["type"] for why in found] == ["json_invalid"]
        elif found or kind == "wrong-type":
            # With many fields that are missing it bears, and with nothing else.
            assert any(path.rpartition(".")[2] in map(str, why["loc"]) for why in found), each.corner
        refused |= {kind} if found else set()

    assert refused == {"wrong-type", "missing-field", "truncated"}


# --- MessageBird


@pytest.mark.parametrize("edge", [0.0, 1.0])
def test_messagebird_reads_a_corpus(edge: float) -> None:
    for _, corner, body in bodies("messagebird", edge=edge):
        if corner is None or not corner.kind.startswith("time-"):
            messagebird_reads(body)
        else:
            # What is of another time is read; it stands in no order with the others.
            Conversation().load({**body["conversation"], "contact": body["contact"]})


def test_all_events_of_a_conversation_tell_when_it_began() -> None:
    began: dict[str, set[str]] = {}
    for _, _, body in bodies("messagebird"):
        began.setdefault(body["conversation"]["id"], set()).add(body["conversation"]["createdDatetime"])

    assert len(began) < COUNT
    assert {len(times) for times in began.values()} == {1}
