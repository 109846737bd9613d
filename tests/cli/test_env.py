from __future__ import annotations

import subprocess
from io import StringIO

import pytest
from dotenv import dotenv_values

from simulator.cli.env import SHELLS
from tests.cli.conftest import Simulate
from tests.systems import NEEDS_SH

AWKWARD = 'it\'s "50%" of $HOME\\n `x`'


def test_variables_point_at_the_mock_api(simulate: Simulate) -> None:
    found = simulate("env", "viber", "--json").json

    assert found["variables"]["VIBER_API_URL"] == "http://127.0.0.1:7716/pa"
    assert {each["sdk"] for each in found["sdk_lines"]} >= {"viberbot (Python)"}


def test_address_is_where_the_api_listens(simulate: Simulate) -> None:
    found = simulate("env", "viber", "--json", "--listen", "0.0.0.0:9000").json

    assert found["variables"]["VIBER_API_URL"] == "http://127.0.0.1:9000/pa"


@NEEDS_SH
def test_sh_takes_back_the_very_values(simulate: Simulate) -> None:
    done = simulate("env", "viber", "--shell", "sh", "--credential", f"auth_token={AWKWARD}")

    said = subprocess.run(
        ["sh", "-c", f'{done.out}\nprintf %s "$VIBER_AUTH_TOKEN"'], capture_output=True, text=True, check=True
    )

    assert said.stdout == AWKWARD


def test_dotenv_takes_back_the_very_values(simulate: Simulate) -> None:
    done = simulate("env", "viber", "--shell", "dotenv", "--credential", "auth_token=it's 50% # of \\ that")

    assert dotenv_values(stream=StringIO(done.out))["VIBER_AUTH_TOKEN"] == "it's 50% # of \\ that"


def test_powershell_and_cmd_quote_in_their_own_way(simulate: Simulate) -> None:
    words = ["env", "viber", "--credential", "auth_token=it's 50%", "--shell"]

    assert "$env:VIBER_AUTH_TOKEN = 'it''s 50%'" in simulate(*words, "powershell").lines
    assert 'set "VIBER_AUTH_TOKEN=it\'s 50%%"' in simulate(*words, "cmd").lines


@pytest.mark.parametrize("shell", list(SHELLS))
def test_line_for_an_sdk_is_a_comment(simulate: Simulate, shell: str) -> None:
    done = simulate("env", "viber", "--shell", shell)
    remark = SHELLS[shell][1]

    assert any(line.startswith(remark) and "viberbot.api.api.VIBER_BOT_API_URL" in line for line in done.lines)


def test_port_that_is_not_known_yet_is_refused(simulate: Simulate) -> None:
    done = simulate("env", "viber", "--listen", ":0")

    assert done.code == 2
    assert done.raw == b""
    assert done.err.startswith("--listen: the port that will be free is not known before   [bad-value]")
