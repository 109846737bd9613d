"""The smallest bots for tests: they say what was said to them, by the mock API of a running simulator."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

from simulator.rig import Rig


def say(rig: Rig, to: str, text: str) -> None:
    part = rig.viber  # type: ignore[attr-defined]
    body = json.dumps({"receiver": to, "type": "text", "text": text, "sender": {"name": "Echo"}}).encode()
    headers = {"X-Viber-Auth-Token": part.credentials["auth_token"], "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(part.api_url + "/send_message", body, headers)) as answer:
        answer.read()


def answer_to(rig: Rig, event: dict[str, Any]) -> None:
    if event["event"] != "message":
        return
    text = event["message"].get("text", "")
    if text == "fail":
        raise ValueError("this bot fails")
    for _ in range(2 if text == "twice" else 0 if text == "hush" else 1):
        say(rig, event["sender"]["id"], f"hello {text}")


def wsgi(rig: Rig) -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer_to(rig, json.loads(environ["wsgi.input"].read()))
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok"]

    return app


def asgi(rig: Rig) -> Callable[..., Any]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        event = json.loads((await receive())["body"])
        await asyncio.to_thread(answer_to, rig, event)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    return app
