"""One story in motion: timeline, clock, wire and judge. No I/O: it says what to do, and is told what came of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

from simulator import paths
from simulator.acts import Act, Acts
from simulator.calls import Fault
from simulator.cast import Cast, Share
from simulator.clock import Due, Late, Nothing, Quiet, StoryClock, Stuck, Timer, pace_of
from simulator.crowd import Crowd
from simulator.delivery.posting import Posting, Send
from simulator.ending import Ending
from simulator.errors import InputError
from simulator.expressions import Sandbox
from simulator.invariants import Invariants
from simulator.journal import Journal
from simulator.judge import Judge
from simulator.listening import Listening
from simulator.player import Over, Player
from simulator.records import Outcome, Reply, StoryResult, Verdict
from simulator.scenario.model import EmitStep, Scenario, Step, judged_steps
from simulator.seeds import stream
from simulator.strand import Strand, Strands
from simulator.streams import Streams
from simulator.terms import Terms
from simulator.timeline import Arrange, Begin, Breathe, Expect, Fail, Hush, Part, Pause, Speak, Timeline, Wanted
from simulator.world import World

AFTERMATH_MS = 6_000
"""How long, in real time, a failed story waits at most for what is in work to end."""

MOMENTS_TO_A_BREATH = 16
"""After so many events of streams that are due at once, what is due is looked at anew, and others get a turn."""

Phase = Literal["before", "playing", "aftermath", "ending", "over", "closed"]
"""aftermath: something failed, what is in work ends; ending: steps are over, streams go on; over: all is judged."""


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
        script: type[Timeline] = Timeline,
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
        self.scenario = scenario
        self.cast = Cast(scenario, terms, world, share)
        self.ids = world.keys()
        """What the provider knows at the beginning, by its ids: people, and what else the scenario says is given."""
        provider_id, offered = terms.provider.id, terms.catalog.reply_fields
        self._judge = Judge(scenario=scenario, provider=provider_id, user_ids=self.cast.user_ids, offered=offered)
        timeline = script(
            scenario,
            start_ms=terms.start_ms,
            sandbox=Sandbox(),
            surroundings=self.cast.surroundings,
            draw=partial(stream, terms.seed),
        )
        self._strands = Strands(timeline, self.clock, self.cast.user_ids)
        self._whole = self._strands.whole
        self._ready: deque[tuple[Strand, Any]] = deque()
        self._failing: Strand | None = None
        """The one whose step got no reply, or too many."""
        self._acts = Acts(self.cast, self.clock, self.deliveries, self._judge, self._note)
        self._crowd = Crowd(terms, world, self.cast.user_ids)
        self._streams = Streams(
            terms, self.clock, self.deliveries, self._crowd, self._judge, fill=timeline.fill, note=self._note
        )
        self._invariants = Invariants(scenario, self._judge, timeline, is_strict=is_strict)
        self._ending = Ending(scenario, terms, self._judge, self._invariants, self._note_verdict, began_ms=real_ms)
        self._add = self._ending.add
        self._listening = Listening(self._strands, self.clock, self._judge, lambda: self.calls.refused)
        self._phase: Phase = "before"
        self.deliveries.on_end = self._delivery_ended
        self.deliveries.is_aside = lambda user_id: user_id in self._crowd and not self._streams.is_over
        self.calls.on_reply = self._hear
        self._listening.on_verdict = self._add
        self._listening.on_met = self._go_on_with
        self._listening.on_missed = self._missed
        self._streams.on_verdict = self._add
        self._streams.on_failure = self._fail
        self._streams.prepare(step for step in judged_steps(scenario.steps) if isinstance(step, EmitStep))

    # --- what the engine calls ---------------------------------------------------------------------------------------

    def next(self, real_ms: float) -> Send | Nothing | Over:
        """Say what is to be done now: an attempt to make, nothing until some time or sign, or that it is over."""
        self._real_ms = real_ms
        if self._phase == "before":
            self._begin()
        moments = 0
        while self._phase not in ("over", "closed"):
            while self._ready and self._phase == "playing":
                strand, outcome = self._ready.popleft()
                self._want(strand, strand.timeline.go_on(outcome))
                if isinstance(strand.wanted, Breathe):
                    return Nothing(real_ms)
            self._acts.go_on()
            signal = self.clock.next(real_ms)
            match signal:
                case Due(timer):
                    send = self._due(timer)
                    if send is not None:
                        return send
                    moments += timer.kind == "moment"
                    if moments == MOMENTS_TO_A_BREATH:
                        return Nothing(real_ms)
                case Late(key):
                    self._late(key)
                case Quiet(key):
                    self._quiet(key)
                case Stuck(key, goes_on):
                    self._stuck(key, goes_on)
                case Nothing():
                    return signal
        return Over()

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

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """What was judged so far."""
        return self._ending.verdicts

    def result(self, real_ms: float) -> StoryResult:
        """Give how the story went, as far as it has gone."""
        sent, calls = self.deliveries, self.calls.count
        hearing = self._whole.hearing
        return self._ending.result(real_ms, hearing, deliveries=sent.count, attempts=sent.attempts, calls=calls)

    # --- the steps ---------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._phase, self._ending.began_ms = "playing", self._real_ms
        self.clock.begin(self._real_ms)
        about = {"scenario": self.scenario.name, "provider": self.terms.provider.id, "seed": self.terms.seed}
        about |= {"file": self.scenario.file, "line": self.scenario.place.line}
        about |= {"case": self.scenario.case.name if self.scenario.case is not None else ""}
        self._note("StoryStarted", about, self.terms.start_ms)
        self._want(self._whole, self._whole.timeline.begin())

    def _go_on(self, strand: Strand, outcome: Any = None) -> None:
        """Tell a strand how its last wish ended, as soon as `next` is asked; steps that end at once do not nest."""
        self._ready.append((strand, outcome))

    def _want(self, strand: Strand, wanted: Wanted | None) -> None:
        """Take up what a strand wants next; None: its steps are over."""
        strand.wanted = wanted
        strand.since_ms = self._real_ms
        match wanted:
            case None:
                self._steps_over(strand)
            case Speak():
                self._acts.want(strand, wanted)
            case Expect():
                self._listening.expect(strand, wanted, self._real_ms)
            case Hush():
                self._listening.hush(strand, wanted, self._real_ms)
            case Pause(until_ms=until_ms):
                self.clock.schedule(until_ms, strand, kind="wake", scope=strand.scope)
            case Part():
                for begun in self._strands.part(strand, wanted):
                    self._go_on(begun)
                if not strand.running:
                    self._go_on(strand)
            case Begin() | Arrange() | Breathe():
                self._arrange(wanted)
                self._go_on(strand)
            case Fail(step=failed, code=code, expected=expected, observed=observed):
                outcome: Outcome = "error" if code == "expression" else "failed"
                self._fail(self._judge.verdict(failed, outcome, code=code, expected=expected, observed=observed))

    def _arrange(self, wanted: Begin | Arrange | Breathe) -> None:
        """Do what a strand need not wait for."""
        if isinstance(wanted, Begin):
            self._streams.begin(wanted, self._real_ms)
        elif isinstance(wanted, Arrange):
            step = wanted.step
            self.calls.faults.append(Fault(step=step, body=wanted.body, skip=step.after, left=step.times))

    def _steps_over(self, strand: Strand) -> None:
        """A strand has come to its end: the story goes on when all of its kind have, and ends with the whole."""
        parent = strand.parent
        if parent is None:
            self._phase = "ending"
            self._end_if_over()
            return
        for ended in self._strands.ended(strand, parent):
            self.deliveries.fold(ended.scope, parent.scope)
        if not parent.running:
            self._go_on(parent)

    # --- what is due -------------------------------------------------------------------------------------------------

    def _due(self, timer: Timer) -> Send | None:
        """Do what is due; give the attempt that is to be made, if that is what it comes to."""
        if timer.kind == "wake":
            self._go_on(timer.what)
        elif timer.kind == "moment":
            if self._phase in ("playing", "ending"):
                self._streams.come(timer, self._real_ms)
                self._end_if_over()
        elif isinstance(timer.what, Act):
            if self._phase == "playing":
                self._perform(timer.what)
            self.clock.dismiss(timer)
        else:
            return self.deliveries.fire(timer)
        return None

    def _perform(self, act: Act) -> None:
        """Set on its way what the act gives rise to, and go on."""
        step = act.speak.step
        events, verdict = self._acts.perform(act)
        if verdict is not None and verdict.outcome != "skipped":
            self._fail(verdict)
            return
        if verdict is not None:
            self._add(verdict)
        try:
            self._streams.occurred(events, act.postings)
        except InputError as error:
            self._fail(self._judge.wrong_input(step, error))
        else:
            self._go_on_with(act.strand, step, lambda: self._acts.saved(act))

    def _go_on_with(self, strand: Strand, step: Step, values: Callable[[], Mapping[str, Any]]) -> None:
        """Go on with the variables that a step gives; a path at which nothing stands ends the story."""
        if self._phase != "playing":
            return
        try:
            self._go_on(strand, values())
        except paths.UnknownPath as error:
            self._fail(self._judge.nothing_to_save(step, error.path, error.nearest))

    # --- what the bot says -------------------------------------------------------------------------------------------

    def _hear(self, reply: Reply) -> None:
        """Take in an accepted call: claim it for a step that waits, or keep it."""
        if reply.to in self._crowd:
            # Nobody waits for what is said to the people of streams, and they may be without number.
            self._ending.aside_replies += reply.kind != "call"
            self._invariants.hear(reply, self._real_ms)
            return
        actor, chat = self.cast.name_of(reply.to), self.cast.chat_of(reply.chat)
        heard = self._whole.hearing.take(reply, actor, self._real_ms, chat)
        self.cast.take(reply)
        if heard.is_speech:
            seen = {"index": heard.index, "actor": heard.actor, "reply": reply}
            self._note("ReplySeen", seen, self.clock.now_ms(self._real_ms))
        if self._phase == "playing":
            self._listening.hear(heard, self._real_ms)
        elif self._phase == "aftermath":
            self._listening.hear_late(self._real_ms)

    def _missed(self, strand: Strand | None, verdict: Verdict | None) -> None:
        """The bot said too much or too little, so that the story cannot go on."""
        if verdict is not None:
            self._fail(verdict)
        else:
            self._failing = strand
            self._begin_aftermath()

    # --- what the clock says -----------------------------------------------------------------------------------------

    def _late(self, key: int) -> None:
        """A deadline has run out: that of a reply, or the end of a silence."""
        strand = self._strands.of_key(key)
        if strand is not None and self._phase == "playing":
            self._listening.late(strand, key, self._real_ms)

    def _quiet(self, key: int) -> None:
        strand = self._strands.of_key(key) or self._whole
        strand.quiet_key = 0
        strand.timeline.reach(self.deliveries.tried_ms(scopes=strand.scopes))
        if self._phase == "aftermath":
            self._aftermath_over()
        elif self._phase == "ending":
            self._finish("")
        else:
            self._listening.quiet(strand, self._real_ms)

    def _stuck(self, key: int | None, goes_on: str) -> None:
        if self._phase == "aftermath":
            self._aftermath_over()
            return
        strand = self._strands.of_key(key)
        step = strand.wanted.step if strand is not None and strand.wanted is not None else self._strands.first_step()
        step = step or self.scenario.steps[-1]
        self._add(self._judge.restless(step, self.clock.patience_ms, goes_on))
        self._finish("not reached")

    # --- when something failed ---------------------------------------------------------------------------------------

    def _begin_aftermath(self) -> None:
        """What is to be judged is certain; what is still in work may yet tell more about it."""
        self._phase = "aftermath"
        self.clock.drop(self._real_ms)
        if self._failing is not None:
            self._listening.linger(self._failing, self._real_ms)
        self.clock.want_quiet(self._strands.key(0), scopes=None, real_ms=self._real_ms, patience_ms=AFTERMATH_MS)

    def _aftermath_over(self) -> None:
        if self._failing is not None:
            self._listening.judge(self._failing, self._real_ms)
        self._finish("not reached")

    # --- verdicts and the end ----------------------------------------------------------------------------------------

    def _delivery_ended(self, posting: Posting) -> None:
        """Count a delivery that has ended, and judge an act once all of its own have."""
        self._invariants.count(posting)
        if posting.kind == "stream":
            self._streams.ended(posting, self._real_ms)
            self._end_if_over()
            return
        verdict = self._acts.ended(posting, self.terms.policy.success)
        if verdict is not None and verdict.code == "unreachable" and self._phase == "playing":
            self._fail(verdict)
        elif verdict is not None:
            self._add(verdict)

    def _note_verdict(self, verdict: Verdict) -> None:
        self._note("VerdictReached", verdict, self.clock.now_ms(self._real_ms))

    def _fail(self, verdict: Verdict) -> None:
        """The story cannot go on: add the verdict, and let end what is in work."""
        self._add(verdict)
        if self._phase in ("playing", "ending"):
            self._begin_aftermath()

    def _end_if_over(self) -> None:
        """Once the steps and the streams are over, the story ends when nothing more comes of them."""
        if self._phase == "ending" and not self._whole.quiet_key and self._streams.is_over:
            if self._streams.count:
                self.clock.note("the end of the streams", self._real_ms)
            self._listening.want_quiet(self._whole, self._real_ms, with_aside=True)

    def _finish(self, why_skipped: str) -> None:
        """Judge what holds over the whole story, and end; with a reason, what was not judged is skipped."""
        if not why_skipped:
            self._streams.close(self._real_ms)
            self.calls.close(self.clock.now_ms(self._real_ms))
        going_on: list[tuple[Step, str]] = [(act.speak.step, "its deliveries go on") for act in self._acts.sent]
        going_on += [(step, "its events go on") for step in self._streams.steps]
        hearing, called = self._whole.hearing, self.calls.operations
        self._ending.conclude(hearing, called, why_skipped=why_skipped, going_on=going_on)
        self._phase = "over"
