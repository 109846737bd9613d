from __future__ import annotations

import pytest

from simulator.answering import operation_of
from simulator.providers.smooch.routes import HANDLERS, NEW_IN_V11, ROUTES
from simulator.records import ApiCall

from .conftest import SMOOCH

OF_THE_APP = {"get_app", "update_app"}


def test_each_operation_has_four_beginnings() -> None:
    for operation in HANDLERS.keys() - NEW_IN_V11 - OF_THE_APP:
        assert len({route.path for route in ROUTES if route.operation == operation}) == 4


def test_app_is_named_by_its_id_alone() -> None:
    for operation in OF_THE_APP:
        paths = [route.path for route in ROUTES if route.operation == operation]

        assert paths == ["/v1.1/apps/{app_id}", "/v1/apps/{app_id}"]


@pytest.mark.parametrize(
    "path", ["/v1.1/apps/5c/appUsers/x/messages", "/v1/appusers/x/messages", "/V1.1/APPUSERS/x/Messages"]
)
def test_letters_of_a_path_may_be_large_or_small(path: str) -> None:
    call = ApiCall(id="c", provider="smooch", method="GET", path=path, headers={})

    assert operation_of(call, SMOOCH) == "get_messages"


def test_people_are_deleted_in_v1_1_alone() -> None:
    paths = [route.path for route in ROUTES if route.operation == "delete_app_user"]

    assert paths
    assert all(path.startswith("/v1.1/") for path in paths)
