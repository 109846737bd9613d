"""How a provider delivers, as its folder says it: success, retries, order, and when it gives an endpoint up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any, get_args

from simulator.catalog.forms import Form, Reader
from simulator.documents import Node
from simulator.records import Trouble

ORDERINGS = ("none", "actor", "endpoint")
"""What a delivery waits for: nothing, the one before about the same actor, the one before to the same endpoint."""

SIGNED_PARTS = ("body", "time", "url")

TROUBLES: tuple[str, ...] = get_args(Trouble)

_STATUSES = re.compile(r"[1-5](?:[0-9]{2}|xx)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Disabling:
    """When the provider gives up an endpoint as a whole."""

    after: int
    """So many deliveries were given up, retries and all."""
    outcomes: tuple[str, ...]
    """How their last attempts ended, in the words of `retry_on`; others do not count."""
    within_ms: int
    """In so long a time, up to the last of them."""
    option: str = ""
    """The option by which a person sets `after` otherwise."""
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedPolicy:
    """Another way in which the provider was seen to deliver, by a name that `--policy` takes."""

    name: str
    about: str
    success: str = ""
    timeout_ms: int = 0
    delays_ms: tuple[int, ...] = ()
    source: str

    def over(self, policy: DeliveryPolicy) -> DeliveryPolicy:
        """Give the policy with what this one says in place of its own."""
        own = {name: getattr(self, name) for name in ("success", "timeout_ms", "delays_ms")}
        return replace(policy, **{name: value for name, value in own.items() if value})


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryPolicy:
    """How the provider delivers: what it takes for success, and what it does else."""

    success: str
    """Statuses as in `match.status_matches`: `200`, `2xx`."""
    timeout_ms: int
    retry_on: tuple[str, ...]
    """Outcomes that are tried again: statuses, `4xx`, `5xx`, a trouble, or `any`."""
    final: tuple[str, ...] = ()
    """Outcomes that are not tried again though `retry_on` has them."""
    delays_ms: tuple[int, ...]
    """The wait before each retry, from the end of the attempt before; one for each retry."""
    spread: tuple[float, float] = (1.0, 1.0)
    """Each wait is multiplied by a factor that is drawn between these two."""
    resign: bool = False
    """A retry is signed anew; else the first request is repeated byte for byte."""
    concurrency: int = 0
    """How many attempts to one endpoint may be open; 0: any number."""
    ordering: str = "none"
    """One of `ORDERINGS`."""
    giving_up: str = ""
    """What becomes of an event whose last attempt failed, in words."""
    disabling: tuple[Disabling, ...] = ()
    """What disables an endpoint, so that nothing more is sent there; empty: nothing does."""
    signs: tuple[str, ...] = ()
    """Of `SIGNED_PARTS`, those by which a bot can tell that a request is not as it was sent."""
    tolerance_ms: int = 0
    """How old a right request's signed time can be; 0 where none is signed."""
    named: Mapping[str, NamedPolicy] = field(default_factory=dict)
    source: str

    @property
    def is_spread(self) -> bool:
        """True where chance has a say in the waits."""
        return self.spread != (1.0, 1.0)

    def under(self, options: Mapping[str, Any]) -> DeliveryPolicy:
        """Give the policy with what the provider's options say in place of its own."""
        return replace(
            self,
            success=options.get("accepted", self.success),
            timeout_ms=options.get("timeout", self.timeout_ms),
            delays_ms=tuple(options.get("retries", self.delays_ms)),
            resign=options.get("resign", self.resign),
            disabling=tuple(replace(each, after=options.get(each.option, each.after)) for each in self.disabling),
        )


def read_policy(form: Form, node: Node) -> Any:
    """Give the policy that a map describes; what is wrong with it is remembered by the form."""
    readers: dict[str, Reader] = {
        "timeout": form.duration,
        "delays": form.durations,
        "retry_on": partial(_outcomes, form),
        "final": partial(_outcomes, form),
        "spread": partial(_spread, form),
        "tolerance": form.duration,
        "disabling": partial(_disablings, form),
        "named": partial(_named, form),
    }
    policy = form.record(node, DeliveryPolicy, readers=readers, at="policy")
    form.word(node.get("ordering"), "ordering", ORDERINGS)
    for element in form.elements(node.get("signs")):
        form.word(element, "signed part", SIGNED_PARTS)
    return policy


def _outcomes(form: Form, node: Node) -> tuple[str, ...]:
    for element in form.elements(node):
        if not _STATUSES.fullmatch(element.spelling):
            form.word(element, "outcome", ("any", *TROUBLES, "200", "2xx", "4xx", "5xx"), element.spelling)
    return tuple(element.spelling for element in form.elements(node))


def _spread(form: Form, node: Node) -> tuple[float, float]:
    found = [element.value for element in node.elements] if node.kind == "list" else []
    if len(found) == 2 and all(isinstance(each, int | float) for each in found) and 0 < found[0] <= found[1]:
        return float(found[0]), float(found[1])
    fix = "write the least and the most factor: [0.75, 1.5]"
    form.tell(node.place, "wrong-type", "two factors above 0 are wanted here", at="policy.spread", fix=fix)
    return 1.0, 1.0


def _disablings(form: Form, node: Node) -> tuple[Any, ...]:
    readers: dict[str, Reader] = {"within": form.duration, "outcomes": partial(_outcomes, form)}
    return tuple(
        form.record(element, Disabling, readers=readers, at=f"policy.disabling.{number}")
        for number, element in enumerate(form.elements(node))
    )


def _named(form: Form, node: Node) -> Mapping[str, Any]:
    readers: dict[str, Reader] = {"timeout": form.duration, "delays": form.durations}
    return MappingProxyType(
        {
            key.spelling: form.record(
                value, NamedPolicy, given={"name": key.spelling}, readers=readers, at=f"policy.named.{key.spelling}"
            )
            for key, value in form.pairs(node)
        }
    )
