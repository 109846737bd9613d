from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from simulator.answering import Answered
from simulator.cli.serve import Teller
from simulator.codec import Redactor
from simulator.provider import ApiResponse
from simulator.records import ApiCall, Entry
from tests.cli.conftest import Simulate, started
from tests.systems import NEEDS_SIGNALS

pytestmark = NEEDS_SIGNALS


def call(known: dict[str, Any], operation: str, **fields: Any) -> dict[str, Any]:
    variables = known["variables"]
    request = urllib.request.Request(
        f"{variables['VIBER_API_URL']}/{operation}",
        json.dumps(fields).encode(),
        {"X-Viber-Auth-Token": variables["VIBER_AUTH_TOKEN"], "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        found: dict[str, Any] = json.load(response)
    return found


def test_first_line_is_for_programs_and_each_call_is_told(tmp_path: Path) -> None:
    with started("serve", "viber", "--listen", ":0", "--endpoint", ":1", "--json", folder=tmp_path) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        known = ready["providers"]["viber"]
        text = {"type": "text", "text": "Hello", "sender": {"name": "Bot"}}
        answers = [call(known, "send_message", receiver=each["id"], **text) for each in known["actors"]]
        told = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

    assert ready["ready"] is True
    assert ready["address"].startswith("http://127.0.0.1:")
    assert [each["actor"] for each in known["actors"]] == ["ana", "ben"]
    assert [answer["status"] for answer in answers] == [0, 0]
    assert told["kind"] == "CallAnswered"
    assert process.returncode == 130
    assert "Traceback" not in err


def test_calls_are_lines_for_people(tmp_path: Path) -> None:
    with started("serve", "viber", "--listen", ":0", folder=tmp_path) as process:
        assert process.stdout is not None
        ready = process.stdout.readline().split()
        url = f"{ready[1]}/pa/get_account_info"
        request = urllib.request.Request(url, b"{}", {"X-Viber-Auth-Token": "wrong"})
        urllib.request.urlopen(request, timeout=10).close()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{ready[1]}/api/send", timeout=10)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)

    assert ready[0] == "ready"
    assert '! POST /pa/get_account_info  200 {"status":2' in out
    assert "! GET /api/send was refused: nothing lies there; this simulator serves viber under /pa" in out
    assert process.returncode == 0, err


def test_unknown_provider_is_wrong_input(simulate: Simulate) -> None:
    done = simulate("serve", "vibr", "--listen", ":0")

    assert done.code == 2
    assert 'did you mean "viber"?' in done.err


@pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
def test_ctrl_c_ends_it_however_often_it_comes(tmp_path: Path, times: int) -> None:
    with started("serve", "viber", "--listen", ":0", folder=tmp_path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(times):
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)

    assert "Traceback" not in err
    # A signal that comes when all is done already ends the process itself.
    assert process.returncode in (130, -signal.SIGINT)


def test_secret_that_would_be_cut_is_hidden() -> None:
    told: list[str] = []
    screen: Any = SimpleNamespace(line=lambda *spans: told.extend(text for text, _ in spans))
    teller = Teller(screen, Redactor(["sk_live_4711"]), verbosity=0, as_json=False)
    body = b"x" * 295 + b"sk_live_4711"
    asked = ApiCall(id="1", provider="viber", method="POST", path="/pa", headers={})
    answered = Answered(call=asked, response=ApiResponse(status=200), status=200, headers=(), body=body)
    teller(Entry(seq=1, kind="CallAnswered", at_ms=0, real_ms=0, scenario="", data=answered))

    assert "sk_" not in "".join(told)
