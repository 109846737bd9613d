from __future__ import annotations

import dataclasses

import pytest

from simulator import provider
from simulator.provider import Act, ApiResponse, Occurrence, Provider, Route, Signed, ToSign

PARTS = [Act, ApiResponse, Occurrence, Provider, Route, Signed, ToSign]


@pytest.mark.parametrize("part", PARTS)
def test_part_of_a_declaration_is_frozen_and_named(part: type) -> None:
    assert part.__dataclass_params__.frozen
    assert all(field.kw_only for field in dataclasses.fields(part))


def test_least_signature_changes_nothing_of_the_request() -> None:
    signed = Signed()

    assert (signed.headers, signed.query, signed.body, signed.content_type) == ((), (), None, None)


def test_least_answer_is_an_empty_success() -> None:
    answer = ApiResponse()

    assert (answer.status, answer.body, answer.error, answer.effects) == (200, None, "", ())


def test_declaration_needs_no_more_than_what_every_provider_has() -> None:
    needed = {field.name for field in dataclasses.fields(Provider) if field.default is field.default_factory}

    assert needed == {"id", "acts", "sign", "authorize", "routes", "ids", "person", "replies", "refuse"}
    assert provider.__doc__
