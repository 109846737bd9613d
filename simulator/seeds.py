"""One run seed, many independent random streams, each found by its name."""

from __future__ import annotations

import hashlib
import random

Part = str | int


def derive(seed: int, *names: Part) -> int:
    """
    Give the 128-bit seed of the stream of that name.

    It depends on the seed and the names alone, never on how many streams were asked for before.
    """
    text = "\x1f".join([str(seed), *(str(name) for name in names)])
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "big")


def stream(seed: int, *names: Part) -> random.Random:
    """Give the random stream of that name, at its beginning."""
    return random.Random(derive(seed, *names))


def seed_of(text: str) -> int:
    """Give the seed that a text stands for: what a file without `seed:` starts from; 0 to 2^32 - 1."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big")
