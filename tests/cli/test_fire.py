from __future__ import annotations

import hashlib
import hmac
import json
import signal
import socket
from pathlib import Path

import pytest

from simulator.ports import free_claim
from simulator.report.curl import shell_line
from tests.cli.conftest import Simulate, TinyBot, started
from tests.systems import NEEDS_SIGNALS


def test_event_is_sent_signed(simulate: Simulate, bot: TinyBot) -> None:
    done = simulate("fire", "viber", "message/text", "--endpoint", bot.url, "--credential", "auth_token=secret")
    headers, body = bot.requests[0]

    assert done.code == 0
    assert headers["X-Viber-Content-Signature"] == hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert "X-Simulated" in headers


def test_request_answer_time_and_verdict_are_shown(simulate: Simulate, bot: TinyBot) -> None:
    bot.body = b"fine"

    lines = simulate("fire", "viber", "message/text", "--endpoint", bot.url).lines

    assert "seed 1" in lines[0]
    assert "start 20" in lines[0]
    assert lines[1].startswith(f"> POST {bot.url}?sig=")
    assert any(line.startswith("< 200 in ") and line.endswith("ms") for line in lines)
    assert "< fine" in lines
    assert lines[-1] == "✓ passed: accepted"


def test_status_that_the_provider_does_not_take_fails(simulate: Simulate, bot: TinyBot) -> None:
    bot.status = 500

    done = simulate("fire", "viber", "message/text", "--endpoint", bot.url)

    assert done.code == 1
    assert done.lines[-2] == "✗ failed: answered 500; Viber takes 200 for accepted"
    assert done.lines[-1].endswith(f"let this run beside: simulator serve viber --endpoint {bot.url}")


def test_what_answers_no_http_is_not_said_to_need_the_api(simulate: Simulate, bot: TinyBot) -> None:
    bot.status = 5000

    done = simulate("fire", "viber", "message/text", "--endpoint", bot.url)

    assert done.lines[-1] == "✗ failed: the answer was not HTTP"


def test_command_that_is_to_run_beside_can_be_pasted_into_a_shell(simulate: Simulate, bot: TinyBot) -> None:
    bot.status = 500

    done = simulate("fire", "viber", "message/text", "--endpoint", f"{bot.url}?a=1&b=2")

    assert done.lines[-1].partition("beside: ")[2] == shell_line(
        ["simulator", "serve", "viber", "--endpoint", f"{bot.url}?a=1&b=2"]
    )


def test_endpoint_where_nobody_listens_is_unreachable(simulate: Simulate) -> None:
    with free_claim() as claim:
        port = claim.port

    done = simulate("fire", "viber", "message/text", "--endpoint", f":{port}")

    assert done.code == 4
    assert done.lines[-2] == "✗ failed: nobody listened"
    assert done.lines[-1] == "start the bot, or name its address with --endpoint"


def test_address_without_https_is_told_how_to_name_it(simulate: Simulate, bot: TinyBot) -> None:
    done = simulate("fire", "viber", "message/text", "--endpoint", bot.url.replace("http:", "https:"))

    assert done.code == 4
    assert done.lines[-2] == "✗ failed: the certificate or the encryption was wrong"
    assert done.lines[-1].startswith("name an address with http:// where the bot speaks no https")


def test_what_to_do_is_told_once(simulate: Simulate) -> None:
    with free_claim() as claim:
        port = claim.port

    done = simulate("fire", "viber", "message/text", "--endpoint", f":{port}", "--count", "3", "-q")

    assert done.out.count("✗ failed: nobody listened") == 3
    assert done.out.count("start the bot") == 1


def test_copies_are_no_more_than_in_a_story(simulate: Simulate) -> None:
    done = simulate("fire", "viber", "message/text", "--endpoint", ":1", "--copies", "1001")

    assert done.code == 2
    assert '--copies: "1001" is no whole number from 1 to 1,000   [bad-value]' in done.err


def test_failures_that_are_alike_are_counted_where_only_failures_are_shown(simulate: Simulate, bot: TinyBot) -> None:
    bot.status = 404

    done = simulate("fire", "viber", "message/text", "--endpoint", bot.url, "--count", "13", "-q")

    assert done.out.count("< 404 in ") == 10
    assert done.lines[-2] == "✗ failed: answered 404; Viber takes 200 for accepted, 3 times more"
    assert done.lines[-1].startswith("✗ failed  0 of 13 as they should be")


