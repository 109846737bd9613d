"""Payloads of a corpus as they are written: lines, elements of an array, or files, in batches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from simulator import signing
from simulator.corpus.corners import Corner, changed, corner_of, label
from simulator.corpus.draws import Place
from simulator.corpus.kinds import Kind
from simulator.corpus.plan import BLOCK, Row
from simulator.corpus.recipe import Recipe, studio_of
from simulator.corpus.tracing import Tracer
from simulator.render import encode

_CHANCES = {"all-optional": 1.0, "no-optional": 0.0}

BATCH = 128
"""So many payloads are written at once: more would make the memory go back and forth."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Some payloads, one after another."""

    count: int
    content: bytes
    """All of them, with what stands between and behind them; empty where there are files."""
    files: tuple[tuple[str, bytes], ...] = ()
    """Path below the corpus's folder → content."""


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
        ways: dict[str, Callable[[list[tuple[int, Row]]], Batch]] = {
            "jsonl": self._lines,
            "requests": self._requests,
            "json": self._elements,
            "files": self._files,
        }
        self._way = ways[recipe.shape]

    def batches(self, block: int, first: int, end: int) -> Iterator[Batch]:
        """
        Give the payloads of a block from one number up to another, as far as they are in it.

        Raises:
            InputError: a template is broken.
            CredentialError: a credential cannot be used for signing.
        """
        begin = block * BLOCK
        rows = self.rows(block)
        first, end = max(first, begin), min(end, begin + BLOCK)
        for start in range(first, end, BATCH):
            stop = min(start + BATCH, end)
            yield self._way(list(enumerate(rows[start - begin : stop - begin], start)))

    def rows(self, block: int) -> list[Row]:
        """Give what is planned for a block."""
        return self._plan.block(block)

    def body(self, number: int, row: Row) -> bytes:
        """Give the body of a payload."""
        corner = self.corner(number, row)
        return self.kinds[row[0]].body(number, row) if corner is None else self._bent(number, row, corner)

    def corner(self, number: int, row: Row) -> Corner | None:
        """Give what is unusual about a payload on purpose."""
        recipe = self.recipe
        if not recipe.edge and not recipe.invalid:
            return None
        return corner_of(
            self.studio.prefix,
            number,
            self.studio.fact(row[0]),
            edge=recipe.edge,
            invalid=recipe.invalid,
            has_signature=recipe.shape == "requests",
        )

    def _bent(self, number: int, row: Row, corner: Corner) -> bytes:
        body = self.studio.payload(Place(number, *row), _CHANCES.get(corner.kind)).body
        if corner.kind == "truncated":
            return body[: len(body) // 2].decode("utf-8", "ignore").encode()
        if body[:1] not in (b"{", b"["):
            return body
        return encode(changed(json.loads(body), corner), self.studio.style)

    def _lines(self, rows: list[tuple[int, Row]]) -> Batch:
        kinds = self.kinds
        if self.studio.style.kind == "json" and not self.recipe.edge and not self.recipe.invalid:
            texts = [kinds[row[0]].text(number, row) for number, row in rows]
            if None not in texts:
                try:
                    return Batch(count=len(rows), content=("\n".join(texts) + "\n").encode())  # type: ignore[arg-type]
                except UnicodeEncodeError:
                    # Halves of surrogate pairs are escaped one body at a time.
                    pass
        lines = (_line(self.body(number, row)) for number, row in rows)
        return Batch(count=len(rows), content=b"\n".join([*lines, b""]))

    def _elements(self, rows: list[tuple[int, Row]]) -> Batch:
        pieces: list[bytes] = []
        for number, row in rows:
            pieces += [b",\n" if number else b"[\n", _value(self.body(number, row))]
            if number == self.recipe.count - 1:
                pieces.append(b"\n]\n")
        return Batch(count=len(rows), content=b"".join(pieces))

    def _files(self, rows: list[tuple[int, Row]]) -> Batch:
        names = list(self.recipe.mix.events)
        files = tuple(
            (f"{self.recipe.provider}/{_folder(names[row[0]])}/{number:010d}.json", self.body(number, row))
            for number, row in rows
        )
        return Batch(count=len(rows), content=b"", files=files)

    def _requests(self, rows: list[tuple[int, Row]]) -> Batch:
        return Batch(count=len(rows), content=b"\n".join([*(self._request(*each) for each in rows), b""]))

    def _request(self, number: int, row: Row) -> bytes:
        studio, url = self.studio, self.recipe.url
        place = Place(number, *row)
        corner = self.corner(number, row)
        payload = studio.payload(place)
        if corner is not None:
            payload = replace(payload, body=self._bent(number, row, corner))
        request = signing.sign_request(
            payload,
            url=url,
            registered_url=url,
            provider=studio.provider,
            credentials=studio.world.credentials,
            options=studio.world.options,
            stamp_ms=place.due_ms,
            due_ms=place.due_ms,
            marked=self.recipe.is_marked,
            signature="wrong" if corner is not None and corner.kind == "bad-signature" else "right",
        )
        shown = {
            "event": payload.type,
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
            "body": request.body.decode("utf-8"),
        }
        return json.dumps(shown, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def labels(recipe: Recipe, credentials: Mapping[str, str], first: int, end: int) -> Iterator[bytes]:
    """
    Give the lines that tell which payloads are unusual, and how; nothing is rendered for it.

    Raises:
        InputError: there is no such provider, credential or option.
    """
    press = Press(recipe, credentials)
    names = list(recipe.mix.events)
    for block in range(first // BLOCK, -(-end // BLOCK)):
        for number, row in enumerate(press.rows(block), block * BLOCK):
            corner = press.corner(number, row) if first <= number < end else None
            if corner is not None:
                yield label(number, names[row[0]], corner)


def _line(body: bytes) -> bytes:
    """Give a body as one line; one that has several is written as JSON text."""
    body = body.rstrip(b"\n")
    return body if b"\n" not in body else json.dumps(body.decode("utf-8", "replace")).encode("ascii")


def _value(body: bytes) -> bytes:
    """Give a body as a value of JSON: one that is a form is a text."""
    body = body.rstrip(b"\n")
    return body if body[:1] in (b"{", b"[") else json.dumps(body.decode("utf-8", "replace")).encode("ascii")


def _folder(event: str) -> str:
    """Give the folder of an event type, with `-` for what not every system takes in a name."""
    return "".join(each if each.isalnum() or each in "._-/" else "-" for each in event)
