"""A scenario as the engine plays it: short forms written out, durations in milliseconds, every step with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from simulator.errors import Problem
from simulator.faults import Deliver
from simulator.records import Place

Span = tuple[int, int]
"""A duration in milliseconds, drawn between the two, both included; equal where it is fixed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AckWanted:
    """What the bot's HTTP answer to a delivery must be."""

    status: str | None = None
    """A number, `2xx`, or a list with commas."""
    within_ms: int | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    """Name → text matcher."""
    body: Any = None
    """A text matcher, or dotted path → matcher for JSON."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What all steps have."""

    place: Place
    at: str
    """The place in the document: `steps[2].bot`."""
    text: str
    """The step in one line, as written."""
    key: str
    """Its own text and how many equal steps come before it: what its ids and drawn values hang on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ActStep(Step):
    """An actor does something."""

    actor: str
    verb: str
    """text, image, video, audio, file, location, contact, sticker, url, tap, reads, types, opens, leaves, event or
    raw."""
    value: Any = None
    """As written, expressions unfilled; for `event` the event type, for `raw` the body."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What stands beside the verb, expressions unfilled: a caption, `in`, and for `event` nothing."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """`with:`, expressions unfilled."""
    event: str = ""
    """`raw:` beside `event:`: the type under which the body is sent."""
    deliver: Deliver | None = None
    ack: AckWanted | None = None
    save: Mapping[str, str] = field(default_factory=dict)
    """Variable → dotted path in the body that was sent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BotStep(Step):
    """What the bot must say."""

    wanted: Mapping[str, Any] = field(default_factory=dict)
    """Field of a reply (text, buttons, image, cards, typing, location, raw, …) → matcher as written."""
    to: str | None = None
    """The actor it must speak to; None: any of the story."""
    chat: str | None = None
    """`in:`, the conversation of `given` in which it must speak; None: any."""
    operation: str | None = None
    within_ms: int = 5_000
    """0: no longer than until quiet, for an optional reply of which the file does not say how long it may take."""
    times: int | None = None
    """Exactly so many, judged at quiet; None: one, and on at once."""
    is_optional: bool = False
    save: Mapping[str, str] = field(default_factory=dict)
    """Variable → dotted path in the native call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TogetherStep(Step):
    """All of these, in any order."""

    steps: tuple[BotStep, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SilenceStep(Step):
    """After quiet, no reply for this long, in real time."""

    for_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitStep(Step):
    """The scenario's clock moves: by a duration, or until a moment."""

    span: Span = (0, 0)
    until: str | None = None
    """An ISO 8601 time or a cron line, expressions unfilled; it takes the place of `span`."""
    zone: str = "UTC"
    """The time zone in which a cron line, or a time without one, is read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RepeatStep(Step):
    """A loop."""

    times: int | None = None
    until: str | None = None
    at_most: int | None = None
    """Always there with `until`."""
    steps: tuple[AnyStep, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class IfStep(Step):
    """A branch."""

    test: str
    """A bare expression."""
    steps: tuple[AnyStep, ...]
    otherwise: tuple[AnyStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of the ways that a story may go."""

    weight: float = 1.0
    steps: tuple[AnyStep, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChooseStep(Step):
    """One way of several, drawn from the seed by their weights."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MeanwhileStep(Step):
    """Several strands side by side; the story goes on when all of them are done."""

    strands: tuple[tuple[AnyStep, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EmitStep(Step):
    """
    A stream of events on a schedule; the steps after it go on beside it.

    Without `rate_per_s`, `every` or `cron` there is one moment: now, or with `after` each event of that type.
    """

    event: str
    """The provider's event type, `/variant` included."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """`with:`, expressions unfilled; they are filled anew for each event."""
    rate_per_s: float | None = None
    every: Span | None = None
    """Time between two moments; drawn for each where it is a range."""
    cron: str | None = None
    zone: str = "UTC"
    """The time zone in which `cron` is read."""
    burst: int = 1
    """Events at each moment."""
    lasting_ms: int | None = None
    """How long moments follow, from the step on; None: until `count` is reached."""
    count: int | None = None
    """How many events in all; None: as many as `lasting_ms` allows."""
    arrivals: Literal["uniform", "poisson"] = "uniform"
    """For `rate_per_s`: equal gaps, or those of independent arrivals."""
    actors: int | tuple[str, ...] | None = None
    """So many people drawn for this stream, or actors by name; None: the actors of the file, or one person."""
    after: str | None = None
    """Each event of this type causes one, with its actor and its ids."""
    lag: Span = (0, 0)
    """For `after`: how much later than its cause."""
    chance: float = 1.0
    """How likely each event is, 0 to 1; drawn from the seed."""
    deliver: Deliver | None = None
    ack: AckWanted | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SetStep(Step):
    """Variables."""

    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class IncludeStep(Step):
    """The steps of another file, already read; they see its `vars` beside the story's."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[AnyStep, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiStep(Step):
    """The next calls of an operation get this answer instead of the right one."""

    operation: str
    """The provider's own, or `reply` for all through which the bot speaks."""
    error: str | None = None
    """A named error of the catalog."""
    status: int | None = None
    body: Any = None
    delay_ms: int | None = None
    """The right answer, so much later, in real time."""
    times: int = 1
    after: int = 0


AnyStep = (
    ActStep
    | BotStep
    | TogetherStep
    | SilenceStep
    | WaitStep
    | EmitStep
    | RepeatStep
    | IfStep
    | ChooseStep
    | MeanwhileStep
    | SetStep
    | IncludeStep
    | ApiStep
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Always:
    """An invariant over the whole run."""

    place: Place
    at: str
    text: str
    ack: AckWanted | None = None
    p50_ms: int | None = None
    p99_ms: int | None = None
    lost: int | None = None
    never_bot: Mapping[str, Any] | None = None
    """Field of a reply → matcher that none may match."""
    never_operation: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who may speak; what is not given is drawn in the locale."""

    name: str
    locale: str = "en_US"
    profile: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the profile that the file sets, expressions unfilled."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """When the story begins and how its time passes."""

    start_ms: int | None = None
    """Unix milliseconds; None: now."""
    pace: str = "instant"
    """instant, real, or a factor such as `10x`."""
    settle_ms: int = 50
    patience_ms: int = 30_000
    """How long quiet is waited for, in real time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One row of the table under `cases:`."""

    name: str
    """What tells it from the others in a report: its values in one line."""
    values: Mapping[str, Any]
    """Variables of the story, over those of `vars:`, expressions unfilled."""
    place: Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """How many of a story there shall be, and how they arrive; `run` plays it once."""

    actors: int | None = None
    """How many stories are played at the same time at most."""
    rate_per_s: float | None = None
    """How many stories begin each second."""
    lasting_ms: int | None = None
    ramp_ms: int = 0
    """How long it takes from nothing to the full number or rate."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """One file, read and checked."""

    name: str
    file: str
    """As given on the command line, or relative to the working directory."""
    folder: str
    """Absolute folder of the file, for media and includes."""
    about: str = ""
    tags: tuple[str, ...] = ()
    providers: tuple[str, ...]
    endpoint: str | Mapping[str, str] | None = None
    """The bot's URL; or one by provider, and by `provider.endpoint` where a provider has several."""
    credentials: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Provider → name → value, the environment already read."""
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int
    clock: Clock = field(default_factory=Clock)
    actors: Mapping[str, Actor] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    """The story is played once for each; without any, once."""
    case: Case | None = None
    """The row that this pass is played for; its values stand in `variables` already."""
    steps: tuple[AnyStep, ...]
    always: tuple[Always, ...] = ()
    load: Load | None = None
    warnings: tuple[Problem, ...] = ()
    """What is doubtful in the file and no error, by place."""
    place: Place


def passes(scenario: Scenario) -> tuple[Scenario, ...]:
    """Give the scenario once for each row of its table, with the row's values before the variables, which read them."""
    return tuple(
        replace(scenario, cases=(), case=case, variables={**case.values, **scenario.variables, **case.values})
        for case in scenario.cases
    ) or (scenario,)


def inner_steps(step: AnyStep) -> tuple[AnyStep, ...]:
    """Give the steps that stand inside a step, of all its branches."""
    match step:
        case IfStep():
            return (*step.steps, *step.otherwise)
        case ChooseStep():
            return tuple(inner for choice in step.choices for inner in choice.steps)
        case MeanwhileStep():
            return tuple(inner for strand in step.strands for inner in strand)
        case RepeatStep() | IncludeStep() | TogetherStep():
            return tuple(step.steps)
    return ()


def all_steps(steps: Iterable[AnyStep]) -> Iterator[AnyStep]:
    """Give these steps and all that stand inside them."""
    for step in steps:
        yield step
        yield from all_steps(inner_steps(step))


def changed_steps(steps: Sequence[AnyStep], change: Callable[[AnyStep], AnyStep]) -> tuple[AnyStep, ...]:
    """Give the steps as a function changes each that holds no others, in all branches."""
    return tuple(_changed_step(step, change) for step in steps)


def _changed_step(step: AnyStep, change: Callable[[AnyStep], AnyStep]) -> AnyStep:
    match step:
        case IfStep():
            then, otherwise = changed_steps(step.steps, change), changed_steps(step.otherwise, change)
            return replace(step, steps=then, otherwise=otherwise)
        case ChooseStep():
            choices = (replace(each, steps=changed_steps(each.steps, change)) for each in step.choices)
            return replace(step, choices=tuple(choices))
        case MeanwhileStep():
            return replace(step, strands=tuple(changed_steps(strand, change) for strand in step.strands))
        case RepeatStep() | IncludeStep():
            return replace(step, steps=changed_steps(step.steps, change))
    return change(step)


def judged_steps(steps: Sequence[AnyStep]) -> list[ActStep | BotStep | SilenceStep | EmitStep]:
    """Give the steps that get a verdict, in the order of the file, those inside others too."""
    found: list[ActStep | BotStep | SilenceStep | EmitStep] = []
    for step in steps:
        if isinstance(step, ActStep | BotStep | SilenceStep | EmitStep):
            found.append(step)
        found += judged_steps(inner_steps(step))
    return found
