from __future__ import annotations

from simulator.providers.viber.routes import ROUTES


def test_account_info_is_asked_by_both_verbs() -> None:
    assert {route.method for route in ROUTES if route.operation == "get_account_info"} == {"GET", "POST"}


def test_all_else_is_posted() -> None:
    assert {route.method for route in ROUTES if route.operation != "get_account_info"} == {"POST"}
