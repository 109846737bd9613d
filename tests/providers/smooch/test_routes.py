from __future__ import annotations

import pytest

from simulator.providers.smooch.routes import HANDLERS, NEW_IN_V11, ROUTES


def test_each_operation_has_four_beginnings() -> None:
    for operation in HANDLERS.keys() - NEW_IN_V11:
        paths = {route.path.replace("appUsers", "appusers") for route in ROUTES if route.operation == operation}

        assert len(paths) == 4


@pytest.mark.parametrize("path", ["/v1.1/apps/{app_id}/appUsers/{user_id}/messages", "/v1/appusers/{user_id}/messages"])
def test_path_that_clients_use_is_there(path: str) -> None:
    assert {route.method for route in ROUTES if route.path == path} == {"GET", "POST", "DELETE"}


def test_people_are_deleted_in_v1_1_alone() -> None:
    paths = [route.path for route in ROUTES if route.operation == "delete_app_user"]

    assert paths
    assert all(path.startswith("/v1.1/") for path in paths)
