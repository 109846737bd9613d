"""A corpus for Python: payloads one by one, or bytes in batches, made as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator.corpus.making import Workers, batches
from simulator.corpus.plan import BLOCK
from simulator.corpus.press import Numbered, Press
from simulator.corpus.recipe import Recipe
from simulator.records import Payload


class Feed:
    """A corpus that can be gone through any number of times; what is iterated are its bodies."""

    def __init__(self, recipe: Recipe, credentials: Mapping[str, str]) -> None:
        """
        Render nothing yet.

        Raises:
            InputError: there is no such provider, credential or option.
        """
        self._recipe = recipe
        self._credentials = credentials
        self._press = Press(recipe, credentials)

    def __iter__(self) -> Iterator[bytes]:
        return (self._press.body(number, row) for number, row in self._planned())

    def payloads(self) -> Iterator[Payload]:
        """Give each payload with its event type and the ids that were drawn for it; slower than its body alone."""
        return (self._press.payload(number, row) for number, row in self._planned())

    def batches(self, jobs: Workers = 1) -> Iterator[bytes]:
        """
        Give the corpus as JSON Lines, some payloads at a time: the bytes that `generate` writes to a file.

        `jobs` is how many processes make them, or the address of a Dask cluster.

        Raises:
            InputError: an extra is missing.
            EndpointError: the cluster cannot be reached, or is lost.
        """
        return (batch.content for batch in batches(self._recipe, self._credentials, 0, self._recipe.count, jobs))

    def _planned(self) -> Iterator[Numbered]:
        for block in range(-(-self._recipe.count // BLOCK)):
            yield from self._press.written(block, 0, self._recipe.count)
