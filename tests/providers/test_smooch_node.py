"""Smooch's SDK for Node understands what we answer; skipped where node or it is missing."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.ids import Ids
from simulator.provider import Act
from simulator.seeds import stream
from simulator.world import Put

from . import node_sdks
from .conftest import NOW_MS, Bench, bench
from .proofs import Proofs
from .served import Served, served

pytestmark = pytest.mark.node

PICTURE = Path(__file__).resolve().parents[2] / "scenarios" / "smooch" / "media" / "tulip.png"


@pytest.fixture(scope="session")
def sdk(request: pytest.FixtureRequest) -> Path:
    return node_sdks.installed("smooch", may_install="node" in request.config.option.markexpr)


@pytest.fixture
def made() -> Bench:
    """Give an app of v1.1 to which Ana has written."""
    made = bench("smooch", version="v1.1", channel="whatsapp")
    ids = Ids(made.provider.ids, stream(1, "hello"), NOW_MS)
    for occurrence in made.provider.acts(Act(verb="text", value="hello", user=made.ana), made.world, ids) or ():
        for effect in occurrence.effects:
            assert isinstance(effect, Put)
            made.world.apply(effect)
    return made


@pytest.fixture
def api(made: Bench) -> Iterator[Served]:
    with served(made) as found:
        yield found


def called(api: Served, sdk: Path) -> Any:
    """Give what a program has got from all calls."""
    integrations = api.made.catalog.account["integrations"]
    variables = {
        **api.made.catalog.environment(api.base_url, dict(api.made.world.credentials)),
        "USER_ID": str(api.made.ana["id"]),
        "PHONE": str(api.made.ana["phone"]),
        "MESSENGER": integrations["messenger"],
        "WHATSAPP": integrations["whatsapp"],
        "FILE": str(PICTURE),
    }
    done = subprocess.run(
        node_sdks.command("smooch", "calls.js"),
        env=node_sdks.environment(sdk, **variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_sdk_for_node_calls_every_method_that_it_has(api: Served, sdk: Path, proofs: Proofs) -> None:
    found = called(api, sdk)

    assert found["conversation"] == {"sent": "hi", "unread": 1, "read": 0, "page": 2}
    size = PICTURE.stat().st_size
    assert found["files"] == {"bytes": size, "type": "image/png", "gone": 404, "sent": "image"}
    assert (found["app"]["menu"], found["app"]["name"], found["app"]["webhooks"]) == (1, "Flowers", 1)
    assert found["app"]["settings"]["maskCreditCardNumbers"] is True
    assert found["app"]["triggers"] == ["*"]
    assert found["channels"] == {
        "types": ["telegram"],
        "menu": 1,
        "displayName": "Ours",
        "name": "hello",
        "templates": 1,
    }
    people = found["people"]
    assert (people["surname"], people["linked"], people["systems"]) == ("Adams", ["whatsapp", "twilio"], 0)
    assert (people["links"], people["refused"]["status"]) == (1, 404)
    assert api.refused.count("user_not_found") == 1
    assert len(api.refused) - api.refused.count("") == 2  # beside it the file that is gone
    assert set(api.operations) == api.made.catalog.operations.keys()
    proofs.record("smooch", "smooch-core", operations=api.operations)
