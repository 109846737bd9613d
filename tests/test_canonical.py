from __future__ import annotations

import contextlib
import io
import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import canonical, codec
from simulator.errors import InputError
from simulator.records import Entry, Payload, Place, Verdict

STARTED = {"scenario": "s", "case": "", "provider": "p", "seed": 7}


def entry(kind: str, data: Any, *, story: int = 1, at_ms: int = 0, seq: int = 0, **more: Any) -> Entry:
    return Entry(seq=seq, kind=kind, at_ms=at_ms, real_ms=float(seq), scenario="s", data=data, story=story, **more)


def event(event_id: str, at_ms: int, **more: Any) -> Entry:
    payload = Payload(event_id=event_id, type="t", body=event_id.encode(), content_type="application/json")
    return entry("PayloadRendered", payload, at_ms=at_ms, **more)


def verdict(at: str, **more: Any) -> Entry:
    judged = Verdict(
        scenario="s", provider="p", step=at, at=at, place=Place("f", 1, 1), outcome="passed", observed="after 3 ms"
    )
    return entry("VerdictReached", judged, **more)


def lines(*entries: Entry) -> list[dict[str, Any]]:
    content = "".join(codec.dumps(each) + "\n" for each in entries).encode()
    return [json.loads(line) for line in canonical.lines(io.BytesIO(content), "run.jsonl")]


def test_stories_stand_in_the_order_of_the_suite() -> None:
    found = lines(event("b", 5, story=2), event("a", 9, story=1))

    assert [(each["story"], each["id"]) for each in found] == [(1, "a"), (2, "b")]


def test_a_story_is_told_by_due_times_and_then_by_its_verdicts() -> None:
    found = lines(
        verdict("steps[10].bot", seq=1),
        event("late", 9),
        verdict("steps[2].bot", seq=2),
        event("early", 5),
        entry("StoryStarted", STARTED, at_ms=3),
    )

    assert [each.get("id") or each.get("at") or each["kind"] for each in found] == [
        "story",
        "early",
        "late",
        "steps[2].bot",
        "steps[10].bot",
    ]


def test_what_hangs_on_the_bot_or_the_wall_clock_is_left_out() -> None:
    attempt = {"delivery_id": "d", "type": "t", "number": 1, "why": "first", "request": {"headers": [["Stamp", "99"]]}}
    found = lines(
        entry("AttemptStarted", attempt),
        entry("ReplySeen", {"index": 1}),
        entry("BotWrote", {"line": "x"}, story=0),
        event("again", 1, variant="copies together"),
        verdict("steps[0].bot", at_ms=123_456),
    )

    assert [each["kind"] for each in found] == ["attempt", "verdict"]
    assert "99" not in json.dumps(found)
    assert "3 ms" not in json.dumps(found)
    assert "123456" not in json.dumps(found)


def test_a_line_that_is_no_entry_is_wrong_input() -> None:
    with pytest.raises(InputError, match=r"run\.jsonl:2:1"):
        list(canonical.lines(io.BytesIO(b'{"seq": 1, "kind": "A"}\nnot json\n'), "run.jsonl"))


def test_blank_lines_and_a_line_that_was_cut_do_not_shift_the_others() -> None:
    whole = (codec.dumps(event("a", 1)) + "\n").encode()

    found = list(canonical.lines(io.BytesIO(whole + b"\n" + whole + b'{"seq": 9, "ki'), "run.jsonl"))

    assert [json.loads(line)["body"] for line in found] == ["a", "a"]


@given(st.permutations(range(8)))
def test_the_order_in_which_things_happened_does_not_matter(order: list[int]) -> None:
    numbers = itertools.count(1)
    entries = [event(f"e{number}", number % 3, story=1 + number % 2) for number in order]
    shuffled = [
        Entry(**{name: getattr(each, name) for name in Entry.__slots__} | {"seq": next(numbers)}) for each in entries
    ]

    assert lines(*shuffled) == lines(*sorted(shuffled, key=lambda each: str(each.data.event_id)))


def test_an_entry_that_lacks_what_its_kind_has_is_wrong_input() -> None:
    with pytest.raises(InputError, match="entry 4 lacks what its kind has"):
        lines(entry("PayloadRendered", {"type": "t"}, seq=4))


@pytest.mark.parametrize(
    "body", ['{"url": "http://127.0.0.1:4711/_media/a.png"}', r'{"url": "http:\/\/127.0.0.1:4711\/_media\/a.png"}']
)
def test_where_the_mock_api_listened_does_not_matter(body: str) -> None:
    payload = Payload(event_id="e", type="t", body=body.encode(), content_type="application/json")
    started = entry("RunStarted", {"api": "http://127.0.0.1:4711", "stories": 1}, story=0)

    [found] = lines(started, entry("PayloadRendered", payload))

    assert "4711" not in found["body"]
    assert "{api}" in found["body"]


def test_events_that_a_call_caused_are_left_out_with_their_attempts() -> None:
    attempts = [
        entry("AttemptStarted", {"delivery_id": f"{event_id}/1", "type": "t", "number": 1, "why": "first"})
        for event_id in ("receipt/u/1", "e")
    ]
    payloads = [
        Payload(event_id=event_id, type="t", body=b"", content_type="", cause=cause)
        for event_id, cause in (("receipt/u/1", "call-3"), ("e", "387c082d4a41b28c.0"))
    ]

    found = lines(*(entry("PayloadRendered", payload) for payload in payloads), *attempts)

    assert [(each["kind"], each["id"]) for each in found] == [("attempt", "e/1"), ("event", "e")]


def test_a_story_ends_with_the_counts_of_its_verdicts() -> None:
    found = lines(
        entry("StoryFinished", {"verdicts": [{"outcome": "passed"}, {"outcome": "failed"}, {"outcome": "passed"}]})
    )

    assert found == [{"story": 1, "kind": "end", "failed": 1, "passed": 2}]


NAMES = st.sampled_from(
    ["at", "type", "body", "ids", "event_id", "delivery_id", "number", "why", "cause", "verdicts", "outcome", "api"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
KINDS = st.sampled_from([*canonical._RECORDS, "RunStarted"])


@given(st.lists(st.tuples(KINDS, st.dictionaries(NAMES, VALUES) | VALUES, st.integers(0, 2)), max_size=4))
def test_whatever_a_journal_tells_it_is_told_or_wrong_input(told: list[tuple[str, Any, int]]) -> None:
    entries = [{"seq": 1, "kind": kind, "at_ms": 0, "story": story, "data": data} for kind, data, story in told]
    content = "".join(json.dumps(each) + "\n" for each in entries).encode()

    with contextlib.suppress(InputError):
        assert all(json.loads(line) for line in canonical.lines(io.BytesIO(content), "run.jsonl"))
