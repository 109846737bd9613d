"""The frozen data of every hop of a run: what one stage hands to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Headers = tuple[tuple[str, str], ...]
"""HTTP headers in the order and spelling of the wire."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something is written; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


# --- what goes out ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledEvent:
    """An event with its due time, waiting to be sent."""

    id: str
    """Unique in the run, and the same in every run of the same seed; the key of its random stream."""
    provider: str
    type: str
    values: Mapping[str, Any]
    due_ms: int
    cause: str
    """The id of the step or call that it follows from; empty for what nothing caused."""
    actor: str = ""
    """The actor's name, where it is about one."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Dotted path → value, laid over the rendered body; a leading `+` allows a new path."""
    raw: Any = None
    """The whole body, instead of the rendered one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Payload:
    """The exact bytes of one event."""

    event_id: str
    type: str
    body: bytes
    content_type: str
    ids: Mapping[str, Any] = field(default_factory=dict)
    """The ids that were drawn for it, by name; what a bot may deduplicate by is among them."""
    cause: str = ""
    """The id of the step, the event or the call that it follows from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedRequest:
    """One HTTP request, ready to be sent as it stands."""

    method: str
    url: str
    """Percent-encoded; sent without any re-quoting."""
    headers: Headers
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Ack:
    """The bot's HTTP answer to a delivery."""

    status: int
    headers: Headers
    body: bytes
    """At most the first 1 MiB."""
    is_cut: bool = False
    """True where the bot sent more than was read."""


Trouble = Literal["refused", "timeout", "closed", "garbage", "tls", "dns"]
"""Why there was no answer: nobody listens, none in time, connection cut, not HTTP, bad certificate, unknown host."""


UNREACHABLE: frozenset[Trouble | None] = frozenset({"refused", "tls", "dns"})
"""Troubles by which nothing was ever said to the bot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What came of one request: an answer, or trouble."""

    duration_ms: float
    """Real time until the answer was read or given up."""
    ack: Ack | None = None
    trouble: Trouble | None = None
    detail: str = ""
    """The operating system's or the parser's words about the trouble; with an ack, what was odd about the sending."""
    is_unsent: bool = False
    """True where no connection came about, so that nothing of the request can have been received."""
    is_unanswered: bool = False
    """True where the connection ended before anything came back on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One try to deliver a request."""

    number: int
    """1 for the first."""
    due_ms: int
    """Story time at which it was due."""
    why: str
    """Why it was made: "first", or what the attempt before it ended with."""
    request: SignedRequest
    duration_ms: float
    """Real time until the answer was read or given up."""
    ack: Ack | None = None
    trouble: Trouble | None = None
    """Why there is no ack."""
    detail: str = ""
    """The operating system's or the parser's words about the trouble."""
    lost: Literal["", "request", "answer"] = ""
    """What a bad day took away: the request never reached the bot, or the provider never got the ack that is here."""

    @property
    def outcome(self) -> str:
        """The status as text, or the trouble, as the provider sees it: the word that retry policies decide by."""
        if self.lost:
            return "timeout"
        return str(self.ack.status) if self.ack is not None else str(self.trouble)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One payload on its way to one endpoint, with all attempts so far."""

    id: str
    event_id: str
    type: str
    actor: str
    attempts: tuple[Attempt, ...]
    state: Literal["pending", "delivered", "failed", "dropped", "refused"]
    """pending: an attempt is to come; failed: given up; dropped: it never reached the bot, as the story wanted;
    refused: it was forged, and the bot did not accept it."""
    why: str = ""
    """Why it was given up."""
    faults: tuple[str, ...] = ()
    """What a bad day did to it, each in a few words."""
    is_forged: bool = False
    """It differs from what the provider would send, so that the bot must refuse it."""
    is_aside: bool = False
    """It tells of a stream, for which nobody waits and which is judged as a whole."""


# --- what comes back -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiCall:
    """One call of the bot to the provider's REST API."""

    id: str
    provider: str
    method: str
    path: str
    """As routed: decoded, without the query."""
    headers: Mapping[str, str]
    """Names in lower case; the last one counts where a name comes twice."""
    body: bytes = b""
    query: Mapping[str, Any] = field(default_factory=dict)
    """Name → text, or a list of texts where the name repeats or ends in `[]`."""
    fields: Any = None
    """The parsed body: JSON value, or form fields; None where there is none or it does not parse."""
    problem: str = ""
    """Why the body does not parse."""
    operation: str = ""
    """The provider's name of the operation; empty where no route fits."""
    params: Mapping[str, str] = field(default_factory=dict)
    """What stands in the path's `{names}`."""
    at_ms: int = 0
    """Story time: its conversation's last event, and a millisecond more for each call."""
    base_url: str = ""
    """Under which address the mock API was reached, for links in answers."""
    source: Literal["http", "ack"] = "http"
    """ack: it stood in the bot's HTTP answer to a delivery."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """Something the actor can tap."""

    label: str
    payload: str
    kind: str = "reply"
    """reply, url, location, phone or none: what a tap gives rise to."""
    is_silent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What the bot said to an actor through a call; the same shape for every provider."""

    to: str
    """The provider's id of the person."""
    kind: str
    """text, image, video, file, location, contact, sticker, url, cards, keyboard, typing, …"""
    text: str | None = None
    buttons: tuple[Button, ...] = ()
    media: str | None = None
    """URL of the image, video or file."""
    location: Mapping[str, float] | None = None
    raw: Any = None
    """The native call's fields."""
    call_id: str = ""
    operation: str = ""
    message_id: str = ""
    """The provider's id of the message, where it has one."""
    chat: str = ""
    """The provider's id of the conversation in which it is said, where the provider has conversations."""
    about: str | None = None
    """Of an edit, a deletion or a reaction: the text of the message that it is about, as it stood before."""


