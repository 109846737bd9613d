from __future__ import annotations

import pytest

from simulator import arguments
from simulator.errors import CredentialError, InputError, Problem


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("--set", "overrides"),
        ("--tag smoke", "tags smoke"),
        ("give --endpoint :3000/hook, or --bot", 'give endpoint=":3000/hook", or bot'),
        ('such as --bot "python bot.py"', 'such as bot="python bot.py"'),
        ("look at what `raw:` or `--set` puts into it", "look at what `raw:` or `overrides` puts into it"),
        ("--settings, a--set and EVENTS are other words", "--settings, a--set and EVENTS are other words"),
    ],
)
def test_options_are_told_as_arguments(written: str, told: str) -> None:
    with pytest.raises(CredentialError) as caught, arguments.told_in_python():
        raise CredentialError(Problem(code="x", what="--set", where=written, at="--set", why="--set", fix=written))

    [problem] = caught.value.problems
    assert (problem.where, problem.fix) == (told, told)
    assert (problem.what, problem.at, problem.why) == ("--set",) * 3


def test_start_is_a_time() -> None:
    assert arguments.start_ms("2026-01-05T09:00:00Z") == 1_767_603_600_000
    with pytest.raises(InputError, match=r'start: "x" is no time'):
        arguments.start_ms("x")


@pytest.mark.parametrize("text", ["", "real", "instant", "10x"])
def test_pace_is_given_as_it_is(text: str) -> None:
    assert arguments.pace(text) == text


@pytest.mark.parametrize("text", ["fast", "0x", "-1", "nan"])
def test_pace_that_is_none_is_wrong_input(text: str) -> None:
    with pytest.raises(InputError, match="is no pace"):
        arguments.pace(text)
