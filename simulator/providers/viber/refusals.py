"""Why a call is refused, and in which words; who may call at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from simulator import catalog, digests
from simulator.provider import ApiResponse
from simulator.records import ApiCall
from simulator.world import World

HOSTNAME = "SN-CHAT-07_"
"""Which machine answers means nothing to a bot, so refusals come from one."""


class Fault(NamedTuple):
    """Why a call is refused."""

    error: str
    """Its name in provider.yaml."""
    detail: str = ""


def authorize(call: ApiCall, world: World) -> ApiResponse | None:
    """
    Give the refusal of a call whose token is missing or wrong, or None.

    The token may stand in the header or in the body; where it stands in both, the header counts.
    """
    in_body = call.fields.get("auth_token") if isinstance(call.fields, Mapping) else None
    token = call.headers.get("x-viber-auth-token") or in_body
    if token is None or token == "":
        return refuse(call, "missing_auth_token", "")
    if not isinstance(token, str) or not digests.is_equal(token, world.credentials["auth_token"]):
        return refuse(call, "invalid_auth_token", "")
    return None


def refuse(call: ApiCall, error: str, detail: str) -> ApiResponse:
    """
    Give a refusal by its name in provider.yaml; nearly all have HTTP status 200 and a number in the body.

    The detail stands behind the message, in brackets, as the service's own words about a keyboard do.
    """
    fact = catalog.load("viber").errors[error]
    message = f"{fact.values['message']} [{detail}]" if detail else fact.values["message"]
    values = {**fact.values, "message": message, "chat_hostname": HOSTNAME}
    return ApiResponse(status=fact.status, template="error", values=values, error=error)


def refused(call: ApiCall, fault: Fault) -> ApiResponse:
    """Give the refusal that a fault leads to."""
    return refuse(call, fault.error, fault.detail)


def unreadable(call: ApiCall, world: World) -> Fault | None:
    """Give why the body cannot be taken as an object of fields at all, or None."""
    if len(call.body) > world.limits["body_bytes"]:
        return Fault("too_large", f"the body is longer than {world.limits['body_bytes']} bytes")
    if call.problem:
        return Fault("bad_body", call.problem)
    if call.body.strip() and not call.body.lstrip().startswith(b"{"):
        # A form may parse as fields, and is none here; a type that is wrong or missing does no harm.
        return Fault("bad_body", "the body is no JSON")
    if call.fields is not None and not isinstance(call.fields, Mapping):
        return Fault("bad_body", "the body is no object")
    return None


def fields_of(call: ApiCall) -> Mapping[str, Any]:
    """Give the fields of a readable call; none where it has no body."""
    return cast("Mapping[str, Any]", call.fields or {})
