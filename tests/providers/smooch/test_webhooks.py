from __future__ import annotations

import re
from typing import Any

import pytest

from simulator.world import World

from .conftest import do

TARGET = "https://bot.example.com/hooks/smooch"


def create(world: World, version: str = "v1.1", **fields: Any) -> Any:
    return do(world, "create_webhook", {"target": TARGET, **fields}, version=version)


def test_webhook_without_triggers_listens_to_messages(world: World) -> None:
    webhook = create(world).values["webhook"]

    names = ["_id", "triggers", "secret", "target", "version", "includeClient", "includeFullAppUser"]
    assert list(webhook) == names
    assert (webhook["triggers"], webhook["version"], webhook["includeClient"]) == (["message"], "v1.1", False)
    assert re.fullmatch("[0-9A-Za-z_-]{86}", webhook["secret"])


def test_webhook_of_v1_has_no_flags(world: World) -> None:
    webhook = create(world, "v1", triggers=["postback"], includeClient=True).values["webhook"]

    assert list(webhook) == ["_id", "triggers", "secret", "target"]
    assert re.fullmatch("[0-9a-f]{40}", webhook["secret"])
    row = world.get("subscriptions", webhook["_id"])
    assert row is not None
    assert not row["include_client"]


def test_webhook_signs_with_its_own_secret(world: World) -> None:
    webhook = create(world).values["webhook"]

    row = world.get("subscriptions", webhook["_id"])
    assert row is not None
    assert row["credentials"] == {"webhook_secret": webhook["secret"]}


def test_webhooks_are_listed_got_and_deleted(world: World) -> None:
    first, second = (create(world).values["webhook"] for _ in range(2))

    assert do(world, "list_webhooks").values["webhooks"] == [first, second]
    assert do(world, "get_webhook", webhook_id=first["_id"]).values["webhook"] == first
    assert do(world, "delete_webhook", webhook_id=first["_id"]).error == ""
    assert do(world, "list_webhooks").values["webhooks"] == [second]


def test_endpoint_that_nobody_registered_is_not_listed(world: World) -> None:
    assert world.count("subscriptions") == 1
    assert do(world, "list_webhooks").values["webhooks"] == []


@pytest.mark.parametrize(("version", "template"), [("v1", ""), ("v1.1", "delete_webhook")])
def test_deletion_is_answered_by_version(world: World, version: str, template: str) -> None:
    webhook = create(world).values["webhook"]

    assert do(world, "delete_webhook", version=version, webhook_id=webhook["_id"]).template == template


def test_update_changes_what_is_named_and_keeps_the_secret(world: World) -> None:
    before = create(world).values["webhook"]

    changes = {"target": "https://x.example", "triggers": ["*", "typing:appUser"], "includeFullAppUser": True}
    after = do(world, "update_webhook", changes, webhook_id=before["_id"]).values["webhook"]

    assert after == {**before, **changes}
    assert do(world, "update_webhook", {}, webhook_id=before["_id"]).values["webhook"] == after


def test_eleventh_webhook_is_refused(world: World) -> None:
    answers = [create(world).error for _ in range(11)]

    assert answers == [""] * 10 + ["bad_request"]


@pytest.mark.parametrize(
    "fields",
    [
        {"target": None},
        {"target": "x"},
        {"target": 7},
        {"triggers": "message"},
        {"triggers": ["Message"]},
        {"triggers": ["delivery:success"]},
        {"triggers": [["message"]]},
        {"includeClient": "yes"},
    ],
)
def test_wrong_webhook_is_refused(world: World, fields: Any) -> None:
    assert create(world, **fields).error == "bad_request"


@pytest.mark.parametrize("operation", ["get_webhook", "update_webhook", "delete_webhook"])
def test_webhook_that_is_not_there_is_not_found(world: World, operation: str) -> None:
    assert do(world, operation, {}, webhook_id="0" * 24).error == "webhook_not_found"


def test_wrong_update_is_refused(world: World) -> None:
    webhook = create(world).values["webhook"]

    assert do(world, "update_webhook", {"target": "x"}, webhook_id=webhook["_id"]).error == "bad_request"
