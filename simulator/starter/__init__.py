"""The files with which a project begins: what is written down beside this module, its gaps filled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources
from string import Template

PROJECT = "simulator.toml"
STORY = "scenarios/hello.yaml"
STORY_SCHEMA = "scenarios/scenario.schema.json"
PROJECT_SCHEMA = "scenarios/project.schema.json"

SERVICES: Mapping[str, str] = {"github": ".github/workflows/simulator.yml", "gitlab": ".gitlab-ci.yml"}
"""CI service → where it looks for its jobs."""

LATER_BOT = "python bot.py"
"""The bot's command where the provider has no bot that could stand in for it."""


class _Gaps(Template):
    """A text with gaps such as `@provider`; `$`, which shells, CI services and our own files use, is a letter here."""

    delimiter = "@"


def files(provider: str, *, bot: str, api_variable: str, credentials: Iterable[str]) -> dict[str, str]:
    """
    Give path → text of a project that tests a bot of this provider: the project file and a first scenario.

    `bot` is the command that starts it, `api_variable` tells it the address of the API; `credentials` are the names of
    what it shares with the provider.
    """
    secrets = ", ".join(f'{name} = "${{{f"{provider}_{name}".upper()}}}"' for name in credentials)
    gaps = {"provider": provider, "bot": bot, "api": api_variable, "credentials": secrets}
    return {PROJECT: _text("project.toml", gaps), STORY: _text("hello.yaml", gaps)}


def jobs(services: Iterable[str]) -> dict[str, str]:
    """Give path → text of the jobs that play the project's scenarios on these CI services."""
    return {SERVICES[service]: _text(f"{service}.yaml") for service in services}


def _text(name: str, gaps: Mapping[str, str] | None = None) -> str:
    text = resources.files(__name__).joinpath(name).read_text("utf-8")
    return text if gaps is None else _Gaps(text).substitute(gaps)
