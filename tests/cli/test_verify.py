from __future__ import annotations

import io
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator import catalog
from simulator.records import SignedRequest
from simulator.report.curl import verify_line
from tests.cli.conftest import Simulate, TinyBot, imported_by

TOKEN = "4a1b2c3d4e5f6071-18293a4b5c6d7e8f-90a1b2c3d4e5f601"

Corpus = Callable[..., Path]


@pytest.fixture
def corpus(simulate: Simulate, here: Path) -> Corpus:
    """Write signed requests into a file."""

    def write(provider: str = "viber", *words: str, count: int = 1) -> Path:
        out = here / "requests.jsonl"
        words = ("--count", str(count), "--format", "requests", "--force", "--out", str(out), *words)
        assert simulate("generate", provider, *words).code == 0
        return out

    return write


def edited(path: Path, **fields: Any) -> str:
    request = {**json.loads(path.read_text("utf-8")), **fields}
    path.write_text(json.dumps(request), "utf-8")
    return str(path)


@pytest.mark.parametrize("provider", catalog.names())
def test_what_generate_writes_is_valid(simulate: Simulate, corpus: Corpus, provider: str) -> None:
    done = simulate("verify", provider, str(corpus(provider, count=20)))

    assert done.code == 0
    assert "20 of 20 requests are valid" in done.out


def test_valid_request_shows_what_was_signed(simulate: Simulate, corpus: Corpus) -> None:
    path = corpus("viber", "message/text")
    done = simulate("verify", "viber", str(path))

    assert done.lines[0].startswith("✓ valid  viber")
    assert json.loads(path.read_text("utf-8"))["body"] in done.out


def test_spoiled_request_shows_signatures_bytes_culprit_and_fix(simulate: Simulate, corpus: Corpus) -> None:
    path = corpus("viber", "message/text")
    body = json.loads(path.read_text("utf-8"))["body"]
    done = simulate("verify", "viber", edited(path, body=json.dumps(json.loads(body), ensure_ascii=False)))

    assert done.code == 1
    assert done.lines[0].startswith("✗ not valid")
    assert "[json-spaces]" in done.out
    assert "expected" in done.out
    assert "given" in done.out
    assert "0000  7b 22" in done.out
    assert "  fix          verify the bytes" in done.out
    assert "  differs      at byte 9: " in done.out


def test_json_holds_all_of_it(simulate: Simulate, corpus: Corpus) -> None:
    path = corpus("viber", "message/text")
    body = json.loads(path.read_text("utf-8"))["body"]
    done = simulate("verify", "viber", edited(path, body=body + "\n"), "--json")
    [found] = done.json["requests"]

    assert done.code == 1
    assert found["outcome"] == "invalid"
    assert [each["name"] for each in found["culprits"]] == ["newline-added"]
    assert bytes.fromhex(found["canonical"]["hex"]) == (body + "\n").encode()
    assert bytes.fromhex(found["signed"]["hex"]) == body.encode()


def test_request_can_be_given_by_options(simulate: Simulate, corpus: Corpus, here: Path) -> None:
    request = json.loads(corpus("bird").read_text("utf-8"))
    (here / "body").write_bytes(request["body"].encode())
    (here / "headers").write_text("\n".join(f"{name}: {text}" for name, text in request["headers"].items()), "utf-8")

    done = simulate("verify", "bird", "--body", "@body", "--header", "@headers", "--url", request["url"])

    assert done.code == 0, done.out


def test_body_can_come_from_standard_input(simulate: Simulate, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    request = json.loads(corpus().read_text("utf-8"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(request["body"].encode())))
    headers = [word for name, text in request["headers"].items() for word in ("--header", f"{name}: {text}")]

    assert simulate("verify", "viber", "--body", "-", *headers).code == 0


def test_request_can_come_from_standard_input(
    simulate: Simulate, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(corpus().read_bytes())))

    assert simulate("verify", "viber", "-").code == 0


def test_what_render_writes_as_http_is_valid(simulate: Simulate, here: Path) -> None:
    words = ["--as", "http", "--endpoint", "https://bot.example/hook"]
    (here / "request.http").write_bytes(simulate("render", "bird", "conversation.created", *words).raw)

    assert simulate("verify", "bird", "request.http").code == 0


def test_journal_of_a_run_is_valid(simulate: Simulate, here: Path, bot: TinyBot) -> None:
    story = "scenario: A\nprovider: viber\nactors: [ana]\nsteps: [{ana: Hello}]"
    (here / "story.yaml").write_text(story, "utf-8")
    words = ["--endpoint", bot.url, "--listen", ":0", "--journal", "run.jsonl", "-q"]
    assert simulate("run", "story.yaml", *words).code == 0

    done = simulate("verify", "viber", "run.jsonl")

    assert done.code == 0, done.out
    assert "valid" in done.out


def test_refused_signature_is_offered_to_be_verified(simulate: Simulate, here: Path, bot: TinyBot) -> None:
    (here / "story.yaml").write_text("scenario: A\nprovider: viber\nactors: [ana]\nsteps: [{ana: Hi}]", "utf-8")
    bot.status = 401
    done = simulate("run", "story.yaml", "--endpoint", bot.url, "--listen", ":0", "--policy", "once")
    line = next(line for line in done.lines if line.startswith("  verify:"))

    assert done.code == 1
    assert simulate(*shlex.split(line.partition(":")[2])[1:]).code == 0


