"""What all tests stand on: an environment without a person's own settings."""

from __future__ import annotations

import os

import hypothesis
import pytest

hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("house"), derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    """Take away what would change the outcome, also for the programs that tests start."""
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "house")
    for name in [name for name in os.environ if name.startswith("SIMULATOR_")]:
        del os.environ[name]
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTEST_ADDOPTS"):
        os.environ.pop(name, None)
    os.environ["SIMULATOR_NO_BOOTSTRAP"] = "1"
