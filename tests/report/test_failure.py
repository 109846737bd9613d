from __future__ import annotations

from typing import Any

import pytest

from simulator.records import Mismatch
from simulator.report.failure import (
    LINES_OF_TALK,
    Failure,
    Spans,
    ToldStory,
    counted,
    hidden,
    story_lines,
    without_retries,
)
from tests.report.conftest import request, story_result, verdict


def lines(*failures: Failure, **more: Any) -> list[str]:
    fields: dict[str, Any] = {"request": request(), "output": (), "reproduce": "simulator run x", **more}
    story = ToldStory(talk=(), result=story_result(*(each.verdict for each in failures)), failures=failures, **fields)
    return ["".join(text for text, _ in spans) for spans in story_lines(story)]


def failure(talk: int = 0, **more: Any) -> Failure:
    fields = {"code": "no-reply", "expected": "hello", "observed": "nothing within 5s", **more}
    shown = tuple(((f"  line {number}", "plain"),) for number in range(talk))
    return Failure(verdict=verdict("bot: hello", 1, "failed", **fields), talk=shown)  # type: ignore[arg-type]


def test_failure_that_comes_again_in_another_round_is_told_once() -> None:
    found = lines(failure(), failure(), failure(observed="only one within 5s"), failure())

    assert sum(line.startswith("✗ failed") for line in found) == 2
    assert "  then       the same 2 times more" in found


def test_step_that_was_played_and_skipped_does_not_count_as_not_reached() -> None:
    dropped = verdict("ana: hello", 0, "skipped", code="dropped", observed="dropped on its way")
    cut = verdict("bot: bye", 2, "skipped", code="not-reached", observed="not reached")
    failed = failure()
    result = story_result(dropped, failed.verdict, cut)
    story = ToldStory(talk=(), result=result, failures=(failed,), request=None, output=(), reproduce="")

    found = ["".join(text for text, _ in spans) for spans in story_lines(story)]

    assert "  then       1 step not reached" in found


def test_place_expected_and_observed_are_told() -> None:
    found = lines(failure(hint="look there"))

    assert found[0] == "✗ failed  A late order · shop   [no-reply]"
    assert found[1] == "  scenarios/shop/late-order.yaml:8:5   bot: hello"
    assert "  expected   hello" in found
    assert "  observed   nothing within 5s" in found
    assert "  hint       look there" in found


def test_seed_start_command_and_request_follow() -> None:
    found = lines(failure())

    assert "  seed       42, start 2026-01-05T09:00:00.000Z" in found
    assert "  reproduce: simulator run x" in found
    assert any(line.startswith("  curl:      curl -sS") for line in found)


def test_talk_stands_before_the_first_failure_of_a_story_only() -> None:
    found = lines(failure(talk=2), failure(talk=3))

    assert found.count("    line 0") == 1


def test_long_talk_is_cut_at_its_beginning() -> None:
    found = lines(failure(talk=LINES_OF_TALK + 5))

    assert "    … 5 lines before" in found
    assert f"    line {LINES_OF_TALK + 4}" in found
    assert "    line 4" not in found


def test_texts_that_are_alike_are_told_apart_by_letters() -> None:
    found = lines(failure(mismatches=(Mismatch(path="text", wanted="Hello Anna", found="Hello Ana!"),)))
    index = next(number for number, line in enumerate(found) if "differs" in line)

    assert found[index] == "  differs    text: wanted Hello Anna"
    assert found[index + 1] == "                   found  Hello Ana!"
    assert set(found[index + 2].strip()) <= {"^", " "}


def test_texts_that_are_not_alike_are_not_compared() -> None:
    found = lines(failure(mismatches=(Mismatch(path="text", wanted="Hello", found="12345"),)))

    assert not any("^" in line for line in found)


def test_what_the_bot_wrote_is_shown_harmlessly() -> None:
    found = lines(failure(), output=("one", "\x1b[2Jtwo"))

    assert "  bot wrote  │ one" in found
    assert r"             │ \x1b[2Jtwo" in found


def test_long_line_of_the_bot_is_cut() -> None:
    (line,) = [line for line in lines(failure(), output=("x" * 4000,)) if "bot wrote" in line]

    assert line.endswith("xx…")
    assert len(line) < 600


def test_story_without_a_request_has_no_curl_line() -> None:
    assert not any("curl" in line for line in lines(failure(), request=None))


def test_request_to_a_bot_that_has_ended_says_so() -> None:
    found = lines(failure(), is_bot_gone=True)

    assert "             once a bot listens at 127.0.0.1:3000: the one of this run has ended" in found
    assert "has ended" not in "".join(lines(failure()))


@pytest.mark.parametrize("status", ["401", "403"])
def test_refused_signature_offers_to_verify_it(status: str) -> None:
    found = lines(failure(code="ack", mismatches=(Mismatch(path="ack.status", wanted="2xx", found=status),)))

    assert any(line.startswith("  verify:    simulator verify shop --url http") for line in found)


def test_other_failures_do_not_offer_to_verify() -> None:
    found = lines(failure(code="ack", mismatches=(Mismatch(path="ack.status", wanted="2xx", found="500"),)))

    assert not any("verify" in line for line in found)


def test_secret_over_two_pieces_is_hidden() -> None:
    assert hidden((("se", "plain"), ("cret", "bad")), lambda text: text.replace("secret", "*")) == (("*", "plain"),)


def test_nothing_is_counted_that_is_not_there() -> None:
    assert counted([(2, "passed"), (0, "failed"), (1, "skipped")]) == "2 passed, 1 skipped"


def retries(count: int) -> tuple[Spans, ...]:
    """Give a talk with so many retries, each after a pause."""
    lines = ["ana › hello"]
    for number in range(2, count + 2):
        lines += [f"… {number}m later", f"! message again, attempt {number}, after: 500"]
    return tuple(((f"  {line}", "plain"),) for line in [*lines, "! message was given up"])


@pytest.mark.parametrize(("count", "shown"), [(0, 2), (1, 4), (2, 6), (3, 7), (9, 7)])
def test_of_many_retries_the_first_and_the_last_are_shown(count: int, shown: int) -> None:
    found = ["".join(text for text, _ in spans) for spans in without_retries(retries(count))]

    assert len(found) == shown
    assert found[0] == "  ana › hello"
    assert found[-1] == "  ! message was given up"
    assert (f"  … {count - 2} more {'attempt' if count == 3 else 'attempts'}" in found) == (count > 2)
    assert count == 0 or f"  ! message again, attempt {count + 1}, after: 500" in found


def test_reply_that_could_not_come_is_told_in_one_line() -> None:
    found = lines(failure(code="ack", observed="500"), failure())

    assert [line for line in found if line.startswith("✗")] == ["✗ failed  A late order · shop   [ack]"]
    assert "  then       bot: hello: nothing within 5s   [no-reply]" in found


def test_reply_that_did_not_come_by_itself_is_a_failure_of_its_own() -> None:
    found = lines(failure(code="wrong-reply"), failure())

    assert len([line for line in found if line.startswith("✗")]) == 2
