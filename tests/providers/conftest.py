"""What tests of any provider need: its facts, its declaration and a world with one person in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from simulator import answering, catalog, providers
from simulator.answering import Answered
from simulator.catalog import Catalog
from simulator.ids import Ids
from simulator.provider import Provider
from simulator.records import ApiCall, Payload, ScheduledEvent
from simulator.render import render
from simulator.render.person import person
from simulator.seeds import stream
from simulator.world import Put, Row, World

from . import proofs as proving
from .proofs import Proofs

NOW_MS = 1_767_603_600_000


@dataclass(frozen=True)
class Bench:
    """One provider and a world of it."""

    catalog: Catalog
    provider: Provider
    world: World
    ana: Row

    def ids(self, name: str = "bench") -> Ids:
        return Ids(self.provider.ids, stream(1, name), NOW_MS)

    def render(
        self, event_type: str, seed: int = 1, values: Mapping[str, Any] | None = None, actor: str = "", number: int = 1
    ) -> Payload:
        event = ScheduledEvent(
            id=f"{event_type}/{number}",
            provider=self.provider.id,
            type=event_type,
            values=values or {},
            due_ms=NOW_MS,
            cause="",
            actor=actor,
        )
        return render(event, catalog=self.catalog, provider=self.provider, world=self.world, seed=seed, start_ms=NOW_MS)

    def call(self, method: str, path: str, body: bytes = b"{}", **headers: str) -> Answered:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        call = ApiCall(
            id="call/1",
            provider=self.provider.id,
            method=method,
            path=path,
            headers={"content-type": "application/json", **names},
            body=body,
            at_ms=NOW_MS,
            base_url="http://127.0.0.1:1",
        )
        return answering.answer(call, provider=self.provider, catalog=self.catalog, world=self.world, ids=self.ids())


def bench(provider_id: str, **options: Any) -> Bench:
    """Give a provider whose bot has one endpoint, and Ana, who has not met the bot yet."""
    facts, provider = catalog.load(provider_id), providers.load(provider_id)
    world = World(
        credentials=catalog.credentials_with(facts, {}),
        options=catalog.options_with(facts, options),
        limits=facts.limits,
    )
    ana = person(provider, seed=1, start_ms=NOW_MS, name="ana", given={"name": "Ana Müller 🙂"})
    world.apply(Put(table="account", key="account", row=facts.account))
    world.apply(Put(table="subscriptions", key="", row={"url": "http://127.0.0.1:1/hook", "events": None}))
    world.apply(Put(table="users", key=str(ana["id"]), row=ana))
    return Bench(facts, provider, world, ana)


# --- what tests have shown; see proofs.py ----------------------------------------------------------------------------

HAS_PASSED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "node: needs node and SDKs for it; `-m node` installs them where they are missing"
    )


@pytest.fixture
def proofs(request: pytest.FixtureRequest) -> Iterator[Proofs]:
    """Take what this test shows by something that is not ours, and hold `proofs.yaml` against it."""
    if proving.is_writing() and "PYTEST_XDIST_WORKER" in os.environ:
        pytest.fail("proofs are written by one process: leave -n out", pytrace=False)
    found = Proofs(request.node.nodeid)
    yield found
    if request.node.stash.get(HAS_PASSED, False):
        found.settle()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    report = yield
    if report.when == "call":
        item.stash[HAS_PASSED] = report.passed
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not proving.is_writing() or "PYTEST_XDIST_WORKER" in os.environ:
        return
    is_whole = not (
        session.config.option.keyword or session.config.option.markexpr or "::" in "".join(session.config.args)
    )
    if is_whole:
        proving.tidy({item.nodeid for item in session.items if "proofs" in getattr(item, "fixturenames", ())})
    proving.write_pages()
