"""The providers, each a module or package of its own that ends in one value, `PROVIDER`; found by being there."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from simulator.errors import InputError, InternalError, Problem, did_you_mean
from simulator.provider import Provider


def names() -> tuple[str, ...]:
    """Give the ids of all providers, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")))


@cache
def load(provider_id: str) -> Provider:
    """
    Give the declaration of that provider.

    Raises:
        InputError: there is no such provider.
        InternalError: its module does not declare one of its own name.
    """
    known = names()
    if provider_id not in known:
        raise InputError(
            Problem(
                code="unknown-provider",
                what=f'unknown provider "{provider_id}"',
                why=f"there are: {', '.join(known)}",
                fix=did_you_mean(provider_id, known, "use one of them"),
            )
        )
    found = getattr(importlib.import_module(f"{__name__}.{provider_id}"), "PROVIDER", None)
    if not isinstance(found, Provider) or found.id != provider_id:
        raise InternalError(
            Problem(
                code="no-provider",
                what=f"the module of {provider_id} does not end in its PROVIDER",
                why=f'wanted is a Provider whose id is "{provider_id}"',
            )
        )
    return found
