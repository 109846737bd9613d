"""The folders on disk as the catalog reads them, whatever providers there are."""

from __future__ import annotations

import pytest

from simulator import catalog
from simulator.errors import InputError


def test_every_folder_with_a_provider_yaml_is_named() -> None:
    assert "viber" in catalog.names()


@pytest.mark.parametrize("name", catalog.names())
def test_every_folder_is_read_without_a_problem(name: str) -> None:
    assert catalog.load(name).id == name


def test_catalog_is_read_once() -> None:
    name = catalog.names()[0]

    assert catalog.load(name) is catalog.load(name)


def test_unknown_provider_names_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        catalog.load("vibre")

    (problem,) = caught.value.problems
    assert (problem.code, problem.fix) == ("unknown-provider", 'did you mean "viber"?')
