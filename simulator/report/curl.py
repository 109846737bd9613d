"""A request as one line for a shell, to be sent again by hand, or to have its signature verified."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Sequence

from simulator.records import SignedRequest

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_MEANT_OTHERWISE = ("-", "file:", "env:")
"""With these a value begins that stands for something else."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def curl_line(request: SignedRequest) -> str:
    """Give the `curl` command that sends these very bytes to the same URL with the same headers."""
    words = ["curl", "-sS", "-i", "-X", request.method, request.url]
    for name, value in request.headers:
        words += ["-H", f"{name}: {value}"]
    text = _as_text(request.body)
    if text is not None:
        return shell_line([*words, "--data-binary", text])
    encoded = base64.b64encode(request.body).decode("ascii")
    return f"printf %s {encoded} | base64 -d | {shell_line([*words, '--data-binary', '@-'])}"


def verify_line(request: SignedRequest, provider_id: str) -> str:
    """Give the command that tells whether the request is signed as the provider signs; the bot's key is to be added."""
    words = ["simulator", "verify", provider_id, "--url", request.url]
    for name, value in request.headers:
        words += ["--header", f"{name}: {value}"]
    text = _as_text(request.body)
    if text is not None and not text.startswith(_MEANT_OTHERWISE):
        return shell_line([*words, "--body", text])
    encoded = base64.b64encode(request.body).decode("ascii")
    return f"printf %s {encoded} | base64 -d | {shell_line([*words, '--body', '-'])}"


def shell_line(words: Sequence[str]) -> str:
    """Give the words as one line that a shell of this system takes apart into them again."""
    if os.name == "nt":
        return subprocess.list2cmdline(words)
    return " ".join(_quoted(word) for word in words)


def _as_text(body: bytes) -> str | None:
    """Give the body as text where a shell can hold it; curl reads a file where it begins with an @."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) or text.startswith("@") else text


def _quoted(word: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"
