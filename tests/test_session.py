"""A story whose steps come one by one: what each call is told, and when."""

from __future__ import annotations

from simulator import catalog
from simulator.engine import Engine
from simulator.journal import Journal
from simulator.player import Over
from simulator.records import Place
from simulator.scenario.coded import Coded
from simulator.session import Outcome, Session
from simulator.settings import Settings

HERE = Place("test_order.py", 7, 1)


class Desk:
    """A session that nobody plays but the test, which says what time it is."""

    def __init__(self) -> None:
        self.now_ms = 0.0
        self.coded = Coded({"scenario": "a test", "actors": ["ana"]}, catalog.load("viber"), HERE)
        engine = Engine(Settings(port=0, start_ms=0), Journal(lambda: 0.0), ["viber"])
        story = engine.story(self.coded.scenario, "viber", "http://127.0.0.1:3000/", kind=Session)
        assert isinstance(story, Session)
        self.story = story
        self.done: list[Outcome] = []

    def play(self, **step: object) -> None:
        [read] = self.coded.step(step, HERE)
        self.story.play(read, self.coded.at, self.done.append)

    def pass_ms(self, most_ms: int) -> object:
        """Ask what is to be done as time goes on, until it is over or so much later."""
        end_ms = self.now_ms + most_ms
        while True:
            wanted = self.story.next(self.story._real_ms + 10 if self.now_ms else self.story._real_ms)
            self.now_ms += 10
            if isinstance(wanted, Over) or self.now_ms >= end_ms:
                return wanted


def test_a_call_without_a_verdict_is_done_when_its_step_is() -> None:
    desk = Desk()
    desk.play(set={"word": "hi"})
    desk.pass_ms(20)

    assert desk.done == [Outcome()]
    assert desk.story.variables == {"word": "hi"}


def test_a_reply_that_does_not_come_is_told_and_the_next_call_is_played() -> None:
    desk = Desk()
    desk.play(bot={"text": "hi", "within": "100ms"})
    desk.pass_ms(1_000)
    desk.play(set={"word": "hi"})
    desk.pass_ms(20)

    assert [verdict.code for verdict in desk.done[0].verdicts] == ["no-reply"]
    assert len(desk.done) == 2


def test_a_call_that_is_given_up_is_told_nothing() -> None:
    desk = Desk()
    desk.play(bot={"text": "hi", "within": "10s"})
    desk.pass_ms(20)
    desk.story.give_up()
    desk.play(set={"word": "hi"})
    desk.pass_ms(20)

    assert desk.done == [Outcome()]


def test_a_session_that_is_closed_ends_when_all_is_quiet() -> None:
    desk = Desk()
    desk.play(set={"word": "hi"})
    desk.pass_ms(20)
    desk.story.close()

    assert isinstance(desk.pass_ms(1_000), Over)
    assert desk.story.is_over


def test_after_the_end_nothing_is_played() -> None:
    desk = Desk()
    desk.story.close()
    desk.pass_ms(1_000)

    desk.play(set={"word": "hi"})

    assert desk.done == [Outcome(is_cut=True)]


def test_a_session_that_is_stopped_tells_who_still_waits() -> None:
    desk = Desk()
    desk.play(bot={"text": "hi", "within": "10s"})
    desk.pass_ms(20)
    desk.story.stop(desk.story._real_ms)

    assert [outcome.is_cut or outcome.verdicts[0].outcome == "skipped" for outcome in desk.done] == [True]
