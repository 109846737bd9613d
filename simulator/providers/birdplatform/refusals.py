"""Why a call is refused, and in which words; who may call at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from simulator import catalog, digests
from simulator.provider import ApiResponse
from simulator.providers.birdplatform.identifiers import base62
from simulator.records import ApiCall
from simulator.world import World

DOCS = "https://bird.com/docs/api/errors/"

RETRY_AFTER_S = 1


class Detail(NamedTuple):
    """What is wrong with one field of a call."""

    param: str
    message: str


class Fault(NamedTuple):
    """Why a call is refused."""

    error: str
    """Its name in provider.yaml."""
    message: str = ""
    """What stands as `message` in place of the error's own."""
    param: str = ""
    details: tuple[Detail, ...] = ()


def authorize(call: ApiCall, world: World) -> ApiResponse | None:
    """Give the refusal of a call without the right API key, or None."""
    scheme, _, key = call.headers.get("authorization", "").strip().partition(" ")
    if scheme.casefold() == "bearer" and digests.is_equal(key.strip(), world.credentials["api_key"]):
        return None
    return refuse(call, "invalid_token", "")


def refuse(call: ApiCall, error: str, detail: str) -> ApiResponse:
    """Give a refusal by its name in provider.yaml; a detail stands in place of the message."""
    return refused(call, Fault(error, detail))


def refused(call: ApiCall, fault: Fault) -> ApiResponse:
    """Give the refusal that a fault leads to; the id of the request stands in it and in a header."""
    fact = catalog.load("birdplatform").errors[fault.error]
    request_id = f"req_{base62(int.from_bytes(digests.sha256(f'{call.id} {call.at_ms}'.encode()), 'big'))}"
    values = {
        **fact.values,
        "doc_url": f"{DOCS}{fact.values['code']}",
        "request_id": request_id,
        "param": fault.param,
        "details": [each._asdict() for each in fault.details],
    }
    if fault.message:
        values["message"] = fault.message
    patience = (("Retry-After", str(RETRY_AFTER_S)),) if fact.status == 429 else ()
    headers = (("X-Request-Id", request_id), *patience)
    return ApiResponse(status=fact.status, template="error", values=values, headers=headers, error=fault.error)


def invalid(details: Sequence[Detail]) -> Fault | None:
    """Give the fault of a body that says something wrong; None where nothing is."""
    if not details:
        return None
    return Fault("validation", details[0].message, details[0].param, tuple(details))


def fields_of(call: ApiCall) -> Mapping[str, Any]:
    """Give the fields of a call; none where it has no body."""
    return cast("Mapping[str, Any]", call.fields or {})
