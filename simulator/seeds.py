"""One run seed, many independent random streams, each found by its name."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

Part = str | int
T = TypeVar("T")


def derive(seed: int, *names: Part) -> int:
    """
    Give the 128-bit seed of the stream of that name.

    It depends on the seed and the names alone, never on how many streams were asked for before.
    """
    text = "\x1f".join(map(str, (seed, *names)))
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "big")


def stream(seed: int, *names: Part) -> random.Random:
    """Give the random stream of that name, at its beginning."""
    return random.Random(derive(seed, *names))


def seed_of(text: str) -> int:
    """Give the seed that a text stands for: what a file without `seed:` starts from; 0 to 2^32 - 1."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big")


CHUNK_BYTES = 64


def wide(key: bytes, count: int) -> bytes:
    """Give the first `count` chunks of the bytes that a `Wide` stream of that key draws from."""
    first = hashlib.blake2b(key).digest()
    if count == 1:
        return first
    return b"".join([first, *(hashlib.blake2b(b"%d:%b" % (number, key)).digest() for number in range(1, count))])


class Wide(random.Random):
    """
    A random stream that is cheap to begin, in which each draw takes a number of bytes known from its arguments alone.

    What stands at which place of it can therefore be said beforehand.
    """

    def __init__(self, key: bytes, position: int = 0, known: bytes = b"") -> None:
        """Stand so many bytes behind the beginning; `known` are its first bytes, where they are at hand."""
        self.key = key
        self._bytes = known
        self.position = position

    def seed(self, *_: Any, **__: Any) -> None:
        """Do nothing: the key is all that it hangs on."""

    def randbytes(self, n: int) -> bytes:
        """Give so many bytes."""
        end = self.position + n
        if end > len(self._bytes):
            self._bytes = wide(self.key, -(-end // CHUNK_BYTES))
        found = self._bytes[self.position : end]
        self.position = end
        return found

    def getrandbits(self, k: int, /) -> int:
        """Give a whole number of so many bits; it takes whole bytes."""
        count = (k + 7) // 8
        return int.from_bytes(self.randbytes(count), "big") >> (8 * count - k)

    def random(self) -> float:
        """Give a number from 0 up to 1; it takes 7 bytes."""
        return self.getrandbits(53) / 2**53

    def _randbelow(self, n: int) -> int:
        size = below_bytes(n)
        return int.from_bytes(self.randbytes(size), "big") * n >> 8 * size

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """Give one of the numbers of that range; it takes `below_bytes` of how many there are."""
        first, count = numbers_of(start, stop, step)
        return first + step * self._randbelow(count)

    def randint(self, a: int, b: int) -> int:
        """Give a number from `a` to `b`, both included; it takes as many bytes as `randrange`."""
        return self.randrange(a, b + 1)

    def choice(self, seq: SupportsLenAndGetItem[T]) -> T:
        """Give one of the values; it takes as many bytes as `randrange`."""
        return seq[self._randbelow(len(seq))]


def below_bytes(count: int) -> int:
    """Give how many bytes a `Wide` stream takes to draw one of so many, so that each is as likely but for 1 in 2^32."""
    return 4 + (count.bit_length() + 7) // 8


def numbers_of(start: int, stop: int | None, step: int) -> tuple[int, int]:
    """Give the first number of a range, and how many there are: more than `len` can count."""
    first, end = (0, start) if stop is None else (start, stop)
    return first, max(-((first - end) // step), 0)