@pytest.mark.parametrize("more", [[], ["-v"]])
def test_each_of_many_failures_is_shown_unless_quiet(simulate: Simulate, bot: TinyBot, more: list[str]) -> None:
    bot.status = 404

    done = simulate("fire", "viber", "message/text", "--endpoint", bot.url, "--count", "11", *more)

    assert done.out.count("< 404 in ") == 11


def test_endpoint_is_needed(simulate: Simulate) -> None:
    done = simulate("fire", "viber", "message/text")

    assert done.code == 2
    assert "[no-endpoint]" in done.err


def test_set_and_merge_change_the_body(simulate: Simulate, bot: TinyBot, here: Path) -> None:
    (here / "over.yaml").write_text("silent: true", "utf-8")

    simulate("fire", "viber", "message/text", "--endpoint", bot.url, "--set", "message.text=hi", "--merge", "over.yaml")
    body = json.loads(bot.requests[0][1])

    assert body["message"]["text"] == "hi"
    assert body["silent"] is True


def test_same_seed_and_start_send_the_same_bytes(simulate: Simulate, bot: TinyBot) -> None:
    words = ["fire", "viber", "message/text", "--endpoint", bot.url, "--start", "2030-01-01T00:00:00Z"]

    simulate(*words)
    simulate(*words)

    assert bot.requests[0][1] == bot.requests[1][1]


def test_count_sends_events_with_ids_of_their_own(simulate: Simulate, bot: TinyBot) -> None:
    done = simulate("fire", "viber", "message/text", "--endpoint", bot.url, "--count", "5", "--rate", "500/s", "-q")

    assert len({json.loads(body)["message_token"] for _, body in bot.requests}) == 5
    assert done.lines == [done.lines[0]]
    assert done.lines[0].startswith("✓ passed  5 of 5 as they should be")


def test_many_at_once_have_ids_of_their_own_too(simulate: Simulate, bot: TinyBot) -> None:
    one = simulate("fire", "viber", "message/text", "--endpoint", bot.url, "--count", "12", "--start", "2026-01-05")
    alone = sorted(body for _, body in bot.requests)
    bot.requests.clear()
    words = ["--count", "12", "--start", "2026-01-05", "--concurrency", "4", "-q"]
    many = simulate("fire", "viber", "message/text", "--endpoint", bot.url, *words)

    assert (one.code, many.code) == (0, 0)
    assert sorted(body for _, body in bot.requests) == alone
    assert many.lines == [many.lines[-1]]
    assert "12 of 12 as they should be" in many.lines[-1]


def test_rate_says_how_late_events_left(simulate: Simulate, bot: TinyBot) -> None:
    words = ["--count", "5", "--rate", "500/s", "-q"]
    done = simulate("fire", "viber", "message/text", "--endpoint", bot.url, *words)

    assert done.code == 0
    assert "5 of 5 as they should be; p50 " in done.lines[-1]
    assert ", left late by " in done.lines[-1]


def test_copies_are_one_event(simulate: Simulate, bot: TinyBot) -> None:
    simulate("fire", "viber", "message/text", "--endpoint", bot.url, "--copies", "3")

    assert len(bot.requests) == 3
    assert len({body for _, body in bot.requests}) == 1


def test_credential_is_shown_nowhere_also_where_a_body_is_cut(simulate: Simulate, bot: TinyBot) -> None:
    bot.body, bot.status = b"x" * 295 + b"sk_live_4711", 500
    words = ["smooch", "message:appUser/text", "--endpoint", f"{bot.url}?key=sk_live_4711"]
    words += ["--credential", "webhook_secret=sk_live_4711"]
    short, whole = (simulate("fire", *words, *more) for more in ([], ["-v"]))

    assert any("sk_live_4711" in value for value in bot.requests[0][0].values())
    assert "sk_" not in short.out + short.err + whole.out + whole.err
    assert "> X-API-Key: [redacted]" in whole.out


def test_wrong_signature_that_is_accepted_fails(simulate: Simulate, bot: TinyBot) -> None:
    done = simulate(
        "fire", "viber", "message/text", "--endpoint", bot.url, "--tamper", "--credential", "auth_token=secret"
    )
    headers, body = bot.requests[0]

    assert done.code == 1
    assert done.lines[-1] == "✗ failed: a wrong signature was accepted"
    assert headers["X-Viber-Content-Signature"] != hmac.new(b"secret", body, hashlib.sha256).hexdigest()


