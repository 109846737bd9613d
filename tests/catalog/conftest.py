"""A provider's folder for tests of the catalog: whole as it stands, or with parts changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

FILES: Mapping[str, str] = {
    "provider.yaml": """\
title: Acme Chat
api_version: "2"
api_base: /api
about: A chat.
sources: {page: the page, seen: what was seen}
credentials:
  secret: {about: the secret, default: s3cret, source: page}
options:
  shape: {about: the shape, values: [round, square], default: round, source: page}
  wait: {about: how long, kind: duration, default: 5s, source: seen}
endpoints:
  hook: {about: the one, source: page}
events:
  note:text: {weight: 3, mandatory: true}
  gone: {}
operations:
  send: {summary: Sends., reply: true, routes: [POST /api/send], source: "page, seen"}
errors:
  too_many: {status: 429, values: {code: 12}, summary: Too many., source: page}
verbs: {text: note:text}
reply_fields: [text]
limits:
  text: {value: 10, source: page}
policy: {success: 2xx, timeout: 3s, retry_on: [5xx, timeout], delays: [1s, 1m], spread: [0.9, 1.1], source: seen}
body: {ascii: true, option: shape, styles: {square: {ascii: false}}, source: seen}
account: {name: Shop}
env:
  - {name: ACME_URL, value: "{base}/api?{secret}", about: the address}
sdk_lines: []
not_imitated: [The rest.]
unconfirmed:
  - {about: the wait, setting: wait}
""",
    "events/note-text.yaml": """\
summary: A person wrote.
source: page
values:
  text: fake.sentence()
  size: 3
fields:
  text: {type: text, source: page}
  size: {type: integer|text, presence: optional 40%, source: "page, seen"}
  mood: {type: text, presence: conditional, values: [glad, sad], pattern: "[a-z]+", source: seen}
""",
    "events/note-text.json.j2": "{}",
    "events/gone.yaml": "{summary: A person left., source: seen, fields: {}}",
    "events/gone.json.j2": "{}",
    "api/send.json.j2": "{}",
    "api/error.json.j2": "{}",
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def writing(changes: Mapping[str, str | None] | None = None) -> Path:
        """Write the folder; `changes`: file → text, or None to leave it out."""
        folder = tmp_path / "templates" / "acme"
        for name, text in {**FILES, **(changes or {})}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text, encoding="utf-8")
        return folder

    return writing


@pytest.fixture
def with_line(write: Write) -> Callable[[str, str], Path]:
    def writing(old: str, new: str) -> Path:
        """Write the folder with one piece of provider.yaml replaced."""
        assert old in FILES["provider.yaml"]
        return write({"provider.yaml": FILES["provider.yaml"].replace(old, new)})

    return writing
