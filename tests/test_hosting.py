"""Which kind of app a bot in this process is."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from fastapi import FastAPI
from flask import Flask

from simulator.delivery.asgi import AsgiTransport
from simulator.delivery.served import ServedApp
from simulator.delivery.wsgi import WsgiTransport
from simulator.errors import InputError
from simulator.hosting import hosted


async def plain_asgi(scope: Any, receive: Any, send: Any) -> None: ...


def plain_wsgi(environ: Any, start_response: Any) -> list[bytes]:
    return []


class OwnAsgi:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


@pytest.mark.parametrize(
    ("app", "kind"),
    [
        (plain_asgi, AsgiTransport),
        (OwnAsgi(), AsgiTransport),
        (FastAPI(), AsgiTransport),
        (plain_wsgi, WsgiTransport),
        (Flask("bot"), WsgiTransport),
    ],
)
def test_an_app_that_can_be_called_is_called(app: Any, kind: type) -> None:
    found = hosted(app, 0)

    assert isinstance(found.app, kind)
    assert found.transport is found.app


def test_an_aiohttp_app_listens_itself() -> None:
    found = hosted(web.Application(), 0)

    assert isinstance(found.app, ServedApp)
    assert found.transport is None


@pytest.mark.parametrize("app", [42, None, object()])
def test_what_is_no_app_is_told(app: Any) -> None:
    with pytest.raises(InputError) as caught:
        hosted(app, 0)

    assert caught.value.problems[0].code == "bad-app"
