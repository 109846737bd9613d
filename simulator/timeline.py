"""A scenario in motion: what is wanted next, given what was seen. It sends, judges and waits for nothing itself."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator import schedule
from simulator.expressions import ExpressionError, Sandbox
from simulator.match import Fill
from simulator.match.form import filled
from simulator.scenario.model import (
    ActStep,
    AnyStep,
    ApiStep,
    BotStep,
    ChooseStep,
    EmitStep,
    IfStep,
    IncludeStep,
    MeanwhileStep,
    RepeatStep,
    Scenario,
    SetStep,
    SilenceStep,
    Step,
    TogetherStep,
    WaitStep,
)

TURN_MS = 100
"""How long after one act the next is due where the story names no time; calls between them are stamped within it."""


STEPS_TO_A_BREATH = 500
"""So many steps are played before others get a turn: calls must be answered, and a person may want to end it."""

MOST_STEPS = 1_000_000
"""Steps of one story with all its rounds."""

LATEST_MS = 253_370_764_800_000
"""The beginning of the year 9999: times after it have no usual form, and retries still need room."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Speak:
    """An actor does something; answered with the body that was sent."""

    step: ActStep
    key: str
    """The step's key, and its round where it stands in a loop: unique in the story."""
    due_ms: int
    value: Any
    extra: Mapping[str, Any]
    overrides: Mapping[str, Any]
    fill: Fill
    """What the expressions of its `ack:` stand for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expect:
    """The bot must say something; answered with the variables that its replies gave."""

    step: BotStep | TogetherStep
    steps: tuple[BotStep, ...]
    """One, or those that may come in any order."""
    fill: Fill
    """What the expressions of their matchers stand for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hush:
    """The bot must say nothing; answered when that is over."""

    step: SilenceStep


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Time passes; answered when it is that late."""

    step: WaitStep
    until_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Several strands go on side by side; answered when all of them are over."""

    step: MeanwhileStep
    strands: tuple[Timeline, ...]
    """One for each, in the order of the file, to be asked by `go_on`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Begin:
    """A stream of events begins; answered at once."""

    step: EmitStep
    key: str
    """The step's key, and its round: unique in the story."""
    at_ms: int
    """From when it counts its time."""
    fill: Fill
    """What the expressions of its `ack:` stand for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrange:
    """The API shall answer its next calls otherwise; answered at once."""

    step: ApiStep
    body: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Fail:
    """The story cannot go on here; it ends."""

    step: Step
    code: str
    expected: str
    observed: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Breathe:
    """Nothing: the steps only give others a turn, after many that wanted nothing; answered at once."""

    step: Step


@dataclass(frozen=True, kw_only=True, slots=True)
class Rest:
    """Nothing, until there are more steps; answered when they have come. `step` is the last one."""

    step: Step


Wanted = Speak | Expect | Hush | Pause | Part | Begin | Arrange | Fail | Breathe | Rest


class Timeline:
    """
    One pass through a scenario's steps: ask `begin`, do what it wants, tell the outcome to `go_on`, until None.

    Each strand of a `meanwhile` is one of its own, with its own time; the variables are shared.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        start_ms: int,
        sandbox: Sandbox,
        surroundings: Callable[[str, int], Mapping[str, Any]],
        draw: Callable[[str], random.Random],
    ) -> None:
        """
        Stand before the first step.

        `surroundings` gives what expressions see beside the variables (`actors`, `provider`, `fake`, `ids`, `now`), for
        a step's key and the story time; `draw` gives the random stream of a key.
        """
        self._scenario = scenario
        self._sandbox = sandbox
        self._surroundings = surroundings
        self._draw = draw
        self._cursor_ms = start_ms
        self._spoke_ms: int | None = None
        self._played = itertools.count(1)
        self.variables: dict[str, Any] = {}
        self._steps = self._play(scenario.steps, "")

    @property
    def cursor_ms(self) -> int:
        """The story time that the steps have come to."""
        return self._cursor_ms

    def reach(self, story_ms: int) -> None:
        """The story has come at least that far: whoever waited for quiet goes on after all that came before it."""
        self._cursor_ms = max(self._cursor_ms, story_ms)

    def spoken(self, due_ms: int) -> None:
        """An actor speaks then, later than she wanted, since what she did before took so long to be given up."""
        self.reach(due_ms)
        self._spoke_ms = due_ms

    def begin(self) -> Wanted | None:
        """Set the variables, and give what the first step wants; None: the story has no more steps."""
        try:
            for name, value in self._scenario.variables.items():
                self.variables[name] = self.fill(value, f"vars.{name}")
        except ExpressionError as error:
            return Fail(
                step=self._scenario.steps[0],
                code="expression",
                expected=f"a value for vars.{name}",
                observed=error.reason,
            )
        return self.go_on(None)

    def go_on(self, outcome: Any) -> Wanted | None:
        """Give what is wanted next, now that the last one had this outcome; None: the steps are over."""
        try:
            return self._steps.send(outcome)
        except StopIteration:
            return None

    def fill(self, value: Any, key: str, now_ms: int | None = None) -> Any:
        """
        Give the value with its expressions filled in, as of now or of that story time.

        Raises:
            ExpressionError: a name is unknown, or a limit was reached.
        """
        return self._sandbox.fill(value, self._scope(key, now_ms)) if has_expression(value) else value

    def filling(self, key: str, *matchers: Any) -> Fill:
        """
        Give what fills in the expressions of these matchers, each with the value that it has now.

        Raises:
            ExpressionError: as `fill`; matching then meets none any more.
        """
        values: dict[str, Any] = {}

        def fill(source: str) -> Any:
            if source not in values:
                values[source] = self.fill(source, key)
            return values[source]

        for matcher in matchers:
            filled(matcher, fill)
        return fill

    def _scope(self, key: str, now_ms: int | None = None) -> dict[str, Any]:
        now_ms = self._cursor_ms if now_ms is None else now_ms
        return {**self._surroundings(key, now_ms), "vars": self.variables, **self.variables}

    # --- one generator for each level of steps -----------------------------------------------------------------------

    def _play(self, steps: Sequence[AnyStep], rounds: str) -> Generator[Wanted, Any, None]:
        for step in steps:
            played = next(self._played)
            if played > MOST_STEPS:
                expected = f"a story of at most {MOST_STEPS} steps, rounds counted"
                yield Fail(step=step, code="too-many-steps", expected=expected, observed="it goes on")
            if played % STEPS_TO_A_BREATH == 0:
                yield Breathe(step=step)
            if self._cursor_ms > LATEST_MS:
                yield Fail(
                    step=step, code="wrong-time", expected="a story before the year 9999", observed="a later one"
                )
            try:
                yield from self._play_one(step, rounds)
            except ExpressionError as error:
                yield Fail(
                    step=step, code="expression", expected="an expression that has a value", observed=error.reason
                )

    def _play_one(self, step: AnyStep, rounds: str) -> Generator[Wanted, Any, None]:
        key = step.key + rounds
        match step:
            case ActStep():
                yield from self._speak(step, key)
            case BotStep():
                self.variables.update((yield self._expect(step, (step,), key)))
            case TogetherStep():
                self.variables.update((yield self._expect(step, step.steps, key)))
            case SilenceStep():
                yield Hush(step=step)
            case WaitStep():
                yield from self._wait(step, key)
            case EmitStep():
                fill = self.filling(key, step.ack and [step.ack.headers, step.ack.body])
                yield Begin(step=step, key=key, at_ms=self._cursor_ms, fill=fill)
            case SetStep():
                for name, value in step.values.items():
                    self.variables[name] = self.fill(value, f"{key}/{name}")
            case ApiStep():
                yield Arrange(step=step, body=self.fill(step.body, key))
            case _:
                yield from self._play_inner(step, rounds, key)

    def _play_inner(
        self, step: RepeatStep | IfStep | ChooseStep | MeanwhileStep | IncludeStep, rounds: str, key: str
    ) -> Generator[Wanted, Any, None]:
        """Play a step that is made of others."""
        match step:
            case RepeatStep():
                yield from self._repeat(step, rounds, key)
            case IfStep():
                is_so = self._sandbox.evaluate(step.test, self._scope(key))
                yield from self._play(step.steps if is_so else step.otherwise, rounds)
            case ChooseStep():
                weights = [choice.weight for choice in step.choices]
                [chosen] = self._draw(f"choose/{key}").choices(step.choices, weights)
                yield from self._play(chosen.steps, rounds)
            case MeanwhileStep():
                yield from self._part(step, rounds)
            case IncludeStep():
                yield from self._include(step, rounds, key)

    def _expect(self, step: BotStep | TogetherStep, steps: tuple[BotStep, ...], key: str) -> Expect:
        return Expect(step=step, steps=steps, fill=self.filling(key, *(each.wanted for each in steps)))

    def _speak(self, step: ActStep, key: str) -> Generator[Wanted, Any, None]:
        if self._spoke_ms is not None:
            self._cursor_ms = max(self._cursor_ms, self._spoke_ms + TURN_MS)
        self._spoke_ms = self._cursor_ms
        speak = Speak(
            step=step,
            key=key,
            due_ms=self._cursor_ms,
            value=self.fill(step.value, key),
            extra=self.fill(step.extra, key),
            overrides=self.fill(step.overrides, key),
            fill=self.filling(key, step.ack and [step.ack.headers, step.ack.body]),
        )
        self.variables.update((yield speak))

    def _wait(self, step: WaitStep, key: str) -> Generator[Wanted, Any, None]:
        if step.until is None:
            self._cursor_ms += self._draw(f"wait/{key}").randint(*step.span)
        else:
            until = self.fill(step.until, key)
            try:
                is_time = isinstance(until, int | float) and not isinstance(until, bool)
                until_ms = int(until) if is_time else schedule.moment_after(str(until), step.zone, self._cursor_ms)
            except ValueError as error:
                yield Fail(step=step, code="wrong-time", expected="a time, or a cron line", observed=str(error))
                return
            # What is past by now is not waited for.
            self._cursor_ms = max(self._cursor_ms, until_ms)
        yield Pause(step=step, until_ms=self._cursor_ms)

    def _part(self, step: MeanwhileStep, rounds: str) -> Generator[Wanted, Any, None]:
        strands = []
        for steps in step.strands:
            strand = copy.copy(self)
            strand._steps = strand._play(steps, rounds)
            strands.append(strand)
        yield Part(step=step, strands=tuple(strands))
        self.reach(max((strand.cursor_ms for strand in strands), default=self._cursor_ms))
        spoken = [strand._spoke_ms for strand in strands if strand._spoke_ms is not None]
        self._spoke_ms = max(spoken, default=self._spoke_ms)

    def _repeat(self, step: RepeatStep, rounds: str, key: str) -> Generator[Wanted, Any, None]:
        most = step.times if step.times is not None else step.at_most or 1
        for number in range(1, most + 1):
            yield from self._play(step.steps, f"{rounds}#{number}")
            if step.until is not None and self._sandbox.evaluate(step.until, self._scope(f"{key}#{number}")):
                return
        if step.until is not None:
            yield Fail(
                step=step,
                code="not-reached",
                expected=f"{step.until} within {most} rounds",
                observed=f"not so after {most} rounds",
            )

    def _include(self, step: IncludeStep, rounds: str, key: str) -> Generator[Wanted, Any, None]:
        """Play the file's steps; its own variables are gone afterwards, what it captured and saved stays."""
        before = dict(self.variables)
        own = {name: self.fill(value, f"{key}/{name}") for name, value in step.variables.items()}
        self.variables.update(own)
        yield from self._play(step.steps, rounds)
        for name in own:
            if name in before:
                self.variables[name] = before[name]
            else:
                self.variables.pop(name, None)


def has_expression(value: Any) -> bool:
    """Tell whether there is anything to fill in, in a text or in any text of a map or a list."""
    if isinstance(value, str):
        return "{{" in value
    if isinstance(value, Mapping):
        return any(has_expression(key) or has_expression(inner) for key, inner in value.items())
    return isinstance(value, list | tuple) and any(has_expression(inner) for inner in value)
