"""An event → the request that carries it to one endpoint, right or as a bad day wants it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator import signing
from simulator.delivery import harm
from simulator.faults import Fate, Signature
from simulator.records import Payload, ScheduledEvent, SignedRequest
from simulator.render import render
from simulator.seeds import stream
from simulator.terms import Terms
from simulator.world import Row, World


class Writer:
    """Renders and signs what one story sends, as its world stands."""

    def __init__(self, terms: Terms, world: World) -> None:
        """Write by these terms."""
        self.terms = terms
        self._world = world

    def rendered(self, event: ScheduledEvent) -> Payload:
        """
        Give the payload of an event as the world stands.

        Raises:
            InputError: an override names an unknown path, or a template is broken.
        """
        terms = self.terms
        return render(
            event,
            catalog=terms.catalog,
            provider=terms.provider,
            world=self._world,
            seed=terms.seed,
            start_ms=terms.start_ms,
        )

    def signed(
        self,
        payload: Payload,
        subscription: Row,
        due_ms: int,
        *,
        attempt: int = 1,
        last_outcome: str = "",
        signature: Signature = "right",
        altered: bytes | None = None,
    ) -> SignedRequest:
        """
        Give the request that carries a payload to a subscription; its URL is empty where it may go nowhere.

        Raises:
            InputError: a credential is missing, or cannot stand in a request; or no bot could notice the forgery.
        """
        terms, registered = self.terms, str(subscription.get("url") or "")
        expired_ms = harm.EXPIRED_TIMES * terms.policy.tolerance_ms if signature == "expired" else 0
        return signing.sign_request(
            payload,
            url=terms.target(registered),
            registered_url=registered,
            provider=terms.provider,
            credentials=_over(self._world.credentials, subscription.get("credentials")),
            options=_over(self._world.options, subscription.get("options")),
            stamp_ms=terms.stamp_ms(due_ms) - expired_ms,
            attempt=attempt,
            last_outcome=last_outcome,
            marked=terms.is_marked,
            due_ms=due_ms,
            signature=signature,
            altered=altered,
        )

    def harmed(self, event: ScheduledEvent, payload: Payload, row: Row, fate: Fate) -> tuple[bytes | None, Fate]:
        """
        Give what is sent in place of the signed body, and the fate in exact words.

        Raises:
            InputError: no bot could notice the forgery, or the body has no place for it.
        """
        if not fate.is_forged:
            return None, fate
        altered, fate = harm.tampered(payload.body, fate, stream(self.terms.seed, "tamper", event.id))
        right = self.signed(payload, row, event.due_ms)
        sent = self.signed(payload, row, event.due_ms, signature=fate.signature, altered=altered)
        return altered, harm.forged(fate, right, sent, self.terms.policy.tolerance_ms)


def _over(known: Mapping[str, Any], own: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Give what is known with what a subscription has of its own, which most have not."""
    return {**known, **own} if own else known
