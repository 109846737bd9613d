"""The certificates that are trusted."""

from __future__ import annotations

import ssl
from pathlib import Path

from simulator.errors import InputError, Problem


def trusting(ca: Path) -> ssl.SSLContext:
    """
    Give the settings that trust the certificates of this PEM file, beside the system's.

    Raises:
        InputError: the file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=ca)
    except OSError as error:
        why = "it holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else str(error.strerror or error)
        raise InputError(
            Problem(
                code="bad-ca-file",
                what=f'no certificates can be read from "{ca}"',
                where="--ca",
                why=why,
                fix="name a file that begins with -----BEGIN CERTIFICATE-----",
            )
        ) from error
    return context
