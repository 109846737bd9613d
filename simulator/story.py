"""One story in motion: timeline, clock, wire and judge. No I/O: it says what to do, and is told what came of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from simulator import paths
from simulator.calls import Fault
from simulator.cast import SPEAKING_VERBS, CannotAct, Cast, Share
from simulator.clock import Due, Late, Nothing, Quiet, StoryClock, Stuck, Timer, pace_of
from simulator.deliveries import Posting, Send
from simulator.errors import InputError
from simulator.expressions import ExpressionError, Sandbox
from simulator.hearing import Hearing
from simulator.journal import Journal
from simulator.judge import Judge, json_or_text
from simulator.player import Over, Player
from simulator.records import Outcome, Reply, StoryResult, Verdict
from simulator.scenario.model import ActStep, BotStep, Scenario, judged_steps
from simulator.seeds import stream
from simulator.terms import Terms
from simulator.timeline import TURN_MS, Arrange, Breathe, Expect, Fail, Hush, Pause, Speak, Timeline, Wanted
from simulator.world import World

AFTERMATH_MS = 6_000
"""How long, in real time, a failed story still listens to what is in work: a late reply is then told as late."""

Phase = Literal["before", "playing", "aftermath", "ending", "over", "closed"]
"""aftermath: something failed, what is in work ends; ending: steps are over, quiet is wanted; over: all is judged."""


class Story(Player):
    """Plays one scenario on one provider."""

    def __init__(
        self,
        scenario: Scenario,
        terms: Terms,
        world: World,
        journal: Journal,
        *,
        real_ms: float,
        is_strict: bool = False,
        share: Share = lambda path: {"url": path},
    ) -> None:
        """Stand before the first step, with the actors in the world."""
        clock = StoryClock(
            start_ms=terms.start_ms,
            real_ms=real_ms,
            pace=pace_of(scenario.clock.pace),
            settle_ms=scenario.clock.settle_ms,
            patience_ms=scenario.clock.patience_ms,
        )
        super().__init__(terms, world, clock, journal, real_ms=real_ms)
        self.deliveries.on_end = self._delivery_ended
        self.calls.on_reply = self._hear
        self.scenario = scenario
        self.verdicts: list[Verdict] = []
        self.cast = Cast(scenario, terms, world, share)
        self._new_key = itertools.count(1).__next__
        self._hearing = Hearing(self.clock, self.cast.user_ids, self._new_key)
        self._judge = Judge(scenario=scenario, provider=terms.provider.id, user_ids=self.cast.user_ids)
        self._is_strict = is_strict
        self._began_ms = real_ms
        self._timeline = Timeline(
            scenario,
            start_ms=terms.start_ms,
            sandbox=Sandbox(),
            surroundings=self.cast.surroundings,
            draw=partial(stream, terms.seed),
        )
        self._wanted: Wanted | None = None
        self._outcomes: list[Any] = []
        self._since_ms = real_ms
        self._quiet_key = 0
        self._acts: dict[str, tuple[Speak, list[Posting]]] = {}  # Those that are not judged yet.
        self._phase: Phase = "before"

    # --- what the engine calls ---------------------------------------------------------------------------------------

    def next(self, real_ms: float) -> Send | Nothing | Over:
        """Say what is to be done now: an attempt to make, nothing until some time or sign, or that it is over."""
        self._real_ms = real_ms
        if self._phase == "before":
            self._phase = "playing"
            about = {"scenario": self.scenario.name, "provider": self.terms.provider.id, "seed": self.terms.seed}
            self._note("StoryStarted", about, self.terms.start_ms)
            self._want(self._timeline.begin())
        while self._phase not in ("over", "closed"):
            while self._outcomes and self._phase == "playing":
                self._want(self._timeline.go_on(self._outcomes.pop()))
                if isinstance(self._wanted, Breathe):
                    return Nothing(real_ms)
            self._speak_if_free()
            signal = self.clock.next(real_ms)
            match signal:
                case Due(timer):
                    send = self._due(timer)
                    if send is not None:
                        return send
                case Late(key):
                    self._late(key)
                case Quiet():
                    self._quiet()
                case Stuck(goes_on=goes_on):
                    self._stuck(goes_on)
                case Nothing():
                    return signal
        return Over()

    def _due(self, timer: Timer) -> Send | None:
        """Do what is due; give the attempt that is to be made, if that is what it comes to."""
        if timer.kind == "wake":
            self._go_on(None)
            return None
        if not isinstance(timer.what, Speak):
            return self.deliveries.fire(timer)
        if self._phase == "playing":
            self._act(timer.what)
        self.clock.dismiss(timer)
        return None

    def stop(self, real_ms: float) -> None:
        """Close it, with no attempt out any more; where it has not ended, as after Ctrl-C, the rest is skipped."""
        if self._phase == "closed":
            return
        self._real_ms = real_ms
        if self._phase != "over":
            self._finish("interrupted")
        self._phase = "closed"
        self.deliveries.abandon()
        self._note("StoryFinished", self.result(real_ms), self.clock.now_ms(real_ms))

    def result(self, real_ms: float) -> StoryResult:
        """Give how the story went, as far as it has gone."""
        return StoryResult(
            scenario=self.scenario.name,
            file=self.scenario.file,
            line=self.scenario.place.line,
            case=self.scenario.case.name if self.scenario.case is not None else "",
            provider=self.terms.provider.id,
            seed=self.terms.seed,
            start_ms=self.terms.start_ms,
            verdicts=tuple(self.verdicts),
            duration_ms=real_ms - self._began_ms,
            deliveries=len(self.deliveries.postings),
            attempts=sum(len(posting.attempts) for posting in self.deliveries.postings),
            calls=self.calls.count,
            replies=len(self._hearing.speech),
            unclaimed=len(self._hearing.unclaimed),
        )

    # --- the steps ---------------------------------------------------------------------------------------------------

    def _go_on(self, outcome: Any) -> None:
        """Tell the timeline how its last wish ended, as soon as `next` is asked; steps that end at once do not nest."""
        self._outcomes.append(outcome)

    def _want(self, wanted: Wanted | None) -> None:
        """Take up what the timeline wants next; None: the steps are over."""
        self._wanted = wanted
        self._since_ms = self._real_ms
        match wanted:
            case None:
                self._phase = "ending"
                self._want_quiet()
            case Expect(steps=steps, fill=fill):
                self._hearing.expect(steps, fill, self._real_ms)
                self._check_expectation()
            case Hush(step=step):
                self._hearing.judged()
                noise = [heard for heard in self._hearing.recent if heard.is_speech]
                if noise:
                    self._fail(self._judge.spoke(step, noise[0], 0.0))
                else:
                    self._want_quiet()
            case Pause(until_ms=until_ms):
                self.clock.schedule(until_ms, wanted, kind="wake")
            case Breathe():
                self._go_on(None)
            case Arrange(step=step, body=body):
                self.calls.faults.append(Fault(step=step, body=body, skip=step.after, left=step.times))
                self._go_on(None)
            case Fail(step=step, code=code, expected=expected, observed=observed):
                outcome: Outcome = "error" if code == "expression" else "failed"
                self._fail(self._judge.verdict(step, outcome, code=code, expected=expected, observed=observed))

    def _speak_if_free(self) -> None:
        """An actor speaks when her last deliveries were answered or failed."""
        wanted = self._wanted
        if not isinstance(wanted, Speak) or self._phase != "playing" or wanted.key in self._acts:
            return
        if not self.deliveries.is_done(self.cast.user_ids[wanted.step.actor]):
            return
        tried_ms = self.deliveries.tried_ms(self.cast.user_ids[wanted.step.actor])
        if tried_ms >= wanted.due_ms:
            wanted = replace(wanted, due_ms=tried_ms + TURN_MS)
            self._timeline.spoken(wanted.due_ms)
        self._acts[wanted.key] = (wanted, [])
        self.clock.schedule(wanted.due_ms, wanted, kind="act", is_prompt=True)

    def _act(self, speak: Speak) -> None:
        """Set on its way what the act gives rise to, and go on."""
        step = speak.step
        if step.verb in SPEAKING_VERBS:
            self._hearing.spoken()
        acted = {"actor": step.actor, "verb": step.verb, "value": speak.value, "step": step.text, "at": step.at}
        acted |= {"place": str(step.place), "delivered": step.deliver.in_words if step.deliver else ""}
        self._note("ActorActed", acted, speak.due_ms)
        postings = self._acts[speak.key][1]
        try:
            events = self.cast.events(speak)
            for event in events:
                postings += self.deliveries.emit(event, kind="act", step_key=speak.key, deliver=step.deliver)
        except CannotAct as error:
            said = {"code": error.code, "expected": error.expected, "observed": error.observed}
            self._fail(self._judge.verdict(step, "failed", **said))
        except InputError as error:
            del self._acts[speak.key]
            self._fail(self._judge.wrong_input(step, error))
        else:
            if not postings:
                why = "not sent: nobody subscribed to it" if events else "not sent: no event comes of it"
                self._add(self._judge.verdict(step, "skipped", code="not-sent", observed=why))
            self._go_on_with(step, partial(self._saved, step, postings))

    def _saved(self, step: ActStep, postings: Sequence[Posting]) -> dict[str, Any]:
        """Give what `save:` takes from the body of the event that the act is about."""
        if not step.save or not postings:
            return {}
        about = self.cast.subject(step, [posting.event for posting in postings])
        payload = next(posting.payload for posting in postings if posting.event is about)
        body = json_or_text(payload.body.decode("utf-8", "replace"))
        return {name: paths.get(body, path) for name, path in step.save.items()}

    def _go_on_with(self, step: ActStep | BotStep, values: Callable[[], dict[str, Any]]) -> None:
        """Go on with the variables that a step gives; a path at which nothing stands ends the story."""
        try:
            self._go_on(values())
        except paths.UnknownPath as error:
            self._fail(self._judge.nothing_to_save(step, error.path, error.nearest))

    # --- what the bot says -------------------------------------------------------------------------------------------

    def _hear(self, reply: Reply) -> None:
        """Take in an accepted call: claim it for the step that waits, or keep it."""
        heard = self._hearing.take(reply, self.cast.name_of(reply.to), self._real_ms)
        self.cast.take(reply)
        if heard.is_speech:
            seen = {"index": heard.index, "actor": heard.actor, "reply": reply}
            self._note("ReplySeen", seen, self.clock.now_ms(self._real_ms))
        if self._phase != "playing":
            return
        if isinstance(self._wanted, Hush) and heard.is_speech:
            self._fail(self._judge.spoke(self._wanted.step, heard, self._real_ms - self._since_ms))
        self._hearing.offer(heard, self._real_ms)
        self._check_expectation()

    def _check_expectation(self) -> None:
        match self._hearing.state(self._real_ms):
            case "met":
                self._expectation_over()
            case "failed":
                self._begin_aftermath()
            case "wants quiet" if not self._quiet_key:
                self._want_quiet()

    def _expectation_over(self) -> None:
        """Judge the step that waited for the bot; the story goes on if it is met."""
        recent = self._hearing.recent
        expectation = self._hearing.let_go(self._real_ms)
        self.clock.met(self._quiet_key, self._real_ms)
        self._quiet_key = 0
        if expectation is None:
            return
        refused = ": ".join(self.calls.refused or ())
        for verdict in self._judge.replied(
            expectation, recent, since_ms=self._since_ms, now_ms=self._real_ms, refused=refused
        ):
            self._add(verdict)
        if self._phase == "playing":
            self._go_on_with(expectation.steps[0], partial(self._hearing.variables, expectation, paths.get))

    # --- what the clock says -----------------------------------------------------------------------------------------

    def _late(self, key: int) -> None:
        """A deadline has run out: that of a reply, or the end of a silence."""
        if isinstance(self._wanted, Hush):
            step = self._wanted.step
            self._add(self._judge.hushed(step, self._real_ms - self._since_ms))
            self._timeline.reach(self._timeline.cursor_ms + step.for_ms)
            self._go_on(None)
        elif self._hearing.expectation is not None and self._phase == "playing":
            self._hearing.late(key)
            self._check_expectation()

    def _quiet(self) -> None:
        self._quiet_key = 0
        self._timeline.reach(self.deliveries.fired_ms)
        if self._phase == "aftermath":
            self._expectation_over()
            self._finish("not reached")
        elif self._phase == "ending":
            self._finish("")
        elif isinstance(self._wanted, Hush):
            within_ms = self._wanted.step.for_ms
            self.clock.expect(self._new_key(), within_ms=within_ms, scope=0, real_ms=self._real_ms, is_fixed=True)
        else:
            self._expectation_over()

    def _stuck(self, goes_on: str) -> None:
        if self._phase == "aftermath":
            self._expectation_over()
        else:
            step = self._wanted.step if self._wanted is not None else self.scenario.steps[-1]
            self._add(self._judge.restless(step, self.clock.patience_ms, goes_on))
        self._finish("not reached")

    def _want_quiet(self) -> None:
        self._quiet_key = self._new_key()
        self.clock.want_quiet(self._quiet_key, scope=0, real_ms=self._real_ms)

    def _begin_aftermath(self) -> None:
        """What is to be judged is certain; what is still in work may yet tell more about it."""
        self._phase = "aftermath"
        self.clock.drop(self._real_ms)
        self.clock.want_quiet(self._new_key(), scope=None, real_ms=self._real_ms, patience_ms=AFTERMATH_MS)

    # --- verdicts and the end ----------------------------------------------------------------------------------------

    def _delivery_ended(self, posting: Posting) -> None:
        """Judge an act once all its deliveries have ended."""
        speak, postings = self._acts.get(posting.step_key, (None, ()))
        if speak is None or any(each.state == "pending" for each in postings):
            return
        del self._acts[speak.key]
        records = [each.record for each in postings]
        verdict = self._judge.delivered(speak.step, records, self.terms.policy.success, speak.fill)
        if verdict.code == "unreachable" and self._phase == "playing":
            self._hearing.let_go(self._real_ms)
            self._fail(verdict)
        else:
            self._add(verdict)

    def _add(self, verdict: Verdict) -> None:
        self.verdicts.append(verdict)
        self._note("VerdictReached", verdict, self.clock.now_ms(self._real_ms))

    def _fail(self, verdict: Verdict) -> None:
        """The story cannot go on: add the verdict, and let end what is in work."""
        self._add(verdict)
        if self._phase == "playing":
            self._begin_aftermath()

    def _finish(self, why_skipped: str) -> None:
        """Judge what holds over the whole story, and end; with a reason, what was not judged is skipped."""
        self._judge_whole(is_whole=not why_skipped)
        if why_skipped:
            sent = [speak.step for speak, postings in self._acts.values() if postings]
            for step in sent:
                self._add(self._judge.verdict(step, "skipped", code="not-reached", observed="its deliveries go on"))
            judged = {verdict.at for verdict in self.verdicts}
            for each in judged_steps(self.scenario.steps):
                if each.at not in judged:
                    self._add(self._judge.verdict(each, "skipped", code="not-reached", observed=why_skipped))
        self._phase, self._acts = "over", {}

    def _judge_whole(self, *, is_whole: bool) -> None:
        """Judge the invariants; of a part of the story only what must never be, for the rest might have come right."""
        deliveries = [posting.record for posting in self.deliveries.postings if posting.attempts]
        for rule in self.scenario.always:
            if not is_whole and rule.never_bot is None and rule.never_operation is None:
                self._add(self._judge.verdict(rule, "skipped", code="not-reached", observed="the story did not end"))
                continue
            try:
                fill = self._timeline.filling("always", rule.never_bot, rule.ack and [rule.ack.headers, rule.ack.body])
            except ExpressionError as error:
                self._add(self._judge.no_value(rule, error.reason))
            else:
                self._add(self._judge.always(rule, deliveries, self._hearing.heard, fill))
        if is_whole and self._is_strict and self._hearing.unclaimed:
            self._add(self._judge.unclaimed(self._hearing.unclaimed))
