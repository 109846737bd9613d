"""The fuzzer is a job of its own: it takes minutes, and runs by `-m fuzz` alone."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fuzz: tries very many inputs; runs by `-m fuzz`, as many as --fuzz-count says")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "fuzz" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("fuzz") is not None]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
