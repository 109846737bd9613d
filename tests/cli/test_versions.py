from __future__ import annotations

import platform

import simulator
from tests.cli.conftest import Simulate, imported_by


def test_version_names_all_that_output_hangs_on(simulate: Simulate) -> None:
    done = simulate("--version")

    assert done.code == 0
    assert done.out.startswith(f"simulator {simulator.__version__}, Python {platform.python_version()}, SQLite ")
    assert ", libyaml 0." in done.out


def test_version_beside_other_options_says_the_same(simulate: Simulate) -> None:
    assert simulate("--color", "never", "--version").out == simulate("--version").out


def test_version_does_without_the_parser_of_command_lines() -> None:
    assert not {"click", "jinja2", "simulator.documents"} & imported_by("--version")
