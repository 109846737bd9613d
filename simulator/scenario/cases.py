"""The table under `cases:`: the story is played once for each of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from simulator.errors import did_you_mean
from simulator.scenario.model import Case
from simulator.scenario.setting import Setting
from simulator.scenario.spots import Spot, elements, shortened, told_at, wanted
from simulator.scenario.written import flow

MOST_CASES = 10_000
_LONGEST_NAME = 80


def cases_of(spot: Spot | None, setting: Setting) -> tuple[Case, ...]:
    """Give the rows of a table; their names are set from here on."""
    if spot is None:
        return ()
    if spot.node.kind != "list" or not spot.node.elements:
        wanted(spot, "a list of rows", "write `- {name: value}` for each")
        return ()
    if len(spot.node.elements) > MOST_CASES:
        what = f"the table has {len(spot.node.elements)} rows"
        spot.tell("wrong-value", what, why=f"it has at most {MOST_CASES}", fix="make several files of it")
        return ()
    columns: dict[str, Spot] = {}
    rows = [_row(row, columns, setting) for row in elements(spot)]
    for name, first in columns.items():
        setting.names.set(name, first)
    names = _names(rows)
    return tuple(
        Case(name=name, values={column: value.node.plain() for column, value in row.items()}, place=each.place)
        for name, row, each in zip(names, rows, elements(spot), strict=True)
    )


def _row(spot: Spot, columns: dict[str, Spot], setting: Setting) -> dict[str, Spot]:
    """Give name → value of a row; the first row says which names there are."""
    if spot.node.kind != "map" or not spot.node.items:
        wanted(spot, "a row", "a row is a map such as {order: BR-1, status: sent}")
        return {}
    row = setting.names.variables(spot)
    for value in row.values():
        setting.names.read_all(value)
    if not columns:
        columns.update(row)
    for key, _ in spot.node.items:
        if key.spelling in row and key.spelling not in columns:
            told_at(spot, key, key.spelling).tell(
                "unknown-key",
                f'"{shortened(key.spelling)}" is no column of this table',
                why=f"its first row has: {', '.join(columns)}",
                fix=did_you_mean(key.spelling, columns, "write it in every row, or in none"),
            )
    lacking = [name for name in columns if name not in row]
    if lacking and row.keys() <= columns.keys():
        why = f"its first row has: {', '.join(columns)}"
        spot.tell("missing-key", f'"{lacking[0]}" is missing', why=why, fix="every row has the same names")
    return row


def _names(rows: Sequence[dict[str, Spot]]) -> list[str]:
    """Give each row in one line; those that look the same are counted."""
    lines = [
        shortened(", ".join(f"{name}: {flow(value.node)}" for name, value in row.items()), _LONGEST_NAME)
        for row in rows
    ]
    often, seen = Counter(lines), Counter[str]()
    named = []
    for line in lines:
        seen[line] += 1
        named.append(f"{line} ({seen[line]})" if often[line] > 1 else line)
    return named
