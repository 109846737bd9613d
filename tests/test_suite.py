"""Suites over real sockets on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import catalog as catalogs
from simulator.errors import InputError
from simulator.journal import Journal
from simulator.scenario.load import load
from simulator.settings import Settings
from simulator.suite import run

STORY = """
scenario: Hello
provider: viber
actors: [ana]
steps: [{ana: hi}]
"""


async def test_suite_without_an_endpoint_is_wrong_input(tmp_path: Path) -> None:
    path = tmp_path / "hello.yaml"
    path.write_text(STORY, "utf-8")
    story = load(str(path), catalogs={"viber": catalogs.load("viber")}, environment={})

    with pytest.raises(InputError, match="no endpoint is named"):
        await run([story], Settings(port=0), Journal(lambda: 0.0))
