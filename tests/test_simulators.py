"""A simulator that waits, against a bot in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import InputError, Simulator, VerdictError

from .echo import wsgi


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator("viber", seed=1) as rig:
        rig.connect(wsgi(rig), "/hook")
        yield rig


def test_a_reply_is_what_the_bot_said(sim: Simulator) -> None:
    ana = sim.viber.actor("ana", name="Ana Example")
    sent = ana.says("hi")

    reply = sim.reply("~hello")

    assert (reply.text, reply.to, ana.row["name"]) == ("hello hi", ana.row["id"], "Ana Example")
    assert [delivery.state for delivery in sent] == ["delivered"]


def test_what_a_matcher_captures_is_a_variable(sim: Simulator) -> None:
    sim.viber.actor("ana").says("BR-1234")
    sim.reply("hello <order>")

    assert sim.viber.variables == {"order": "BR-1234"}


def test_a_wrong_reply_tells_what_was_wanted_and_what_came(sim: Simulator) -> None:
    sim.viber.actor("ana").says("hi")

    with pytest.raises(VerdictError) as caught:
        sim.reply("hullo hi", within="100ms")

    text = str(caught.value)
    assert [verdict.code for verdict in caught.value.verdicts] == ["wrong-reply"]
    assert "test_simulators.py:" in text.splitlines()[1]
    assert "ana › hi" in text
    assert 'expected   "hullo hi"' in text
    assert 'nearest    "hello hi"' in text
    assert "reproduce" not in text


def test_after_a_failure_the_session_goes_on(sim: Simulator) -> None:
    ana = sim.viber.actor("ana")
    ana.says("hi")
    with pytest.raises(VerdictError):
        sim.reply("nothing like it", within="100ms")
    ana.says("again")

    assert sim.reply("hello again").text == "hello again"


def test_a_bot_that_fails_is_told_where_somebody_spoke(sim: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(VerdictError) as caught:
        sim.viber.actor("ana").says("fail")

    assert [verdict.code for verdict in caught.value.verdicts] == ["ack"]
    assert "this bot fails" in caplog.text


def test_exact_numbers_are_counted_after_quiet(sim: Simulator) -> None:
    ana = sim.viber.actor("ana")
    ana.says("twice")
    assert len(sim.replies("hello twice", times=2)) == 2
    ana.says("twice")

    with pytest.raises(VerdictError, match="too-many-replies"):
        sim.replies("hello twice", times=1)


def test_silence_is_broken_by_a_reply(sim: Simulator) -> None:
    ana = sim.viber.actor("ana")
    ana.says("hush")
    sim.silence("10ms")
    ana.says("hi")

    with pytest.raises(VerdictError, match="unexpected-reply"):
        sim.silence("10ms")


def test_hours_pass_at_once_and_any_step_can_be_played(sim: Simulator) -> None:
    ana = sim.viber.actor("ana")
    ana.says("hi")
    first = sim.reply("hello hi")
    sim.wait("6h")
    sim.viber.play({"set": {"word": "later"}})
    [delivery] = ana.says("{{ word }}")

    assert sim.reply("hello later").to == first.to
    assert delivery.attempts[0].due_ms > 6 * 3_600_000


def test_several_strands_are_played_beside_each_other(sim: Simulator) -> None:
    sim.viber.actor("ana")
    sim.viber.actor("ben")

    outcome = sim.viber.play({"meanwhile": [[{"ana": "a"}, {"bot": "hello a"}], [{"ben": "b"}, {"bot": "hello b"}]]})

    assert sorted(reply.text or "" for reply in outcome.replies) == ["hello a", "hello b"]


def test_where_one_of_several_strands_fails_the_session_is_over(sim: Simulator) -> None:
    sim.viber.actor("ana")
    sim.viber.actor("ben")
    with pytest.raises(VerdictError):
        sim.viber.play({"meanwhile": [[{"ana": "a"}, {"bot": {"text": "no", "within": "50ms"}}], [{"wait": "1s"}]]})

    with pytest.raises(InputError, match="session-over"):
        sim.viber.actor("ana").says("hi")


def test_a_bad_day_stands_beside_an_act(sim: Simulator) -> None:
    sent = sim.viber.actor("ana").says("hi", deliver={"copies": 2})

    assert len(sent) == 2
    assert len(sim.replies("hello hi", times=2)) == 2


def test_a_word_that_is_none_is_told_at_this_line(sim: Simulator) -> None:
    with pytest.raises(InputError) as caught:
        sim.viber.actor("ana").does(opns="chat")

    assert "test_simulators.py:" in caught.value.problems[0].where
    assert caught.value.problems[0].fix == 'did you mean "opens"?'


def test_the_bot_cannot_be_changed_once_somebody_is_there(sim: Simulator) -> None:
    sim.viber.actor("ana")

    with pytest.raises(InputError, match="session-begun"):
        sim.connect(":3000/hook")


def test_an_actor_has_one_profile(sim: Simulator) -> None:
    sim.viber.actor("ana", name="Ana")

    with pytest.raises(InputError, match="clashing-keys"):
        sim.viber.actor("ana", name="Anna")


def test_without_a_bot_nobody_can_speak() -> None:
    with Simulator("viber") as sim, pytest.raises(InputError, match="no-endpoint"):
        sim.viber.actor("ana")


def test_outside_of_with_nothing_can_be_asked() -> None:
    with pytest.raises(InputError, match="not-open"):
        Simulator("viber").viber.actor("ana")


def test_what_fails_at_the_end_is_told_there() -> None:
    sim = Simulator("viber", strict=True)
    sim.backstage.start()
    sim.connect(wsgi(sim), "/hook")
    sim.viber.actor("ana").says("hi")

    with pytest.raises(VerdictError, match="unclaimed-reply"):
        sim.__exit__(None, None, None)


def test_a_taken_port_is_told(sim: Simulator) -> None:
    with pytest.raises(InputError, match="port-taken"), Simulator("viber", listen=sim.base_url.rsplit("/", 1)[1]):
        pass


def test_the_same_seed_and_start_give_the_same_bytes() -> None:
    bodies = []
    for _ in range(2):
        with Simulator("viber", seed=7, start="2026-01-05T09:00:00Z") as sim:
            sim.connect(wsgi(sim), "/hook")
            [delivery] = sim.viber.actor("ana").says("hi")
            bodies.append(delivery.attempts[0].request.body)

    assert bodies[0] == bodies[1]


def test_the_journal_is_written(tmp_path: Path) -> None:
    with Simulator("viber", journal=tmp_path / "run.jsonl") as sim:
        sim.connect(wsgi(sim), "/hook")
        sim.viber.actor("ana").says("hi")

    kinds = [json.loads(line)["kind"] for line in (tmp_path / "run.jsonl").read_text("utf-8").splitlines()]
    assert {"StoryStarted", "ActorActed", "ReplySeen", "StoryFinished"} <= set(kinds)


def test_several_providers_are_there_at_once() -> None:
    with Simulator("viber", "smooch") as sim:
        sim.connect(wsgi(sim), "/hook")
        sim.viber.actor("ana").says("hi")

        assert sim.smooch.api_url.startswith(sim.base_url)
        assert sim.viber.reply("hello hi").text == "hello hi"
