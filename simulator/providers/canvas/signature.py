"""The whole body as a signed token, where the subscription asks for that."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping

from simulator import digests
from simulator.provider import Signed, ToSign
from simulator.providers.canvas.keys import PLACES, key_of, kid, period_at
from simulator.units import instant_ms

EVENT_TIME = re.compile(rb'"event_time":"([^"\\]{1,40})"')
UNKNOWN_KID = "2000-01-01T00:00:00Z_of-nobody"


def sign(what: ToSign) -> Signed:
    """
    Give the body as a compact JWS, RS256, whose claims are the event byte for byte; nothing where signing is off.

    There is no signature header and no shared secret: a bot finds the public key in the published set by the `kid` of
    the token's header.

    Source: Live Events, "Setup", and the guide "How do I configure and test Canvas Live Events using HTTPS delivery?".
    The header's `typ` and the content type are unconfirmed.
    """
    agent = str(what.options.get("user_agent") or "")
    headers = (("User-Agent", agent),) if agent else ()
    if what.options.get("signing") != "jwt":
        return Signed(headers=headers)
    return Signed(
        headers=headers,
        body=token(claims(what), what).encode("ascii"),
        content_type=str(what.options.get("jwt_content_type") or "application/jwt"),
    )


def token(payload: bytes, what: ToSign) -> str:
    """Give the token; the options `jwt_key` and `jwt_algorithm` make it one that a bot must not believe."""
    options = what.options
    rotation_ms = int(options.get("rotation", 0))
    period = period_at(signed_ms(what), rotation_ms) + PLACES.get(str(options.get("jwt_key")), 0)
    key_id = UNKNOWN_KID if options.get("jwt_key") == "unknown" else kid(period, rotation_ms)
    algorithm = str(options.get("jwt_algorithm", "RS256"))
    # The order of these three is that of the bytes.
    header = {"typ": "JWT", "alg": algorithm, "kid": key_id}
    if algorithm == "RS256":
        from joserfc import jws

        return jws.serialize_compact(header, payload, key_of(period), algorithms=["RS256"])
    begun = f"{_base64url(_json(header))}.{_base64url(payload)}"
    if algorithm == "none":
        return f"{begun}."
    public = key_of(period).as_pem(private=False)
    return f"{begun}.{_base64url(digests.hmac_sha256(public, begun.encode('ascii')))}"


def claims(what: ToSign) -> bytes:
    """Give the event as it stands, or with the time of signing as a claim more where it is an object to hold one."""
    if what.options.get("jwt_claims") != "iat" or not what.body.endswith((b"}}", b'"}')):
        return what.body
    return what.body[:-1] + b',"iat":%d}' % (what.stamp_ms // 1000)


def signed_ms(what: ToSign) -> int:
    """
    Give the time whose key signs: the event's own, which is the time by which the key set is published too.

    A body that tells no time is signed with the key of the stamp.
    """
    found = EVENT_TIME.search(what.body)
    if found is None:
        return what.stamp_ms
    try:
        return instant_ms(found[1].decode("utf-8", "replace"))
    except ValueError:
        return what.stamp_ms


def _json(value: Mapping[str, str]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
