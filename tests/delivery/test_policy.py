"""What follows from how an attempt ended."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.catalog import DeliveryPolicy, Disabling, NamedPolicy
from simulator.delivery.policy import (
    Done,
    GiveUp,
    Retry,
    decide,
    describe,
    is_retried,
    is_success,
    override,
    show_schedule,
)
from simulator.errors import InputError
from simulator.records import Ack, Attempt, SignedRequest, Trouble

POLICY = DeliveryPolicy(
    success="200", timeout_ms=5000, retry_on=("any",), delays_ms=(1000, 5000, 60_000), source="tests"
)
REQUEST = SignedRequest(method="POST", url="http://127.0.0.1/", headers=(), body=b"")


def ended(*outcomes: int | Trouble) -> tuple[Attempt, ...]:
    """Give attempts that ended so, one after another."""
    return tuple(
        Attempt(
            number=number,
            due_ms=0,
            why="first",
            request=REQUEST,
            duration_ms=1.0,
            ack=Ack(status=outcome, headers=(), body=b"") if isinstance(outcome, int) else None,
            trouble=None if isinstance(outcome, int) else outcome,
        )
        for number, outcome in enumerate(outcomes, 1)
    )


def test_success_is_the_end():
    assert decide(POLICY, ended(200)) == Done()


def test_success_after_retries_is_the_end():
    assert decide(POLICY, ended(500, "timeout", 200)) == Done()


def test_status_that_is_not_the_documented_one_is_no_success():
    assert isinstance(decide(POLICY, ended(201)), Retry)


def test_each_retry_waits_as_long_as_the_policy_says():
    waits = [decide(POLICY, ended(*[503] * tries)) for tries in (1, 2, 3)]

    assert waits == [Retry(1000, "503"), Retry(5000, "503"), Retry(60_000, "503")]


def test_after_the_last_retry_it_is_given_up():
    assert decide(POLICY, ended(503, 503, 503, 503)) == GiveUp(
        "the bot answered 503; 3 retries were made, and there are no more"
    )


def test_outcome_that_is_not_retried_is_given_up_at_once():
    policy = replace(POLICY, retry_on=("5xx", "timeout"))

    decision = decide(policy, ended(404))

    assert decision == GiveUp("the bot answered 404; the provider does not try again after that")


def test_why_it_was_given_up_holds_the_words_of_the_trouble():
    policy = replace(POLICY, retry_on=("5xx",))
    (attempt,) = ended("refused")

    decision = decide(policy, (replace(attempt, detail="127.0.0.1:3000: connection refused"),))

    assert isinstance(decision, GiveUp)
    assert decision.why.startswith("nobody listened (127.0.0.1:3000: connection refused);")


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        (("any",), "404"),
        (("any",), "dns"),
        (("5xx",), "503"),
        (("429", "5xx"), "429"),
        (("timeout",), "timeout"),
        (("4xx", "refused"), "refused"),
    ],
)
def test_named_outcome_is_retried(words, outcome):
    assert is_retried(replace(POLICY, retry_on=words), outcome)


@pytest.mark.parametrize(
    ("words", "outcome"),
    [((), "500"), (("5xx",), "404"), (("5xx",), "timeout"), (("timeout",), "500"), (("429",), "42")],
)
def test_other_outcome_is_not_retried(words, outcome):
    assert not is_retried(replace(POLICY, retry_on=words), outcome)


def test_trouble_is_never_a_success():
    assert not is_success(replace(POLICY, success="100-599"), "closed")


@pytest.mark.parametrize("outcome", ["400", "404"])
def test_final_outcome_is_not_retried_though_any_other_is(outcome):
    assert not is_retried(replace(POLICY, final=("400", "404")), outcome)


def test_outcome_beside_the_final_ones_is_retried():
    assert is_retried(replace(POLICY, final=("400", "404")), "401")


def test_trouble_can_be_final():
    assert not is_retried(replace(POLICY, final=("tls",)), "tls")


def test_retry_after_no_answer_comes_that_much_later_than_the_timeout():
    assert decide(POLICY, ended("timeout")) == Retry(5_000 + 1_000, "timeout")


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_what_is_lost_is_a_timeout_for_the_provider(lost):
    (attempt,) = ended(200)

    assert decide(POLICY, (replace(attempt, lost=lost),)) == Retry(6_000, "timeout")


@pytest.mark.parametrize(
    ("lost", "words"),
    [("request", "it was lost on its way to the bot"), ("answer", "the bot's answer was lost on its way back")],
)
def test_why_what_was_lost_is_given_up_says_so(lost, words):
    (attempt,) = ended(200)

    decision = decide(override(POLICY, "once"), (replace(attempt, lost=lost),))

    assert decision == GiveUp(f"{words}; no retry is to be made")


def test_giving_up_tells_what_becomes_of_the_event():
    policy = replace(POLICY, retry_on=(), giving_up="the event is lost")

    assert decide(policy, ended(500)) == GiveUp(
        "the bot answered 500; the provider does not try again after that; the event is lost"
    )


@given(
    factors=st.tuples(st.floats(0.01, 1), st.floats(1, 10)).filter(lambda pair: pair != (1, 1)),
    seed=st.integers(),
    tries=st.integers(1, 3),
)
def test_spread_wait_stays_between_its_factors_and_repeats_with_its_stream(factors, seed, tries):
    policy = replace(POLICY, spread=factors)
    delay_ms = policy.delays_ms[tries - 1]

    first = decide(policy, ended(*[500] * tries), random.Random(seed))
    second = decide(policy, ended(*[500] * tries), random.Random(seed))

    assert first == second
    assert isinstance(first, Retry)
    assert delay_ms * factors[0] - 1 <= first.after_ms <= delay_ms * factors[1] + 1


def test_policy_whose_waits_are_exact_draws_nothing():
    stream = random.Random(7)

    decide(POLICY, ended(500), stream)

    assert stream.getstate() == random.Random(7).getstate()


def test_nothing_tried_is_nothing_to_decide():
    with pytest.raises(ValueError, match="nothing was tried"):
        decide(POLICY, ())


def test_once_makes_one_attempt():
    assert decide(override(POLICY, "once"), ended("timeout")) == GiveUp(
        "no answer came in time; no retry is to be made"
    )


def test_real_is_the_policy_itself():
    assert override(POLICY, "real") is POLICY


def test_policy_that_the_folder_names_changes_what_it_says():
    early = NamedPolicy(name="early", about="before", timeout_ms=2_000, source="tests")
    policy = replace(POLICY, named={"early": early})

    assert override(policy, "early") == replace(policy, timeout_ms=2_000)


def test_unknown_policy_is_told_with_those_of_the_folder():
    early = NamedPolicy(name="early", about="before", timeout_ms=2_000, source="tests")

    with pytest.raises(InputError) as caught:
        override(replace(POLICY, named={"early": early}), "late")

    (problem,) = caught.value.problems
    assert problem.why.endswith("early: before")
    assert problem.fix == "use one of: real, once, early"


def test_unknown_policy_names_the_nearest():
    with pytest.raises(InputError) as caught:
        override(POLICY, "onec")

    (problem,) = caught.value.problems
    assert problem.code == "unknown-policy"
    assert problem.fix == 'did you mean "once"?'


def test_schedule_is_shown_in_one_line():
    assert show_schedule(POLICY) == "1s, 5s, 1m"
    assert show_schedule(override(POLICY, "once")) == "none"


def test_plain_policy_is_described_in_sentences():
    assert describe(POLICY) == [
        "A delivery succeeds with 200 within 5s.",
        "After anything else it is tried again, each time the same bytes; retries after 1s, 5s, 1m.",
        "Nothing is promised about the order.",
    ]


def test_all_that_a_policy_says_is_described():
    policy = replace(
        POLICY,
        retry_on=("5xx", "timeout"),
        final=("501",),
        spread=(0.5, 2.0),
        resign=True,
        giving_up="the event is lost",
        ordering="actor",
        concurrency=4,
        disabling=(Disabling(after=9_500, outcomes=("timeout",), within_ms=86_400_000, source="tests"),),
        named={"early": NamedPolicy(name="early", about="as it was", source="tests")},
    )

    retried, *more = describe(policy)[1:]

    assert retried.startswith("After 5xx, timeout but 501 it is tried again, signed anew each time;")
    assert retried.endswith("; retries after 1s, 5s, 1m, each times a factor from 0.5 to 2.")
    assert more == [
        "After the last attempt the event is lost.",
        "What is about one actor keeps its order: each waits for the one before.",
        "At most 4 attempts to one endpoint are open.",
        "An endpoint is disabled after 9,500 deliveries within 1d that ended with timeout.",
        "--policy early: as it was.",
    ]
