"""Payloads of a corpus as they are written: lines, elements of an array, or files, in batches."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple

from simulator import signing
from simulator.corpus import har, packing
from simulator.corpus.corners import Chances, Corner, chances_of, changed, corner_of, label
from simulator.corpus.draws import Place
from simulator.corpus.kinds import Kind
from simulator.corpus.plan import BLOCK, Row
from simulator.corpus.recipe import SIGNED, Recipe, studio_of
from simulator.corpus.selection import Sieve
from simulator.corpus.tracing import Tracer
from simulator.errors import InputError
from simulator.faults import Signature
from simulator.records import Payload, SignedRequest
from simulator.render import encode

_CHANCES = {"all-optional": 1.0, "no-optional": 0.0}

BATCH = 128
"""So many payloads are written at once: more would make the memory go back and forth."""

DIGEST_BYTES = 16
"""Of the digest by which a body is known again."""

_ENDS = {"json": (b"[\n", b"]\n"), "har": (har.HEAD, har.TAIL)}
"""What stands before and behind all payloads."""

_COMPACT = json.JSONEncoder(separators=(",", ":")).encode

Numbered = tuple[int, Row]
"""Number of a payload, and what is planned for it."""


class Placed(NamedTuple):
    """One payload, and where it stands."""

    number: int
    event: str
    due_ms: int
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Some payloads, one after another."""

    count: int
    content: bytes = b""
    """All of them, with what stands between and behind them; empty where there are files or rows."""
    files: tuple[tuple[str, bytes], ...] = ()
    """Path below the corpus's folder → content."""
    rows: tuple[Placed, ...] = ()
    left_out: int = 0
    """So many more stand in the plan between them, and are not to be written."""
    stored: bytes | None = None
    """The content as it is stored; None: as it is."""

    @property
    def passed(self) -> int:
        """So many places of the plan it stands for."""
        return self.count + self.left_out

    def pieces(self) -> Iterator[bytes]:
        """Give all that a corpus is known by, before it is compressed."""
        yield self.content
        for name, content in self.files:
            yield name.encode() + b"\0" + content
        for row in self.rows:
            yield line(row.body) + b"\n"


