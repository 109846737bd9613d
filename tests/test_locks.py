from __future__ import annotations

from pathlib import Path

from simulator.locks import is_locked


def test_file_is_locked_by_one_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with path.open("wb") as one, path.open("ab") as other:
        found = is_locked(one.fileno()), is_locked(other.fileno())
        one.close()
        afterwards = is_locked(other.fileno())

    assert found == (True, False)
    assert afterwards
