"""A corpus as Parquet: a folder with one table for each event type, typed columns and the exact body."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator import catalog as catalogs
from simulator.corpus import extras
from simulator.corpus.columns import Column, columns, values
from simulator.corpus.making import Workers, batches
from simulator.corpus.manifest import Manifest, beside
from simulator.corpus.press import Batch, Placed, place_of
from simulator.corpus.recipe import Recipe
from simulator.corpus.shelf import PART, Pack, Shelf
from simulator.corpus.write import State, Tell, begun, written

NUMBER, TIME, BODY = "_number", "_time", "_body"
"""The columns that every table has: the payload's number in its corpus, when it is due, and its bytes."""

GROUP = 8192
"""So many rows of one event type are written at once; of each such group a little is kept in memory until the end."""
HELD_BYTES = 12 * 2**20
"""Bodies that wait to be written, of all event types together; beyond, those of the largest are written early."""

WHERE = "--format parquet"
_LENGTH = 8


def to_tables(manifest: Manifest, credentials: Mapping[str, str], path: Path, *, jobs: Workers, tell: Tell) -> Manifest:
    """
    Write a corpus to a folder of tables; give the manifest of what is there.

    A table can be read only when its end is written: one that is broken off is closed, or else all are taken away.

    Raises:
        OSError: the system refuses.
        InputError: as `batches`, or the extra is missing.
        EndpointError: as `batches`.
    """
    sink = _Tables(path, manifest)
    path.mkdir(exist_ok=True)
    # What is written over may have had other event types; it would be taken for a part of this corpus.
    mine = path / manifest.recipe.provider
    for old in [*mine.rglob("*.parquet"), *mine.rglob(".*.parquet.part")]:
        old.unlink()
    made = batches(manifest.recipe, credentials, manifest.first, manifest.end, jobs)
    return written(manifest, made, begun(), sink, beside(path), tell)


