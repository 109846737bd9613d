from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import faults
from simulator.records import ScheduledEvent
from simulator.seeds import stream

EVENT = ScheduledEvent(id="e", provider="p", type="t", values={}, due_ms=1_000_000, cause="")


@dataclass
class Deliver:
    copies: int = 1
    latency: tuple[int, int] | None = None


def differences(left: str, right: str) -> int:
    assert len(left) == len(right)
    return sum(one != other for one, other in zip(left, right, strict=True))


def test_event_without_faults_goes_out_once_when_due():
    assert faults.copies(EVENT, None, stream(1)) == (0,)


def test_copies_without_latency_go_out_together():
    assert faults.copies(EVENT, Deliver(copies=3), stream(1)) == (0, 0, 0)


def test_each_copy_has_a_latency_of_its_own():
    found = faults.copies(EVENT, Deliver(copies=5, latency=(50, 400)), stream(1))

    assert len(set(found)) > 1
    assert all(50 <= offset <= 400 for offset in found)


@given(st.integers(0, 20), st.integers(0, 2**32))
def test_one_copy_more_leaves_the_others_where_they_were(number, seed):
    few = faults.copies(EVENT, Deliver(copies=number, latency=(0, 10_000)), stream(seed))
    more = faults.copies(EVENT, Deliver(copies=number + 1, latency=(0, 10_000)), stream(seed))

    assert more[:number] == few


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("0" * 64, "1" + "0" * 63),
        ("f" * 64, "0" + "f" * 63),
        ("sha256=" + "9" * 64, "sha256=a" + "9" * 63),
        ("F" * 64, "0" + "F" * 63),
        ("Zm9v" * 10 + "Zm8=", "Am9v" + "Zm9v" * 9 + "Zm8="),
        ("t=1492774577,v1=" + "a" * 64, "t=1492774577,v1=b" + "a" * 63),
        ("v1," + "K" * 43 + "= v1," + "z" * 43 + "=", "v1,L" + "K" * 42 + "= v1,a" + "z" * 42 + "="),
        (
            "Bearer " + ".".join(["e" * 20, "e" * 40, "S" * 40]),
            "Bearer " + ".".join(["e" * 20, "e" * 40, "T" + "S" * 39]),
        ),
        ("short", "shoru"),
        ("ab==", "ac=="),
        ("é", "x"),
        ("x", "y"),
        ("", "x"),
    ],
)
def test_spoiled_value_differs_in_one_character_of_its_signature(right, wrong):
    assert faults.spoil(right) == wrong


@given(st.binary(), st.binary(min_size=1), st.sampled_from(["hex", "base64"]))
def test_spoiled_signature_is_of_the_same_form_and_never_verifies(body, key, form):
    digest = hmac.new(key, body, hashlib.sha256)
    right = digest.hexdigest() if form == "hex" else base64.b64encode(digest.digest()).decode()

    wrong = faults.spoil(right)

    assert differences(right, wrong) == 1
    assert wrong == faults.spoil(right)
    decoded = bytes.fromhex(wrong) if form == "hex" else base64.b64decode(wrong, validate=True)
    assert decoded != digest.digest()


@given(st.text())
def test_spoiling_changes_any_value(value):
    assert faults.spoil(value) != value


def test_headers_keep_their_names():
    assert faults.spoil_values((("A", "11"), ("B", "22"))) == (("A", "12"), ("B", "23"))
