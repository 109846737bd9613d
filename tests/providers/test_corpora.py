"""Corpora as the SDKs read them: usual payloads, nasty ones, and wrong ones that are refused as their label says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import jsonschema_rs
import pytest

from simulator import catalog as catalogs
from simulator.corpus import mix as mixes
from simulator.corpus.corners import Corner
from simulator.corpus.press import Press
from simulator.corpus.recipe import Recipe
from simulator.schema.event import event_schema

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
def made(provider: str, edge: float = 0.0, invalid: float = 0.0) -> tuple[Made, ...]:
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


# --- MessageBird


def test_messagebird_reads_a_corpus() -> None:
    for _, _, body in bodies("messagebird"):
        messagebird_reads(body)


def test_all_events_of_a_conversation_tell_when_it_began() -> None:
    began: dict[str, set[str]] = {}
    for _, _, body in bodies("messagebird"):
        began.setdefault(body["conversation"]["id"], set()).add(body["conversation"]["createdDatetime"])

    assert len(began) < COUNT
    assert {len(times) for times in began.values()} == {1}
