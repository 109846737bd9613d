"""The SDKs of Viber for Node: where they lie, and how they come there; programs that use them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "node"
INSTALL = "python3 -m tests -m node"


def cached() -> Path:
    """Give the folder of exactly these versions, outside of the checkout; NODE_SDKS names another one."""
    if "NODE_SDKS" in os.environ:
        return Path(os.environ["NODE_SDKS"])
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    version = hashlib.sha256((PROGRAMS / "package.json").read_bytes()).hexdigest()[:12]
    return caches / "webhook-simulator" / f"node-{version}"


def installed(*, may_install: bool) -> Path:
    """Give the folder with the SDKs; the test is skipped where they cannot be had, or are not there and may not be."""
    target = cached()
    if shutil.which("node") is None:
        pytest.skip("node is missing")
    if (target / "node_modules").is_dir():
        return target
    if not may_install:
        pytest.skip(f"the SDKs for Node are not in {target}; they are installed by: {INSTALL}")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is missing")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        folder = Path(work) / "sdks"
        folder.mkdir()
        shutil.copy(PROGRAMS / "package.json", folder)
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
        subprocess.run(command, cwd=folder, check=True, timeout=100)
        if not target.exists():  # another process may have been faster
            folder.rename(target)
    return target


def command(program: str, *arguments: str) -> list[str]:
    return [shutil.which("node") or "node", str(PROGRAMS / program), *arguments]


def environment(sdks: Path, **variables: str) -> dict[str, str]:
    """Give the environment in which a program finds the SDKs."""
    return {**os.environ, "NODE_PATH": str(sdks / "node_modules"), "NODE_NO_WARNINGS": "1", **variables}
