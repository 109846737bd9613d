from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.cli.program import COMMANDS
from tests.cli.conftest import Simulate


@pytest.fixture
def completed(simulate: Simulate, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], list[str]]:
    """Ask as bash does."""

    def ask(words: str, count: int) -> list[str]:
        monkeypatch.setenv("_SIMULATOR_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", f"simulator {words}")
        monkeypatch.setenv("COMP_CWORD", str(count))
        return [line.split(",")[1] for line in simulate().lines]

    return ask


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_is_printed_for_each_shell(simulate: Simulate, shell: str) -> None:
    done = simulate("completion", shell)

    assert done.code == 0
    assert "_SIMULATOR_COMPLETE" in done.out


def test_unknown_shell_is_told(simulate: Simulate) -> None:
    assert simulate("completion", "csh").code == 2


def test_commands_are_completed(completed: Callable[[str, int], list[str]]) -> None:
    assert set(completed("", 1)) == set(COMMANDS)
    assert completed("re", 1) == ["render"]


def test_providers_and_events_are_completed(completed: Callable[[str, int], list[str]]) -> None:
    assert completed("render vi", 2) == ["viber"]
    assert "message/text" in completed("render viber mess", 3)


def test_options_are_completed(completed: Callable[[str, int], list[str]]) -> None:
    assert "--fail-fast" in completed("run --fail", 2)
