from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulator.exchange import Recording, compare, counted, refused
from simulator.records import Entry, Mismatch, Payload, Place, Reply, StoryResult, Verdict


def entry(kind: str, data: Any) -> Entry:
    return Entry(seq=1, kind=kind, at_ms=0, real_ms=0.0, scenario="S", data=data, story=1)


def acted(actor: str, event_id: str, **ids: str) -> list[Entry]:
    payload = Payload(event_id=event_id, type="t", body=b"", content_type="", ids=ids)
    sent = {"delivery_id": f"{event_id}/1", "type": "t", "number": 1}
    return [
        entry("ActorActed", {"actor": actor, "step": f"{actor}: {event_id}", "place": "f:1:1"}),
        entry("PayloadRendered", payload),
        entry("AttemptStarted", sent),
    ]


def said(actor: str, text: str, user_id: str = "user-id-1") -> list[Entry]:
    reply = Reply(to=user_id, kind="text", text=text, message_id=f"message-of-{user_id}")
    return [entry("ReplySeen", {"index": 1, "actor": actor, "reply": reply})]


def recording(*groups: list[Entry]) -> Recording:
    found = Recording()
    for group in groups:
        for each in group:
            found.take(each)
    return found


def test_ids_that_differ_each_time_do_not_count() -> None:
    first = recording(acted("ana", "e", message="id-111111"), said("ana", "got id-111111 of user-id-1"))
    again = recording(
        acted("ana", "e", message="id-222222"), said("ana", "got id-222222 of user-id-2", user_id="user-id-2")
    )

    assert compare(first, again, is_ordered=True) is None


def test_reply_belongs_to_the_last_act_of_whom_it_is_for() -> None:
    first = recording(acted("ana", "a"), acted("bob", "b"), said("ana", "late"), said("bob", "x"))
    again = recording(acted("ana", "a"), said("ana", "late"), acted("bob", "b"), said("bob", "x"))

    assert compare(first, again, is_ordered=True) is None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["one", "two"], None),
        (["one"], ("to ana: two", "nothing")),
        (["one", "two", "two"], ("nothing more", "to ana: two")),
        (["two", "one"], ("to ana: one", "to ana: two")),
    ],
)
def test_the_first_reply_that_differs_is_told(texts: list[str], expected: tuple[str, str] | None) -> None:
    first = recording(acted("ana", "a"), said("ana", "one"), said("ana", "two"))
    again = recording(acted("ana", "a"), *(said("ana", text) for text in texts))
    found = compare(first, again, is_ordered=True)

    assert (found and found[1:]) == expected


def test_out_of_order_only_what_was_said_counts() -> None:
    first = recording(acted("ana", "a"), said("ana", "one"), acted("ana", "b"), said("ana", "two"))
    swapped = recording(acted("ana", "a"), acted("ana", "b"), said("ana", "two"), said("ana", "one"))
    doubled = recording(acted("ana", "a"), said("ana", "one"), said("ana", "one"), said("ana", "two"))

    assert compare(first, swapped, is_ordered=False) is None
    assert compare(first, doubled, is_ordered=False) is not None
    assert compare(first, replace_first_said(doubled), is_ordered=False) is not None


def replace_first_said(given: Recording) -> Recording:
    """Give the recording without the first thing that was said in it, so that another one is missing."""
    given.exchanges[1] = replace(given.exchanges[1], said=given.exchanges[1].said[1:2])
    return given


def test_an_exchange_that_did_not_come_is_a_difference() -> None:
    first = recording(acted("ana", "a"), said("ana", "one"), acted("ana", "b"), said("ana", "two"))
    again = recording(acted("ana", "a"), said("ana", "one"))
    found = compare(first, again, is_ordered=True)

    assert found is not None
    assert (found[0].step, *found[1:]) == ("ana: b", "to ana: two", "nothing")


def test_deliveries_of_an_act_are_told_and_receipts_are_not() -> None:
    receipt = entry("AttemptStarted", {"delivery_id": "delivered/user/1/1", "type": "delivered", "number": 1})
    retry = entry("AttemptStarted", {"delivery_id": "a/1", "type": "t", "number": 2})
    found = recording(acted("ana", "a"), [receipt, retry])

    assert found.exchanges[1].deliveries == ["t a/1", "t a/1, attempt 2"]


def judged(code: str, *paths: str) -> StoryResult:
    mismatches = tuple(Mismatch(path=path, wanted="a", found="b") for path in paths)
    verdict = Verdict(
        scenario="S",
        provider="p",
        step="ana: hi",
        at="steps[0].ana",
        place=Place("f", 1, 1),
        outcome="failed",
        code=code,
        expected="answered 200",
        observed="409 in 2 ms",
        mismatches=mismatches,
    )
    return StoryResult(scenario="S", file="f", provider="p", seed=1, start_ms=0, verdicts=(verdict,), duration_ms=1.0)


@pytest.mark.parametrize(
    ("result", "is_refused"),
    [
        (judged("ack", "ack.status"), True),
        (judged("no-ack"), True),
        (judged("ack", "ack.body.type"), False),
        (judged("wrong-reply", "text"), False),
    ],
)
def test_a_copy_that_is_refused_counts_and_one_that_is_answered_otherwise_does_not(
    result: StoryResult, is_refused: bool
) -> None:
    assert (refused(result) is not None) == is_refused


def test_only_a_different_number_of_replies_counts() -> None:
    story = judged("ack")
    found = counted(replace(story, replies=1), replace(story, replies=2))

    assert counted(story, story) is None
    assert found is not None
    assert (found[0].place, *found[1:]) == ("f:1:1", "1 reply", "2 replies")