class _Tables:
    """The tables of a corpus while they are written, under names of their own."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._parquet = extras.load("pyarrow.parquet", "parquet", where=WHERE)
        self._path = path
        self._recipe = manifest.recipe
        self._first = manifest.first
        self._forms: dict[str, _Form] = {}
        self._writers: dict[str, Any] = {}
        self._waiting: dict[str, Shelf] = {}
        self._arrow = arrow = extras.load("pyarrow", "parquet", where=WHERE)
        # Its own allocator keeps what was freed for later, and nearly as much again.
        arrow.set_memory_pool(arrow.system_memory_pool())
        self._pack, self._unpack = packing_of(arrow)

    def put(self, batch: Batch) -> None:
        # First what waits, then the batch: what was written is thereby counted already.
        for event in [event for event, shelf in self._waiting.items() if shelf.count >= GROUP]:
            self._flush(event)
        while sum(shelf.size for shelf in self._waiting.values()) > HELD_BYTES:
            self._flush(max(self._waiting, key=lambda event: self._waiting[event].size))
        for row in batch.rows:
            if row.event not in self._waiting:
                self._waiting[row.event] = Shelf(self._pack, self._unpack)
            self._waiting[row.event].add(row)

    def _flush(self, event: str) -> None:
        shelf = self._waiting.pop(event)
        if not shelf.count:
            return
        form = self._forms.get(event)
        if form is None:
            form = self._forms[event] = _Form(self._recipe.provider, event)
            file = self._part(event)
            file.parent.mkdir(parents=True, exist_ok=True)
            # Hardly a value comes twice, so that dictionaries take memory, and make no table smaller.
            self._writers[event] = self._parquet.ParquetWriter(
                file, form.schema, compression="zstd", use_dictionary=False, write_statistics=[NUMBER, TIME]
            )
        self._writers[event].write_table(form.table(shelf.parts()), row_group_size=GROUP)
        self._arrow.default_memory_pool().release_unused()

    def finish(self) -> None:
        for event in [*self._waiting]:
            self._flush(event)
        for writer in self._writers.values():
            writer.close()
        for event in self._writers:
            self._part(event).replace(file_of(self._path, self._recipe.provider, event))

    def back_to(self, state: State) -> State:
        end = self._first + state.passed
        self._waiting = {event: shelf.before(end) for event, shelf in self._waiting.items()}
        try:
            self.finish()
            # A signal may have come between the writing of rows and the forgetting of them.
            if sum(map(self._rows, self._writers)) == state.written:
                return state
        except OSError:
            pass
        for event, writer in self._writers.items():
            with contextlib.suppress(OSError):
                writer.close()
            self._part(event).unlink(missing_ok=True)
            file_of(self._path, self._recipe.provider, event).unlink(missing_ok=True)
        return begun()

    def _rows(self, event: str) -> int:
        metadata = self._parquet.read_metadata(file_of(self._path, self._recipe.provider, event))
        return int(metadata.num_rows)

    def _part(self, event: str) -> Path:
        file = file_of(self._path, self._recipe.provider, event)
        return file.with_name(f".{file.name}.part")


def file_of(path: Path, provider: str, event: str) -> Path:
    """Give where the table of an event type lies in a folder."""
    return path / f"{place_of(provider, event)}.parquet"


class _Form:
    """The form of the table of one event type."""

    def __init__(self, provider: str, event: str) -> None:
        self._arrow = extras.load("pyarrow", "parquet", where=WHERE)
        self._columns = columns(catalogs.load(provider).events[event])
        self.schema = self._schema(provider, event)

    def _schema(self, provider: str, event: str) -> Any:
        arrow = self._arrow
        types = {
            "text": arrow.string(),
            "integer": arrow.int64(),
            "number": arrow.float64(),
            "boolean": arrow.bool_(),
            "json": arrow.string(),
        }

        def field(column: Column) -> Any:
            told = {"about": column.about, "json": "true" if column.type == "json" else ""}
            return arrow.field(
                column.path, types[column.type], metadata={name: text for name, text in told.items() if text}
            )

        own = [(NUMBER, arrow.int64()), (TIME, arrow.timestamp("ms", tz="UTC")), (BODY, arrow.binary())]
        fields = [arrow.field(name, kind, nullable=False) for name, kind in own]
        return arrow.schema([*fields, *map(field, self._columns)], metadata={"provider": provider, "event": event})

    def table(self, parts: Iterable[list[Placed]]) -> Any:
        """Give rows as a table."""
        return self._arrow.Table.from_batches([self.batch(rows) for rows in parts], schema=self.schema)

    def batch(self, rows: list[Placed]) -> Any:
        """Give a few rows as a part of one."""
        own = [[row.number for row in rows], [row.due_ms for row in rows], [row.body for row in rows]]
        lists = [*own, *values(self._columns, rows)]
        arrays = [self._arrow.array(each, type=field.type) for each, field in zip(lists, self.schema, strict=True)]
        return self._arrow.RecordBatch.from_arrays(arrays, schema=self.schema)


def packing_of(arrow: Any) -> tuple[Pack, Pack]:
    """Give what packs bytes for as long as they wait, and what unpacks them."""

    def pack(content: bytes) -> bytes:
        packed: bytes = arrow.compress(content, codec="zstd", asbytes=True)
        return len(content).to_bytes(_LENGTH, "big") + packed

    def unpack(packed: bytes) -> bytes:
        length = int.from_bytes(packed[:_LENGTH], "big")
        content: bytes = arrow.decompress(packed[_LENGTH:], decompressed_size=length, codec="zstd", asbytes=True)
        return content

    return pack, unpack


@contextlib.contextmanager
def compared(recipe: Recipe, path: Path) -> Iterator[tuple[Callable[[Batch], str], Callable[[], str]]]:
    """
    Give what compares a batch with the tables in a folder, and what tells what is in them beyond them all.

    Raises:
        InputError: the extra is missing.
    """
    parquet = extras.load("pyarrow.parquet", "parquet", where=WHERE)
    invalid = extras.load("pyarrow", "parquet", where=WHERE).ArrowInvalid
    readers: dict[str, Iterator[Any]] = {}

    def next_of(event: str) -> Any:
        if event not in readers:
            readers[event] = _rows(parquet, path, recipe.provider, event)
        return next(readers[event], None)

    def compare(batch: Batch) -> str:
        try:
            wrong = next((row.event for row in batch.rows if next_of(row.event) != row), "")
        except (invalid, FileNotFoundError) as error:
            return f"a table cannot be read: {error},"
        return f"the table of {wrong} differs" if wrong else ""

    def finish() -> str:
        known = {file_of(path, recipe.provider, event) for event in readers}
        more = [str(file) for file in sorted((path / recipe.provider).rglob("*.parquet")) if file not in known]
        more += [event for event in readers if next_of(event) is not None]
        return f"there is more in it: {', '.join(more)}" if more else ""

    yield compare, finish


def _rows(parquet: Any, path: Path, provider: str, event: str) -> Iterator[Placed | None]:
    """Give the rows of a table; None in place of one whose typed columns are not those of its body."""
    form = _Form(provider, event)
    with parquet.ParquetFile(file_of(path, provider, event)) as file:
        for part in file.iter_batches(batch_size=PART):
            held = zip(*(part.column(name).to_pylist() for name in (NUMBER, BODY)), strict=True)
            due = part.column(TIME).cast("int64").to_pylist()
            rows = [Placed(number, event, at_ms, body) for (number, body), at_ms in zip(held, due, strict=True)]
            is_true = form.batch(rows).equals(part)
            yield from (row if is_true else None for row in rows)
