"""Generated stories against generated bots: what must hold whatever a story says and whatever the bot does."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator.records import StoryResult
from simulator.scenario.model import BotStep, judged_steps
from tests.theatre import Bot, Deed, Theatre, stage

WORDS = ("hi", "bye", "ok")
WITHINS_MS = (100, 400, 1500)
UNTILS = ("*/10 * * * *", "@daily", "2026-01-05T10:00:00Z")
STORIES = range(120)
BAD_DAYS = (
    "copies: 2",
    "copies: 3, latency: 1s..5m",
    "late: 1s..10m",
    "late: 70ms, retry: 2",
    "reorder: true",
    "reorder: 2, copies: 2, chance: 50%",
    "drop: 1",
    "drop: true",
    "retry: 1",
    "tamper: text",
    "tamper: space",
    "signature: wrong",
    "signature: missing",
)


def bad_day(draw: random.Random) -> str:
    """Give what befalls a delivery, if anything does, to be written beside its step."""
    return f", deliver: {{{draw.choice(BAD_DAYS)}}}" if draw.random() < 0.4 else ""


def act(draw: random.Random) -> str:
    return f"{{{draw.choice(['ana', 'ben'])}: {draw.choice(WORDS)}{bad_day(draw)}}}"


def expectation(draw: random.Random) -> str:
    wanted = [f"text: {draw.choice(WORDS)}"]
    within = f"within: {draw.choice(WITHINS_MS)}ms" if draw.random() < 0.5 else ""
    kind = draw.random()
    if kind < 0.4:
        wanted.append(f"times: {draw.randint(0, 3)}" if kind < 0.25 else "optional: true")
    if within and "times: 0" not in wanted:
        wanted.append(within)
    if draw.random() < 0.3:
        wanted.append(f"to: {draw.choice(['ana', 'ben'])}")
    return f"{{bot: {{{', '.join(wanted)}}}}}"


def emission(draw: random.Random) -> str:
    """Give a stream: a few seconds of a rate, an hour of moments, or what follows events of one kind."""
    when = (
        "rate: 5/s, lasting: 2s, arrivals: poisson",
        "rate: 90/m, count: 6",
        "every: 1m..3m, lasting: 10m",
        "cron: '*/20 * * * *', burst: 2, lasting: 1h",
        "after: message/text, lag: 1s..1m, chance: 50%",
    )
    number = draw.randrange(len(when))
    event = "message/sticker" if "after" in when[number] else "message/text"
    who = draw.choice(["", ", actors: 3", ", actors: [ben]"]) if "after" not in when[number] else ""
    return f"{{emit: {{event: {event}, {when[number]}{who}}}{bad_day(draw)}}}"


def steps(draw: random.Random, depth: int = 0) -> str:
    """Give some steps of every kind, loops and branches two levels deep."""

    def inner() -> str:
        return steps(draw, depth + 1)

    makers = {
        "act": (35, lambda: act(draw)),
        "bot": (25, lambda: expectation(draw)),
        "together": (10, lambda: f"{{together: [{expectation(draw)}, {expectation(draw)}]}}"),
        "silence": (8, lambda: f"{{silence: {draw.choice([50, 300])}ms}}"),
        "wait": (8, lambda: f"{{wait: {draw.choice(['0s', '1s', '1m..2m', '6h'])}}}"),
        "until": (3, lambda: f"{{wait: {{until: '{draw.choice(UNTILS)}'}}}}"),
        "emit": (6, lambda: emission(draw)),
        "api": (
            4,
            lambda: f"{{api: {{answer: rate_limited, times: {draw.randint(1, 2)}, after: {draw.randint(0, 2)}}}}}",
        ),
        "repeat": (6 if depth < 2 else 0, lambda: f"{{repeat: {{times: {draw.randint(1, 3)}}}, steps: [{inner()}]}}"),
        "if": (
            4 if depth < 2 else 0,
            lambda: f"{{if: {draw.choice(['true', 'false'])}, steps: [{inner()}], else: [{inner()}]}}",
        ),
        "choose": (
            4 if depth < 2 else 0,
            lambda: f"{{choose: [{{weight: 1, steps: [{inner()}]}}, {{weight: 2.5, steps: [{inner()}]}}]}}",
        ),
        "meanwhile": (8 if depth < 2 else 0, lambda: f"{{meanwhile: [[{inner()}], [{inner()}]]}}"),
    }
    weights = [weight for weight, _ in makers.values()]
    return ", ".join(make() for _, make in draw.choices(list(makers.values()), weights, k=draw.randint(1, 5)))


def bot_of(seed: int, slowness: float = 1.0) -> Bot:
    """Give a bot that takes the same event always in the same way: at once, late, often, badly, or not at all."""

    def bot(body: Mapping[str, Any], attempt: int) -> Deed:
        draw = random.Random(f"{seed}/{body['message_token']}/{body['event']}/{attempt}")
        if body["event"] != "message":
            return Deed(ack_ms=draw.choice([1, 30, 300]) * slowness, status=draw.choice([200, 200, 500]))
        times = (0, 1, 50, 95, 105, 300, 450, 2000)
        says = [(draw.choice(times), draw.choice(WORDS)) for _ in range(draw.choice([0, 1, 1, 1, 2, 3]))]
        return Deed(
            ack_ms=draw.choice([1, 40, 300, 900]) * slowness,
            status=draw.choice([200, 200, 200, 200, 500, 403]),
            trouble=draw.choice([None] * 8 + ["timeout", "closed"]),
            says=tuple(says),
        )

    return bot


def play(folder: Path, seed: int, pace: str) -> tuple[Theatre, StoryResult]:
    text = f"clock: {{pace: {pace}}}\nsteps: [{steps(random.Random(seed))}]"
    theatre = stage(folder, text, bot_of(seed), actors=("ana", "ben"))
    theatre.journal._clock_ms = lambda: theatre.now
    result = theatre.play()
    theatre.story.stop(theatre.now)
    return theatre, result


@pytest.mark.parametrize("pace", ["instant", "10x"])
@pytest.mark.parametrize("seed", STORIES)
def test_nothing_is_lost_judged_twice_or_judged_too_early(tmp_path: Path, seed: int, pace: str) -> None:
    theatre, result = play(tmp_path, seed, pace)
    entries = theatre.journal.entries
    told = Counter(entry.data.at for entry in entries if entry.kind == "VerdictReached")
    acted = Counter(entry.data["at"] for entry in entries if entry.kind == "ActorActed")
    started = Counter(entry.data["delivery_id"] for entry in entries if entry.kind == "AttemptStarted")
    finished = Counter(entry.data["delivery_id"] for entry in entries if entry.kind == "AttemptFinished")
    ended = [entry.data.id for entry in entries if entry.kind == "DeliveryFinished"]

    assert started == finished
    assert {posting.id for posting in theatre.postings} <= set(ended)
    assert len(ended) == len(set(ended)) == result.deliveries
    assert sum(told.values()) == len(result.verdicts)
    assert all(told[at] == times for at, times in acted.items()), "each act has its verdict"
    assert entries[-1].kind == "StoryFinished"
    assert result.outcome != "error", result.verdicts
    assert_judged_in_time(theatre)


def assert_judged_in_time(theatre: Theatre) -> None:
    """No reply is missed before its time is over, and none that came in time is lost."""
    bots = {step.at: step for step in judged_steps(theatre.story.scenario.steps) if isinstance(step, BotStep)}
    heard = [entry for entry in theatre.journal.entries if entry.kind == "ReplySeen"]
    for entry in theatre.journal.entries:
        if entry.kind != "VerdictReached" or entry.data.code not in ("no-reply", "late-reply", "wrong-reply"):
            continue
        step = bots[entry.data.at]
        began_ms = entry.real_ms - entry.data.duration_ms
        deadline_ms = began_ms + step.within_ms
        assert entry.real_ms >= deadline_ms - 0.01, "judged too early"
        if step.times is None and "together" not in step.at and "meanwhile" not in step.at:
            lost = [
                each.data["reply"].text
                for each in heard
                if began_ms < each.real_ms <= deadline_ms
                and each.data["reply"].text == step.wanted["text"]
                and step.to in (None, each.data["actor"])
            ]
            assert not lost, "came in time, and was not claimed"


@pytest.mark.parametrize("seed", range(40))
def test_a_slower_bot_changes_no_byte_of_a_story_that_passes(tmp_path: Path, seed: int) -> None:
    """Every word is answered once and well, soon or late; what goes out is the same."""

    def bodies(slowness: float) -> list[bytes]:
        def bot(body: Mapping[str, Any], attempt: int) -> Deed:
            says = ((5 * slowness, "ok"),) if body["event"] == "message" else ()
            return Deed(ack_ms=3 * slowness, says=says)

        draw = random.Random(seed)
        kinds = ["{ana: hi}, {bot: ok}", "{ben: hi}, {bot: {text: ok, to: ben}}", "{wait: 1m..2h}", "{silence: 50ms}"]
        kinds += [
            "{meanwhile: [[{ana: hi}, {bot: ok}, {wait: 1h..2h}, {ana: hi}, {bot: ok}], [{ben: hi}, {bot: ok}]]}",
            "{meanwhile: [[{wait: 1s..1m}, {ana: hi}, {bot: ok}, {silence: 50ms}], [{ben: hi}, {bot: ok}]]}",
            "{meanwhile: [[{ana: hi}, {bot: {text: ok, times: 1}}, {ana: bye}, {bot: ok}], [{wait: 1ms}, {wait: 2h}]]}",
            "{choose: [{weight: 2, steps: [{ana: left}, {bot: ok}]}, {weight: 1, steps: [{ben: right}, {bot: ok}]}]}",
            "{wait: {until: '0 9 * * mon', zone: Europe/London}}",
            "{emit: {event: message/text, rate: 2/s, arrivals: poisson, lasting: 5s, actors: 20}}",
            "{emit: {event: conversation_started, every: 1s..9s, count: 5, chance: 70%, actors: 3}}",
            "{emit: {event: message/sticker, after: conversation_started, lag: 1s..1h}}",
        ]
        text = f"steps: [{', '.join(draw.choices(kinds, k=8))}]"
        theatre = stage(tmp_path, text, bot, actors=("ana", "ben"))

        result = theatre.play()

        assert {verdict.outcome for verdict in result.verdicts if verdict.code != "not-sent"} <= {"passed"}
        # What the bot says to the people of streams is waited for by nobody, so that receipts for it may be cut.
        people = set(theatre.story.cast.user_ids.values())
        sent = [(json.loads(send.request.body), send.request.body) for send in theatre.sends]
        return sorted(raw for body, raw in sent if body["event"] != "delivered" or body["user_id"] in people)

    assert bodies(1) == bodies(150)


@pytest.mark.parametrize("seed", range(60))
def test_a_story_that_is_cut_anywhere_leaves_nothing_open_and_no_step_untold(tmp_path: Path, seed: int) -> None:
    draw = random.Random(f"cut {seed}")
    pace, bot = draw.choice(["instant", "10x", "real"]), draw.choice([bot_of(seed), deaf])
    theatre = stage(tmp_path, f"clock: {{pace: {pace}}}\nsteps: [{steps(draw)}]", bot, actors=("ana", "ben"))
    left = iter(range(draw.choice([1, 3, 10, 30, 100, 300])))
    theatre.play_until(lambda: next(left, None) is None)

    result = theatre.cut()
    entries = theatre.journal.entries
    started = Counter(entry.data["delivery_id"] for entry in entries if entry.kind == "AttemptStarted")
    finished = Counter(entry.data["delivery_id"] for entry in entries if entry.kind == "AttemptFinished")
    ended = Counter(entry.data.id for entry in entries if entry.kind == "DeliveryFinished")
    told = {verdict.at for verdict in result.verdicts}
    is_whole = all(verdict.code != "not-reached" for verdict in result.verdicts)

    assert started == finished
    assert ended == Counter(posting.id for posting in theatre.postings)
    assert entries[-1].kind == "StoryFinished"
    assert is_whole or {step.at for step in judged_steps(theatre.story.scenario.steps)} <= told


def deaf(body: Mapping[str, Any], attempt: int) -> Deed:
    """Take everything, and answer nothing."""
    return Deed(ack_ms=1e9)


def test_thousands_of_attempts_without_an_answer_go_out_in_time_and_can_be_cut(tmp_path: Path) -> None:
    stream = "{emit: {event: message/text, rate: 2000/s, lasting: 1s, actors: 50}}"
    theatre = stage(tmp_path, f"clock: {{pace: real}}\nsteps: [{stream}]", deaf)
    theatre.play_until(lambda: theatre.now > 1_000 or len(theatre.open) == 2_000)
    open_at_once = len(theatre.open)

    result = theatre.cut()

    assert open_at_once == 2_000
    assert [(verdict.outcome, verdict.code) for verdict in result.verdicts] == [("skipped", "not-reached")]
    assert theatre.story.deliveries._pending == {}