def test_offered_line_is_understood(simulate: Simulate, corpus: Corpus) -> None:
    given = json.loads(corpus("bird").read_text("utf-8"))
    request = SignedRequest(
        method="POST", url=given["url"], headers=tuple(given["headers"].items()), body=given["body"].encode()
    )

    assert simulate(*shlex.split(verify_line(request, "bird"))[1:]).code == 0


# --- secrets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--credential", f"auth_token={TOKEN}"], ["--secret", TOKEN]])
def test_credential_is_taken_and_never_shown(simulate: Simulate, corpus: Corpus, words: list[str]) -> None:
    path = corpus("viber", "--credential", f"auth_token={TOKEN}")
    good = simulate("verify", "viber", str(path), *words)
    bad = simulate("verify", "viber", edited(path, body="{}"), *words)

    assert (good.code, bad.code) == (0, 1)
    assert TOKEN not in good.out + bad.out + good.err + bad.err


def test_shared_secret_is_hidden(simulate: Simulate, corpus: Corpus) -> None:
    path = corpus("smooch", "--credential", "webhook_secret=of-my-own")
    done = simulate("verify", "smooch", str(path), "--secret", "of-my-own")

    assert done.code == 0
    assert "of-my-own" not in done.out
    assert "of-my-own" not in simulate("verify", "smooch", str(path), "--secret", "of-my-own", "--json").out


def test_secret_can_be_a_file(simulate: Simulate, corpus: Corpus, here: Path) -> None:
    path = corpus("viber", "--credential", f"auth_token={TOKEN}")
    (here / "secret").write_text(f"{TOKEN}\n", "utf-8")

    assert simulate("verify", "viber", str(path), "--secret", "@secret").code == 0


def test_line_end_in_a_secret_is_told(simulate: Simulate, corpus: Corpus) -> None:
    path = corpus("viber", "--credential", f"auth_token={TOKEN}\n")
    done = simulate("verify", "viber", str(path), "--secret", TOKEN)

    assert done.code == 1
    assert "[key-newline]" in done.out


# --- several requests ------------------------------------------------------------------------------------------------


def test_failures_among_several_are_shown(simulate: Simulate, corpus: Corpus) -> None:
    path = corpus(count=30)
    lines = path.read_text("utf-8").splitlines()
    spoiled = [line.replace('\\"event\\"', '\\"EVENT\\"') if number % 2 else line for number, line in enumerate(lines)]
    path.write_text("\n".join(spoiled), "utf-8")
    done = simulate("verify", "viber", str(path))

    assert done.code == 1
    assert done.out.count("✗ not valid") == 10
    assert done.lines[-1] == "✗ 15 of 30 requests are valid"


def test_one_of_several_is_chosen(simulate: Simulate, corpus: Corpus) -> None:
    path = corpus(count=3)

    assert "requests.jsonl:2" in simulate("verify", "viber", str(path), "--number", "2").out
    assert "[bad-value] --number" not in simulate("verify", "viber", str(path), "--number", "3").err


# --- wrong input -----------------------------------------------------------------------------------------------------

WRONG: dict[str, list[str]] = {
    "no-request": [],
    "unreadable-file": ["nowhere.json"],
    "broken-request": ["empty"],
    "bad-value --header": ["--body", "{}", "--header", "no colon"],
    "bad-value --url": ["--body", "{}", "--url", "nowhere"],
    "bad-value --number": ["good", "--number", "2"],
    "bad-value --body": ["-", "--body", "-"],
    "unset-variable": ["--body", "env:NOT_SET_AT_ALL"],
    "unknown-credential": ["good", "--credential", "auth=1"],
    "unknown-option": ["good", "--option", "colour=red"],
    "empty-credential": ["good", "--secret", ""],
    "unreadable-file --header": ["good", "--header", "@."],
    "unreadable-file --body": ["good", "--body", "@a\x00b"],
}


@pytest.mark.parametrize("told", WRONG)
def test_wrong_input_is_told_in_one_message(simulate: Simulate, here: Path, told: str) -> None:
    (here / "empty").write_bytes(b"")
    (here / "good").write_text(
        '{"url": "http://x/", "headers": {"X-Viber-Content-Signature": "a"}, "body": "{}"}', "utf-8"
    )
    done = simulate("verify", "viber", *WRONG[told])
    code, _, where = told.partition(" ")

    assert done.code == 2
    assert done.out == ""
    assert done.err.count("[") == 1
    assert f"[{code}]" in done.err
    assert done.err.startswith(where)


def test_secret_without_a_place_is_told(simulate: Simulate) -> None:
    done = simulate("verify", "canvas", "--body", "{}", "--secret", "x")

    assert done.code == 2
    assert "[unclear-secret]" in done.err


def test_unknown_url_is_asked_for(simulate: Simulate, corpus: Corpus) -> None:
    done = simulate("verify", "bird", edited(corpus("bird"), url=""))

    assert done.code == 2
    assert "[no-url]" in done.err


def test_too_large_file_is_told(simulate: Simulate, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.cli.verify.MOST_BYTES", 100)
    (here / "large").write_bytes(b"x" * 101)

    assert "[file-too-large]" in simulate("verify", "viber", "large").err


def test_what_comes_from_outside_is_shown_harmlessly(simulate: Simulate) -> None:
    words = ["--body", "\x1b[2J", "--header", "X-Viber-Content-Signature: \x1b[31m\u202e"]
    done = simulate("verify", "viber", *words)

    assert done.code == 1
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out


def test_nothing_of_the_network_is_imported() -> None:
    found = imported_by("verify", "viber", "--body", "{}")

    assert not {"aiohttp", "jinja2", "faker"} & found
