"""What may stand beside a step that sends: what is wanted of the answer, and what is kept of the body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator import match, paths
from simulator.scenario import vocabulary as words
from simulator.scenario.matchers import matcher_at
from simulator.scenario.model import AckWanted
from simulator.scenario.setting import Setting
from simulator.scenario.spots import Spot, entries, pairs, shortened, wanted
from simulator.scenario.values import deadline_of, text_of


def ack_of(spot: Spot | None, setting: Setting) -> AckWanted | None:
    """Give what the bot's HTTP answer must be; a bare status is sugar for `{status: …}`."""
    if spot is None:
        return None
    if spot.is_scalar:
        return AckWanted(status=status_of(spot))
    if is_bare(spot):
        return None
    elsewhere = dict.fromkeys(("p50", "p99", "lost"), "it is counted over a whole run: write it under always:")
    return ack_from(entries(spot, tuple(words.ACK), noun="ack", elsewhere=elsewhere), setting)


def is_bare(spot: Spot) -> bool:
    """Tell of an `ack` that asks for nothing; true where it does."""
    if spot.node.kind == "map" and not spot.node.items:
        wanted(spot, "what the answer must be", "write such as {status: 2xx, within: 5s}")
        return True
    return False


def ack_from(found: Mapping[str, Spot], setting: Setting) -> AckWanted:
    """Give what the bot's HTTP answer must be, from what is said of it."""
    return AckWanted(
        status=status_of(found.get("status")),
        within_ms=deadline_of(found.get("within"), least=1),
        headers=_headers(found.get("headers"), setting),
        body=_ack_body(found.get("body"), setting),
    )


def status_of(spot: Spot | None) -> str | None:
    """Give a status such as `200`, `2xx` or `200, 204`; None where it is none, which is told."""
    text = text_of(spot)
    if spot is not None and text is not None and not match.is_status(text):
        spot.tell(
            "wrong-value",
            f'"{shortened(text)}" is no status',
            why="one is written as 200, 2xx, or 200, 204",
            fix="write it so",
        )
        return None
    return text


def _headers(spot: Spot | None, setting: Setting) -> dict[str, Any]:
    if spot is None:
        return {}
    if spot.node.kind != "map":
        wanted(spot, "a map of header → matcher")
        return {}
    return {name: matcher_at(value, setting) for name, _, value in pairs(spot)}


def _ack_body(spot: Spot | None, setting: Setting) -> Any:
    return None if spot is None else matcher_at(spot, setting)


def save_of(spot: Spot | None, setting: Setting) -> dict[str, str] | None:
    """Give variable → path; the variables are set from here on."""
    if spot is None:
        return None
    if spot.node.kind != "map":
        wanted(spot, "a map of variable → path", "write `save: {order: message.text}`")
        return None
    saved = {}
    for name, value in setting.names.variables(spot).items():
        path = text_of(value)
        if path is not None and is_path(value, path):
            saved[name] = path
            setting.names.set(name, value)
    return saved


def is_path(spot: Spot, path: str) -> bool:
    """Tell if a path is empty; true where it leads somewhere."""
    if paths.split(path):
        return True
    spot.tell(
        "wrong-value", "the path is empty", why="it says where the value stands", fix="write one such as message.text"
    )
    return False