def test_wrong_signature_that_is_refused_passes(simulate: Simulate, bot: TinyBot) -> None:
    bot.status = 403

    done = simulate("fire", "viber", "message/text", "--endpoint", bot.url, "--tamper")

    assert done.code == 0
    assert done.lines[-1] == "✓ passed: the wrong signature was refused"


def test_reply_in_the_http_answer_is_read(simulate: Simulate, bot: TinyBot) -> None:
    bot.body = json.dumps({"type": "text", "text": "Welcome!", "sender": {"name": "Shop"}}).encode()

    done = simulate("fire", "viber", "conversation_started", "--endpoint", bot.url)

    assert "bot ‹ Welcome!" in done.lines


def test_reply_that_the_provider_refuses_is_told(simulate: Simulate, bot: TinyBot) -> None:
    bot.body = json.dumps({"type": "text", "text": "x" * 8000, "sender": {"name": "Shop"}}).encode()

    done = simulate("fire", "viber", "conversation_started", "--endpoint", bot.url)

    assert any(line.startswith("bot ‹ (refused) ") for line in done.lines)


def test_what_a_bot_answers_is_shown_harmlessly(simulate: Simulate, bot: TinyBot) -> None:
    bot.body = b"\x1b[31mred\x07\n"

    done = simulate("fire", "viber", "message/text", "--endpoint", bot.url)

    assert r"< \x1b[31mred\x07\n" in done.lines


def test_address_outside_this_machine_is_told_before(simulate: Simulate) -> None:
    done = simulate("fire", "viber", "message/text", "--endpoint", "http://bot.invalid/hook")

    assert done.code == 4
    assert done.lines[0] == "! this goes to http://bot.invalid/hook, which is not on this machine"


@NEEDS_SIGNALS
@pytest.mark.parametrize("more", [[], ["--concurrency", "4"], ["--concurrency", "4", "--loop", "asyncio"]])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_sent_before_an_interrupt_is_counted(
    bot: TinyBot, tmp_path: Path, number: int, more: list[str]
) -> None:
    words = ["fire", "viber", "seen", "--endpoint", bot.url, "--count", "1000000", *more]
    with started(*words, folder=tmp_path) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "passed" in line and len(bot.requests) > 2:
                break
        process.send_signal(number)
        out, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert "! interrupted" in out.splitlines()[-1]
    assert " as they should be; slowest " in out.splitlines()[-1]
    assert err == "interrupted\n"


@NEEDS_SIGNALS
@pytest.mark.parametrize("times", [2, 3, 4])
def test_ctrl_c_ends_it_however_often_it_comes(tmp_path: Path, times: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with started("fire", "viber", "seen", "--endpoint", f":{port}", folder=tmp_path) as process:
            connection, _ = silent.accept()
            for _ in range(times):
                process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
            connection.close()

    assert "Traceback" not in err
    assert process.returncode in (130, -signal.SIGINT)


def test_verbose_shows_headers_and_whole_bodies_of_both(simulate: Simulate, bot: TinyBot) -> None:
    bot.body = b"x" * 500
    words = ["fire", "viber", "message/text", "--endpoint", bot.url]
    brief, verbose = simulate(*words), simulate(*words, "-v")

    assert any(line == "< " + "x" * 299 + "…" for line in brief.lines)
    assert not any(line.startswith("> Content-Type") for line in brief.lines)
    assert any(line.startswith("> Content-Type: application/json") for line in verbose.lines)
    assert any(line.startswith("< Content-Length: 500") for line in verbose.lines)
    assert "< " + "x" * 500 in verbose.lines


def test_target_of_the_project_says_where_the_bot_is(
    simulate: Simulate, bot: TinyBot, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "simulator.toml").write_text(
        f'[targets.local]\nendpoint = {{ viber = "{bot.url}" }}\ncredentials = {{ auth_token = "${{BOT_TOKEN}}" }}\n',
        "utf-8",
    )
    monkeypatch.setenv("BOT_TOKEN", "secret")

    done = simulate("fire", "viber", "message/text", "--target", "local")
    headers, body = bot.requests[0]

    assert done.code == 0
    assert headers["X-Viber-Content-Signature"] == hmac.new(b"secret", body, hashlib.sha256).hexdigest()
