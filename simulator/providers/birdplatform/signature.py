"""The signature of Standard Webhooks: over the id of a delivery, the time of the attempt, and the body."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from simulator import digests
from simulator.errors import CredentialError, Problem
from simulator.provider import Signed, ToSign
from simulator.providers.birdplatform.identifiers import base62

PREFIX = "whsec_"
"""What a secret begins with; the rest is base64 of the key."""


def sign(what: ToSign) -> Signed:
    """
    Give the three headers by which a bot knows that an event came from the platform, and not long ago.

    Each signature of the list is `v1,` and base64 of HMAC-SHA256 over id, time and body with points between; there are
    two for a day after the secret was rotated. The time is that of the attempt, and the id the same in all of them.

    Raises:
        CredentialError: a secret is empty, or is no base64.

    Source: the specification of Standard Webhooks 1.0.0, and `webhooks.unwrap` of the SDK.
    """
    delivery = what.given.get("webhook-id") or _delivery_id(what)
    stamp = str(what.stamp_ms // 1000)
    message = f"{delivery}.{stamp}.".encode("utf-8", "surrogatepass") + what.body
    signatures = [f"v1,{digests.hmac_sha256_base64(key, message, name='webhook_secret')}" for key in _keys(what)]
    return Signed(
        headers=(
            ("webhook-id", delivery),
            ("webhook-timestamp", stamp),
            ("webhook-signature", " ".join(signatures)),
        )
    )


def _delivery_id(what: ToSign) -> str:
    """
    Give the id that was drawn with the event; one made of what is known where none was, as for a raw body.

    A request that is examined and has none gets one that hangs on its body, by which it shows that one belongs there.
    """
    if what.event_id.startswith("msg_"):
        return what.event_id
    known = what.event_id.encode("utf-8", "surrogatepass") or (what.body if what.given else b"")
    return f"msg_{base62(int.from_bytes(digests.sha256(known), 'big'))}"


def _keys(what: ToSign) -> Iterator[bytes]:
    """Give the keys that sign, the newest first."""
    yield key_of(what.credentials.get("webhook_secret", ""), "webhook_secret")
    previous = what.credentials.get("previous_secret", "")
    until_ms = what.credentials.get("previous_until_ms", "")
    if previous and (not until_ms or what.due_ms < int(until_ms)):
        yield key_of(previous, "previous_secret")


def key_of(secret: str, name: str) -> bytes:
    """
    Give the bytes that sign: what follows `whsec_`, decoded.

    Raises:
        CredentialError: it is empty, or no base64.
    """
    text = secret.removeprefix(PREFIX)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CredentialError(
            Problem(
                code="unusable-credential",
                what=f"the {name} is no base64",
                why=f"the key is what follows {PREFIX}, decoded",
                fix=f"copy the {name} again, whole",
            )
        ) from error


def written(key: bytes) -> str:
    """Give a secret as it is shown."""
    return f"{PREFIX}{base64.b64encode(key).decode('ascii')}"
