"""To which endpoints an event goes, and which are given up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.catalog import Disabling
from simulator.delivery.endpoints import Endpoints
from simulator.delivery.posting import Posting
from simulator.faults import Fate
from simulator.records import Ack, Attempt, Payload, ScheduledEvent, SignedRequest
from simulator.world import Put, World
from tests.theatre import Deed, stage

EVENT = ScheduledEvent(id="e", provider="viber", type="seen", values={}, due_ms=5, cause="")
REQUEST = SignedRequest(method="POST", url="http://127.0.0.1:9/", headers=(), body=b"")
RULE = Disabling(after=2, outcomes=("5xx",), within_ms=1_000, source="tests")


class Registered:
    """Endpoints of a world whose rows a test writes, and what is noted about them."""

    def __init__(self, folder: Path) -> None:
        story = stage(folder, "steps: [{ana: hi}]", lambda body, attempt: Deed()).story
        self.world: World = story.world
        self.noted: list[tuple[str, Any]] = []
        terms = replace(story.terms, policy=replace(story.terms.policy, disabling=(RULE,)))
        self.endpoints = Endpoints(terms, self.world, lambda kind, data, at_ms: self.noted.append((kind, data)))

    def put(self, key: str, *, events: Any = None) -> None:
        self.world.apply(Put(table="subscriptions", key=key, row={"url": f"http://h/{key}", "events": events}))

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.endpoints.of(EVENT)]

    def fail(self, key: str, *, status: int = 503, **changes: Any) -> None:
        row = dict(self.world.rows("subscriptions"))[key]
        attempt = Attempt(
            number=1,
            due_ms=5,
            why="first",
            request=REQUEST,
            duration_ms=1.0,
            ack=Ack(status=status, headers=(), body=b""),
        )
        posting = Posting(
            id="e/1",
            event=EVENT,
            payload=Payload(event_id="e", type=EVENT.type, body=b"", content_type=""),
            subscription=row,
            kind="act",
            scope=0,
            endpoint=key,
            attempts=[attempt],
            state="failed",
        )
        for name, value in changes.items():
            setattr(posting, name, value)
        self.endpoints.count(posting, 5)


@pytest.fixture
def registered(tmp_path: Path) -> Registered:
    return Registered(tmp_path)


def test_event_goes_to_each_that_wants_it_oldest_first(registered: Registered) -> None:
    registered.put("b", events=["seen"])
    registered.put("a", events=["delivered"])

    assert registered.keys == ["", "b"]


def test_event_that_nobody_wants_is_written_down(registered: Registered) -> None:
    registered.put("", events=["delivered"])

    assert registered.keys == []
    skipped = {"event_id": "e", "type": "seen", "why": "nobody subscribed to it", "is_aside": False}
    assert registered.noted == [("EventSkipped", skipped)]


def test_endpoint_that_failed_too_often_gets_nothing_and_others_do(registered: Registered) -> None:
    registered.put("other")
    registered.fail("")
    registered.fail("")

    assert registered.keys == ["other"]
    assert [kind for kind, _ in registered.noted] == ["EndpointDisabled", "EventSkipped"]


def test_endpoint_that_is_registered_anew_is_another_one(registered: Registered) -> None:
    registered.fail("")
    registered.fail("")
    registered.put("")

    assert registered.keys == [""]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "delivered"},
        {"state": "dropped"},
        {"state": "refused"},
        {"attempts": []},
        {"fate": Fate(tamper="text")},
    ],
)
def test_what_is_not_the_bot_s_failure_does_not_count(registered: Registered, changes: dict[str, Any]) -> None:
    for _ in range(5):
        registered.fail("", **changes)

    assert registered.keys == [""]
