"""The simulator of a test function: begun before it, and ended after it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pytest

from simulator.asyncsimulators import AsyncSimulator
from simulator.backstage import VerdictError
from simulator.codec import Redactor
from simulator.errors import SimulatorError, hiding
from simulator.pytest_plugin import stories_of
from simulator.pytest_plugin.asked import told_in_pytest
from simulator.simulators import Simulator


def begin(request: pytest.FixtureRequest, given: Mapping[str, Any]) -> Simulator | AsyncSimulator:
    """
    Give a simulator that listens, connected to the bot that the options name, where they do.

    Where the bot does not start, or something of the settings is wrong, the test fails with what there is to say.
    """
    try:
        with hiding(_secrets(request.config, given).hide):
            return _begun(request, given)
    except (SimulatorError, pytest.UsageError) as error:
        told = told_in_pytest(error)
    pytest.fail(told, pytrace=False)


def end(rig: Simulator | AsyncSimulator, *, has_failed: bool) -> None:
    """End a simulator; the test fails where something did of which nobody was told, unless it has failed anyway."""
    try:
        rig.backstage.close(has_failed=has_failed)
        return
    except (SimulatorError, VerdictError) as error:
        told = str(error)
    pytest.fail(told, pytrace=False)


def _secrets(config: pytest.Config, given: Mapping[str, Any]) -> Redactor:
    """Give what hides the credentials that a test, or the command line, gives to its simulator."""
    own = given.get("credentials")
    values = [*stories_of(config).asked.settings.credentials.values(), *(own.values() if isinstance(own, dict) else ())]
    return Redactor(map(str, values))


def _begun(request: pytest.FixtureRequest, given: Mapping[str, Any]) -> Simulator | AsyncSimulator:
    stories = stories_of(request.config)
    asked = stories.asked
    # A bot that is told one port for good finds only one simulator at a time there.
    stories.leave_port()
    settings = {"name": request.node.name, "base": asked.settings, **given}
    kind = AsyncSimulator if inspect.iscoroutinefunction(request.function) else Simulator
    rig = kind(*settings.pop("providers", asked.provider_ids), **settings)
    rig.backstage.start()
    if asked.settings.bot and not rig.endpoint:
        try:
            rig.backstage.launch(asked.settings.bot, "/", folder=asked.settings.bot_folder)
        except BaseException:
            rig.backstage.close(has_failed=True)
            raise
    return rig
