"""Whatever comes, there is a diagnosis, and soon."""

from __future__ import annotations

import contextlib
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import doctor
from simulator.doctor import bodies
from simulator.errors import InputError
from tests.doctor.cases import CASES, OF_BODY, OF_TOKENS, Case, changed, named, one_each, with_headers

HOSTILE = [
    b"",
    b"\x00" * 1000,
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b"\xff\xfe\x00",
    b"a.b.c",
    b"." * 50,
    b"eyJ4.eyJ4.eyJ4" * 3,
    b'{"n":1e999999,"m":-1E-400,"i":' + b"9" * 5000 + b"}",
    b'"' + b"\\ud800" * 10 + b'"',
    b"\x1f\x8b" + b"\x00" * 30,
    gzip.compress(b"0" * 2_000_000),
    b"b'" + b"(" * 5000,
    b"=&=&==",
]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("each", named(one_each(CASES)))
def test_hostile_body_is_diagnosed(each: Case, body: bytes) -> None:
    found = each.examine(changed(each.request(), body=body))

    assert found.outcome == ("invalid" if each in OF_BODY or each in OF_TOKENS else "valid")


def test_bomb_is_not_unpacked_beyond_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_UNPACKED_BYTES", 1_000)

    tried = list(bodies.variants(gzip.compress(b"0" * 100_000)))

    assert max(len(variant.changes["body"]) for variant in tried) < 2_000


@settings(max_examples=40, deadline=None)
@given(
    body=st.binary(max_size=300),
    url=st.text(max_size=60),
    value=st.text(max_size=80),
    key=st.text(min_size=1, max_size=20),
    number=st.integers(0, len(CASES) - 1),
)
def test_whatever_comes_there_is_a_diagnosis(body: bytes, url: str, value: str, key: str, number: int) -> None:
    each = CASES[number]
    request = with_headers(each.request(), lambda name, text: (name, value), each)
    found = None
    # A key that is no text, a URL that is missing: wrong input, and told as such.
    with contextlib.suppress(InputError):
        found = each.examine(changed(request, body=body, url=url), key=key)

    assert found is None or found.outcome in ("valid", "invalid")


@pytest.mark.parametrize("name", sorted(doctor.FIXES))
def test_every_culprit_says_what_to_do(name: str) -> None:
    assert doctor.Culprit(name=name, what="").fix
