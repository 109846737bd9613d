"""The frozen records of a provider's facts; each fact names its source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from simulator.catalog.policies import DeliveryPolicy

FIELD_TYPES = ("text", "integer", "number", "boolean", "object", "list", "null", "any")
OPTION_KINDS = ("choice", "duration", "durations", "integer", "text")
BODY_KINDS = ("json", "form", "form in payload")


@dataclass(frozen=True, kw_only=True, slots=True)
class Credential:
    """A secret or a name that the bot and the provider share."""

    name: str
    about: str
    default: str
    """Used where the person gives none: good for a bot on this machine, no secret."""
    pattern: str = ""
    """The form that the real one has, as a regular expression; another form is no error."""
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """A switch of the provider that a person may set."""

    name: str
    about: str
    kind: str = "choice"
    """One of `OPTION_KINDS`."""
    values: tuple[Any, ...] | None = None
    """All that it may be, for a choice."""
    default: Any = None
    """The value taken where none is given; milliseconds for durations."""
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A URL of the bot to which events go; its name is the key in the world's table `subscriptions`."""

    name: str
    about: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldFact:
    """One field of a payload."""

    path: str
    """Dotted, as in `with:`."""
    type: str
    """One of `FIELD_TYPES`; several joined by `|`."""
    presence: str = "required"
    """required, conditional, or `optional NN%`: in so many of the drawn payloads it is there."""
    values: tuple[Any, ...] | None = None
    """All that it may be, where that is known."""
    pattern: str = ""
    """A regular expression for the whole text."""
    about: str = ""
    source: str
    chance: float = 1.0
    """The likelihood that it is in a drawn payload, where it is optional; 1.0 else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EventFact:
    """One event type, with `/variant` where it has several kinds of content."""

    type: str
    summary: str
    weight: float = 0.0
    """Its part in the default mix, as a number beside those of the others; 0: not in it."""
    is_mandatory: bool = False
    """No filter of a subscription keeps it away."""
    template: Path
    values: Mapping[str, str] = field(default_factory=dict)
    """Name → expression, evaluated where the act gave no value of that name."""
    fields: Mapping[str, FieldFact]
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OperationFact:
    """One method of the REST API."""

    name: str
    summary: str
    is_reply: bool = False
    """The bot speaks to an actor through it."""
    routes: tuple[str, ...]
    """`POST /pa/send_message`: each method and path by which it is called."""
    template: Path
    """What it answers when all is well."""
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorFact:
    """One refusal of the REST API, by a name that scenario files use."""

    name: str
    status: int
    """The HTTP status."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the template `api/error.json.j2` finds as `answer`."""
    summary: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """One number that the provider holds a bot to."""

    name: str
    value: Any
    about: str = ""
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BodyStyle:
    """How a body value becomes bytes."""

    kind: str = "json"
    """One of `BODY_KINDS`."""
    content_type: str = "application/json"
    separators: tuple[str, str] = (",", ":")
    ascii: bool = False
    escapes: str = "lower"
    """Case of the hexadecimal digits in escapes: lower or upper."""
    escape_slashes: bool = False
    trailing_newline: bool = False
    option: str = ""
    """The name of the option by which the style changes."""
    styles: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Value of that option → the fields above that are then different."""
    source: str = ""

    def under(self, options: Mapping[str, Any]) -> BodyStyle:
        """Give the style that holds with these options, the same object for the same ones."""
        return _style_under(self, str(options.get(self.option, "")) if self.option else "")


@lru_cache(maxsize=256)
def _style_under(style: BodyStyle, value: str) -> BodyStyle:
    # It is asked for at every payload.
    return replace(style, option="", styles={}, **(style.styles.get(value, {}) if style.option else {}))


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvVariable:
    """A variable of the environment that a bot may read."""

    name: str
    value: str
    """Holds `{base}`, the mock API's address without a slash at its end, and `{<credential>}`."""
    about: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SdkLine:
    """The line that points an SDK to the mock API, where it has the address built in."""

    sdk: str
    line: str
    about: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unconfirmed:
    """Something of which no source is sure."""

    about: str
    setting: str = ""
    """The option by which a person sets it otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalog:
    """All that is written down about one provider."""

    id: str
    title: str
    api_version: str
    api_base: str
    """The path under which the REST API lies: `/pa`."""
    folder: Path
    about: str
    sources: Mapping[str, str]
    """Key → where it was read, and when. Each fact's `source` is one of the keys, or several with commas."""
    credentials: Mapping[str, Credential]
    options: Mapping[str, Option] = field(default_factory=dict)
    endpoints: Mapping[str, Endpoint]
    events: Mapping[str, EventFact]
    operations: Mapping[str, OperationFact]
    errors: Mapping[str, ErrorFact]
    verbs: Mapping[str, str]
    """What an actor can do → the event type that it mostly gives rise to."""
    reply_fields: tuple[str, ...]
    """What a `bot:` step may ask for."""
    chat_verbs: tuple[str, ...] = ()
    """What an actor can do `in:` a conversation that is named; none: she has her private one only."""
    limits: Mapping[str, Limit]
    policy: DeliveryPolicy
    body: BodyStyle
    account: Mapping[str, Any]
    """The row of the bot's account at the beginning."""
    env: tuple[EnvVariable, ...] = ()
    sdk_lines: tuple[SdkLine, ...] = ()
    not_imitated: tuple[str, ...] = ()
    unconfirmed: tuple[Unconfirmed, ...] = ()

    def policy_under(self, options: Mapping[str, Any]) -> DeliveryPolicy:
        """Give the delivery policy, with what the options of the provider say in place of its own."""
        return self.policy.under(options)

    def environment(self, base: str, credentials: Mapping[str, str]) -> dict[str, str]:
        """Give name → value of the variables that a bot may read, for a mock API at `base`."""
        known = {"base": base.rstrip("/"), **credentials}
        return {
            each.name: re.sub(r"\{(\w+)\}", lambda found: str(known.get(found[1], found[0])), each.value)
            for each in self.env
        }
