"""Two made-up providers, and short ways to read a scenario against them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator import catalog as facts
from simulator.errors import InputError, Problem
from simulator.scenario.findings import Findings
from simulator.scenario.load import load
from simulator.scenario.model import AnyStep, Scenario
from simulator.scenario.spots import Spot

Read = Callable[..., Scenario]
"""Text of a file → its scenario; `environment` and further `files` may be given."""


def _fields(*paths: str, **types: str) -> dict[str, facts.FieldFact]:
    return {path: facts.FieldFact(path=path, type=types.get(path, "text"), source="ours") for path in paths}


def _catalog(provider_id: str, **changes: Any) -> facts.Catalog:
    given: dict[str, Any] = {
        "id": provider_id,
        "title": provider_id.title(),
        "api_version": "1",
        "api_base": "/api",
        "folder": Path(provider_id),
        "about": "made up for tests",
        "sources": {"ours": "made up"},
        "credentials": {},
        "options": {},
        "endpoints": {"webhook": facts.Endpoint(name="webhook", about="the one there is", source="ours")},
        "events": {},
        "operations": {},
        "errors": {},
        "verbs": {},
        "reply_fields": ("text", "raw"),
        "limits": {},
        "policy": facts.DeliveryPolicy(
            success="200", timeout_ms=5000, retry_on=("any",), delays_ms=(1000,), signs=("body",), source="ours"
        ),
        "body": facts.BodyStyle(),
        "account": {},
        "env": (),
        "sdk_lines": (),
        "not_imitated": (),
        "unconfirmed": (),
    }
    return facts.Catalog(**{**given, **changes})


def _event(event_type: str, fields: dict[str, facts.FieldFact]) -> facts.EventFact:
    return facts.EventFact(type=event_type, summary="", template=Path("x"), values={}, fields=fields, source="ours")


def _operation(name: str, *, is_reply: bool) -> facts.OperationFact:
    return facts.OperationFact(
        name=name, summary="", is_reply=is_reply, routes=(f"POST /api/{name}",), template=Path("x"), source="ours"
    )


PARROT = _catalog(
    "parrot",
    credentials={
        "secret": facts.Credential(name="secret", about="signs", default="s", pattern="[0-9a-f]{8}", source="ours"),
        "account": facts.Credential(name="account", about="names the bot", default="a", source="ours"),
    },
    options={
        "encoding": facts.Option(name="encoding", about="how text is written", values=("utf8", "ascii"), source="ours"),
        "silent": facts.Option(name="silent", about="no sound", values=(True, False), source="ours"),
        "timeout": facts.Option(name="timeout", about="patience", kind="duration", source="ours"),
    },
    events={
        "message/text": _event("message/text", _fields("event", "message.text", "sender", sender="object")),
        "opened": _event("opened", _fields("event", "user.id", "user.name")),
        "seen": _event("seen", _fields("event", "ids.0")),
    },
    operations={
        "send": _operation("send", is_reply=True),
        "profile": _operation("profile", is_reply=False),
    },
    errors={
        name: facts.ErrorFact(name=name, status=400, summary="", source="ours")
        for name in ("rate_limited", "bad_token", "not_found")
    },
    verbs={
        "text": "message/text",
        "image": "message/text",
        "location": "message/text",
        "contact": "message/text",
        "sticker": "message/text",
        "url": "message/text",
        "tap": "message/text",
        "reads": "seen",
        "types": "seen",
        "opens": "opened",
        "leaves": "opened",
    },
    reply_fields=("text", "buttons", "image", "location", "raw"),
    chat_verbs=("text", "event"),
)

HERON = _catalog(
    "heron",
    events={"note": _event("note", _fields("text"))},
    operations={"send": _operation("send", is_reply=True)},
    errors={"rate_limited": facts.ErrorFact(name="rate_limited", status=429, summary="", source="ours")},
    verbs={"text": "note"},
    reply_fields=("text",),
)

HEAD = "scenario: A story\nprovider: parrot\nactors: [ana, ben]\n"


@pytest.fixture(scope="session")
def catalogs() -> Mapping[str, facts.Catalog]:
    return {"parrot": PARROT, "heron": HERON}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of scenarios, in which paths are relative."""
    path = tmp_path / "scenarios"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


@pytest.fixture
def read(folder: Path, catalogs: Mapping[str, facts.Catalog]) -> Read:
    """Write a file and its neighbours, and read it."""

    def reading(
        text: str, *, environment: Mapping[str, str] | None = None, files: Mapping[str, str] | None = None
    ) -> Scenario:
        for name, inner in {**(files or {}), "story.yaml": text}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(inner, encoding="utf-8")
        return load("story.yaml", catalogs=catalogs, environment=environment or {})

    return reading


@pytest.fixture
def steps(read: Read) -> Callable[..., tuple[AnyStep, ...]]:
    """Give the steps of a story whose steps are given as text."""

    def reading(text: str, **given: Any) -> tuple[AnyStep, ...]:
        return read(f"{HEAD}steps:\n{text}", **given).steps

    return reading


@pytest.fixture
def problems(read: Read) -> Callable[..., tuple[Problem, ...]]:
    """Give the problems of a file: the whole of it, or only its steps."""

    def reading(text: str, **given: Any) -> tuple[Problem, ...]:
        whole = f"{HEAD}steps:\n{text}" if text.lstrip(" ").startswith("- ") else text
        with pytest.raises(InputError) as caught:
            read(whole, **given)
        return caught.value.problems

    return reading


@pytest.fixture
def spot() -> Callable[[str], Spot]:
    """Give the spot of a YAML text."""
    from simulator import documents

    def reading(text: str) -> Spot:
        return Spot(documents.read(text, "file.yaml"), "", Findings())

    return reading
