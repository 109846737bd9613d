"""The journal's entries of one story as the lines of a conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.judge import show_reply
from simulator.records import Delivery, Entry, Headers, Reply, SignedRequest, Verdict
from simulator.report.screen import Tone
from simulator.report.text import shortened, visible
from simulator.units import show_ms

TALK, TRAFFIC, BODIES = 0, 1, 2
"""Who reads a line: everybody, who asked for more (`-v`), who wants all (`-vv`)."""

NOTEWORTHY_PAUSE_MS = 1_000
"""Story time that passed without real time is told from here on."""

LONGEST_BODY = 4_000
"""So much of a body is shown."""

STREAMS_SKIPPED = ("not-sent", "dropped")
"""Codes of what was skipped, by which a stream ends without another line about it."""

WORDS = {"passed": "✓", "failed": "✗", "error": "!", "skipped": "-"}
TONES: Mapping[str, Tone] = {"passed": "good", "failed": "bad", "error": "bad", "skipped": "faint"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the conversation."""

    text: str
    speaker: str = ""
    """An actor, `bot`, or nobody: then it tells what happened beside the talk."""
    tone: Tone = "plain"
    level: int = TALK


@dataclass(frozen=True, slots=True)
class Mark:
    """What came of the line before it."""

    text: str
    tone: Tone = "good"
    alone: str = field(default="", compare=False)
    """What it says where other lines have come between, and nobody would see what it is about."""


