from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import bootstrap
from simulator.errors import InternalError

PROJECT = f'[project]\nname = "{bootstrap.DISTRIBUTION}"\n'
PYTHON = "Scripts/python.exe" if os.name == "nt" else "bin/python"


class Machine:
    """Stands for the programs that a set-up calls: notes each command, and makes what it would make."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands: list[list[str]] = []
        self.broken: Callable[[list[str]], bool] = lambda command: False
        self.is_running = True

    def run(self, command: list[str]) -> str:
        self.commands.append(command)
        if self.broken(command):
            return "no route to host"
        if "venv" in command:
            python = self.root / ".venv" / PYTHON
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        return ""

    @property
    def installs(self) -> list[str]:
        return [command[-1] for command in self.commands if "install" in command]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    (tmp_path / "pyproject.toml").write_text(PROJECT, "utf-8")
    machine = Machine(tmp_path)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "_trouble_of", machine.run)
    monkeypatch.setattr(bootstrap, "_runs", lambda python: machine.is_running and python.exists())
    monkeypatch.setattr(bootstrap, "_has_pip", lambda: True)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("SIMULATOR_NO_BOOTSTRAP")
    return machine


# --- when there is something to do -----------------------------------------------------------------------------------


def test_installed_wheel_is_never_set_up(machine: Machine) -> None:
    (machine.root / "pyproject.toml").unlink()

    bootstrap.ensure()

    assert not machine.commands


def test_other_project_beside_the_package_is_no_checkout(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "other"\n', "utf-8")

    assert not bootstrap.is_checkout(tmp_path)


def test_set_up_can_be_switched_off(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMULATOR_NO_BOOTSTRAP", "1")

    bootstrap.ensure()

    assert not machine.commands


def test_program_that_a_set_up_started_does_not_start_again(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bootstrap.STARTED, str(machine.root))

    bootstrap.ensure()

    assert not machine.commands
    assert bootstrap.STARTED not in os.environ


def test_interpreter_without_the_distribution_starts_again_in_the_environment(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Path] = []
    monkeypatch.setattr(bootstrap, "start_again", started.append)

    bootstrap.ensure()

    assert started == [machine.root / ".venv" / PYTHON]


def test_interpreter_in_the_environment_goes_straight_on(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap.prepare(machine.root)
    monkeypatch.setattr(sys, "prefix", str(machine.root / ".venv"))

    assert bootstrap.is_ready(machine.root)
    assert not bootstrap.is_ready(machine.root, "dev")


# --- how the environment is made -------------------------------------------------------------------------------------


def test_first_start_makes_the_environment_and_says_so_once(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    python = bootstrap.prepare(machine.root)

    assert python == machine.root / ".venv" / PYTHON
    assert machine.installs == [str(machine.root)]
    assert capsys.readouterr().err.count("\n") == 1


def test_second_start_finds_all_done(machine: Machine) -> None:
    bootstrap.prepare(machine.root)
    machine.commands.clear()

    bootstrap.prepare(machine.root)

    assert not machine.commands


def test_tests_after_a_plain_start_install_what_they_need(machine: Machine) -> None:
    bootstrap.prepare(machine.root)
    bootstrap.prepare(machine.root, "dev")

    assert machine.installs == [str(machine.root), f"{machine.root}[dev]"]


def test_plain_start_after_the_tests_finds_all_done(machine: Machine) -> None:
    bootstrap.prepare(machine.root, "dev")
    machine.commands.clear()

    bootstrap.prepare(machine.root)

    assert not machine.commands


def test_changed_project_is_installed_again_with_what_was_there(machine: Machine) -> None:
    bootstrap.prepare(machine.root, "dev")
    (machine.root / "pyproject.toml").write_text(PROJECT + 'version = "2"\n', "utf-8")

    bootstrap.prepare(machine.root)

    assert machine.installs == [f"{machine.root}[dev]"] * 2
    assert sum("venv" in command for command in machine.commands) == 1


def test_environment_of_another_python_is_made_anew(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap.prepare(machine.root)
    (machine.root / ".venv" / "left").touch()
    monkeypatch.setattr(bootstrap, "_version", lambda: "3.99")

    bootstrap.prepare(machine.root)

    assert not (machine.root / ".venv" / "left").exists()


def test_environment_that_somebody_made_is_kept_and_filled(machine: Machine) -> None:
    machine.run(["venv"])
    machine.commands.clear()

    bootstrap.prepare(machine.root)

    assert len(machine.commands) == 1
    assert machine.installs


def test_set_up_that_was_cut_off_begins_anew(machine: Machine) -> None:
    machine.broken = lambda command: "install" in command
    with pytest.raises(InternalError):
        bootstrap.prepare(machine.root)
    (machine.root / ".venv" / "half").touch()
    machine.broken = lambda command: False

    bootstrap.prepare(machine.root)

    assert not (machine.root / ".venv" / "half").exists()


def test_uv_is_used_where_it_is(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/uv")

    bootstrap.prepare(machine.root)

    assert {command[0] for command in machine.commands} == {"/bin/uv"}


def test_pip_is_asked_where_uv_fails(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/uv")
    machine.broken = lambda command: command[0] == "/bin/uv"

    bootstrap.prepare(machine.root)

    assert machine.commands[-1][:3] == [sys.executable, "-m", "pip"]


def test_environment_brings_its_own_pip_where_python_has_none(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "_has_pip", lambda: False)

    bootstrap.prepare(machine.root)

    assert machine.commands[-1][0] == str(machine.root / ".venv" / PYTHON)


# --- when it fails ---------------------------------------------------------------------------------------------------


def test_failed_set_up_names_the_command_to_try_and_ends_with_3(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.broken = lambda command: "install" in command

    with pytest.raises(SystemExit) as caught:
        bootstrap.ensure()

    told = capsys.readouterr().err
    assert caught.value.code == 3
    assert "[setup-failed]" in told
    assert "no route to host" in told
    assert "-m pip" in told


def test_interrupted_set_up_ends_with_130(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(command: list[str]) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "_trouble_of", interrupt)

    with pytest.raises(SystemExit) as caught:
        bootstrap.ensure()

    assert caught.value.code == 130


def test_place_that_cannot_be_written_is_told(machine: Machine) -> None:
    (machine.root / ".venv").touch()

    with pytest.raises(InternalError) as caught:
        bootstrap.prepare(machine.root)

    assert "can be written" in caught.value.problems[0].fix


def test_last_words_of_a_failed_command_are_its_error() -> None:
    program = "import sys; sys.exit('ERROR: nothing there\\nerror: subprocess\\nnote: not our fault')"

    assert bootstrap._trouble_of([sys.executable, "-c", program]) == "ERROR: nothing there"


def test_missing_module_is_told_in_a_sentence(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    code = bootstrap.tell_missing(ModuleNotFoundError(name="acme.parts"))

    assert code == 3
    assert "the module acme is not installed" in capsys.readouterr().err


def test_missing_module_of_ours_is_a_fault() -> None:
    with pytest.raises(ModuleNotFoundError):
        bootstrap.tell_missing(ModuleNotFoundError(name="simulator.stray"))


# --- locking and starting again --------------------------------------------------------------------------------------


def test_second_start_cannot_take_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / bootstrap.LOCK

    with bootstrap._locked(lock), lock.open("a+b") as file:
        is_taken = bootstrap._take(file.fileno(), is_patient=False)

    assert not is_taken


def test_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    lock = tmp_path / bootstrap.LOCK
    with bootstrap._locked(lock):
        pass

    with lock.open("a+b") as file:
        is_taken = bootstrap._take(file.fileno(), is_patient=False)

    assert is_taken


def test_program_starts_again_with_the_same_command_line(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-X", "dev", "-m", "simulator", "demo"])
    monkeypatch.setattr(os, "execve", lambda path, command, surroundings: started.append((command, surroundings)))
    monkeypatch.setattr(
        bootstrap, "_exit_code_of", lambda command, surroundings: started.append((command, surroundings))
    )

    with contextlib.suppress(SystemExit):
        bootstrap.start_again(Path("python"))

    ((command, surroundings),) = started
    assert command == ["python", "-X", "dev", "-m", "simulator", "demo"]
    assert surroundings[bootstrap.STARTED] == str(machine.root)


def test_exit_code_of_a_child_is_passed_on() -> None:
    assert bootstrap._exit_code_of([sys.executable, "-c", "raise SystemExit(7)"], os.environ) == 7
