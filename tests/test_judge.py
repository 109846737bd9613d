from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulator.expectation import Expectation, Heard, Refused
from simulator.judge import Judge, show_wanted
from simulator.records import Ack, Attempt, Delivery, Place, Reply, SignedRequest, Trouble, Verdict
from simulator.scenario.model import AckWanted, Actor, ActStep, Always, BotStep, EmitStep, Scenario, SilenceStep
from simulator.tally import Tally

PLACE = Place("story.yaml", 3, 5)
REQUEST = SignedRequest(method="POST", url="http://127.0.0.1:9/bot?sig=1", headers=(), body=b"{}")


def bot(text: str, **more: Any) -> BotStep:
    return BotStep(place=PLACE, at="steps[1].bot", text=f"bot: {text}", key=text, wanted={"text": text}, **more)


def heard(index: int, text: str, *, to: str = "U1", operation: str = "send", kind: str = "text") -> Heard:
    reply = Reply(to=to, kind=kind, text=text if kind == "text" else None, operation=operation)
    return Heard(index=index, reply=reply, actor="ana", real_ms=100.0 * index)


def delivery(*outcomes: int | Trouble, duration_ms: float = 3.0, body: bytes = b"") -> Delivery:
    attempts = tuple(
        Attempt(
            number=number,
            due_ms=0,
            why="first",
            request=REQUEST,
            duration_ms=duration_ms,
            ack=Ack(status=outcome, headers=(("X-Bot", "yes"),), body=body) if isinstance(outcome, int) else None,
            trouble=None if isinstance(outcome, int) else outcome,
        )
        for number, outcome in enumerate(outcomes, start=1)
    )
    state = "delivered" if outcomes[-1] == 200 else "failed"
    return Delivery(id="d", event_id="e", type="message/text", actor="U1", attempts=attempts, state=state)


def literal(source: str) -> Any:
    return source


def judge() -> Judge:
    act = ActStep(place=PLACE, at="steps[0].ana", text="ana: hi", key="k", actor="ana", verb="text", value="hi")
    scenario = Scenario(
        name="A story",
        file="story.yaml",
        folder="/",
        providers=("any",),
        seed=1,
        actors={"ana": Actor(name="ana")},
        steps=(act,),
        place=PLACE,
    )
    return Judge(scenario=scenario, provider="any", user_ids={"ana": "U1", "ben": "U2"})


def claim(expectation: Expectation, *replies: Heard) -> list[bool]:
    return [expectation.take(reply, {"ana": "U1", "ben": "U2"}) for reply in replies]


def test_reply_that_must_never_come_is_told_without_a_word_about_doubles() -> None:
    expectation = Expectation([bot("hi", times=0)], literal)
    claim(expectation, heard(0, "hi"))
    [verdict] = judge().replied(expectation, [], since_ms=0, now_ms=5_000)

    assert verdict.code == "too-many-replies"
    assert verdict.observed == '1 such reply; the last: "hi"'
    assert verdict.hint == ""


def test_the_nearest_reply_is_told_with_what_differs() -> None:
    expectation = Expectation([bot("Welcome Ana")], literal)
    replies = [heard(0, "goodbye"), heard(1, "Welcome Anna")]
    claim(expectation, *replies)
    [verdict] = judge().replied(expectation, replies, since_ms=0, now_ms=5_000)

    assert verdict.code == "wrong-reply"
    assert verdict.nearest is not None
    assert verdict.nearest.text == "Welcome Anna"
    assert [mismatch.path for mismatch in verdict.mismatches] == ["text"]


def test_no_reply_names_the_call_that_was_refused() -> None:
    expectation = Expectation([bot("hi")], literal)
    refused = Refused(operation="send_message", answer="status 6")
    [verdict] = judge().replied(expectation, [], since_ms=0, now_ms=5_000, refused=refused)

    assert verdict.code == "no-reply"
    assert verdict.observed.endswith("; a call was refused: send_message: status 6")


def test_no_reply_tells_that_the_story_itself_wanted_the_refusal() -> None:
    expectation = Expectation([bot("hi")], literal)
    refused = Refused(operation="send_message", answer="status 12", is_arranged=True)
    [verdict] = judge().replied(expectation, [], since_ms=0, now_ms=5_000, refused=refused)

    assert "refused, as the story wants: send_message: status 12" in verdict.observed
    assert verdict.hint == "does the bot call again where the API does not take its call?"


def test_a_met_step_beside_a_missing_one_passes() -> None:
    expectation = Expectation([bot("a"), bot("b")], literal)
    claim(expectation, heard(0, "a"))
    outcomes = [verdict.outcome for verdict in judge().replied(expectation, [], since_ms=0, now_ms=5_000)]

    assert outcomes == ["passed", "failed"]


def test_a_refused_connection_is_unreachable_and_a_refused_signature_says_what_to_look_at() -> None:
    step = judge().scenario.steps[0]
    assert isinstance(step, ActStep)
    refused = judge().delivered(step, [delivery("refused")], "200", literal)
    unsigned = judge().delivered(step, [delivery(403, 403)], "200", literal)

    assert refused.code == "unreachable"
    assert "http://127.0.0.1:9/bot" in refused.hint
    assert unsigned.code == "ack"
    assert "signature" in unsigned.hint
    assert "after 2 attempts" in unsigned.observed


