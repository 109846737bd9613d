"""
A bot of a few lines that says again what it hears, for tests of audits and of suites; on the standard library.

    python parrot_bot.py [--forgetful] [--slow SECONDS]

It answers an event that comes twice once. With --forgetful it answers it each time: the double answer that an audit is
to find. With --slow it takes so long for each event. PORT and the variables VIBER_… come from the environment.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import threading
import time
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class Parrot:
    """What the bot does about an event."""

    def __init__(self, *, is_forgetful: bool, takes_s: float) -> None:
        self.is_forgetful = is_forgetful
        self.takes_s = takes_s
        self.known: set[int] = set()
        self.lock = threading.Lock()

    def take(self, event: dict[str, Any]) -> None:
        time.sleep(self.takes_s)
        if event["event"] != "message" or self.is_known(event["message_token"]):
            return
        self.say(event["sender"]["id"], f"You said {event['message'].get('text', 'nothing')}")

    def is_known(self, token: int) -> bool:
        with self.lock:
            is_known = token in self.known
            self.known.add(token)
        return is_known and not self.is_forgetful

    def say(self, receiver: str, text: str) -> None:
        url = urlsplit(os.environ["VIBER_API_URL"])
        fields = {"receiver": receiver, "type": "text", "text": text, "sender": {"name": "Parrot"}}
        connection = HTTPConnection(url.hostname or "", url.port, timeout=10)
        # The run may end first, and the API with it.
        with contextlib.suppress(OSError, HTTPException), contextlib.closing(connection):
            headers = {"X-Viber-Auth-Token": os.environ["VIBER_AUTH_TOKEN"]}
            connection.request("POST", f"{url.path}/send_message", json.dumps(fields), headers)
            connection.getresponse().read()


def serve(parrot: Parrot, port: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parrot.take(json.loads(body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--forgetful", action="store_true")
    parser.add_argument("--slow", type=float, default=0.0)
    given = parser.parse_args()
    serve(Parrot(is_forgetful=given.forgetful, takes_s=given.slow), int(os.environ["PORT"]))
