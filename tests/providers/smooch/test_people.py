from __future__ import annotations

import re

from simulator.providers.smooch.people import app_user, brief_user, client, known_there, known_user
from simulator.world import Row

from .conftest import FACTS, a_person, a_world


def test_documented_user_has_what_the_examples_have(ana: Row) -> None:
    shown = app_user(ana, "v1", False, a_world().options)

    assert list(shown) == ["_id", "userId", "properties", "signedUpAt", "clients"]
    assert list(shown["clients"][0]) == ["active", "id", "lastSeen", "platform"]


def test_complete_user_has_what_the_schema_lists(ana: Row) -> None:
    shown = app_user(ana, "v1", False, a_world(app_user="complete").options)

    assert list(shown)[-4:] == ["conversationStarted", "clients", "devices", "pendingClients"]
    assert shown["clients"] == shown["devices"]


def test_v1_1_tells_no_more_than_ids_unless_asked(ana: Row) -> None:
    options = a_world().options
    named = {**ana, "givenName": "Ada", "surname": "Byron", "email": "ada@example.com"}

    assert list(app_user(ana, "v1.1", False, options)) == ["_id", "userId", "conversationStarted"]
    names = ["_id", "userId", "givenName", "surname", "email", "signedUpAt", "properties", "conversationStarted"]
    assert list(app_user(named, "v1.1", True, options)) == names


def test_person_without_a_user_id_has_no_such_key(bob: Row) -> None:
    assert list(brief_user(bob)) == ["_id"]
    assert "userId" not in known_user(bob)


def test_client_is_that_of_the_channel(ana: Row) -> None:
    shown = client(ana, a_world().options, FACTS.account)

    assert (shown["platform"], shown["integrationId"]) == ("messenger", FACTS.account["integrations"]["messenger"])
    assert shown["externalId"] == ana["client"]["externalId"]


def test_client_of_smooch_s_own_has_no_id_elsewhere(ana: Row) -> None:
    on_web = client({**ana, "channel": "web"}, a_world().options, FACTS.account)

    assert on_web["platform"] == "web"
    assert "externalId" not in on_web


def test_person_who_was_linked_is_known_by_what_she_was_linked_by(ana: Row) -> None:
    link = {"channel": "mailgun", "externalId": "ana@example.com"}

    assert known_there(link, ana) == "ana@example.com"
    assert known_there({**link, "externalId": "1234567890123456"}, ana) == ana["userId"]


def test_ids_have_the_forms_of_the_service(ana: Row) -> None:
    assert re.fullmatch("[0-9a-f]{24}", ana["id"])
    assert re.fullmatch("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", ana["client"]["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", ana["signedUpAt"])


def test_given_profile_stands_as_it_is() -> None:
    made = a_person("ada", id="9b1d3f5a7c2e4f60812a4c6e", userId="ada@example.com", channel="line", givenName="Ada")

    assert (made["id"], made["userId"], made["channel"]) == ("9b1d3f5a7c2e4f60812a4c6e", "ada@example.com", "line")
    assert made["givenName"] == "Ada"
