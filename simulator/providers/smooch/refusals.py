"""Why a call is refused, and in which words."""

from __future__ import annotations

from typing import NamedTuple

from simulator import catalog
from simulator.provider import ApiResponse
from simulator.records import ApiCall


class Fault(NamedTuple):
    """Why a call is refused."""

    error: str
    """Its name in provider.yaml."""
    detail: str = ""


def refuse(call: ApiCall, error: str, detail: str) -> ApiResponse:
    """
    Give a refusal by its name in provider.yaml; the detail takes the place of the general description.

    What a REST answer calls `description`, a webhook calls `message`.
    """
    fact = catalog.load("smooch").errors[error]
    values = {**fact.values, "description": detail or fact.values["description"]}
    return ApiResponse(status=fact.status, template="error", values=values, error=error)


def refused(call: ApiCall, fault: Fault) -> ApiResponse:
    """Give the refusal that a fault leads to."""
    return refuse(call, fault.error, fault.detail)
