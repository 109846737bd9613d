"""Stories that passed, played again on a provider that has a bad day, to see whether the bot says the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace

from simulator.clock import wall_ms
from simulator.exchange import Recording, compare, counted, refused
from simulator.faults import Deliver
from simulator.journal import Journal
from simulator.records import Audit, AuditFinding, Entry, StoryResult
from simulator.scenario.model import ActStep, AnyStep, EmitStep, MeanwhileStep, Scenario, all_steps, changed_steps
from simulator.suite import Play, Suite

APART_MS = (1_000, 30_000)
"""How much later than due copies go out that go out apart, in story time; the bot has settled in between."""

VARIANTS: Mapping[str, Deliver] = {
    "copies together": Deliver(copies=2),
    "copies apart": Deliver(copies=2, latency=APART_MS),
    "out of order": Deliver(reorder=1),
    "a retry after a lost answer": Deliver(retry=1),
    "all of them": Deliver(copies=2, latency=APART_MS, reorder=1, retry=1),
}
"""Name → what is done to every delivery of an act or of a stream, on top of what the story itself does to it."""

BEGIN_APART_MS = 1_000
"""So much later each time a story begins that has a fixed start: a bot that remembers shall see no duplicate."""


def idempotency(journal: Journal) -> Callable[[Suite], Awaitable[None]]:
    """
    Give what plays each story again that passed, once for each of `VARIANTS`, and tells the journal what differs.

    It listens from now on, since it compares with what the bot said the first time. The bot is started anew where the
    run starts it; the seed is the same and the start another one, so that names and texts are the same and ids are not.
    """
    recorder = _Recorder()
    unsubscribe = journal.subscribe(recorder)

    async def audit(suite: Suite) -> None:
        passed = [
            (play, result)
            for play in suite.plays
            if (result := suite.result_of(play)) is not None and result.outcome == "passed"
        ]
        findings: list[AuditFinding] = []
        stories = 0
        try:
            for play, result in passed:
                stories += 1
                async for found in _differences(suite, play, result, recorder):
                    findings.append(found)  # noqa: PERF401 - after Ctrl-C there is what was found until then
        finally:
            unsubscribe()
            whole = Audit(kind="idempotency", variants=tuple(VARIANTS), stories=stories, findings=tuple(findings))
            journal.append("AuditFinished", whole, at_ms=wall_ms())

    return audit


class _Recorder:
    """Listens to a journal and keeps a recording of each story, each time that it is played."""

    def __init__(self) -> None:
        self._recordings: dict[tuple[int, str], Recording] = {}

    def __call__(self, entry: Entry) -> None:
        if entry.story:
            self._recordings.setdefault((entry.story, entry.variant), Recording()).take(entry)

    def take_out(self, play: Play, variant: str = "") -> Recording:
        return self._recordings.pop((play.number, variant), Recording())


async def _differences(
    suite: Suite, play: Play, result: StoryResult, recorder: _Recorder
) -> AsyncIterator[AuditFinding]:
    first = recorder.take_out(play)
    for number, (variant, harm) in enumerate(VARIANTS.items(), 1):
        start_ms = result.start_ms + number * BEGIN_APART_MS if play.start_ms is not None else None
        harmed = imposed(play.scenario, harm)
        again = await suite.again(play, harmed, start_ms=start_ms, variant=variant)
        found = compare(first, recorder.take_out(play, variant), is_ordered=is_in_order(harmed))
        if found is None and not harm.reorder:
            found = refused(again)
        if found is None:
            found = counted(result, again)
        if found is not None:
            exchange, wanted, said = found
            yield AuditFinding(
                story=play.number,
                scenario=play.scenario.name,
                provider=play.provider,
                case=result.case,
                variant=variant,
                step=exchange.step,
                place=exchange.place,
                wanted=wanted,
                found=said,
                deliveries=tuple(exchange.deliveries),
            )


def imposed(scenario: Scenario, harm: Deliver) -> Scenario:
    """Give the scenario with this done to every delivery of an act or of a stream that the bot is to accept."""

    def change(step: AnyStep) -> AnyStep:
        return replace(step, deliver=laid(step.deliver, harm)) if isinstance(step, ActStep | EmitStep) else step

    return replace(scenario, steps=changed_steps(scenario.steps, change))


def laid(own: Deliver | None, harm: Deliver) -> Deliver:
    """
    Give what a story does to a delivery with this on top of it, so that nothing of the story's own is missing.

    What is forged or never arrives stays as it is: a copy of it would say nothing. What the story does by chance is
    done to the same events as before, and to the others only this.
    """
    if own is None:
        return harm
    both = own
    if not own.is_forged and not own.is_dropped:
        both = replace(
            own,
            copies=max(own.copies, harm.copies),
            latency=own.latency or harm.latency,
            reorder=max(own.reorder, harm.reorder),
            is_first_in_order=not own.reorder or own.copies > 1,
            retry=max(own.retry, harm.retry),
        )
    return replace(both, otherwise=harm) if own.chance < 1 else both


def is_in_order(scenario: Scenario) -> bool:
    """True where one thing happens after another, so that what the bot says to each is known by when it says it."""
    steps = list(all_steps(scenario.steps))
    delivers = [step.deliver for step in steps if isinstance(step, ActStep)]
    is_alone = not any(isinstance(step, MeanwhileStep | EmitStep) for step in steps)
    return is_alone and not any(each.reorder for each in delivers if each is not None)
