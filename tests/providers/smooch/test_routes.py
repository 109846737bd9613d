from __future__ import annotations

import pytest

from simulator.providers.smooch.routes import HANDLERS, ROUTES


def test_each_operation_has_four_beginnings() -> None:
    for operation in HANDLERS:
        paths = {route.path.replace("appUsers", "appusers") for route in ROUTES if route.operation == operation}

        assert len(paths) == 4


@pytest.mark.parametrize("path", ["/v1.1/apps/{app_id}/appUsers/{user_id}/messages", "/v1/appusers/{user_id}/messages"])
def test_path_that_clients_use_is_there(path: str) -> None:
    assert {route.method for route in ROUTES if route.path == path} == {"GET", "POST"}