class Conversation:
    """Turns the entries of one story into lines and marks, one after another."""

    def __init__(self, *, hide: Callable[[str], str] = lambda text: text, most: int = BODIES) -> None:
        """
        Begin before the story, or between stories.

        `hide` takes secrets out of a text, before it is cut anywhere; half of one would not be known again. Lines above
        the level `most` are not made.
        """
        self._hide = hide
        self._most = most
        self.last_request: SignedRequest | None = None
        """What was sent last because of an actor; without an actor, what was sent last."""
        self._is_act_to_come = False
        self._acts: set[str] = set()
        self._listener = ""
        self._open = ""
        """The step of the actor, or the reply, that the last line showed, if nothing came after it."""
        self._is_aside_told = False
        self._at_ms = 0
        self._real_ms = 0.0

    def take(self, entry: Entry) -> Iterator[Line | Mark]:
        """Give what the entry adds, without secrets."""
        tell = _TELLS.get(entry.kind)
        if tell is None:
            return
        for each in tell(self, entry):
            if isinstance(each, Mark):
                self._open = ""
                yield Mark(self._hide(each.text), each.tone, self._hide(each.alone))
            elif each.level <= self._most:
                self._open = self._open if each.level else ""
                yield replace(each, text=self._hide(each.text), speaker=self._hide(each.speaker))
        if entry.kind == "ActorActed":
            self._open = str(entry.data["at"])
        elif entry.kind == "ReplySeen":
            self._open = show_reply(entry.data["reply"])

    # --- the talk ----------------------------------------------------------------------------------------------------

    def _story_started(self, entry: Entry) -> Iterator[Line]:
        self._at_ms, self._real_ms = entry.at_ms, entry.real_ms
        yield from ()

    def _actor_acted(self, entry: Entry) -> Iterator[Line]:
        data = entry.data
        yield from self._pause(entry)
        self._acts.add(data["at"])
        self._is_act_to_come = True
        self._listener = data["actor"]
        text = show_act(data["verb"], data["value"])
        if data.get("delivered"):
            text += f"  ({data['delivered']})"
        yield Line(speaker=data["actor"], text=text, tone="actor")

    def _reply_seen(self, entry: Entry) -> Iterator[Line]:
        actor, reply = entry.data["actor"], entry.data["reply"]
        yield from self._pause(entry)
        to = f"(to {actor or visible(reply.to)}) " if actor != self._listener else ""
        yield Line(speaker="bot", text=to + show_said(reply), tone="bot")

    def _verdict_reached(self, entry: Entry) -> Iterator[Line | Mark]:
        verdict: Verdict = entry.data
        step, observed = visible(verdict.step), visible(verdict.observed)
        if verdict.outcome == "passed":
            yield from self._passed(verdict)
        elif verdict.outcome == "skipped":
            # Beside an act stands what is done to it, or the line before told why; of a stream there is no other line.
            level = TALK if verdict.code in STREAMS_SKIPPED and verdict.at not in self._acts else TRAFFIC
            if verdict.code == "not-sent" and verdict.at == self._open:
                yield Mark(f"- {observed}", "faint", alone=f"- skipped: {step}: {observed}")
                return
            yield Line(text=f"- skipped: {step}: {observed}", tone="faint", level=level)
        else:
            word = f"{WORDS[verdict.outcome]} {verdict.outcome}"
            yield Line(text=f"{word}: {step}: {observed}   [{verdict.code}]", tone="bad")

    def _passed(self, verdict: Verdict) -> Iterator[Line | Mark]:
        took = show_ms(verdict.duration_ms)
        if verdict.at in self._acts:
            whole = f"✓ {visible(verdict.step)}: {visible(verdict.observed)}"
            if verdict.at == self._open:
                yield Mark(f"✓ {visible(verdict.observed)}", alone=whole)
            else:
                yield Line(text=whole, tone="good", level=TRAFFIC)
        elif self._open and self._open in verdict.observed:
            yield Mark(f"✓ {took}", alone=f"✓ {visible(verdict.step)}  {took}")
        else:
            level = TRAFFIC if verdict.at.startswith("always") else TALK
            yield Line(text=f"✓ {visible(verdict.step)}  {took}", tone="good", level=level)

    def _pause(self, entry: Entry) -> Iterator[Line]:
        """Tell where the story's clock passed over time."""
        passed_ms = (entry.at_ms - self._at_ms) - (entry.real_ms - self._real_ms)
        if passed_ms >= NOTEWORTHY_PAUSE_MS:
            yield Line(text=f"… {show_ms(round(passed_ms / 1000) * 1000)} later", tone="faint")
        if entry.at_ms > self._at_ms:
            self._at_ms, self._real_ms = entry.at_ms, entry.real_ms

    # --- what was sent -----------------------------------------------------------------------------------------------

    def _event_skipped(self, entry: Entry) -> Iterator[Line]:
        data = entry.data
        yield self._trouble(
            f"! {_named(data['type'])} was not sent: {visible(data['why'])}", data.get("is_aside", False)
        )

    def _fault_applied(self, entry: Entry) -> Iterator[Line]:
        text = f"! {_named(entry.data['type'])}: {visible(', '.join(entry.data['faults']))}"
        yield Line(text=text, tone="odd", level=TRAFFIC)

    def _fault_skipped(self, entry: Entry) -> Iterator[Line]:
        data = entry.data
        yield self._trouble(f"! {_named(data['type'])}: {visible(data['why'])}", data.get("is_aside", False))

    def _answer_passed_over(self, entry: Entry) -> Iterator[Line]:
        yield Line(text=f"! {visible(entry.data['why'])}", tone="odd", level=TRAFFIC)

    def _endpoint_disabled(self, entry: Entry) -> Iterator[Line]:
        url, why = visible(str(entry.data["url"])), visible(entry.data["why"])
        yield Line(text=f"! the provider sends nothing more to {url}: {why}", tone="odd")

    def _attempt_started(self, entry: Entry) -> Iterator[Line]:
        data = entry.data
        request: SignedRequest = data["request"]
        if self._is_act_to_come or not self._acts:
            self.last_request, self._is_act_to_come = request, False
        if data["number"] > 1:
            if not data.get("is_aside"):
                yield from self._pause(entry)
            text = f"! {_named(data['type'])} again, attempt {data['number']}, after: {visible(data['why'])}"
            yield self._trouble(text, data.get("is_aside", False))
        yield Line(text=f"> {request.method} {visible(request.url)}   {data['type']}", tone="faint", level=TRAFFIC)
        yield from self._content(">", request.headers, request.body)

    def _attempt_finished(self, entry: Entry) -> Iterator[Line]:
        attempt = entry.data["attempt"]
        said = str(attempt.ack.status) if attempt.ack is not None else f"{attempt.trouble} {attempt.detail}"
        text = f"< {visible(said)} in {show_ms(attempt.duration_ms)}   {entry.data['type']}"
        yield Line(text=text, tone="faint", level=TRAFFIC)
        if attempt.ack is not None:
            yield from self._content("<", attempt.ack.headers, attempt.ack.body)

    def _network_failed(self, entry: Entry) -> Iterator[Line]:
        data = entry.data
        reason = visible(f"{data['trouble']}, {data['detail']}" if data["detail"] else data["trouble"])
        text = f"! the network failed ({reason}); {_named(data['type'])} is sent again in {show_ms(data['wait_ms'])}"
        yield Line(text=text, tone="odd")

    def _delivery_finished(self, entry: Entry) -> Iterator[Line]:
        delivery: Delivery = entry.data
        if delivery.state == "failed":
            yield self._trouble(f"! {_named(delivery.type)} was given up: {visible(delivery.why)}", delivery.is_aside)

    def _trouble(self, text: str, is_aside: bool) -> Line:
        """Give the line; streams may have trouble without number, of which everybody reads the first alone."""
        if not is_aside:
            return Line(text=text, tone="odd")
        is_first, self._is_aside_told = not self._is_aside_told, True
        more = "   (of a stream: others like it are told with -v)" if is_first else ""
        return Line(text=text + more, tone="odd", level=TALK if is_first else TRAFFIC)

    def _handshake_finished(self, entry: Entry) -> Iterator[Line]:
        attempt = entry.data
        text = f"> handshake with {visible(attempt.request.url)}: {attempt.outcome} in {show_ms(attempt.duration_ms)}"
        yield Line(text=text, tone="faint", level=TRAFFIC)

    def _registration_refused(self, entry: Entry) -> Iterator[Line]:
        url, why = visible(str(entry.data["url"])), visible(entry.data["why"])
        yield Line(text=f"! the bot may not register {url}: {why}", tone="odd")

    # --- what the bot called and wrote -------------------------------------------------------------------------------

    def _call_received(self, entry: Entry) -> Iterator[Line]:
        call = entry.data
        source = " (in its answer)" if call.source == "ack" else ""
        text = f"< {call.method} {visible(call.path)}{source}"
        yield Line(text=text, tone="faint", level=TRAFFIC)
        yield from self._content("<", tuple(call.headers.items()), call.body)

    def _call_unclaimed(self, entry: Entry) -> Iterator[Line]:
        method, path, playing = entry.data["method"], visible(entry.data["path"]), entry.data["playing"]
        text = f"! {method} {path} names nobody of the {playing} stories that play, and belongs to none of them"
        yield Line(text=text, tone="odd", level=TRAFFIC)

    def _call_strayed(self, entry: Entry) -> Iterator[Line]:
        called = visible(self._hide(f"{entry.data['method']} {entry.data['path']}"))
        yield Line(text=f"! {shortened(called, 200)} was refused: {visible(str(entry.data['why']))}", tone="odd")

    def _call_answered(self, entry: Entry) -> Iterator[Line]:
        answered = entry.data
        call, body = answered.call, answered.body
        if answered.response.error:
            name = call.operation or f"{call.method} {call.path}"
            so = ", as the story wants" if answered.is_arranged else ""
            text = f"! {visible(name)} was refused{so}: {answered.status} {shortened(self._shown(body), 200)}"
            yield self._trouble(text, answered.is_aside)
        yield Line(text=f"> {answered.status}   {visible(call.operation)}", tone="faint", level=TRAFFIC)
        yield from self._content(">", answered.headers, body)

    def _bot_started(self, entry: Entry) -> Iterator[Line]:
        command = visible(" ".join(entry.data["command"]))
        yield Line(text=f"the bot listens at {entry.data['endpoint']}: {command}", tone="faint", level=TRAFFIC)

    def _bot_wrote(self, entry: Entry) -> Iterator[Line]:
        yield Line(text=f"│ {visible(entry.data['line'])}", tone="faint", level=TRAFFIC)

    def _bot_ended(self, entry: Entry) -> Iterator[Line]:
        yield Line(text=f"! the bot's program has ended by itself with {visible(entry.data['said'])}", tone="odd")

    def _content(self, arrow: str, headers: Headers, body: bytes) -> Iterator[Line]:
        if self._most < BODIES:
            return
        for name, value in headers:
            yield Line(text=f"{arrow}   {visible(name)}: {visible(value)}", tone="faint", level=BODIES)
        if body:
            text = shortened(self._shown(body), LONGEST_BODY)
            yield Line(text=f"{arrow}   {text}", tone="faint", level=BODIES)

    def _shown(self, body: bytes) -> str:
        return visible(self._hide(body.decode("utf-8", "backslashreplace"))[: LONGEST_BODY + 1])


