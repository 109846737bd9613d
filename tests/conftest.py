"""What all tests stand on: an environment without a person's own settings."""

from __future__ import annotations

import os
import signal

import hypothesis
import pytest

hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("house"), derandomize=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-count", type=int, default=100_000, help="how many files the fuzzer tries, with -m fuzz")


@pytest.fixture
def fuzz_count(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--fuzz-count"))


def pytest_configure(config: pytest.Config) -> None:
    """Take away what would change the outcome, also for the programs that tests start."""
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "house")
    for name in [name for name in os.environ if name.startswith("SIMULATOR_")]:
        del os.environ[name]
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTEST_ADDOPTS"):
        os.environ.pop(name, None)
    os.environ["SIMULATOR_NO_BOOTSTRAP"] = "1"
    # What a shell starts in the background is told to ignore Ctrl-C, and tells the programs that it starts.
    for name, usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)
