"""Smooch's app with one endpoint and two people: Ana, whose conversation has begun, and Bob, who has said nothing."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from simulator import catalog, providers
from simulator.fake import profile
from simulator.ids import Ids
from simulator.provider import Act, ApiResponse, Occurrence
from simulator.records import ApiCall
from simulator.seeds import stream
from simulator.world import Emit, Put, Register, Remove, Row, World

NOW_MS = 1_767_603_600_123
SMOOCH = providers.load("smooch")
FACTS = catalog.load("smooch")
APP_ID = FACTS.options["app_id"].default
CALLS = itertools.count(1)
CHANNEL = "/integrations/{integration_id}"
PRESET = "/templates/{template_id}"
PATHS = {
    "get_app": "",
    "update_app": "",
    "list_integrations": "/integrations",
    "get_integration": CHANNEL,
    "create_integration": "/integrations",
    "update_integration": CHANNEL,
    "delete_integration": CHANNEL,
    "get_integration_menu": f"{CHANNEL}/menu",
    "create_integration_menu": f"{CHANNEL}/menu",
    "update_integration_menu": f"{CHANNEL}/menu",
    "delete_integration_menu": f"{CHANNEL}/menu",
    "list_templates": "/templates",
    "get_template": PRESET,
    "create_template": "/templates",
    "update_template": PRESET,
    "delete_template": PRESET,
    "post_message": "/appusers/{user_id}/messages",
    "get_messages": "/appusers/{user_id}/messages",
    "delete_messages": "/appusers/{user_id}/messages",
    "delete_message": "/appusers/{user_id}/messages/{message_id}",
    "post_image": "/appusers/{user_id}/images",
    "pre_create_app_user": "/appusers",
    "delete_app_user": "/appusers/{user_id}",
    "delete_profile": "/appusers/{user_id}/profile",
    "merge_app_users": "/appusers/merge",
    "get_channels": "/appusers/{user_id}/channels",
    "link_channel": "/appusers/{user_id}/channels",
    "unlink_channel": "/appusers/{user_id}/channels/{channel}",
    "get_business_systems": "/appusers/{user_id}/businesssystems",
    "get_auth_code": "/appusers/{user_id}/authcode",
    "get_link_requests": "/appusers/{user_id}/linkrequest",
    "upload_attachment": "/attachments",
    "delete_attachment": "/attachments/remove",
    "get_menu": "/menu",
    "update_menu": "/menu",
    "delete_menu": "/menu",
    "post_notification": "/notifications",
    "conversation_activity": "/appusers/{user_id}/conversation/activity",
    "get_conversation": "/appusers/{user_id}/conversation",
    "post_postback": "/appusers/{user_id}/conversation/postback",
    "read_conversation": "/appusers/{user_id}/conversation/read",
    "get_app_user": "/appusers/{user_id}",
    "update_app_user": "/appusers/{user_id}",
    "create_webhook": "/webhooks",
    "list_webhooks": "/webhooks",
    "get_webhook": "/webhooks/{webhook_id}",
    "update_webhook": "/webhooks/{webhook_id}",
    "delete_webhook": "/webhooks/{webhook_id}",
}


def ids(now_ms: int = NOW_MS, name: str = "test") -> Ids:
    return Ids(SMOOCH.ids, stream(1, name), now_ms)


def a_person(name: str, /, **given: Any) -> Row:
    return SMOOCH.person(profile(1, 0, name, "en_GB", given), ids(name=name))


def a_world(
    *people: Row,
    limits: Mapping[str, Any] = FACTS.limits,
    credentials: Mapping[str, str] = MappingProxyType({}),
    **options: Any,
) -> World:
    world = World(
        credentials=catalog.credentials_with(FACTS, credentials),
        options=catalog.options_with(FACTS, options),
        limits=limits,
    )
    world.apply(Put(table="account", key="account", row=FACTS.account))
    world.apply(Put(table="subscriptions", key="", row={"url": "https://bot.example.com/hook", "events": None}))
    for person in people:
        world.apply(Put(table="users", key=person["id"], row=person))
    return world


def a_call(operation: str, fields: Any = None, *, version: str = "v1.1", at_ms: int = NOW_MS, **params: Any) -> ApiCall:
    query = params.pop("query", {})
    params = {"app_id": APP_ID, **params}
    return ApiCall(
        id="call/1",
        provider="smooch",
        method=next(route.method for route in SMOOCH.routes if route.operation == operation),
        path=f"/{version}/apps/{{app_id}}{PATHS[operation]}".format(**params),
        headers={},
        body=json.dumps(fields).encode() if fields is not None else b"",
        fields=fields,
        operation=operation,
        params=params,
        query=query,
        at_ms=at_ms,
        base_url="http://127.0.0.1:1/smooch",
    )


def do(world: World, operation: str, fields: Any = None, **given: Any) -> ApiResponse:
    """Handle a call of the bot and apply its effects on the world."""
    call = a_call(operation, fields, **given)
    route = next(route for route in SMOOCH.routes if route.operation == operation)
    response = route.handler(call, world, ids(call.at_ms, f"call {next(CALLS)}"))
    for effect in response.effects:
        if isinstance(effect, Put | Remove):
            world.apply(effect)
        if isinstance(effect, Register):
            world.apply(Remove(table="subscriptions", key=""))
            world.apply(Put(table="subscriptions", key=effect.key, row=effect.row))
    return response


def act(world: World, user: Row, verb: str, value: Any = None, **extra: Any) -> tuple[Occurrence, ...] | None:
    """Let a person do something and apply its effects on the world."""
    occurrences = SMOOCH.acts(Act(verb=verb, value=value, user=user, extra=extra), world, ids(name=f"{verb} {value}"))
    for occurrence in occurrences or ():
        for effect in occurrence.effects:
            assert isinstance(effect, Put | Remove)
            world.apply(effect)
    return occurrences


def emitted(response: ApiResponse) -> list[Emit]:
    return [effect for effect in response.effects if isinstance(effect, Emit)]


def say(world: World, user: Row, version: str = "v1.1", at_ms: int = NOW_MS, **fields: Any) -> ApiResponse:
    """Let the bot say something."""
    message = {"role": "appMaker", "type": "text", "text": "hi", **fields}
    return do(world, "post_message", message, version=version, at_ms=at_ms, user_id=user["id"])


@pytest.fixture
def ana() -> Row:
    return a_person("ana")


@pytest.fixture
def bob() -> Row:
    return a_person("bob", name="Bob", userId=None)


@pytest.fixture
def world(ana: Row, bob: Row) -> World:
    made = a_world(ana, bob)
    act(made, ana, "text", "hello")
    return made
