from __future__ import annotations

import pytest

from simulator import digests
from simulator.errors import CredentialError


def test_hmac_of_a_known_vector_is_lower_case_hexadecimal():
    # RFC 4231, test case 2.
    found = digests.hmac_sha256_hex("Jefe", b"what do ya want for nothing?")

    assert found == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_hmac_in_base64_keeps_its_padding():
    found = digests.hmac_sha256_base64("Jefe", b"what do ya want for nothing?")

    assert found == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="


def test_key_as_text_is_the_key_as_its_utf8_bytes():
    assert digests.hmac_sha256("schlüssel", b"x") == digests.hmac_sha256("schlüssel".encode(), b"x")


def test_key_from_an_environment_that_is_no_utf8_goes_back_to_its_byte():
    assert digests.hmac_sha256("a\udcff", b"x") == digests.hmac_sha256(b"a\xff", b"x")


@pytest.mark.parametrize("key", ["", b""])
def test_empty_key_is_an_error_that_names_it(key):
    with pytest.raises(CredentialError) as caught:
        digests.hmac_sha256(key, b"x", name="channel secret")

    assert caught.value.problems[0].code == "empty-credential"
    assert "the channel secret is empty" in str(caught.value)


def test_key_with_half_a_character_is_an_error_that_does_not_show_it():
    with pytest.raises(CredentialError) as caught:
        digests.hmac_sha256("top-secret\ud83d", b"x")

    assert caught.value.problems[0].code == "unusable-credential"
    assert "top-secret" not in str(caught.value)


def test_sha256_of_nothing_is_the_known_one():
    assert digests.sha256(b"").hex() == digests.sha256_hex(b"")
    assert digests.sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("ä", "ä", True), ("ä", "ä".encode(), True), ("a", "b", False), ("\ud800", "\ud800", True), ("", "a", False)],
)
def test_comparison_takes_any_text(left, right, expected):
    assert digests.is_equal(left, right) is expected
