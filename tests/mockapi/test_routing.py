"""Whose path it is, and which Host headers name this machine."""

from __future__ import annotations

import pytest

from simulator.mockapi.routing import Found, Hosts, Routing

TWO = Routing({"plover": "/v1/api", "siskin": "/pa"})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/pa/send", Found("siskin", "", "/pa/send")),
        ("/pa", Found("siskin", "", "/pa")),
        ("/siskin/pa/send", Found("siskin", "/siskin", "/pa/send")),
        ("/siskin/send", Found("siskin", "/siskin", "/send")),
        ("/siskin", Found("siskin", "/siskin", "/")),
        ("/v1/api/", Found("plover", "", "/v1/api/")),
    ],
)
def test_path_under_an_api_or_its_name_is_found(path, found):
    assert TWO.find(path) == found


@pytest.mark.parametrize("path", ["/", "/paper/send", "/v1", "/siskinny/pa", "//pa/send"])
def test_path_under_no_api_is_nobodys(path):
    assert TWO.find(path) is None


def test_longest_path_that_fits_decides():
    routing = Routing({"plover": "/v1", "siskin": "/v1/birds"})

    assert routing.find("/v1/birds/3").provider == "siskin"
    assert routing.find("/v1/eggs/3").provider == "plover"


def test_apis_under_the_same_path_are_found_by_name_alone():
    routing = Routing({"plover": "/v1", "siskin": "/v1/"})

    assert routing.find("/v1/eggs") is None
    assert routing.find("/plover/v1/eggs") == Found("plover", "/plover", "/v1/eggs")
    assert routing.find("/siskin/v1/eggs") == Found("siskin", "/siskin", "/v1/eggs")
    assert str(routing) == "plover under /plover/v1, siskin under /siskin/v1"


def test_api_at_the_root_takes_what_no_other_takes():
    routing = Routing({"plover": "", "siskin": "/pa"})

    assert routing.find("/anything") == Found("plover", "", "/anything")
    assert routing.find("/pa/send").provider == "siskin"
    assert routing.find("/plover/anything") == Found("plover", "/plover", "/anything")


def test_routing_says_where_the_apis_lie():
    assert str(TWO) == "plover under /v1/api and /plover/v1/api, siskin under /pa and /siskin/pa"
    assert str(Routing({})) == "no API"


@pytest.mark.parametrize(
    "header",
    [
        "localhost",
        "LOCALHOST:80",
        "api.localhost:1",
        "127.0.0.1:7716",
        "127.1.2.3",
        "[::1]:80",
        "Mock.Test:80",
        "mock.test.",
        "",
    ],
)
def test_names_of_this_machine_and_named_ones_may_be_called(header):
    assert Hosts(["mock.test"]).allows(header)


@pytest.mark.parametrize(
    "header", ["evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", "a b", "[::2]", ":80"]
)
def test_other_names_may_not_be_called(header):
    assert not Hosts(["mock.test"]).allows(header)
