"""What is written down about each provider: the folders in templates/, read as frozen records."""

from __future__ import annotations

from functools import cache

from simulator import data
from simulator.catalog.facts import (
    BodyStyle,
    Catalog,
    Credential,
    Endpoint,
    EnvVariable,
    ErrorFact,
    EventFact,
    FieldFact,
    OperationFact,
    Option,
    SdkLine,
    Unconfirmed,
)
from simulator.catalog.given import by_provider, credentials_with, option_value, options_with, secrets_in
from simulator.catalog.policies import DeliveryPolicy, Disabling, NamedPolicy
from simulator.catalog.reading import read
from simulator.errors import InputError, Problem, did_you_mean

__all__ = [
    "BodyStyle",
    "Catalog",
    "Credential",
    "DeliveryPolicy",
    "Disabling",
    "Endpoint",
    "EnvVariable",
    "ErrorFact",
    "EventFact",
    "FieldFact",
    "NamedPolicy",
    "OperationFact",
    "Option",
    "SdkLine",
    "Unconfirmed",
    "by_provider",
    "credentials_with",
    "load",
    "names",
    "option_value",
    "options_with",
    "read",
    "secrets_in",
]


def names() -> tuple[str, ...]:
    """Give the ids of all providers that have a folder, sorted."""
    return tuple(sorted(path.parent.name for path in data.folder("templates").glob("*/provider.yaml")))


@cache
def load(provider_id: str) -> Catalog:
    """
    Give the catalog of that provider; the file of an event is read when the event is first asked for.

    Raises:
        InputError: there is no such provider, or its provider.yaml is wrong; all problems are in it.
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
    return read(data.folder("templates") / provider_id, is_whole=False)
