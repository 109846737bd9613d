from __future__ import annotations

from dataclasses import replace

from simulator.expectation import Expectation, Heard
from simulator.scenario.model import BotStep
from tests.test_judge import PLACE, bot, claim, heard, literal


def test_the_first_reply_that_matches_is_claimed_and_others_are_left() -> None:
    expectation = Expectation([bot("hi")], literal)

    assert claim(expectation, heard(0, "no"), heard(1, "hi"), heard(2, "hi")) == [False, True, False]
    assert expectation.missing == []
    assert expectation.last_index == 1


def test_an_earlier_claim_moves_over_for_a_later_reply() -> None:
    """Whoever fits several steps gives way, so that three replies fit three steps in any order."""
    expectation = Expectation([bot("/./"), bot("~a"), bot("~ab")], literal)

    assert claim(expectation, heard(0, "ab"), heard(1, "xa"), heard(2, "z")) == [True, True, True]
    assert [expectation.claimed(step)[0].reply.text for step in expectation.steps] == ["z", "xa", "ab"]


def test_one_more_than_times_is_an_excess() -> None:
    expectation = Expectation([bot("hi", times=2)], literal)
    claim(expectation, heard(0, "hi"), heard(1, "hi"))

    assert expectation.needs_quiet
    assert expectation.excess == []
    assert claim(expectation, heard(2, "hi")) == [True]
    assert len(expectation.excess) == 1


def test_times_zero_wants_quiet_and_no_such_reply() -> None:
    expectation = Expectation([bot("hi", times=0)], literal)

    assert expectation.missing == []
    assert expectation.needs_quiet
    assert claim(expectation, heard(0, "hi")) == [True]
    assert expectation.excess


def test_a_reply_to_somebody_else_does_not_count() -> None:
    expectation = Expectation([bot("hi", to="ben")], literal)

    assert claim(expectation, heard(0, "hi", to="U1"), heard(1, "hi", to="U2")) == [False, True]


def test_a_call_that_says_nothing_is_claimed_by_its_operation_alone() -> None:
    step = BotStep(place=PLACE, at="steps[1].bot", text="bot: …", key="k", operation="get_account_info")
    expectation = Expectation([step], literal)
    any_reply = Expectation([bot("any")], literal)
    call = heard(0, "", operation="get_account_info", kind="call")

    assert claim(any_reply, call) == [False]
    assert claim(expectation, call) == [True]


def test_captures_and_saves_of_claimed_replies_are_variables() -> None:
    expectation = Expectation([bot("order <number>", save={"all": "text"})], literal)
    claim(expectation, heard(0, "order 42"))
    variables = expectation.variables({}, lambda step, reply: {"all": reply.reply.text})

    assert variables == {"number": "42", "all": "order 42"}


def test_thousands_of_times_are_counted_and_one_more_is_an_excess() -> None:
    expectation = Expectation([bot("hi", times=2_000)], literal)
    claim(expectation, *(heard(number, "hi") for number in range(2_000)))

    assert expectation.missing == []
    assert claim(expectation, heard(2_000, "hi")) == [True]
    assert len(expectation.excess) == 1


def test_a_reply_is_not_claimed_for_a_step_for_which_it_is_too_late() -> None:
    hasty, patient = bot("hi"), bot("/./")
    expectation = Expectation([hasty, patient], literal)
    expectation.take(heard(0, "hi"), {}, too_late_for=[hasty])

    assert expectation.missing == [hasty]
    assert [each.index for each in expectation.claimed(patient)] == [0]


def test_a_reply_in_another_conversation_does_not_count() -> None:
    expectation = Expectation([bot("hi", chat="team")], literal)
    here = replace(heard(2, "hi"), chat="team")

    assert claim(expectation, heard(0, "hi"), replace(heard(1, "hi"), chat="club"), here) == [False, False, True]
    assert expectation.mismatches(expectation.steps[0], heard(3, "hi"), {}).mismatches[0].found == (
        "a private conversation"
    )


USER_IDS = {"ana": "U1", "ben": "U2"}


def nearest(step: BotStep, *heards: Heard) -> tuple[int, list[str]]:
    differences, closest = Expectation([step], literal).nearest(step, heards, USER_IDS)
    return closest.index, [each.path for each in differences]


def test_nearest_is_the_reply_with_the_fewest_differences() -> None:
    wanted = replace(bot("Hi"), wanted={"text": "Hi", "buttons": "none", "kind": "image"})

    assert nearest(wanted, heard(0, "Hello"), heard(1, "Hi")) == (1, ["kind"])


def test_nearest_of_equals_is_the_one_most_alike() -> None:
    said = (heard(0, "Goodbye"), heard(1, "Order 7 is on the way"), heard(2, "Order 8"))

    assert nearest(bot("Order 7 is on its way"), *said) == (1, ["text"])


def test_other_words_to_somebody_else_are_farther_than_like_words_to_the_right_person() -> None:
    step = bot("Order AA is packed.", to="ana")

    assert nearest(step, heard(0, "Order BB is packed", to="U2"), heard(1, "Order AA is packed")) == (1, ["text"])


def test_right_words_to_somebody_else_are_nearest_of_all() -> None:
    step = bot("Order AA is packed.", to="ana")

    assert nearest(step, heard(0, "Order AA is packed"), heard(1, "Order AA is packed.", to="U2")) == (1, ["to"])
