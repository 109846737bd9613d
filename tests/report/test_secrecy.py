from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as some

from simulator import codec
from simulator.codec import Redactor
from simulator.records import Mismatch, Reply
from simulator.report.secrecy import hidden_bytes, without_secrets
from tests.report.conftest import request, story_result, verdict

SECRET = "top-secret"
HIDE = Redactor([SECRET]).hide


def test_record_has_no_secret_at_any_depth() -> None:
    reply = Reply(to="u", kind="text", text=SECRET, raw={"a": [{SECRET: (SECRET, 1, None)}]}, location={"lat": 1.0})
    differs = (Mismatch(path="text", wanted=SECRET, found=f"no {SECRET}"),)
    found = without_secrets(story_result(verdict(SECRET, 0, nearest=reply, mismatches=differs), case=SECRET), HIDE)

    assert SECRET not in codec.dumps(found)
    assert found.seed == 42


def test_bytes_and_headers_have_none_either() -> None:
    sent = replace(request(b"\xff token=top-secret"), headers=(("Authorization", f"Bearer {SECRET}"),))
    found = without_secrets(sent, HIDE)

    assert found.body == b"\xff token=[redacted]"
    assert found.headers == (("Authorization", "Bearer [redacted]"),)


def test_our_own_words_stay_so_that_reports_know_them() -> None:
    failed = verdict("failed", 0, "failed", code="failed")
    found = without_secrets(failed, Redactor(["failed"]).hide)

    assert (found.step, found.outcome, found.code) == ("[redacted]", "failed", "failed")


def test_what_a_bot_nested_very_deeply_is_no_trouble() -> None:
    raw: object = SECRET
    for _ in range(50_000):
        raw = [raw]
    found = without_secrets(Reply(to="u", kind="text", raw=raw), HIDE)

    assert SECRET not in codec.dumps(found)


@given(some.binary())
def test_bytes_without_a_secret_stay_as_they_are(content: bytes) -> None:
    assert hidden_bytes(content, HIDE) == content
