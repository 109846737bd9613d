"""Compressed bodies."""

from __future__ import annotations

import gzip
import zlib

import pytest

from simulator.delivery.unpacking import unpacked

TEXT = b"thank you " * 50
RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        pytest.param("gzip", gzip.compress(TEXT), id="gzip"),
        pytest.param("X-GZIP ", gzip.compress(TEXT), id="old name"),
        pytest.param("deflate", zlib.compress(TEXT), id="zlib"),
        pytest.param("deflate", RAW_DEFLATE.compress(TEXT) + RAW_DEFLATE.flush(), id="bare"),
    ],
)
def test_packed_body_is_unpacked(encoding, packed):
    assert unpacked(packed, encoding, 10_000) == (TEXT, False)


def test_bomb_is_unpacked_as_far_as_allowed():
    bomb = gzip.compress(bytes(50_000_000))

    assert unpacked(bomb, "gzip", 1000) == (bytes(1000), True)


def test_body_of_just_the_allowed_length_is_whole():
    assert unpacked(gzip.compress(bytes(1000)), "gzip", 1000) == (bytes(1000), False)


def test_packed_body_that_breaks_off_gives_its_beginning():
    plain, is_cut = unpacked(gzip.compress(TEXT)[:-10], "gzip", 10_000)

    assert is_cut
    assert TEXT.startswith(plain)


@pytest.mark.parametrize("encoding", ["", "identity", "br", "gzip, gzip", "gzip"])
def test_body_that_is_not_what_its_header_says_stays_as_it_is(encoding):
    assert unpacked(b"plain", encoding, 10_000) == (b"plain", False)


def test_no_body_is_no_broken_body():
    assert unpacked(b"", "gzip", 10_000) == (b"", False)
