"""Why a call is refused, and in which words; who may call at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from simulator import catalog, digests
from simulator.provider import ApiResponse
from simulator.providers.bird import people
from simulator.records import ApiCall
from simulator.world import World

BY_LINK = ("upload_media", "download_media")
"""The operations that are called by a link, which is leave enough."""


class Fault(NamedTuple):
    """Why a call is refused."""

    error: str
    """Its name in provider.yaml."""
    detail: str = ""
    """What stands as `message` in place of the error's own."""
    details: Mapping[str, Any] | None = None


def authorize(call: ApiCall, world: World) -> ApiResponse | None:
    """
    Give the refusal of a call without the right access key, or for another workspace than the key's; or None.

    A file is put and fetched by a link, which needs no key.
    """
    if call.operation in BY_LINK:
        return None
    scheme, _, key = call.headers.get("authorization", "").strip().partition(" ")
    if scheme.casefold() != "accesskey" or not digests.is_equal(key.strip(), world.credentials["access_key"]):
        return refuse(call, "invalid_token", "")
    account = people.account_of(world)
    own = {"workspaceId": world.options["workspace"], "organizationId": account.get("organization_id")}
    for name, wanted in own.items():
        if call.params.get(name, wanted) != wanted:
            return refuse(call, "access_denied", "")
    return None


def refuse(call: ApiCall, error: str, detail: str) -> ApiResponse:
    """Give a refusal by its name in provider.yaml; a detail stands in place of the message."""
    return refused(call, Fault(error, detail))


def refused(call: ApiCall, fault: Fault) -> ApiResponse:
    """Give the refusal that a fault leads to."""
    fact = catalog.load("bird").errors[fault.error]
    values = {**fact.values, "details": fault.details}
    if fault.detail:
        values["message"] = fault.detail
    limits = (("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1")) if fact.status == 429 else ()
    return ApiResponse(status=fact.status, template="error", values=values, headers=limits, error=fault.error)


def invalid(problems: list[str]) -> Fault | None:
    """Give the fault of a body that says something wrong; several messages stand in one, as the service joins them."""
    return Fault("invalid_payload", "; ".join(problems)) if problems else None


def fields_of(call: ApiCall) -> Mapping[str, Any]:
    """Give the fields of a call; none where it has no body."""
    return cast("Mapping[str, Any]", call.fields or {})


def unknown(fields: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    """Give a message for each field that there is not."""
    return [f'unknown field "{name}"' for name in fields if name not in known]
