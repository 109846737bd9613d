from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from simulator import order
from simulator.journal import Journal
from simulator.order import Held, InOrder
from simulator.records import Ack, Attempt, Entry, SignedRequest


def told_in_order(*entries: tuple[int, str]) -> list[str]:
    heard: list[str] = []
    place = Journal(lambda: 0.0)
    place.subscribe(InOrder(lambda entry: heard.append(f"{entry.story} {entry.kind}")))
    for story, kind in entries:
        place.append(kind, None, at_ms=0, story=story)
    return heard


def test_story_that_is_first_is_told_at_once():
    assert told_in_order((1, "A"), (2, "A"), (1, "B")) == ["1 A", "1 B"]


def test_story_is_told_as_a_whole_once_those_before_it_have_ended():
    entries = [(2, "A"), (2, "StoryFinished"), (1, "A"), (3, "A"), (1, "StoryFinished"), (3, "B")]

    assert told_in_order(*entries) == [
        "1 A",
        "1 StoryFinished",
        "2 A",
        "2 StoryFinished",
        "3 A",
        "3 B",
    ]


def test_what_belongs_to_no_story_is_told_at_once():
    assert told_in_order((2, "A"), (0, "BotWrote")) == ["0 BotWrote"]


def test_end_of_the_run_tells_what_was_held_before_it():
    entries = [(3, "A"), (2, "A"), (0, "RunFinished")]

    assert told_in_order(*entries) == ["2 A", "3 A", "0 RunFinished"]


def test_what_an_audit_plays_again_is_not_told() -> None:
    heard: list[Entry] = []
    place = Journal(lambda: 0.0)
    place.subscribe(InOrder(heard.append))
    place.append("StoryStarted", None, at_ms=0, story=1, variant="copies together")

    assert heard == []


def entry(seq: int, data: Any) -> Entry:
    return Entry(seq=seq, kind="K", at_ms=seq, real_ms=0.0, scenario="s", data=data, story=2)


def attempt(number: int) -> Attempt:
    request = SignedRequest(method="POST", url="http://127.0.0.1/", headers=(("A", "b"),), body=b"\xff" * number)
    return Attempt(
        number=number,
        due_ms=0,
        why="first",
        request=request,
        duration_ms=1.0,
        ack=Ack(status=200, headers=(), body=b""),
    )


def test_most_of_a_long_story_waits_in_a_file_and_comes_back_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "KEPT_ENTRIES", 3)
    held = Held()
    # What cannot be written, such as the rows of a world, stays in its place among the others.
    given = [entry(n, MappingProxyType({"n": n}) if n % 4 == 0 else {"attempt": attempt(n)}) for n in range(1, 20)]
    for each in given:
        held.add(each)
    in_memory = sum(isinstance(each, Entry) for each in held._entries)

    assert in_memory == 3 + 4
    assert list(held.take()) == given
    assert list(held.take()) == []


def test_a_story_that_is_too_long_to_be_told_at_once_waits_for_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "MOST_AT_ONCE", 2)
    long = [(2, "A"), (2, "B"), (2, "StoryFinished")]

    before_the_end = [(1, "A"), *long, (1, "StoryFinished"), (3, "A"), (3, "StoryFinished")]

    assert told_in_order(*before_the_end) == ["1 A", "1 StoryFinished"]
    assert told_in_order(*before_the_end, (0, "RunFinished")) == [
        "1 A",
        "1 StoryFinished",
        "2 A",
        "2 B",
        "2 StoryFinished",
        "3 A",
        "3 StoryFinished",
        "0 RunFinished",
    ]


def test_what_is_held_when_a_run_breaks_off_can_still_be_told() -> None:
    heard: list[int] = []
    place, in_order = Journal(lambda: 0.0), InOrder(lambda entry: heard.append(entry.story))
    place.subscribe(in_order)
    for story in (3, 2, 1):
        place.append("A", None, at_ms=0, story=story)
    in_order.finish()

    assert heard == [1, 2, 3]
