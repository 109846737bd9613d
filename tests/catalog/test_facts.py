from __future__ import annotations

import pytest

from simulator.catalog import BodyStyle, Catalog, read

from .conftest import Write


@pytest.fixture
def catalog(write: Write) -> Catalog:
    return read(write())


def test_body_style_changes_with_its_option(catalog: Catalog) -> None:
    assert catalog.body.under({"shape": "round"}).ascii
    assert not catalog.body.under({"shape": "square"}).ascii


def test_body_style_without_an_option_stays(catalog: Catalog) -> None:
    style = BodyStyle(ascii=True)

    assert style.under({"shape": "square"}) == style


def test_policy_follows_the_options_timeout_and_retries(catalog: Catalog) -> None:
    policy = catalog.policy_under({"timeout": 9, "retries": (1, 2)})

    assert (policy.timeout_ms, policy.delays_ms) == (9, (1, 2))


def test_policy_without_such_options_stays(catalog: Catalog) -> None:
    assert catalog.policy_under({}) == catalog.policy


def test_environment_holds_address_and_credentials(catalog: Catalog) -> None:
    found = catalog.environment("http://127.0.0.1:1/", {"secret": "a{base}b"})

    assert found == {"ACME_URL": "http://127.0.0.1:1/api?a{base}b"}
