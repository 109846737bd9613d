"""What some tests need of the system, each with its reason; all of it is there where CI runs."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
"""A file on a disk that has no room, which Linux has."""

NEEDS_SIGNALS = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signals to programs")
NEEDS_SH = pytest.mark.skipif(os.name == "nt", reason="Windows has no sh, and quotes otherwise")
NEEDS_FULL_DEVICE = pytest.mark.skipif(not FULL.exists(), reason=f"this system has no {FULL}")
NEEDS_GZIP = pytest.mark.skipif(shutil.which("gzip") is None, reason="the program gzip, which is not ours, is missing")
