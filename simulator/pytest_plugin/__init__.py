"""The plugin for pytest: scenario files are tests, and tests drive a simulator. It imports pytest until it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from simulator.asyncsimulators import AsyncSimulator
    from simulator.pytest_plugin.stories import Stories
    from simulator.simulators import Simulator

OPTIONS = {
    "endpoint": "where the bot listens, such as :3000/hook",
    "bot": 'the command that starts the bot, such as "python bot.py"',
    "target": "a target of the project file",
    "provider": "play for this provider alone",
    "args": 'further options of `simulator run`, such as "--strict --pace real"',
}
"""What can be said on the command line as `--simulator-NAME`, and in the ini file as `simulator_NAME`."""

FILES = ("*.yaml", "*.yml")
"""What is looked into where nobody says otherwise."""

SCENARIO = re.compile(rb"""^(["']?)scenario\1[ \t]*:[ \t]+\S""", re.MULTILINE)
"""A line that names a scenario; most other tools that have this key write a map below it."""

ALWAYS_THERE = re.compile(rb"""^(["']?)(?:steps|provider)\1[ \t]*:""", re.MULTILINE)
"""A line that one of ours has too; where both are missing, the file is that of another tool."""

LARGEST_BYTES = 1_048_576

_stories = pytest.StashKey["Stories"]()
_has_failed = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what a person can say."""
    group = parser.getgroup("simulator", "messaging providers, played for a bot")
    for name, about in OPTIONS.items():
        group.addoption(f"--simulator-{name}", metavar=name.upper(), help=about)
        parser.addini(f"simulator_{name}", about, default="")
    about = "patterns of the files that may be scenarios; of these, those are that name one"
    parser.addini("simulator_files", about, type="args", default=list(FILES))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a scenario file for a file of tests: one that is named on the command line, or looks like one."""
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    if not parent.session.isinitpath(file_path) and not _is_ours(file_path, parent.config):
        return None
    from simulator.pytest_plugin.items import ScenarioFile

    return ScenarioFile.from_parent(parent, path=file_path)


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Remember a failure, since the end of a simulator need not wait for anything then."""
    if call.excinfo is not None:
        item.stash[_has_failed] = True


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what scenario files were played on."""
    stories = config.stash.get(_stories, None)
    if stories is not None:
        stories.close()


@pytest.fixture
def simulator_settings() -> dict[str, Any]:
    """What the simulator of `sim` is made with, as its arguments; override it in a conftest.py."""
    return {}


@pytest.fixture
def sim(request: pytest.FixtureRequest, simulator_settings: dict[str, Any]) -> Iterator[Simulator | AsyncSimulator]:
    """A simulator that listens at a free port: for `async def` one to be awaited, for `def` one that waits."""
    from simulator.pytest_plugin.rigs import begin, end

    rig = begin(request, simulator_settings)
    yield rig
    end(rig, has_failed=request.node.stash.get(_has_failed, False))


def stories_of(config: pytest.Config) -> Stories:
    """Give what all scenario files of this process are played on."""
    from simulator.pytest_plugin.stories import Stories

    if _stories not in config.stash:
        config.stash[_stories] = Stories(config)
    return config.stash[_stories]


def said(config: pytest.Config, name: str) -> str:
    """Give what a person said on the command line, or else in the ini file; empty for nothing."""
    return str(config.getoption(f"simulator_{name}") or config.getini(f"simulator_{name}") or "")


def _is_ours(path: Path, config: pytest.Config) -> bool:
    if path.name.startswith((".", "_")) or not any(path.match(pattern) for pattern in config.getini("simulator_files")):
        return False
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_BYTES)
    except OSError:
        return False
    return SCENARIO.search(text) is not None and ALWAYS_THERE.search(text) is not None
