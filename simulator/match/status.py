"""HTTP statuses as scenarios and providers name them: `200`, `2xx`, `200, 204`, `any`."""

from __future__ import annotations

import re
from functools import lru_cache

_STATUS = re.compile(r"[1-5](?:[0-9]{2}|xx)|any")


@lru_cache(maxsize=1024)
def status_matches(wanted: str, status: int) -> bool:
    """True where a status is among those wanted."""
    return any(part in ("any", str(status), f"{status // 100}xx") for part in _parts(wanted))


def is_status(wanted: str) -> bool:
    """True where a text names statuses."""
    return all(_STATUS.fullmatch(part) for part in _parts(wanted))


def _parts(wanted: str) -> list[str]:
    return [part.strip() for part in str(wanted).lower().split(",")]
