"""Why a call is refused, and in which words; who may call at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from simulator import catalog, digests
from simulator.provider import ApiResponse
from simulator.records import ApiCall
from simulator.world import World


class Fault(NamedTuple):
    """Why a call is refused."""

    error: str
    """Its name in provider.yaml."""
    detail: str = ""
    """What stands as `description` in place of the error's own."""
    parameter: str | None = None


def authorize(call: ApiCall, world: World) -> ApiResponse | None:
    """Give the refusal of a call without the right access key, or None."""
    scheme, _, key = call.headers.get("authorization", "").strip().partition(" ")
    if scheme.casefold() == "accesskey" and digests.is_equal(key.strip(), world.credentials["access_key"]):
        return None
    return refused(call, Fault("invalid_token", parameter="access_key"))


def refuse(call: ApiCall, error: str, detail: str) -> ApiResponse:
    """Give a refusal by its name in provider.yaml; a detail stands in place of the description."""
    return refused(call, Fault(error, detail))


def refused(call: ApiCall, fault: Fault) -> ApiResponse:
    """Give the refusal that a fault leads to."""
    fact = catalog.load("messagebird").errors[fault.error]
    values = {**fact.values, "parameter": fault.parameter}
    if fault.detail:
        values["description"] = fault.detail
    return ApiResponse(status=fact.status, template="error", values=values, error=fault.error)


def missing(name: str) -> Fault:
    """Give the fault of a call that leaves a parameter out."""
    return Fault("missing_parameter", f"{name} is required", name)


def invalid(name: str) -> Fault:
    """Give the fault of a call whose parameter is wrong."""
    return Fault("invalid_parameter", f"{name} is invalid", name)


def fields_of(call: ApiCall) -> Mapping[str, Any]:
    """Give the fields of a call; none where it has no body."""
    return cast("Mapping[str, Any]", call.fields or {})
