from __future__ import annotations

import base64

import pytest

from simulator.codec import Redactor
from simulator.records import Entry
from simulator.report.exchanges import LONGEST_BODY, MOST_EXCHANGES, Exchanges
from tests.report.conftest import Teller, attempt

SECRET = "sk_live_4711"


def test_attempts_and_calls_are_kept_with_what_came_back(failed: list[Entry]) -> None:
    exchanges = Exchanges(0.0)
    for entry in failed:
        exchanges.take(entry)

    assert [(each.direction, each.answer, each.is_good) for each in exchanges.kept] == [
        ("call", "200", True),
        ("delivery", "200", True),
        ("delivery", "500", False),
        ("call", "200", False),
        ("delivery", "200", True),
    ]


def test_of_very_many_exchanges_the_rest_is_counted(failed: list[Entry]) -> None:
    exchanges = Exchanges(0.0)
    (ended, *_) = [entry for entry in failed if entry.kind == "AttemptFinished"]
    for _ in range(MOST_EXCHANGES + 3):
        exchanges.take(ended)

    assert (len(exchanges.kept), exchanges.left_out) == (MOST_EXCHANGES, 3)


@pytest.mark.parametrize("lead", ["x", "é", "\udcff"])
def test_secret_in_a_body_that_is_cut_is_hidden(lead: str) -> None:
    exchanges, content = Exchanges(0.0, hide=Redactor([SECRET]).hide), lead.encode("utf-8", "surrogateescape")
    for length in range(LONGEST_BODY - len(SECRET), LONGEST_BODY):
        body = content * (length // len(content)) + SECRET.encode()
        exchanges.take(Teller()("AttemptFinished", {"type": "t", "attempt": attempt(body=body)}))
    kept = [each.answer_body for each in exchanges.kept]

    assert not [body for body in kept if "sk_" in body or base64.b64encode(b"sk_live").decode("ascii")[:8] in body]
    assert {body.startswith("base64: ") for body in kept} == {lead == "\udcff"}


def test_nothing_that_is_kept_has_a_secret(failed: list[Entry]) -> None:
    exchanges = Exchanges(0.0, hide=Redactor(["top-secret", "message/text"]).hide)
    for entry in failed:
        exchanges.take(entry)

    assert not any(word in repr(exchanges.kept) for word in ("top-secret", "message/text"))
