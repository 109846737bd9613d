from __future__ import annotations

from simulator.providers.smooch.refusals import Fault, refuse, refused

from .conftest import a_call


def test_detail_takes_the_place_of_the_description() -> None:
    call = a_call("list_webhooks")

    assert refuse(call, "unauthorized", "").values["description"] == "Authorization is required"
    response = refused(call, Fault("bad_request", "text is missing"))
    assert (response.status, response.values["code"]) == (400, "bad_request")
    assert response.values["description"] == "text is missing"
