"""A corpus as an HTTP archive: requests that were never answered, as any tool that reads HAR 1.2 takes them."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import simulator
from simulator.records import SignedRequest
from simulator.units import iso8601

_CREATOR = json.dumps({"name": "webhook-simulator", "version": simulator.__version__})

HEAD = f'{{"log":{{"version":"1.2","creator":{_CREATOR},"entries":[\n'.encode("ascii")
TAIL = b"]}}\n"

_UNKNOWN = -1
"""What the format writes for a size that nobody measured."""

_NO_ANSWER = {
    "status": 0,
    "statusText": "",
    "httpVersion": "HTTP/1.1",
    "cookies": [],
    "headers": [],
    "content": {"size": 0, "mimeType": "x-unknown"},
    "redirectURL": "",
    "headersSize": _UNKNOWN,
    "bodySize": _UNKNOWN,
}
"""Status 0 is how browsers write down that no answer came."""


def entry(request: SignedRequest, *, due_ms: int, event: str) -> bytes:
    """
    Give the entry of a request, in one line.

    Source: HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/
    """
    types = [value for name, value in request.headers if name.casefold() == "content-type"]
    shown = {
        "startedDateTime": iso8601(due_ms),
        "time": 0,
        "request": {
            "method": request.method,
            "url": request.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": name, "value": value} for name, value in request.headers],
            "queryString": [
                {"name": name, "value": value}
                for name, value in parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
            ],
            "headersSize": _UNKNOWN,
            "bodySize": len(request.body),
            "postData": {"mimeType": types[0] if types else "", "text": request.body.decode("utf-8")},
        },
        "response": _NO_ANSWER,
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "comment": event,
    }
    return json.dumps(shown, ensure_ascii=True, separators=(",", ":")).encode("ascii")
