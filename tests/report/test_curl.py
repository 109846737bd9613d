from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.report.curl import curl_line, shell_line, verify_line
from tests.report.conftest import request
from tests.systems import NEEDS_SH

pytestmark = NEEDS_SH


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1))
def test_line_is_taken_apart_into_the_words(words: list[str]) -> None:
    assert shlex.split(shell_line(words)) == words


def test_request_stands_in_the_line() -> None:
    words = shlex.split(curl_line(request(b'{"text":"it\'s"}')))

    assert words[:6] == ["curl", "-sS", "-i", "-X", "POST", "http://127.0.0.1:3000/hook"]
    assert words[6:10] == ["-H", "Content-Type: application/json", "-H", "X-Signature: abc"]
    assert words[10:] == ["--data-binary", '{"text":"it\'s"}']


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a\x00b", b"@file", b"a\r\nb"])
def test_body_that_is_no_argument_comes_through_a_pipe(body: bytes) -> None:
    before, _, after = curl_line(replace(request(), body=body)).partition(" | curl ")

    assert subprocess.run(["sh", "-c", before], capture_output=True, check=True).stdout == body
    assert after.endswith("--data-binary @-")


def test_verifying_takes_url_headers_and_body() -> None:
    words = shlex.split(verify_line(request(b'{"text":"it\'s"}'), "shop"))

    assert words[:5] == ["simulator", "verify", "shop", "--url", "http://127.0.0.1:3000/hook"]
    assert words[5:9] == ["--header", "Content-Type: application/json", "--header", "X-Signature: abc"]
    assert words[9:] == ["--body", '{"text":"it\'s"}']


@pytest.mark.parametrize("body", [b"\xff\xfe", b"@file", b"-", b"file:x", b"env:HOME"])
def test_body_that_would_be_read_otherwise_is_verified_through_a_pipe(body: bytes) -> None:
    before, _, after = verify_line(replace(request(), body=body), "shop").partition(" | simulator ")

    assert subprocess.run(["sh", "-c", before], capture_output=True, check=True).stdout == body
    assert after.endswith("--body -")
