"""What stands beside a corpus: how it was made, how far it is, and by which hash it is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from simulator.corpus.mix import Follow, Mix
from simulator.corpus.packing import ENDINGS
from simulator.corpus.recipe import SHAPES, Recipe
from simulator.corpus.selection import Part, Selection
from simulator.corpus.writing import Writing
from simulator.errors import InputError, Problem

ENDING = ".manifest.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """One shard of a corpus, or the whole."""

    recipe: Recipe
    first: int
    end: int
    """It has the payloads from `first` up to this one."""
    shard: str = "1/1"
    passed: int = 0
    """So many of them have been written, or left out since they were not to be written."""
    written: int = 0
    """So many of them are there."""
    bytes: int = 0
    """So many are there, before they were compressed."""
    stored: int = 0
    """So many are there as they are stored in the file; 0 for a folder."""
    sha256: str = ""
    """
    Of what is there, before it was compressed.

    A folder's files are taken one after another, each behind its path and a zero byte; where they are tables, each body
    as a line.
    """
    versions: Mapping[str, str]

    @property
    def is_complete(self) -> bool:
        """True where all is there."""
        return self.passed == self.end - self.first

    def json(self) -> str:
        """Give it as it stands in its file."""
        recipe, selection = self.recipe, self.recipe.selection
        shown = {
            "provider": recipe.provider,
            "count": recipe.count,
            "seed": recipe.seed,
            "start_ms": recipe.start_ms,
            "format": recipe.shape,
            "options": dict(recipe.options),
            "url": recipe.url,
            "is_marked": recipe.is_marked,
            "edge": recipe.edge,
            "invalid": recipe.invalid,
            "compress": recipe.compress,
            "part": asdict(selection.part) if selection.part is not None else None,
            "repeated": list(selection.repeated),
            "shard": self.shard,
            "first": self.first,
            "end": self.end,
            "is_complete": self.is_complete,
            "passed": self.passed,
            "written": self.written,
            "bytes": self.bytes,
            "stored": self.stored,
            "sha256": self.sha256,
            "versions": dict(self.versions),
            "mix": asdict(recipe.mix),
        }
        return json.dumps(shown, indent=1) + "\n"

    def fresh(self) -> Manifest:
        """Give that of the same corpus of which nothing is there yet."""
        return replace(self, passed=0, written=0, bytes=0, stored=0, sha256="")


def beside(path: Path) -> Path:
    """Give the path of the manifest of a corpus."""
    return path.with_name(f"{path.name}{ENDING}")


def read(path: Path) -> Manifest:
    """
    Give the manifest in a file.

    Raises:
        InputError: it cannot be read, or is none.
    """
    try:
        return _manifest(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = str(error) if not isinstance(error, KeyError) else f"{error} is missing"
        raise InputError(
            Problem(
                code="no-manifest",
                what="this is no manifest of a corpus",
                where=str(path),
                why=why,
                fix=f"name a file that `generate --out` wrote: it ends in {ENDING}",
            )
        ) from error


def _manifest(told: Mapping[str, Any]) -> Manifest:
    if told["format"] not in SHAPES or told["compress"] not in ("", *ENDINGS):
        raise ValueError(f"its format is {told['format']} {told['compress']}")
    recipe = Recipe(
        provider=str(told["provider"]),
        mix=_mix(told["mix"]),
        seed=int(told["seed"]),
        start_ms=int(told["start_ms"]),
        count=int(told["count"]),
        shape=str(told["format"]),
        options=dict(told["options"]),
        url=str(told["url"]),
        is_marked=bool(told["is_marked"]),
        edge=float(told["edge"]),
        invalid=float(told["invalid"]),
        compress=str(told["compress"]),
        selection=Selection(
            part=Part(**told["part"]) if told["part"] is not None else None,
            repeated=tuple(int(number) for number in told["repeated"]),
        ),
    )
    return Manifest(
        recipe=recipe,
        first=int(told["first"]),
        end=int(told["end"]),
        shard=str(told["shard"]),
        passed=int(told["passed"]),
        written=int(told["written"]),
        bytes=int(told["bytes"]),
        stored=int(told["stored"]),
        sha256=str(told["sha256"]),
        versions=dict(told["versions"]),
    )


def _writing(told: Mapping[str, Any] | None) -> Writing | None:
    return None if told is None else Writing(**{name: tuple(map(tuple, values)) for name, values in told.items()})


def _mix(told: Mapping[str, Any]) -> Mix:
    follows = tuple(
        Follow(event=each["event"], after=tuple(each["after"]), delay_ms=tuple(each["delay_ms"]))
        for each in told["follows"]
    )
    changed = {
        "follows": follows,
        "turns": {int(count): weight for count, weight in told["turns"].items()},
        "writing": _writing(told["writing"]),
        "counts": {
            event: {name: {int(count): weight for count, weight in each.items()} for name, each in lists.items()}
            for event, lists in told["counts"].items()
        },
        **{name: tuple(told[name]) for name in ("gap_ms", "first", "turn_ids", "talk_ids", "hours", "days")},
    }
    return Mix(**{**told, **changed})
