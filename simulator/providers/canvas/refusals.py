"""Why a call is refused, in Canvas's own words; who may call at all."""

from __future__ import annotations

from collections.abc import Mapping

from simulator import catalog, digests
from simulator.provider import ApiResponse
from simulator.records import ApiCall, Headers
from simulator.world import World

CHALLENGE: Headers = (("WWW-Authenticate", 'Bearer realm="canvas-lms"'),)
TEXT: Headers = (("Content-Type", "text/plain; charset=utf-8"),)
PAGE: Headers = (("Content-Type", "text/html; charset=utf-8"),)

HEADERS: Mapping[str, Headers] = {
    "unauthenticated": CHALLENGE,
    "invalid_token": CHALLENGE,
    "expired_token": CHALLENGE,
    "rate_limited": (*TEXT, ("X-Rate-Limit-Remaining", "0.0")),
    "too_many_requests": (*TEXT, ("X-Rate-Limit-Remaining", "0.0")),
    "too_large": PAGE,
    "server_error": PAGE,
    "upload_denied": PAGE,
}
"""What stands beside the body of a refusal; an SDK tells a bad token from a missing right by the challenge."""

PUBLIC = frozenset({"get_jwks", "upload_file", "confirm_upload", "download_file"})
"""Operations that everybody may call: a public key, or an address that holds its own secret."""


def authorize(call: ApiCall, world: World) -> ApiResponse | None:
    """
    Give the refusal of a call whose token is missing or wrong, or None.

    The token stands in the header `Authorization`, or as `access_token` in the query or the body.

    Source: Canvas REST API, "OAuth2": header and query both work, the header is the one to use. That the body works as
    well is our reading of how parameters are.
    """
    if call.operation in PUBLIC:
        return None
    token = _token(call)
    if not token:
        return refuse(call, "unauthenticated", "")
    return None if is_token_right(call, world) else refuse(call, "invalid_token", "")


def is_token_right(call: ApiCall, world: World) -> bool:
    """Tell whether a call has the token of the bot's person."""
    return digests.is_equal(_token(call), world.credentials["access_token"])


def refuse(call: ApiCall, error: str, detail: str) -> ApiResponse:
    """Give a refusal by its name in provider.yaml, where its body stands word for word; it has no room for a detail."""
    fact = catalog.load("canvas").errors[error]
    return ApiResponse(
        status=fact.status, template="error", values=fact.values, headers=HEADERS.get(error, ()), error=error
    )


def _token(call: ApiCall) -> str:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "bearer" and token.strip():
        return token.strip()
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    found = call.query.get("access_token") or fields.get("access_token")
    return found if isinstance(found, str) else ""
