"""The signature doctor, on every provider: what is right verifies, by vectors and by what the provider signs."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import catalog as catalogs
from simulator import doctor, providers
from simulator.doctor import Captured
from tests.doctor.cases import BODY, CASES, OF_BODY, OF_HEADERS, Case, changed, named, with_headers
from tests.providers.test_vectors import VECTORS


@pytest.mark.parametrize(("provider_id", "vector"), VECTORS)
def test_every_vector_verifies(provider_id: str, vector: dict[str, Any]) -> None:
    facts, expect = catalogs.load(provider_id), vector["expect"]
    request = Captured(headers=tuple(expect["headers"].items()), body=expect["body"].encode(), url=expect["url"])

    found = doctor.examine(
        request,
        provider=providers.load(provider_id),
        catalog=facts,
        credentials=catalogs.credentials_with(facts, vector["credentials"]),
        options=catalogs.options_with(facts, vector.get("options", {})),
    )

    assert found.is_valid
    assert found.culprits == ()


@pytest.mark.parametrize("each", named(CASES))
def test_request_of_the_provider_is_valid(each: Case) -> None:
    found = each.examine(each.request())

    assert found.outcome == "valid"
    assert all(signature.is_right for signature in found.signatures)


@pytest.mark.parametrize("each", named(CASES))
def test_brief_diagnosis_agrees(each: Case) -> None:
    request = each.request()
    spoiled = changed(with_headers(request, lambda name, text: (name, "0" * 64), each), body=request.body + b"x")
    if each in OF_HEADERS and each not in OF_BODY:
        spoiled = with_headers(request, lambda name, text: (name, "0" * 64), each)
    told = {"provider": each.provider, "catalog": each.catalog, "options": each.options}

    for one in (request, spoiled):
        brief = doctor.examine(one, credentials=each.credentials(), is_brief=True, **told)  # type: ignore[arg-type]
        assert brief.outcome == each.examine(one).outcome


@pytest.mark.parametrize("each", named(OF_BODY))
def test_canonical_bytes_are_what_the_provider_digests(each: Case) -> None:
    found = each.examine(each.request())

    assert found.canonical is not None
    is_digested = any(digest in found.canonical for digest, _ in found.inner)
    assert BODY in found.canonical or is_digested or found.canonical.startswith(b"eyJ")