_TELLS: Mapping[str, Callable[[Conversation, Entry], Iterator[Line | Mark]]] = {
    "StoryStarted": Conversation._story_started,
    "ActorActed": Conversation._actor_acted,
    "ReplySeen": Conversation._reply_seen,
    "VerdictReached": Conversation._verdict_reached,
    "EventSkipped": Conversation._event_skipped,
    "FaultApplied": Conversation._fault_applied,
    "FaultSkipped": Conversation._fault_skipped,
    "AnswerPassedOver": Conversation._answer_passed_over,
    "EndpointDisabled": Conversation._endpoint_disabled,
    "AttemptStarted": Conversation._attempt_started,
    "AttemptFinished": Conversation._attempt_finished,
    "NetworkFailed": Conversation._network_failed,
    "DeliveryFinished": Conversation._delivery_finished,
    "HandshakeFinished": Conversation._handshake_finished,
    "RegistrationRefused": Conversation._registration_refused,
    "CallReceived": Conversation._call_received,
    "CallUnclaimed": Conversation._call_unclaimed,
    "CallStrayed": Conversation._call_strayed,
    "CallAnswered": Conversation._call_answered,
    "BotStarted": Conversation._bot_started,
    "BotWrote": Conversation._bot_wrote,
    "BotEnded": Conversation._bot_ended,
}


def _named(event_type: str) -> str:
    """Give the type of an event; a body that a person wrote herself need not have one."""
    return visible(event_type) or "the raw body"


def show_act(verb: str, value: Any) -> str:
    """Give what an actor did, as it would stand in a chat."""
    shown = visible(value if isinstance(value, str) else _shown_value(value))
    return shown if verb == "text" else f"[{verb}] {shown}".rstrip()


def show_said(reply: Reply) -> str:
    """Give what the bot said, as it would stand in a chat: its text, what else it carries, its buttons in brackets."""
    parts = [] if reply.text is not None and reply.kind in ("text", "keyboard") else [f"({reply.kind})"]
    parts += [part for part in (reply.text, reply.media) if part]
    if reply.location is not None:
        parts.append(_shown_value(reply.location))
    parts += [f"[{button.label}]" for button in reply.buttons]
    return visible(" ".join(parts))


def _shown_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {each}" for key, each in value.items())
    return "" if value is None else str(value)
