"""Files that a scenario is read from or speaks of: found, read, and never above the scenarios' root."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from simulator import documents
from simulator.documents import Node
from simulator.errors import InputError, Problem, nearest
from simulator.scenario.findings import Findings

ENDINGS = (".yaml", ".yml")
ROOT_NAME = "scenarios"


def read_document(path: Path, label: str, told: Findings) -> Node:
    """
    Give the document of a file; `label` is how messages call it. What YAML took from it without a sound is told.

    Raises:
        InputError: it cannot be read, which is told with the nearest file of its folder, or it is no good YAML.
    """
    odd: list[Problem] = []
    try:
        node = documents.read_file(path, label, odd)
        told.take_over(odd, label)
        return node
    except InputError as error:
        fix = nearest_beside(path) or "check the path"
        found = (replace(each, fix=fix) if each.code == "unreadable-file" else each for each in error.problems)
        raise InputError(*found) from error


def nearest_beside(path: Path) -> str:
    """
    Give the question whether another file of its folder is meant; empty where no name is similar.

    Instead of a scenario only another one is meant, and instead of a picture no scenario. A file that is there, and
    cannot be read, is the one that is meant.
    """
    is_scenario = path.suffix in ENDINGS
    try:
        if path.exists():
            return ""
        files = (each for each in sorted(path.parent.iterdir()) if each.is_file())
        stems = {each.stem: each.name for each in files if (each.suffix in ENDINGS) is is_scenario}
    except (OSError, ValueError):
        return ""
    stem = nearest(path.stem, stems)
    return f'did you mean "{stems[stem]}"?' if stem else ""


def root_of(folder: Path, otherwise: Path | None = None) -> Path:
    """
    Give the folder above which no file of a scenario may lie.

    It is the nearest one around it that is called `scenarios`, or else `otherwise`, or else the scenario's own.
    """
    named = (each for each in (folder, *folder.parents) if each.name == ROOT_NAME)
    return next(named, otherwise or folder)


def beside(folder: Path, text: str) -> Path:
    """Give the absolute path of a file that a scenario in that folder names."""
    return Path(os.path.normpath(folder / text))


def is_inside(root: Path, path: Path) -> bool:
    """True where the file lies in the root, also when links are followed."""
    try:
        return path.is_relative_to(root) and path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def is_file(path: Path) -> bool:
    """True where a file lies there; no name is so odd that this fails."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """True where anything lies there, as `is_file`."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """True where a folder lies there, as `is_file`."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def label_beside(label: str, text: str) -> str:
    """Give how messages call a file that the file called `label` names."""
    return os.path.normpath(Path(label).parent / text)