def test_invariants_count_over_the_whole_story() -> None:
    def rule(**what: Any) -> Always:
        return Always(place=PLACE, at="always[0]", text="a rule", **what)

    deliveries = [delivery(200, duration_ms=10), delivery(500, duration_ms=30)]
    replies = [heard(0, "Traceback"), heard(1, "fine")]
    rules = [
        (rule(ack=AckWanted(status="2xx")), "failed"),
        (rule(ack=AckWanted(within_ms=40)), "passed"),
        (rule(p50_ms=10), "passed"),
        (rule(p99_ms=29), "failed"),
        (rule(lost=0), "failed"),
        (rule(lost=1), "passed"),
        (rule(never_bot={"text": "/Traceback/"}), "failed"),
        (rule(never_bot={"text": "/undefined/"}), "passed"),
        (rule(never_operation="send"), "failed"),
        (rule(never_operation="broadcast"), "passed"),
    ]

    assert [judge().always(rule, deliveries, replies, literal).outcome for rule, _ in rules] == [
        outcome for _, outcome in rules
    ]


def test_words_for_people() -> None:
    silence = SilenceStep(place=PLACE, at="steps[2].silence", text="silence: 1s", key="k", for_ms=1_000)

    assert show_wanted(bot("hi", times=1, to="ana")) == '"hi", to ana, exactly once, within 5s'
    assert show_wanted(bot("hi", chat="team")) == '"hi", in team, within 5s'
    assert "hi" in judge().spoke(silence, heard(0, "hi"), 3.0).observed


def test_too_few_replies_are_counted() -> None:
    expectation = Expectation([bot("hi", times=3)], literal)
    claim(expectation, heard(0, "hi"), heard(1, "hi"))
    [verdict] = judge().replied(expectation, [], since_ms=0, now_ms=5_000)

    assert verdict.code == "no-reply"
    assert verdict.observed == "only 2 within 5s"


def stream(**more: Any) -> EmitStep:
    return EmitStep(place=PLACE, at="steps[0].emit", text="emit: {event: message}", key="k", event="message", **more)


def streamed(step: EmitStep, *deliveries: Delivery) -> Verdict:
    tally = Tally(step.ack or AckWanted(), "200", literal)
    for each in deliveries:
        tally.add(each)
    return judge().streamed(step, tally, "200")


def test_a_stream_passes_with_its_numbers() -> None:
    verdict = streamed(stream(), *[delivery(200, duration_ms=10)] * 2_000)

    assert verdict.outcome == "passed"
    assert verdict.observed.startswith("2,000 deliveries, p50 ")


def test_a_stream_fails_by_the_first_few_that_failed() -> None:
    verdict = streamed(stream(), delivery(200), *[delivery(500)] * 5, delivery("timeout"))

    assert (verdict.outcome, verdict.code) == ("failed", "ack")
    assert verdict.observed.startswith("6 of 7 deliveries not so: message/text: 500 in 3 ms; ")
    assert verdict.observed.endswith(" and 3 more")
    assert [each.path for each in verdict.mismatches] == ["ack.status"]


def test_a_stream_to_nobody_is_an_error_and_one_of_nothing_is_skipped() -> None:
    unheard, empty = streamed(stream(), delivery("refused")), streamed(stream())

    assert (unheard.outcome, unheard.code) == ("error", "unreachable")
    assert (empty.outcome, empty.code) == ("skipped", "not-sent")


def test_a_stream_may_want_another_answer() -> None:
    assert streamed(stream(ack=AckWanted(status="4xx")), delivery(403)).outcome == "passed"


def test_rules_count_what_a_stream_has_counted_before() -> None:
    rule = Always(place=PLACE, at="always[0]", text="a rule", ack=AckWanted(status="2xx"), lost=1)
    counted = judge().tally(rule, literal)
    counted.add(delivery(500))
    counted.add(delivery(500))

    verdict = judge().always(rule, [delivery(200)], [], literal, tally=counted)

    assert verdict.observed == "message/text: 500 in 3 ms; message/text: 500 in 3 ms; 2 lost"


def test_a_refused_call_is_a_call_too() -> None:
    rule = Always(place=PLACE, at="always[0]", text="a rule", never_operation="broadcast")

    verdict = judge().always(rule, [], [], literal, called={"broadcast": 2})

    assert verdict.observed == "2 calls of broadcast"


def test_an_optional_reply_that_the_provider_does_not_have_is_skipped() -> None:
    step = bot("hi", is_optional=True)
    expectation = Expectation([replace(step, wanted={"typing": "any"})], literal)

    [verdict] = replace(judge(), offered=("text",)).replied(expectation, [], since_ms=0, now_ms=0)

    assert (verdict.outcome, verdict.code) == ("skipped", "not-offered")
    assert verdict.observed == "any has no typing"