class Press:
    """Writes any part of one corpus."""

    def __init__(self, recipe: Recipe, credentials: Mapping[str, str]) -> None:
        """
        Begin with nothing rendered.

        Raises:
            InputError: there is no such provider, credential or option.
        """
        self.recipe = recipe
        self.studio = studio_of(recipe, credentials)
        self._plan = recipe.plan()
        tracer = Tracer(self.studio)
        self.kinds = [Kind(self.studio, tracer, number) for number in range(len(recipe.mix.events))]
        self._chances: dict[int, Chances] = {}
        self._sieve = Sieve(recipe.selection, recipe.seed)
        self.is_whole = self._sieve.is_open
        """True where every payload that is planned is written."""
        self._pack = packing.packer(recipe.compress) if recipe.compress else None
        ways: dict[str, Callable[[list[Numbered]], Batch]] = {
            "jsonl": self._lines,
            "requests": self._requests,
            "json": self._elements,
            "files": self._files,
            "har": self._entries,
            "parquet": self._rows,
        }
        self._way = ways[recipe.shape]

    def batches(self, block: int, first: int, end: int) -> Iterator[Batch]:
        """
        Give the payloads of a block from one number up to another, as far as they are in it.

        What is compressed comes as one batch, and is one member.

        Raises:
            InputError: a template is broken.
            CredentialError: a credential cannot be used for signing.
        """
        made = self._batches(block, first, end)
        if self._pack is None or self.recipe.shape == "files":
            yield from made
            return
        whole = list(made)
        content = b"".join(each.content for each in whole)
        yield Batch(
            count=sum(each.count for each in whole),
            left_out=sum(each.left_out for each in whole),
            content=content,
            stored=self._pack(content) if content else b"",
        )

    def _batches(self, block: int, first: int, end: int) -> Iterator[Batch]:
        keeps, way, is_open = self._sieve.keeps, self._way, self._sieve.is_open
        head, tail = _ENDS.get(self.recipe.shape, (b"", b""))
        for start, planned in self._planned(block, first, end):
            kept = planned if is_open else [each for each in planned if keeps(*each)]
            batch = way(kept) if kept else Batch(count=0)
            if len(kept) < len(planned):
                batch = replace(batch, left_out=len(planned) - len(kept))
            if head and start == 0:
                batch = replace(batch, content=head + batch.content)
            if tail and start + len(planned) == self.recipe.count:
                # Each payload but the first begins a line; what stands behind them all does as well.
                gap = b"" if self._first is None else b"\n"
                batch = replace(batch, content=batch.content + gap + tail)
            yield batch

    def digests(self, block: int, first: int, end: int) -> Iterator[Batch]:
        """
        Give a digest of each body in place of it, also of those that are not written.

        Raises:
            InputError: a template is broken.
        """
        for _, planned in self._planned(block, first, end):
            found = (blake2b(self.body(*each), digest_size=DIGEST_BYTES).digest() for each in planned)
            yield Batch(count=len(planned), content=b"".join(found))

    def _planned(self, block: int, first: int, end: int) -> Iterator[tuple[int, list[Numbered]]]:
        """Give what is planned, a batch at a time, and the number with which each begins."""
        begin = block * BLOCK
        rows = self.rows(block)
        first, end = max(first, begin), min(end, begin + BLOCK)
        for start in range(first, end, BATCH):
            stop = min(start + BATCH, end)
            yield start, list(enumerate(rows[start - begin : stop - begin], start))

    @cached_property
    def _first(self) -> int | None:
        """The number of the first payload that is written; None where none is."""
        if self._sieve.is_open:
            return 0 if self.recipe.count else None
        for block in range(-(-self.recipe.count // BLOCK)):
            for number, row in enumerate(self.rows(block), block * BLOCK):
                if number < self.recipe.count and self._sieve.keeps(number, row):
                    return number
        return None

    def written(self, block: int, first: int, end: int) -> Iterator[Numbered]:
        """Give what is planned for a block from one number up to another, as far as it is written."""
        for _, planned in self._planned(block, first, end):
            yield from (each for each in planned if self._sieve.keeps(*each))

    def rows(self, block: int) -> list[Row]:
        """Give what is planned for a block."""
        return self._plan.block(block)

    def body(self, number: int, row: Row) -> bytes:
        """Give the body of a payload."""
        corner = self.corner(number, row)
        return self.kinds[row[0]].body(number, row) if corner is None else self._bent(number, row, corner)

    def payload(self, number: int, row: Row) -> Payload:
        """Give a payload whole, with the ids that were drawn for it."""
        payload, corner = self.studio.payload(Place(number, *row)), self.corner(number, row)
        return payload if corner is None else replace(payload, body=self._bent(number, row, corner))

    def corner(self, number: int, row: Row) -> Corner | None:
        """Give what is unusual about a payload on purpose."""
        recipe = self.recipe
        if not recipe.edge and not recipe.invalid:
            return None
        if row[0] not in self._chances:
            self._chances[row[0]] = chances_of(self.studio.fact(row[0]))
        return corner_of(
            self.studio.prefix,
            number,
            self._chances[row[0]],
            edge=recipe.edge,
            invalid=recipe.invalid,
            has_signature=self._has_signature,
        )

    @cached_property
    def _has_signature(self) -> bool:
        """True where requests are written, and something in them is signed that can be wrong."""
        if self.recipe.shape not in SIGNED:
            return False
        place = Place(0, *self.rows(0)[0])
        try:
            self._sent(self.studio.payload(place), place.due_ms, signature="wrong")
        except InputError as error:
            if [problem.code for problem in error.problems] != ["nothing-signed"]:
                raise
            return False
        return True

    def _bent(self, number: int, row: Row, corner: Corner) -> bytes:
        body = self.studio.payload(Place(number, *row), _CHANCES.get(corner.kind)).body
        if corner.kind == "truncated":
            return body[: len(body) // 2].decode("utf-8", "ignore").encode()
        if body[:1] not in (b"{", b"["):
            return body
        return encode(changed(json.loads(body), corner, self.studio.fact(row[0])), self.studio.style)

    def _lines(self, rows: list[Numbered]) -> Batch:
        kinds = self.kinds
        if self.studio.style.kind == "json" and not self.recipe.edge and not self.recipe.invalid:
            texts = [kinds[row[0]].text(number, row) for number, row in rows]
            if None not in texts:
                try:
                    return Batch(count=len(rows), content=("\n".join(texts) + "\n").encode())  # type: ignore[arg-type]
                except UnicodeEncodeError:
                    # Halves of surrogate pairs are escaped one body at a time.
                    pass
        lines = (line(self.body(number, row)) for number, row in rows)
        return Batch(count=len(rows), content=b"\n".join([*lines, b""]))

    def _elements(self, rows: list[Numbered]) -> Batch:
        return self._joined(rows, lambda number, row: value(self.body(number, row)))

    def _entries(self, rows: list[Numbered]) -> Batch:
        names = list(self.recipe.mix.events)
        return self._joined(
            rows, lambda number, row: har.entry(self._signed(number, row), due_ms=row[2], event=names[row[0]])
        )

    def _joined(self, rows: list[Numbered], piece: Callable[[int, Row], bytes]) -> Batch:
        """Give the elements of an array, each behind the comma that parts it from the one before."""
        pieces: list[bytes] = []
        for number, row in rows:
            pieces += [b"" if number == self._first else b",\n", piece(number, row)]
        return Batch(count=len(rows), content=b"".join(pieces))

    def _files(self, rows: list[Numbered]) -> Batch:
        names = list(self.recipe.mix.events)
        files = tuple(
            (f"{place_of(self.recipe.provider, names[row[0]])}/{number:010d}.json", self.body(number, row))
            for number, row in rows
        )
        return Batch(count=len(rows), files=files)

    def _rows(self, rows: list[Numbered]) -> Batch:
        names = list(self.recipe.mix.events)
        placed = (Placed(number, names[row[0]], row[2], self.body(number, row)) for number, row in rows)
        return Batch(count=len(rows), rows=tuple(placed))

    def _requests(self, rows: list[Numbered]) -> Batch:
        names = list(self.recipe.mix.events)
        lines = (_told(self._signed(*each), names[each[1][0]]) for each in rows)
        return Batch(count=len(rows), content=b"\n".join([*lines, b""]))

    def _signed(self, number: int, row: Row) -> SignedRequest:
        payload, corner = self.kinds[row[0]].payload(number, row), self.corner(number, row)
        if corner is not None:
            payload = replace(payload, body=self._bent(number, row, corner))
        is_wrong = corner is not None and corner.kind == "bad-signature"
        return self._sent(payload, row[2], signature="wrong" if is_wrong else "right")

    def _sent(self, payload: Payload, due_ms: int, *, signature: Signature) -> SignedRequest:
        studio, url = self.studio, self.recipe.url
        return signing.sign_request(
            payload,
            url=url,
            registered_url=url,
            provider=studio.provider,
            credentials=studio.world.credentials,
            options=studio.world.options,
            stamp_ms=due_ms,
            due_ms=due_ms,
            marked=self.recipe.is_marked,
            signature=signature,
        )


def nothing(shape: str) -> bytes:
    """Give what a corpus of no payloads is."""
    return b"".join(_ENDS.get(shape, ()))


def _told(request: SignedRequest, event: str) -> bytes:
    shown = {
        "event": event,
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": request.body.decode("utf-8"),
    }
    return _COMPACT(shown).encode("ascii")


def labels(recipe: Recipe, credentials: Mapping[str, str], first: int, end: int) -> Iterator[bytes]:
    """
    Give the lines that tell which payloads are unusual, and how; nothing is rendered for it.

    Raises:
        InputError: there is no such provider, credential or option.
    """
    press = Press(recipe, credentials)
    names = list(recipe.mix.events)
    blocks = range(first // BLOCK, -(-end // BLOCK))
    written = itertools.chain.from_iterable(press.written(block, first, end) for block in blocks)
    for place, (number, row) in enumerate(written):
        corner = press.corner(number, row)
        if corner is not None:
            yield label(number, names[row[0]], corner, place=None if press.is_whole else place)


def line(body: bytes) -> bytes:
    """Give a body as one line; one that has several is written as JSON text."""
    body = body.rstrip(b"\n")
    return body if b"\n" not in body else json.dumps(body.decode("utf-8", "replace")).encode("ascii")


def value(body: bytes) -> bytes:
    """Give a body as a value of JSON: one that is a form is a text."""
    body = body.rstrip(b"\n")
    return body if body[:1] in (b"{", b"[") else json.dumps(body.decode("utf-8", "replace")).encode("ascii")


def place_of(provider: str, event: str) -> str:
    """Give the place of an event type in a folder, with `-` for what not every system takes in a name."""
    return f"{provider}/" + "".join(each if each.isalnum() or each in "._-/" else "-" for each in event)
