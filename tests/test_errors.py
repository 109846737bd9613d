from __future__ import annotations

import pytest

from simulator.errors import (
    CredentialError,
    EndpointError,
    InputError,
    InternalError,
    Problem,
    SimulatorError,
    did_you_mean,
    first_of,
    hiding,
    nearest,
)


def test_problem_reads_in_four_parts() -> None:
    problem = Problem(
        code="unknown-event-type",
        what='unknown event type "folow"',
        where="greeting.yaml:14:7",
        at="steps[2].event",
        why="there are: follow, unfollow",
        fix='did you mean "follow"?',
    )

    assert str(problem).splitlines() == [
        'greeting.yaml:14:7: unknown event type "folow"   [unknown-event-type]',
        "  at:   steps[2].event",
        "  why:  there are: follow, unfollow",
        '  fix:  did you mean "follow"?',
    ]


def test_part_that_is_not_known_takes_no_line() -> None:
    assert str(Problem(code="lost", what="it is gone")) == "it is gone   [lost]"


def test_error_tells_all_its_problems_together() -> None:
    error = InputError(Problem(code="one", what="first"), Problem(code="two", what="second"))

    assert [problem.code for problem in error.problems] == ["one", "two"]
    assert str(error) == "first   [one]\nsecond   [two]"


@pytest.mark.parametrize(
    ("kind", "code"),
    [(SimulatorError, 3), (InputError, 2), (CredentialError, 2), (EndpointError, 4), (InternalError, 3)],
)
def test_kind_of_error_decides_the_exit_code(kind: type[SimulatorError], code: int) -> None:
    assert kind(Problem(code="x", what="y")).exit_code == code


def test_nearest_name_is_found_whatever_its_case() -> None:
    assert nearest("FOLOW", ["Follow", "postback"]) == "Follow"


def test_word_like_no_name_has_no_nearest() -> None:
    assert nearest("zzz", ["follow", "postback"]) is None
    assert did_you_mean("zzz", ["follow"], "see the list") == "see the list"


def test_first_error_of_groups_within_groups_is_the_one_that_came_first() -> None:
    first = ValueError("first")
    group = ExceptionGroup("both", [ExceptionGroup("inner", [first]), KeyError("second")])

    assert first_of(group) is first
    assert first_of(first) is first


def test_error_that_passes_keeps_its_kind_and_loses_its_secrets() -> None:
    problem = Problem(code="a-code", what="x", why="it is top-secret")

    with pytest.raises(EndpointError) as caught, hiding(lambda text: text.replace("top-secret", "[redacted]")):
        raise EndpointError(problem)

    assert [each.why for each in caught.value.problems] == ["it is [redacted]"]
