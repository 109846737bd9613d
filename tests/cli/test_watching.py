from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulator.cli import watching
from simulator.cli.stories import Catalogs
from simulator.scenario.load import load
from tests.cli.conftest import SHOP, WELCOME, started
from tests.systems import NEEDS_SIGNALS

Write = Callable[..., str]

SENDING = """
scenario: A picture
provider: viber
actors: [ana]
steps:
  - ana: {image: cat.png}
  - include: _more.yaml
"""


def test_watched_is_what_the_scenarios_are_made_of(here: Path, story: Write) -> None:
    (here / "cat.png").write_bytes(b"\x89PNG")
    (here / "other.txt").write_bytes(b"")
    story("steps: [{ana: hello}, {image: x}]".replace(", {image: x}", ""), "_more.yaml")
    scenario = load(story(SENDING), catalogs=Catalogs(), environment={})

    found = watching.files_of([str(here)], [scenario], here / "simulator.toml")

    assert {path.name for path in found} == {"story.yaml", "_more.yaml", "cat.png", "simulator.toml"}


def test_new_changed_and_missing_files_are_seen(here: Path) -> None:
    one, other = here / "one", here / "other"

    assert watching._changed({one: (1, 1)}, {one: (1, 1)}) is None
    assert watching._changed({one: (1, 1)}, {one: (2, 1)}) == one
    assert watching._changed({one: (1, 1)}, {one: (1, 1), other: (1, 1)}) == other
    assert watching._changed({one: (1, 1), other: (1, 1)}, {one: (1, 1)}) == other


@NEEDS_SIGNALS
def test_change_plays_again_and_ctrl_c_ends_it(here: Path, story: Write) -> None:
    name = story(WELCOME)

    with started("run", name, "--bot", SHOP, "--listen", ":0", "--watch", folder=here) as process:
        first = until(process, "Ctrl-C ends it")
        replace(here / name, WELCOME.replace("~welcome", "{text: no, within: 100ms}"))
        second = until(process, "Ctrl-C ends it")
        replace(here / name, "scenario: [")
        until(process, "Ctrl-C ends it")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

    assert any(line.startswith("✓ passed  1 story") for line in first)
    assert any("has changed" in line for line in second)
    assert any(line.startswith("✗ failed  1 story") for line in second)
    assert "[broken-yaml]" in err
    assert process.returncode == 2
    assert "Traceback" not in err


def replace(path: Path, text: str) -> None:
    """Write a file anew as editors do, so that nobody finds half of it."""
    beside = path.with_suffix(".new")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def until(process: Any, word: str) -> list[str]:
    """Read on until a line holds the word; a watchdog ends a program that never says it."""
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    found: list[str] = []
    try:
        while not found or word not in found[-1]:
            line = process.stdout.readline()
            assert line, found
            found.append(line)
    finally:
        watchdog.cancel()
    return found
