"""The SDKs of a provider for Node: where they lie, and how they come there; programs that use them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

INSTALL = "python3 -m tests -m node"


def programs(provider: str) -> Path:
    """Give the folder of the programs, and of the file that says which SDKs they need."""
    return Path(__file__).parent / provider / "node"


def cached(provider: str) -> Path:
    """Give the folder of exactly these versions, outside of the checkout; NODE_SDKS names one beside which they lie."""
    if "NODE_SDKS" in os.environ:
        return Path(os.environ["NODE_SDKS"]) / provider
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    version = hashlib.sha256((programs(provider) / "package.json").read_bytes()).hexdigest()[:12]
    return caches / "webhook-simulator" / f"node-{version}"


def installed(provider: str, *, may_install: bool) -> Path:
    """Give the folder with the SDKs; the test is skipped where they cannot be had, or are not there and may not be."""
    target = cached(provider)
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
        shutil.copy(programs(provider) / "package.json", folder)
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
        subprocess.run(command, cwd=folder, check=True, timeout=100)
        if not target.exists():  # another process may have been faster
            folder.rename(target)
    return target


def command(provider: str, program: str, *arguments: str) -> list[str]:
    return [shutil.which("node") or "node", str(programs(provider) / program), *arguments]


def environment(sdks: Path, **variables: str) -> dict[str, str]:
    """Give the environment in which a program finds the SDKs."""
    return {**os.environ, "NODE_PATH": str(sdks / "node_modules"), "NODE_NO_WARNINGS": "1", **variables}
