"""Digests and keyed digests in the forms that signatures have on the wire."""

from __future__ import annotations

import base64
import hashlib
import hmac

from simulator.errors import CredentialError, Problem


def hmac_sha256(key: str | bytes, message: bytes, *, name: str = "signing key") -> bytes:
    """
    Give the 32 bytes of HMAC-SHA256 over the message; a key given as text stands for its UTF-8 bytes.

    Raises:
        CredentialError: the key is empty, or holds half a character. `name` is what the message calls it.
    """
    return hmac.digest(_key_bytes(key, name), message, "sha256")


def hmac_sha256_hex(key: str | bytes, message: bytes, *, name: str = "signing key") -> str:
    """Give `hmac_sha256` as 64 lower-case hexadecimal digits."""
    return hmac_sha256(key, message, name=name).hex()


def hmac_sha256_base64(key: str | bytes, message: bytes, *, name: str = "signing key") -> str:
    """Give `hmac_sha256` as the 44 characters of standard base64, padding kept."""
    return base64.b64encode(hmac_sha256(key, message, name=name)).decode("ascii")


def sha256(message: bytes) -> bytes:
    """Give the 32 bytes of SHA-256."""
    return hashlib.sha256(message).digest()


def sha256_hex(message: bytes) -> str:
    """Give SHA-256 as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(message).hexdigest()


def is_equal(left: str | bytes, right: str | bytes) -> bool:
    """Tell whether two secrets or signatures are the same, in a time that does not show where they differ."""
    return hmac.compare_digest(_bytes(left), _bytes(right))


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def _key_bytes(key: str | bytes, name: str) -> bytes:
    if not key:
        raise CredentialError(
            Problem(
                code="empty-credential",
                what=f"the {name} is empty",
                why="nothing can be signed with it",
                fix=f"give the {name} that the bot verifies with",
            )
        )
    if isinstance(key, bytes):
        return key
    try:
        # A byte of the environment that is not UTF-8 arrives as half a character and goes back to that byte.
        return key.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise CredentialError(
            Problem(
                code="unusable-credential",
                what=f"the {name} holds something that is no character",
                why=f"at position {error.start + 1} stands half of a pair of code units",
                fix=f"copy the {name} again, as plain text",
            )
        ) from error
