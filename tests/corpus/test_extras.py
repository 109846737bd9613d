from __future__ import annotations

import tomllib
from pathlib import Path

from simulator.corpus.extras import EXTRAS

ROOT = Path(__file__).resolve().parents[2]


def test_extras_are_those_of_the_distribution():
    offered = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]

    for extra, packages in EXTRAS.items():
        assert [each.partition(";")[0].strip() for each in offered[extra]] == list(packages)
