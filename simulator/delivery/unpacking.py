"""A compressed body of an answer, unpacked as far as is safe. Pure."""

from __future__ import annotations

import zlib

FORMS = {
    "gzip": (16 + zlib.MAX_WBITS,),
    "x-gzip": (16 + zlib.MAX_WBITS,),
    # Servers disagree on what the word means: the zlib format, as the standard says, or the bare stream.
    "deflate": (zlib.MAX_WBITS, -zlib.MAX_WBITS),
}
"""Content-Encoding → the window sizes to try, in zlib's way of writing them."""


def unpacked(body: bytes, encoding: str, longest: int) -> tuple[bytes, bool]:
    """
    Give the body that was packed, at most `longest` bytes of it, and whether there would have been more.

    A body of another encoding, or one that is not what its header says, is given as it stands.
    """
    if not body:
        return body, False
    for window in FORMS.get(encoding.strip().casefold(), ()):
        unpacker = zlib.decompressobj(window)
        try:
            plain = unpacker.decompress(body, longest + 1)
        except zlib.error:
            continue
        return plain[:longest], len(plain) > longest or not unpacker.eof
    return body, False
