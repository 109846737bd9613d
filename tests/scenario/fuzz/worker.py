"""
`python -m tests.scenario.fuzz.worker KIND SEED COUNT`: tries inputs in a process of its own, so its memory is known.

Writes one line of JSON for each input that ends in anything but a result or an error for people, or that takes too
long or too much, and a last line with what was done.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from simulator import catalog as facts
from simulator import match
from simulator.catalog import Catalog
from simulator.errors import InputError
from simulator.expressions import ExpressionError, Sandbox
from simulator.scenario.load import load
from tests.scenario.fuzz import mutations

LONGEST_S = {"file": 1.0, "structure": 1.0, "expression": 3.0, "template": 3.0, "matcher": 1.0, "path": 1.0}
"""CPU time of one input; a rendering ends by its own limit of two seconds."""
MOST_MB = 200
SHOWN = 2_000

Try = Callable[[random.Random], tuple[str, Callable[[], object]]]
"""Gives the input as text, and what tries it."""


def main(kind: str, seed: int, count: int) -> None:
    """Try so many inputs; those of a number are the same however many there are."""
    make = MAKERS[kind]()
    slowest_s = 0.0
    # Imports and caches of the first inputs are no input's fault.
    for number in range(-20, count):
        shown, attempt = make(random.Random(f"{kind}/{seed}/{number}"))
        began_s = time.process_time()
        wrong = _outcome(attempt)
        took_s = time.process_time() - began_s
        if number >= 0:
            slowest_s = max(slowest_s, took_s)
        if number >= 0 and took_s > LONGEST_S[kind]:
            wrong = wrong or f"took {took_s:.2f} s"
        if memory_mb() > MOST_MB:
            wrong = wrong or f"took {memory_mb():.0f} MB"
        if wrong:
            print(json.dumps({"number": number, "seed": seed, "wrong": wrong, "input": shown[:SHOWN]}), flush=True)
            if memory_mb() > MOST_MB:
                return
    print(json.dumps({"tried": count, "slowest_s": round(slowest_s, 3), "memory_mb": round(memory_mb())}), flush=True)


def memory_mb() -> float:
    """Give the most memory that this process has had, in MB; 0 where the system does not tell."""
    try:
        # What `getrusage` tells on Linux counts what the process had before it became this program.
        status = Path("/proc/self/status").read_text("ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) * 1024 / 1e6
    except (OSError, StopIteration):
        return _counted_mb()


def _counted_mb() -> float:
    try:
        import resource
    except ImportError:
        return 0.0
    kilo = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilo / 1_000_000


def _outcome(attempt: Callable[[], object]) -> str:
    """Give what went wrong; empty where all is well: a result, or an error for people."""
    try:
        attempt()
    except (InputError, ExpressionError) as error:
        return "" if str(error).strip() else "an error without a word"
    except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
        return traceback.format_exc()[-1_500:]
    return ""


# --- what is tried ---------------------------------------------------------------------------------------------------


def _files() -> Try:
    bases = mutations.corpus()
    return _loading(lambda chance: mutations.mutated(bases, chance))


def _structures() -> Try:
    return _loading(mutations.structure)


def _loading(data_of: Callable[[random.Random], bytes]) -> Try:
    catalogs = _catalogs()
    # Not removed at the end: the process may be ended at any time, and whoever started it removes the folder.
    folder = Path(tempfile.mkdtemp()) / "scenarios"
    parts = mutations.ROOT / "tests" / "scenario" / "problems" / "parts"
    (folder / "parts").mkdir(parents=True)
    for part in parts.iterdir():
        (folder / "parts" / part.name).write_bytes(part.read_bytes())
    os.chdir(folder)

    def make(chance: random.Random) -> tuple[str, Callable[[], object]]:
        data = data_of(chance)
        (folder / "story.yaml").write_bytes(data)
        return repr(data), lambda: load("story.yaml", catalogs=catalogs, environment={})

    return make


def _catalogs() -> Mapping[str, Catalog]:
    """The providers that there are, and those that the wrong files are about."""
    path = mutations.ROOT / "tests" / "scenario" / "conftest.py"
    spec = importlib.util.spec_from_file_location("made_up", path)
    assert spec is not None
    assert spec.loader is not None
    made_up = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made_up)
    real = {name: facts.load(name) for name in ("viber", "smooch", "canvas")}
    return {**real, "parrot": made_up.PARROT, "heron": made_up.HERON}


def _expressions() -> Try:
    sandbox, scope = Sandbox(), _scope()

    def make(chance: random.Random) -> tuple[str, Callable[[], object]]:
        source = mutations.expression(chance)
        return source, lambda: sandbox.evaluate(source, scope)

    return make


def _templates() -> Try:
    sandbox, scope = Sandbox(), _scope()

    def make(chance: random.Random) -> tuple[str, Callable[[], object]]:
        source = mutations.template(chance)
        return source, lambda: sandbox.template(source).render(scope)

    return make


def _scope() -> Mapping[str, Any]:
    return {"a": "aaaaaaaaaaaa", "b": {"c": [1, 2, {"d": None}]}, "now": 1_767_603_600_000}


def _matchers() -> Try:
    def make(chance: random.Random) -> tuple[str, Callable[[], object]]:
        wanted = mutations.pattern(chance)
        found = "".join(chance.choice(("a", "b", " ", "é", "\n")) * chance.choice((1, 30, 900)) for _ in range(4))

        def attempt() -> object:
            match.captures_of(wanted)
            match.problems_of({"text": wanted, "raw": {"x": wanted}})
            return match.match_value(wanted, found, lambda source: "(a+)+")

        return wanted, attempt

    return make


def _paths() -> Try:
    value = {"a": [1, {"b": 2, "c": None}], "b": "x", "c": {"a": {"a": {"a": [0.5]}}}}

    def make(chance: random.Random) -> tuple[str, Callable[[], object]]:
        path = mutations.json_path(chance)
        return path, lambda: match.value_problems({path: 1}) or match.match_value({path: "x"}, value, str)

    return make


MAKERS: Mapping[str, Callable[[], Try]] = {
    "file": _files,
    "structure": _structures,
    "expression": _expressions,
    "template": _templates,
    "matcher": _matchers,
    "path": _paths,
}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