# --- the judgement ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Mismatch:
    """One difference between what was wanted and what was found."""

    path: str
    """Where: `text`, `buttons.1`, `raw.keyboard.Type`."""
    wanted: str
    found: str


Outcome = Literal["passed", "failed", "error", "skipped"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The judgement about one step or one invariant."""

    scenario: str
    provider: str
    step: str
    """The step in one line, as a person would read it aloud."""
    at: str
    """The place in the document: `steps[2].bot`."""
    place: Place
    outcome: Outcome
    code: str = ""
    """What kind of failure: `no-reply`, `wrong-reply`, `late`, `unexpected-reply`, `ack`, `unreachable`, …"""
    expected: str = ""
    observed: str = ""
    mismatches: tuple[Mismatch, ...] = ()
    nearest: Reply | None = None
    """The reply that came closest."""
    duration_ms: float = 0.0
    """Real time that the step took."""
    hint: str = ""
    """The next thing to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryResult:
    """How one scenario went on one provider, and for one row of its table where it has one."""

    scenario: str
    file: str
    line: int = 1
    """Where the scenario stands in its file."""
    case: str = ""
    """The row of `cases:` that it was played for."""
    provider: str
    seed: int
    start_ms: int
    verdicts: tuple[Verdict, ...]
    duration_ms: float
    deliveries: int = 0
    attempts: int = 0
    calls: int = 0
    replies: int = 0
    unclaimed: int = 0
    """Replies that no step claimed."""

    @property
    def outcome(self) -> Outcome:
        """error before failed; skipped where it did not come to its end, or nothing was judged; else passed."""
        found = {verdict.outcome for verdict in self.verdicts}
        for outcome in ("error", "failed"):
            if outcome in found:
                return outcome
        is_cut = any(verdict.code == "not-reached" for verdict in self.verdicts)
        return "skipped" if is_cut or (found and "passed" not in found) else "passed"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunResult:
    """How a whole run went."""

    stories: tuple[StoryResult, ...]
    versions: Mapping[str, str]
    duration_ms: float
    is_interrupted: bool = False
    was_reached: bool = True
    """False where no request ever came through to the endpoint."""
    resends: int = 0
    """How often the run itself sent a request again, since the network between had failed."""
    planned: int = 0
    """How many stories were to be played; 0: not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the journal: something that happened."""

    seq: int
    kind: str
    """Subject and past participle: `AttemptFinished`."""
    at_ms: int
    """Story time."""
    real_ms: float
    """Real time since the run began."""
    scenario: str
    data: Any
    """The record that it is about, or a mapping."""
    story: int = 0
    """Which story of the run it belongs to, counted from 1 in the order of the suite; 0: none."""
    provider: str = ""
    """The provider of that story, or of the account between stories; empty where it is about none."""
    variant: str = ""
    """What an audit imposed on the story that is played again; empty for a story as it is written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditFinding:
    """The first place at which a bot said something else when an audit played a story again."""

    story: int
    """The number of the story in the run."""
    scenario: str
    provider: str
    case: str = ""
    variant: str
    """What the audit imposed: `copies together`, `copies apart`, …"""
    step: str
    """The act in whose exchange it was, in one line."""
    place: str
    """File, line and column of that act."""
    wanted: str
    """What the bot said as the story is written."""
    found: str
    """What it said instead."""
    deliveries: tuple[str, ...] = ()
    """What had been sent for that act until then, each attempt in one line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """What came of playing stories again under faults."""

    kind: str
    """What was looked at: `idempotency`."""
    variants: tuple[str, ...]
    """What was imposed on each story, one after another."""
    stories: int
    """How many stories had passed, and were played again."""
    findings: tuple[AuditFinding, ...]
