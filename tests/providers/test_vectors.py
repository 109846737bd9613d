"""Every published or captured example in `vectors.yaml` gives its request, to the byte."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import catalog, documents, providers, signing
from simulator.catalog import options_with
from simulator.records import Payload
from simulator.render import encode

from .proofs import Proofs

KEYS = {"name", "source", "credentials", "url", "options", "stamp_ms", "event_id", "body", "event", "expect"}
EXPECTED = {"body", "bytes", "url", "headers"}


def vectors() -> list[Any]:
    found = []
    for provider_id in catalog.names():
        path = catalog.load(provider_id).folder / "vectors.yaml"
        if path.is_file():
            rows = documents.read_file(path).plain()["vectors"]
            found += [pytest.param(provider_id, row, id=f"{provider_id}: {row['name']}") for row in rows]
    return found


VECTORS = vectors()


@pytest.mark.parametrize(("provider_id", "vector"), VECTORS)
def test_vector_gives_its_request(provider_id: str, vector: dict[str, Any], proofs: Proofs) -> None:
    facts, provider = catalog.load(provider_id), providers.load(provider_id)
    options = options_with(facts, vector.get("options", {}))
    style = facts.body.under(options)
    body = vector["body"].encode() if "body" in vector else encode(vector["event"], style)
    stamp_ms = vector.get("stamp_ms", 0)

    request = signing.sign_request(
        Payload(event_id=vector.get("event_id", "vector"), type="", body=body, content_type=style.content_type),
        url=vector["url"],
        registered_url=vector["url"],
        provider=provider,
        credentials=vector["credentials"],
        options=options,
        stamp_ms=stamp_ms,
        due_ms=stamp_ms,
        marked=False,
    )

    expect = vector["expect"]
    assert request.body == expect["body"].encode()
    assert len(request.body) == expect.get("bytes", len(request.body))
    assert request.url == expect["url"]
    assert expect["headers"].items() <= dict(request.headers).items()
    if vector["source"] == "sdks":  # the others were worked out from the description
        proofs.record(provider_id, f"the example “{vector['name']}”", signature=True)


@pytest.mark.parametrize(("provider_id", "vector"), VECTORS)
def test_vector_says_where_it_is_from_and_no_more_than_is_read(provider_id: str, vector: dict[str, Any]) -> None:
    assert vector["source"] in catalog.load(provider_id).sources
    assert vector.keys() <= KEYS
    assert vector["expect"].keys() <= EXPECTED


@pytest.mark.parametrize("provider_id", catalog.names())
def test_every_provider_has_vectors(provider_id: str) -> None:
    assert any(vector.values[0] == provider_id for vector in VECTORS)
