"""Viber's SDKs for Node read what we send and understand what we answer; skipped where node or they are missing."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from simulator.records import SignedRequest
from simulator.world import Put, Remove

from . import node_sdks
from .conftest import Bench, bench
from .proofs import Proofs
from .served import Served, served
from .test_viberbot import REFUSED, signed

pytestmark = pytest.mark.node

EACH = 8
OFFICIAL, MESSAGING = "viber-bot", "messaging-api-viber"
NAMES: Mapping[str, Mapping[str, str]] = {
    "text": {"text": "text"},
    "picture": {"media": "url", "text": "text", "thumbnail": "thumbnail"},
    "video": {"media": "url", "text": "text", "thumbnail": "thumbnail", "size": "size", "duration": "duration"},
    "file": {"media": "url", "file_name": "filename"},
    "sticker": {"sticker_id": "stickerId"},
    "contact": {"contact.name": "contactName", "contact.phone_number": "contactPhoneNumber"},
    "url": {"media": "url"},
    "location": {"location.lat": "latitude", "location.lon": "longitude"},
}
"""Message type → field of the body, and what the official SDK calls it."""


@pytest.fixture(scope="session")
def sdks(request: pytest.FixtureRequest) -> Path:
    return node_sdks.installed("viber", may_install="node" in request.config.option.markexpr)


class Reader:
    """The official SDK behind a port: what is posted to it comes back as it was read."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self.program = program
        self.port = int(self.line()["port"])

    def line(self) -> Any:
        assert self.program.stdout is not None
        return json.loads(self.program.stdout.readline())

    def post(self, request: SignedRequest, query: str | None = None, timeout_s: float = 10) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        with contextlib.closing(connection):
            path = f"/?{urlsplit(request.url).query if query is None else query}"
            connection.request("POST", path, request.body, dict(request.headers))
            return connection.getresponse().status


@pytest.fixture
def reader(sdks: Path) -> Iterator[Reader]:
    token = bench("viber").world.credentials["auth_token"]
    with subprocess.Popen(
        node_sdks.command("viber", "reader.js"),
        env=node_sdks.environment(sdks, VIBER_AUTH_TOKEN=token),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as program:
        yield Reader(program)
        program.kill()


def field(body: Any, path: str) -> Any:
    for name in path.split("."):
        body = body.get(name) if body is not None else None
    return body


def to_be_read(body: Any) -> dict[str, Any]:
    """Give what the official SDK should hand on of a body; numbers beyond JavaScript's are texts there."""
    event = body["event"]
    person = body.get("user", body.get("sender"))
    user = {name: person.get(name) for name in ("id", "name", "avatar", "country", "language")} if person else None
    found: dict[str, Any] = {"event": event}
    if user is not None and person is not None:
        found["user"] = {**user, "apiVersion": person.get("api_version")}
    if event == "message":
        message = body["message"]
        read = {name: field(message, path) or None for path, name in NAMES[message["type"]].items()}
        # The text of a message stays as it is; that of a caption which is empty is none.
        read |= {"text": message["text"]} if message["type"] == "text" else {}
        read |= {"timestamp": body["timestamp"], "token": str(body["message_token"])}
        read |= {"trackingData": json.loads(message.get("tracking_data", "{}"))}
        if message["type"] == "contact":
            # A fault of the SDK: of a contact it takes each for the one before, from the tracking data on.
            read |= {"timestamp": read["token"], "token": None, "trackingData": {}}
        found |= {"type": message["type"], "message": read}
        found |= {name: body[name] for name in ("silent", "reply_type", "chat_id") if name in body}
    elif event == "conversation_started":
        found |= {name: body[name] for name in ("subscribed", "context") if name in body}
    elif event == "unsubscribed":
        found["user_id"] = body["user_id"]
    elif event != "subscribed":
        found = {"event": "error" if event == "failed" else event, "read": as_texts(body)}
    return found


def as_texts(body: Any) -> Any:
    return {name: str(value) if isinstance(value, int) and value > 10**15 else value for name, value in body.items()}


def as_read(line: Any) -> Any:
    """Give a line of the program without what the SDK adds for itself."""
    if "message" in line:
        known = {*NAMES[line["type"]].values(), "timestamp", "token", "trackingData"}
        line["message"] = {name: line["message"].get(name) for name in known}
    return line


def test_official_sdk_reads_every_event_as_it_is_meant(reader: Reader, proofs: Proofs) -> None:
    made = bench("viber")
    for event_type in made.catalog.events:
        for number in range(EACH):
            request = signed(made, f"{event_type}/{number}", event_type)

            assert reader.post(request) == 200
            assert as_read(reader.line()) == to_be_read(json.loads(request.body)), event_type

    proofs.record("viber", OFFICIAL, events=made.catalog.events.keys() - {REFUSED}, signature=True)


def test_official_sdk_never_answers_where_the_signature_is_wrong(reader: Reader) -> None:
    request = signed(bench("viber"), "1", "message/text")

    with pytest.raises(TimeoutError):
        reader.post(request, query="sig=" + "0" * 64, timeout_s=0.3)


# --- calls


@pytest.fixture
def made() -> Bench:
    made = bench("viber", public_chat="true")
    made.world.apply(Remove(table="subscriptions", key=""))
    made.world.apply(Put(table="subscriptions", key="webhook", row={"url": "http://127.0.0.1:1/hook", "events": None}))
    made.world.apply(Put(table="users", key=made.ana["id"], row={**made.ana, "subscribed": True}))
    return made


@pytest.fixture
def viber(made: Bench) -> Iterator[Served]:
    with served(made) as found:
        yield found


def called(sdk: str, viber: Served, sdks: Path) -> Any:
    """Give what a program has got from all calls of an SDK."""
    variables = {
        "VIBER_API_URL": f"{viber.base_url}/pa",
        "VIBER_AUTH_TOKEN": viber.made.world.credentials["auth_token"],
        "USER_ID": viber.made.ana["id"],
        "ADMIN_ID": viber.made.catalog.account["members"][0]["id"],
    }
    done = subprocess.run(
        node_sdks.command("viber", "calls.js", sdk),
        env=node_sdks.environment(sdks, **variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_official_sdk_calls_every_method_that_it_has(viber: Served, sdks: Path, proofs: Proofs) -> None:
    ana = viber.made.ana["id"]
    found = called(OFFICIAL, viber, sdks)

    assert (found["sent"], found["posted"], found["refused"]) == (10, 1, 5)
    assert "conversation_started" in found["webhook"]["event_types"]
    assert (found["account"]["name"], found["details"]["id"]) == ("Shop bot", ana)
    assert found["online"]["users"][0]["id"] == ana
    assert viber.refused == [*[""] * (len(viber.calls) - 1), "receiver_not_registered"]
    proofs.record("viber", OFFICIAL, operations=viber.operations)


def test_other_sdk_calls_every_method_that_it_has(viber: Served, sdks: Path, proofs: Proofs) -> None:
    ana = viber.made.ana["id"]
    found = called(MESSAGING, viber, sdks)

    assert found["sent"] == 9
    assert [each["receiver"] for each in found["broadcast"]["failedList"]] == ["AAAAAAAAAAAAAAAAAAAAAA=="]
    assert found["webhook"]["eventTypes"] == ["subscribed", "unsubscribed", "delivered", "message", "seen"]
    assert (found["account"]["uri"], found["details"]["id"], found["online"][0]["id"]) == ("shopbot", ana, ana)
    assert "webhookNotSet" in found["refused"]
    proofs.record("viber", MESSAGING, operations=viber.operations)
