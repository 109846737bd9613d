"""Addresses to listen on."""

from __future__ import annotations

import errno
import socket

import pytest

from simulator.errors import InputError
from simulator.mockapi import MockApi, listen_address
from simulator.mockapi.listening import problem_of, url_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("8080", ("127.0.0.1", 8080)),
        (":8080", ("127.0.0.1", 8080)),
        (":0", ("127.0.0.1", 0)),
        ("localhost:8080", ("127.0.0.1", 8080)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("[::1]:80", ("::1", 80)),
        ("my-host.lan:80", ("my-host.lan", 80)),
    ],
)
def test_address_as_people_write_it(written, meant):
    assert listen_address(written) == meant


@pytest.mark.parametrize("written", ["", "host", ":", "65536", "::1:80", "http://localhost:80", "a b:80", ":-1", "٣"])
def test_what_is_no_address_is_an_input_error(written):
    with pytest.raises(InputError) as caught:
        listen_address(written)

    assert caught.value.problems[0].code == "bad-listen"


def test_address_for_programs_on_this_machine():
    assert url_of("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert url_of("::", 80) == "http://[::1]:80"
    assert url_of("127.0.0.1", 7716) == "http://127.0.0.1:7716"


async def unwanted(call):
    raise AssertionError(call)


async def test_port_of_another_program_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError) as caught:
            async with MockApi(unwanted, providers={}, port=port):
                pass

    (problem,) = caught.value.problems
    assert problem.code == "port-taken"
    assert problem.what == f"port {port} is taken"
    assert problem.why == "another program listens there"


async def test_port_of_another_simulator_is_taken_by_one():
    async with MockApi(unwanted, providers={}) as first:
        with pytest.raises(InputError) as caught:
            async with MockApi(unwanted, providers={}, port=first.port):
                pass

    assert caught.value.problems[0].why == "another simulator listens there"


@pytest.mark.parametrize("host", ["192.0.2.1", "nobody.invalid", "a" * 70])
async def test_address_of_another_machine_is_an_input_error(host):
    with pytest.raises(InputError) as caught:
        async with MockApi(unwanted, providers={}, host=host):
            pass

    assert caught.value.problems[0].code == "bad-listen"


async def test_port_for_the_administrator_alone_names_a_way_out():
    problem = await problem_of("127.0.0.1", 80, PermissionError(errno.EACCES, "Permission denied"))

    assert problem.code == "bad-listen"
    assert problem.why == "permission denied"
    assert "1024" in problem.fix
