"""One small run, entry by entry, as the engine writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from simulator.answering import Answered
from simulator.codec import Redactor
from simulator.provider import ApiResponse
from simulator.records import (
    Ack,
    ApiCall,
    Attempt,
    Button,
    Delivery,
    Entry,
    Mismatch,
    Place,
    Reply,
    RunResult,
    SignedRequest,
    StoryResult,
    Verdict,
)
from simulator.report.formats import Making, make

START_MS = 1_767_603_600_000
FILE = "scenarios/shop/late-order.yaml"
GOLDEN = Path(__file__).parent / "golden"

VERSIONS = {"simulator": "0.1.0", "python": "3.11.0", "faker": "40.0.0"}


@dataclass
class Teller:
    """Makes entries; real time goes on by a millisecond for each."""

    seq: int = 0
    now_ms: int = START_MS
    scenario: str = ""

    def __call__(self, kind: str, data: Any) -> Entry:
        self.seq += 1
        return Entry(
            seq=self.seq, kind=kind, at_ms=self.now_ms, real_ms=float(self.seq), scenario=self.scenario, data=data
        )


def request(body: bytes = b'{"text":"Hello"}') -> SignedRequest:
    headers = (("Content-Type", "application/json"), ("X-Signature", "abc"))
    return SignedRequest(method="POST", url="http://127.0.0.1:3000/hook", headers=headers, body=body)


def attempt(status: int = 200, number: int = 1, why: str = "first", took_ms: float = 8.0, body: bytes = b"") -> Attempt:
    ack = Ack(status=status, headers=(("Server", "bot"),), body=body)
    return Attempt(number=number, due_ms=START_MS, why=why, request=request(), duration_ms=took_ms, ack=ack)


def delivery(state: str = "delivered", *attempts: Attempt, why: str = "") -> Delivery:
    return Delivery(
        id="delivery/1",
        event_id="e1",
        type="message/text",
        actor="u1",
        attempts=attempts or (attempt(),),
        state=state,  # type: ignore[arg-type]
        why=why,
    )


def act(actor: str, verb: str, value: Any, number: int) -> dict[str, Any]:
    return {
        "actor": actor,
        "verb": verb,
        "value": value,
        "step": f"{actor}: {value}",
        "at": f"steps[{number}].{actor}",
        "place": f"{FILE}:{number + 7}:5",
    }


def heard(reply: Reply, actor: str = "ana") -> dict[str, Any]:
    return {"index": 0, "actor": actor, "reply": reply}


def says(text: str, *buttons: str) -> Reply:
    return Reply(
        to="u1",
        kind="text",
        text=text,
        buttons=tuple(Button(label=each, payload=each) for each in buttons),
        operation="send",
    )


def verdict(step: str, number: int, outcome: str = "passed", **more: Any) -> Verdict:
    speaker = step.partition(":")[0]
    fields: dict[str, Any] = {
        "scenario": "A late order",
        "provider": "shop",
        "step": step,
        "at": f"steps[{number}].{speaker}",
        "place": Place(FILE, number + 7, 5),
        "outcome": outcome,
        "duration_ms": 12.0,
        **more,
    }
    return Verdict(**fields)


def called(error: str = "") -> Answered:
    call = ApiCall(
        id="call/1",
        provider="shop",
        method="POST",
        path="/api/send",
        headers={"authorization": "Bearer top-secret"},
        body=b'{"text":"Hi"}',
        operation="send",
    )
    return Answered(
        call=call,
        response=ApiResponse(error=error),
        status=200,
        headers=(("Content-Type", "application/json"),),
        body=b'{"status":12}' if error else b'{"status":0}',
    )


def story_result(*verdicts: Verdict, **more: Any) -> StoryResult:
    fields: dict[str, Any] = {
        "scenario": "A late order",
        "file": FILE,
        "provider": "shop",
        "seed": 42,
        "start_ms": START_MS,
        "verdicts": verdicts,
        "duration_ms": 1234.0,
        "deliveries": 3,
        "attempts": 4,
        "calls": 3,
        "replies": 3,
        **more,
    }
    return StoryResult(**fields)


def failed_story() -> Iterator[Entry]:
    """A story that passes two steps, retries one delivery, and fails at a reply."""
    tell = Teller()
    yield tell("BotStarted", {"command": ("python", "bot.py"), "endpoint": "http://127.0.0.1:3000/hook"})
    tell.scenario = "A late order"
    yield tell("StoryStarted", {"scenario": "A late order", "provider": "shop", "seed": 42})
    yield tell("ActorActed", act("ana", "opens", "chat", 0))
    yield tell(
        "AttemptStarted", {"delivery_id": "d1", "type": "opened", "number": 1, "why": "first", "request": request()}
    )
    yield tell("CallReceived", called().call)
    yield tell("CallAnswered", called())
    welcome = says("Welcome, Ana!", "Track order", "Help")
    yield tell("ReplySeen", heard(welcome))
    observed = '"Welcome, Ana!" + buttons [Track order, Help]'
    yield tell(
        "VerdictReached", first := verdict("bot: ~welcome", 1, observed=observed, expected="~welcome, within 5s")
    )
    yield tell("AttemptFinished", {"delivery_id": "d1", "type": "opened", "attempt": attempt()})
    yield tell("DeliveryFinished", delivery())
    yield tell("VerdictReached", second := verdict("ana: {opens: chat}", 0, observed="200 in 8 ms"))
    tell.now_ms += 6 * 3_600_000
    yield tell("ActorActed", act("ana", "text", "where is\nit? \x1b[31m", 2))
    started = {"delivery_id": "d2", "type": "message/text", "number": 1, "why": "first"}
    yield tell("AttemptStarted", {**started, "request": request(b'{"text":"it\'s"}')})
    bad = attempt(500, took_ms=31.0)
    yield tell("AttemptFinished", {"delivery_id": "d2", "type": "message/text", "attempt": bad})
    tell.now_ms += 5_000
    yield tell("AttemptStarted", {**started, "number": 2, "why": "500", "request": request(b'{"text":"it\'s"}')})
    yield tell("BotWrote", {"line": "Traceback \x1b[1mbold"})
    yield tell("CallReceived", called().call)
    yield tell("CallAnswered", called("too_many_requests"))
    yield tell("ReplySeen", heard(says("Order BR-1 is lost.")))
    yield tell(
        "AttemptFinished", {"delivery_id": "d2", "type": "message/text", "attempt": attempt(number=2, why="500")}
    )
    yield tell("DeliveryFinished", delivery("delivered", bad, attempt(number=2)))
    third = verdict("ana: where is it?", 2, observed="200 in 8 ms, after 2 attempts", duration_ms=39.0)
    yield tell("VerdictReached", third)
    wrong = verdict(
        "bot: Order BR-1 is packed.",
        3,
        "failed",
        code="wrong-reply",
        expected='"Order BR-1 is packed.", within 5s',
        observed='"Order BR-1 is lost."',
        mismatches=(Mismatch(path="text", wanted='"Order BR-1 is packed."', found='"Order BR-1 is lost."'),),
        nearest=says("Order BR-1 is lost."),
        hint="look at the order's status",
        duration_ms=5_000.0,
    )
    yield tell("VerdictReached", wrong)
    skipped = verdict("silence: 1s", 4, "skipped", code="not-reached", observed="not reached", duration_ms=0.0)
    yield tell("VerdictReached", skipped)
    result = story_result(first, second, third, wrong, skipped, unclaimed=1)
    yield tell("StoryFinished", result)
    yield tell("RunFinished", RunResult(stories=(result,), versions=VERSIONS, duration_ms=1500.0))


@pytest.fixture
def failed() -> list[Entry]:
    return list(failed_story())


@pytest.fixture
def passed() -> list[Entry]:
    """The same story, up to its second reply, where it ends."""
    entries = [each for each in failed_story() if each.seq <= 11]
    verdicts = [each.data for each in entries if each.kind == "VerdictReached"]
    result = story_result(*verdicts)
    run = RunResult(stories=(result,), versions=VERSIONS, duration_ms=1500.0)
    last = entries[-1]
    ending = [
        replace(last, seq=12, kind="StoryFinished", data=result),
        replace(last, seq=13, kind="RunFinished", data=run),
    ]
    return entries + ending


def written(name: str, entries: Iterable[Entry], *secrets: str, **more: Any) -> str:
    """Give what a report of that format writes about these entries."""
    ending = {key: more.pop(key) for key in ("error", "exit_code", "problems") if key in more}
    pieces: list[str] = []
    making = Making(write=pieces.append, secrets=Redactor(secrets), versions=VERSIONS, start_ms=START_MS, **more)
    report = make(name, making)
    for entry in entries:
        report(entry)
    report.close(**ending)
    return "".join(pieces)
