"""The page on adding a provider: its files, taken from the page, are a provider that works."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import catalog as catalogs
from simulator import data, digests, providers
from simulator.journal import Journal
from simulator.records import ApiCall
from simulator.scenario.load import load
from simulator.story import Story
from simulator.terms import Terms
from simulator.world import Put, World
from tests.theatre import Deed, Theatre

PAGE = Path(__file__).parent.parent / "docs" / "add-a-provider.md"


def files() -> dict[str, str]:
    found = re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return dict(found)


@pytest.fixture
def postbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder in which the page's files lie, found as the simulator finds its own."""
    for name, text in files().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(data, "folder", lambda kind: tmp_path / kind)
    monkeypatch.setattr(providers, "__path__", [str(tmp_path / "simulator" / "providers")])
    forget()
    yield tmp_path
    forget()
    sys.modules.pop("simulator.providers.postbox", None)


def forget() -> None:
    """Let what was found before be looked for again."""
    catalogs.load.cache_clear()
    providers.load.cache_clear()


def test_the_page_holds_a_whole_provider(postbox: Path) -> None:
    catalog = catalogs.load("postbox")

    assert catalogs.names() == ("postbox",)
    assert list(catalog.events) == ["letter/text"]
    assert {route.operation for route in providers.load("postbox").routes} == set(catalog.operations)


def test_a_story_is_played_on_it(postbox: Path) -> None:
    path = postbox / "story.yaml"
    path.write_text(
        "scenario: A letter\nprovider: postbox\nactors: [ana]\nsteps: [{ana: Dear bot}, {bot: Dear <_name>}]", "utf-8"
    )
    catalog, provider = catalogs.load("postbox"), providers.load("postbox")
    scenario = load(str(path), catalogs={"postbox": catalog}, environment={})
    world = World(credentials={"secret": "s"}, options={}, limits=catalog.limits)
    world.apply(Put(table="subscriptions", key="", row={"url": "http://127.0.0.1:9/", "events": None}))
    terms = Terms(provider=provider, catalog=catalog, policy=catalog.policy, seed=1, start_ms=1_767_603_600_000)
    journal = Journal(lambda: 0.0)
    theatre = Theatre(Story(scenario, terms, world, journal, real_ms=0.0), lambda body, attempt: Deed(), "s", journal)
    theatre.play_until(lambda: bool(theatre.sends))
    [send] = theatre.sends
    letter = json.loads(send.request.body)
    call = ApiCall(
        id="call-1",
        provider="postbox",
        method="POST",
        path="/v1/letters",
        headers={"authorization": "Bearer s"},
        body=json.dumps({"to": letter["from"]["address"], "text": "Dear Ana"}).encode(),
    )
    answered = theatre.story.answer(call, letter["from"]["address"], theatre.now)

    assert (
        dict(send.request.headers)["Postbox-Signature"] == f"sha256={digests.hmac_sha256_hex('s', send.request.body)}"
    )
    assert letter["text"] == "Dear bot"
    assert answered.status == 201  # type: ignore[union-attr]
    assert theatre.play().outcome == "passed"
