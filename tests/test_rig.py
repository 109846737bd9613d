"""What a simulator in the hands of code is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
from simulator.rig import Rig, act_of, bot_of, caller, first_of, words_of
from simulator.session import Outcome
from simulator.settings import Settings


def test_the_caller_is_the_line_of_this_file() -> None:
    place = caller()

    assert Path(place.file).name == "test_rig.py"
    assert place.line == 17


@pytest.mark.parametrize(
    ("wrong", "where"),
    [({"listen": "x"}, "listen"), ({"policy": "x"}, "policy"), ({"start": "x"}, "start"), ({"pace": "x"}, "pace")],
)
def test_argument_that_is_wrong_is_named(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(InputError) as caught:
        Rig("viber", **wrong).backstage.start()

    assert [problem.where for problem in caught.value.problems] == [where]


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ({"text": "hi"}, {"ana": {"text": "hi"}}),
        ({"text": "hi", "deliver": {"copies": 2}}, {"ana": {"text": "hi"}, "deliver": {"copies": 2}}),
        ({"event": "seen", "with_": {"a": 1}, "in_": "c"}, {"ana": {"event": "seen", "with": {"a": 1}, "in": "c"}}),
    ],
)
def test_words_become_the_step_of_a_file(words: dict[str, object], step: dict[str, object]) -> None:
    assert act_of("ana", words) == step


def test_what_the_bot_must_say_becomes_the_step_of_a_file() -> None:
    class Somebody:
        name = "ana"

    assert bot_of("~hi", {"to": Somebody(), "within": "1s"}) == {"bot": {"text": "~hi", "to": "ana", "within": "1s"}}
    assert bot_of(None, {"image": "any"}) == {"bot": {"image": "any"}}
    assert bot_of(None, {}) == {"bot": {"text": "any"}}


def test_an_optional_reply_that_did_not_come_is_no_reply() -> None:
    with pytest.raises(LookupError, match="replies"):
        first_of(Outcome())


def test_a_command_is_taken_apart() -> None:
    assert words_of('python "my bot.py"') == words_of(["python", "my bot.py"]) == ("python", "my bot.py")


def test_what_is_not_said_comes_from_the_base() -> None:
    base = Settings(seed=3, endpoint=":3000/hook", is_strict=True, port=0)

    settings = Rig("viber", base=base, seed=4).backstage.engine.settings

    assert (settings.seed, settings.endpoint, settings.is_strict) == (4, ":3000/hook", True)


def test_a_provider_that_does_not_exist_is_told() -> None:
    with pytest.raises(InputError, match="unknown-provider"):
        Rig("vibre")


def test_a_provider_that_is_not_here_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="viber"):
        Rig("viber").checked("vibre")


def test_where_several_are_here_it_must_be_said_which() -> None:
    rig = Rig("viber", "smooch")

    with pytest.raises(InputError) as caught:
        rig.only("reply(…)")

    assert caught.value.problems[0].fix == "write .viber.reply(…)"


def test_the_one_that_is_used_is_the_one_that_is_meant() -> None:
    rig = Rig("viber", "smooch")

    rig.checked("smooch")

    assert rig.only("reply(…)") == "smooch"
