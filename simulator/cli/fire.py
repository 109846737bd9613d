"""`fire`: events now, signed, and how the bot took them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli import form, names, options

if TYPE_CHECKING:
    from simulator.cli.sample import Sample
    from simulator.cli.volley import Shot
    from simulator.histogram import Histogram
    from simulator.records import ScheduledEvent, SignedRequest
    from simulator.report.screen import Screen, Span

MOST_COPIES = 1_000
"""So many as a story may have of an event."""

MOST_OPEN = 100
"""So many events may wait for answers at once, without --concurrency; beyond that, `--rate` falls behind."""

SHORT_BODY, LONGEST_BODY = 300, 100_000
"""Characters of a body that are shown, and with `-v`."""

MOST_ALIKE = 10
"""So many failures of one kind are shown with `-q`; further ones are counted."""

HINTS: Mapping[str, str] = {
    "refused": "start the bot, or name its address with --endpoint",
    "dns": "name the bot's address with --endpoint",
    "tls": "name an address with http:// where the bot speaks no https; --ca and --insecure take certificates of yours",
}
"""Why nothing was reached → what to do."""

GOOD, BAD, UNREACHED = "good", "bad", "unreached"


@form.command("fire", exits=(0, 1, 2, 3, 4, 130))
@names.provider
@names.event
@options.endpoint
@options.target
@options.credential
@options.option
@options.overrides
@click.option("--count", type=options.whole(1), default=1, help="How many events, each with its own ids.")
@click.option("--rate", type=options.RATE, help="How many a second, such as 50/s; else one after another.")
@click.option("--concurrency", type=options.whole(1), help="How many at a time, over connections that are kept.")
@click.option(
    "--copies",
    type=options.whole(1, MOST_COPIES),
    default=1,
    help="Send each event so many times at once, 1,000 at the most.",
)
@click.option("--tamper", is_flag=True, help="Send a wrong signature; the bot should refuse it.")
@options.seed
@options.start_now
@options.no_mark
@options.tls
@options.loop
@options.env_file
@options.verbosity
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> int:
    """
    Send one event now, signed.

    The verdict is the provider's own: what it takes for an accepted delivery. A reply is read where it stands in the
    HTTP answer; for the calls of the bot, `simulator serve` may stand beside.
    """
    from simulator.cli.loops import runner
    from simulator.cli.screens import standard_screen
    from simulator.cli.signals import cancelling

    order = Order(ctx, given)
    screen = standard_screen(ctx)
    order.introduce(screen)

    async def deliver() -> int:
        with cancelling():
            return await order.deliver(screen)

    try:
        with runner(given["loop"], is_much=order.is_kept) as running:
            return running.run(deliver())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


class Order:
    """What `fire` was asked to do."""

    def __init__(self, ctx: click.Context, given: dict[str, Any]) -> None:
        """
        Read it.

        Raises:
            InputError: something of it is wrong.
        """
        from simulator import addresses as endpoints
        from simulator.cli import given as givens
        from simulator.cli.sample import Sample, unknown_event
        from simulator.cli.targets import credentials_under, options_under, place_of_credential, target_of
        from simulator.clock import wall_ms
        from simulator.codec import Redactor
        from simulator.errors import InputError, Problem
        from simulator.world import Put

        variables = options.variables(ctx)
        target = target_of(ctx, given["target"])
        provider_id = given["provider"]
        named = dict(given["credentials"])
        credentials = credentials_under(target, named, [provider_id])
        place_of = partial(place_of_credential, ctx, target, named)
        endpoint = given["endpoint"]
        if target is not None and not endpoint:
            endpoint = target.endpoints.get(provider_id) or target.endpoints.get("")
        self.sample: Sample = Sample(
            provider_id,
            seed=given["seed"],
            start_ms=given["start_ms"] if given["start_ms"] is not None else wall_ms(),
            credentials=givens.credentials_of(credentials.items(), variables, place_of),
            options=options_under(target, dict(given["switches"]), [provider_id]),
        )
        self._hide = Redactor(self.sample.secrets).hide
        if given["event"] not in self.sample.catalog.events:
            raise InputError(unknown_event(given["event"], self.sample.catalog))
        if not endpoint:
            raise InputError(
                Problem(
                    code="no-endpoint",
                    what="no endpoint is named",
                    where="--endpoint",
                    why="events need the URL at which the bot listens",
                    fix="give --endpoint :3000/hook",
                )
            )
        self.url = endpoints.parse(endpoint, where="--endpoint" if given["endpoint"] else f"target {given['target']}")
        # The provider sends here, so it knows this webhook; a reply in the HTTP answer hangs on that.
        self.sample.world.apply(Put(table="subscriptions", key="", row={"url": self.url, "events": None}))
        self.is_outside = not endpoints.is_local(self.url)
        self.event_type: str = given["event"]
        self.overrides = givens.overrides_of(given["settings"], given["merge"])
        self.count: int = given["count"]
        self.rate: float | None = given["rate"]
        self.concurrency: int | None = given["concurrency"]
        self.copies: int = given["copies"]
        self.is_tampered: bool = given["tamper"]
        self.is_marked = not given["no_mark"]
        self.ca: Path | None = given["ca"]
        self.is_insecure: bool = given["insecure"]
        self.verbosity: int = -1 if given["quiet"] else given["verbose"]
        self.policy = self.sample.catalog.policy_under(self.sample.world.options)
        self._hinted: set[str] = set()

    def introduce(self, screen: Screen) -> None:
        """Say what is about to be sent where."""
        from simulator.units import iso8601

        url = self._hide(self.url)
        if self.is_outside:
            screen.line((f"! this goes to {url}, which is not on this machine", "odd"))
        if self.verbosity >= 0:
            setting = f" · seed {self.sample.seed} · start {iso8601(self.sample.start_ms)}"
            screen.line((f"{self.sample.provider.id} {self.event_type} to {url}", "strong"), (setting, "faint"))

    @property
    def is_kept(self) -> bool:
        """True where so much is to be sent that connections are used again."""
        return bool(self.rate or self.concurrency)

    async def deliver(self, screen: Screen) -> int:
        """Send all that was ordered, show what comes of it, and give the exit code."""
        from simulator.histogram import Histogram

        found: Counter[str] = Counter()
        alike: Counter[str] = Counter()
        took, late, is_whole = Histogram(), Histogram(), False

        def take(shot: Shot) -> None:
            result = self._result(shot)
            found[result] += 1
            took.add(shot.sent.duration_ms)
            if self.verbosity < 0 and result != GOOD:
                alike[self._words(shot)] += 1
            if self.verbosity >= 0 or (result != GOOD and alike[self._words(shot)] <= MOST_ALIKE):
                self._show(shot, result, screen)

        try:
            late = await self._send_all(take)
            is_whole = True
        finally:
            total = sum(found.values())
            for words, times in alike.items():
                if times > MOST_ALIKE:
                    screen.line((f"✗ failed: {words}, {times - MOST_ALIKE} times more", "bad"))
            if self.count * self.copies > 1 or self.verbosity < 0:
                good = found[GOOD]
                outcome: Span = ("✓ passed  ", "good") if good == total else ("✗ failed  ", "bad")
                counts = f"{good} of {total} as they should be; {_measured(took, late)}"
                screen.line(outcome if is_whole else ("! interrupted  ", "odd"), (counts, "plain"))
        if found[UNREACHED] == total:
            return 4
        return 0 if found[GOOD] == total else 1

    # --- sending -----------------------------------------------------------------------------------------------------

    async def _send_all(self, take: Callable[[Shot], None]) -> Histogram:
        """Send it all, and give how late it left."""
        from simulator.cli.volley import Volley
        from simulator.clock import real_ms
        from simulator.delivery.fast import FastTransport
        from simulator.histogram import Histogram

        transport = FastTransport(tick=real_ms, keep_alive=self.is_kept, ca=self.ca, insecure=self.is_insecure)
        async with transport:
            volley = Volley(
                make=self._request,
                take=take,
                transport=transport,
                timeout_ms=self.policy.timeout_ms,
                count=self.count,
                copies=self.copies,
            )
            if self.rate:
                return await volley.at_rate(self.rate, self.concurrency or MOST_OPEN)
            await volley.at_once(self.concurrency or 1)
        return Histogram()

    def _request(self, number: int) -> tuple[ScheduledEvent, SignedRequest]:
        from simulator.clock import wall_ms

        sample = self.sample
        event = sample.event(self.event_type, number=number, overrides=self.overrides)
        request = sample.request(
            sample.payload(event),
            url=self.url,
            due_ms=event.due_ms,
            stamp_ms=wall_ms(),
            is_marked=self.is_marked,
            signature="wrong" if self.is_tampered else "right",
        )
        return event, request

    # --- judging and showing -----------------------------------------------------------------------------------------

    def _result(self, shot: Shot) -> str:
        from simulator.delivery import policy as policies

        if shot.sent.ack is None:
            return UNREACHED if shot.sent.trouble in ("refused", "dns", "tls") else BAD
        if self.is_tampered:
            # A bot that breaks over a wrong signature has not refused it.
            return GOOD if 400 <= shot.sent.ack.status < 500 else BAD
        return GOOD if policies.is_success(self.policy, str(shot.sent.ack.status)) else BAD

    def _show(self, shot: Shot, result: str, screen: Screen) -> None:
        from simulator.report.curl import shell_line
        from simulator.report.text import shortened, visible
        from simulator.units import show_ms

        request, sent = shot.request, shot.sent
        most = LONGEST_BODY if self.verbosity > 0 else SHORT_BODY
        if self.verbosity >= 0:
            screen.line((f"> {request.method} {self._hide(request.url)}", "plain"))
            for name, value in request.headers if self.verbosity > 0 else ():
                screen.line((f"> {name}: {visible(self._hide(value))}", "faint"))
            screen.line((f"> {shortened(self._shown(request.body), most)}", "plain"))
        if sent.ack is not None:
            screen.line((f"< {sent.ack.status} in {show_ms(sent.duration_ms)}", "plain"))
            for name, value in sent.ack.headers if self.verbosity > 0 else ():
                screen.line((f"< {visible(name)}: {visible(self._hide(value))}", "faint"))
            if sent.ack.body:
                screen.line((f"< {shortened(self._shown(sent.ack.body), most)}", "plain"))
            for said in self._replies(shot):
                screen.line((f"bot ‹ {self._hide(said)}", "bot"))
        else:
            detail = f": {visible(self._hide(sent.detail))}" if sent.detail else ""
            screen.line((f"< {sent.trouble}{detail}, after {show_ms(sent.duration_ms)}", "plain"))
        screen.line(
            (f"✓ passed: {self._words(shot)}", "good") if result == GOOD else (f"✗ failed: {self._words(shot)}", "bad")
        )
        if str(sent.trouble) in HINTS:
            self._hint(HINTS[str(sent.trouble)], screen)
        elif result == BAD and sent.trouble != "garbage" and (sent.ack is None or sent.ack.status >= 500):
            beside = shell_line(["simulator", "serve", self.sample.catalog.id, "--endpoint", self.url])
            self._hint(f"a bot that answers needs the API to answer to; let this run beside: {beside}", screen)

    def _hint(self, text: str, screen: Screen) -> None:
        """Show what to do, once for all that failed alike."""
        if text not in self._hinted:
            self._hinted.add(text)
            screen.line((self._hide(text), "faint"))

    def _shown(self, body: bytes) -> str:
        from simulator.report.text import visible

        # Secrets go first: half of one, where the body is cut, would not be known again.
        return visible(self._hide(body.decode("utf-8", "backslashreplace")))

    def _words(self, shot: Shot) -> str:
        from simulator.delivery import policy as policies

        sent, wanted = shot.sent, self.policy.success
        if sent.ack is None:
            return policies.IN_WORDS[str(sent.trouble)]
        if self.is_tampered:
            if self._result(shot) == GOOD:
                return "the wrong signature was refused"
            is_accepted = 200 <= sent.ack.status < 300
            return "a wrong signature was accepted" if is_accepted else f"{sent.ack.status} is no refusal"
        if self._result(shot) == GOOD:
            return "accepted"
        return f"answered {sent.ack.status}; {self.sample.catalog.title} takes {wanted} for accepted"

    def _replies(self, shot: Shot) -> Iterator[str]:
        """Give what the bot says by its HTTP answer, or why the provider does not take it."""
        from simulator import answering
        from simulator.ids import Ids
        from simulator.report.conversation import show_said
        from simulator.report.text import visible
        from simulator.seeds import stream

        sample, ack = self.sample, shot.sent.ack
        if sample.provider.read_ack is None or ack is None:
            return
        for call in sample.provider.read_ack(shot.event, ack, sample.user):
            ids = Ids(sample.provider.ids, stream(sample.seed, sample.start_ms, call.id), shot.event.due_ms)
            answered = answering.answer(
                call, provider=sample.provider, catalog=sample.catalog, world=sample.world, ids=ids
            )
            if answered.response.error:
                yield f"(refused) {visible(answered.body.decode('utf-8', 'replace'))}"
            else:
                yield from map(show_said, sample.provider.replies(answered.call, answered.response))


def _measured(took: Histogram, late: Histogram) -> str:
    """Give how long answers took and, where a rate was to be kept, how late the events left."""
    from simulator.units import show_ms

    if not late.count:
        return f"slowest {show_ms(took.most_ms)}"
    left = f"left late by {show_ms(late.percentile(0.5))}, p99 {show_ms(late.percentile(0.99))}"
    return f"p50 {show_ms(took.percentile(0.5))}, p99 {show_ms(took.percentile(0.99))}, {left}"
