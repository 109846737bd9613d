"""The declaration of a provider and the types of its parts: a value made of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.ids import IdMaker, Ids
from simulator.records import Ack, ApiCall, Headers, Reply, ScheduledEvent
from simulator.world import Effect, Row, World


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """What an actor does, in words that are the same for every provider."""

    verb: str
    """text, image, video, audio, file, location, contact, sticker, url, tap, reads, types, opens, leaves."""
    value: Any
    """What stands behind the verb: the text, `{url, name, size}` of a file, `{lat, lon}`, the tapped `Button`."""
    user: Row
    """The actor as a row of the table `users`; `id` is the provider's id of the person."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What stands beside the verb: `text` as the caption of an image, `in` for the chat."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One event that an act gives rise to, and what it changes in the world at once."""

    type: str
    """The event type, with `/variant` where it has several kinds of content. Empty: no event, only effects."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What its template finds as `event`; what is missing there is drawn as the event's `values` say."""
    effects: tuple[Effect, ...] = ()
    after_ms: int = 0
    """How much later than the act it is due, in story time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ToSign:
    """All that a signature may depend on."""

    body: bytes
    content_type: str
    url: str
    """As the bot registered it, which need not be where it is sent."""
    credentials: Mapping[str, str]
    """Those of the account, and over them those that the subscription's row has under `credentials`."""
    options: Mapping[str, Any]
    stamp_ms: int
    """Unix milliseconds to put into signed timestamps."""
    due_ms: int = 0
    """Story time of the attempt, for what hangs on the story: such as which of several keys is in use."""
    type: str = ""
    """The event type."""
    attempt: int = 1
    last_outcome: str = ""
    """How the attempt before ended: a status as text, or the trouble; empty on the first."""
    event_id: str = ""
    """The id `event` that was drawn with the payload, else the simulator's own; the same at each attempt."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Name in lower case → header of a request that is examined; empty where one is made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """What a signature adds to the request; body and content type only where it wraps them."""

    headers: Headers = ()
    query: Headers = ()
    """Names and values to append to the URL."""
    body: bytes | None = None
    content_type: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiResponse:
    """What the REST API answers: a template with values, and what the call sets off."""

    status: int = 200
    template: str = ""
    """The file `api/<template>.json.j2`; empty: `body` as it stands."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the template finds as `answer`."""
    body: Any = None
    """A JSON value, where no template is named; None: no body."""
    headers: Headers = ()
    effects: tuple[Effect, ...] = ()
    error: str = ""
    """The name of the error in `provider.yaml`, where it is a refusal. A refused call is no reply."""


Handler = Callable[[ApiCall, World, Ids], ApiResponse]


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """One method and path of the REST API."""

    method: str
    path: str
    """Begins with a slash; `{name}` stands for one segment."""
    operation: str
    handler: Handler


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """One provider: what cannot be written down in its folder and must be computed."""

    id: str
    """The name of its module and of its folder."""
    acts: Callable[[Act, World, Ids], tuple[Occurrence, ...] | None]
    """Act → its events, in order; None: an actor of this provider cannot do that."""
    sign: Callable[[ToSign], Signed]
    authorize: Callable[[ApiCall, World], ApiResponse | None]
    """None, or the refusal that the real API gives. Asked once the route is known, for every operation."""
    routes: tuple[Route, ...]
    ids: Mapping[str, IdMaker]
    """Name → maker. `user` and `event` are there for every provider."""
    person: Callable[[Mapping[str, Any], Ids], Row]
    """A drawn profile (see `fake.profile`) → the row of the table `users`, with `id` and `name`."""
    replies: Callable[[ApiCall, ApiResponse], tuple[Reply, ...]]
    """A call that was accepted, its answer → what the bot said, one for each person it reached; empty for others."""
    refuse: Callable[[ApiCall, str, str], ApiResponse]
    """
    (call, error name, detail) → the provider's own answer.

    The names are those of `errors:` in `provider.yaml`, with `not_found`, `bad_method`, `bad_body`, `too_large`.
    """
    encode: Callable[[Any, Mapping[str, Any]], bytes] | None = None
    """(body as JSON value, options) → bytes, where no style of `body:` fits."""
    read_ack: Callable[[ScheduledEvent, Ack, Row], tuple[ApiCall, ...]] | None = None
    """(event, its ack, the user it was about) → calls that stand in the HTTP answer. They need no authorisation."""
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """Template filters of its own."""
    wants: Callable[[Row, str, Mapping[str, Any]], bool] | None = None
    """(subscription, event type, values) → is it sent there? Without it `events` of the row decides; None is all."""
    ignores_case: bool = False
    """The paths of its REST API fit whatever the case of their letters is."""
