"""Where templates and scenarios lie: inside an installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from simulator.errors import InternalError, Problem

PACKAGE = Path(__file__).resolve().parent


def folder(kind: Literal["templates", "scenarios"], *, package: Path = PACKAGE) -> Path:
    """
    Give the folder of that kind, as an absolute path.

    Raises:
        InternalError: it lies in neither place; the installation is not whole.
    """
    installed = package / "_data" / kind
    if installed.is_dir():
        return installed
    beside = package.parent / kind
    # Without the look at pyproject.toml, any "templates" folder in site-packages would be taken for ours.
    if (package.parent / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    raise InternalError(
        Problem(
            code="missing-data",
            what=f"the folder {kind} is not there",
            why=f"looked for {installed} and, beside a pyproject.toml, for {beside}",
            fix="install the simulator again, or start it from a whole checkout",
        )
    )
