from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.cli.conftest import Simulate, imported_by, started
from tests.systems import NEEDS_SH


def test_body_in_a_pipe_is_exactly_the_bytes(simulate: Simulate) -> None:
    done = simulate("render", "viber", "message/text", "--seed", "7")

    assert done.code == 0
    assert done.err == ""
    assert not done.raw.endswith(b"\n")
    assert json.loads(done.raw)["event"] == "message"


def test_same_seed_gives_the_same_bytes_in_every_process(simulate: Simulate, tmp_path: Path) -> None:
    here = simulate("render", "viber", "conversation_started", "--seed", "7")

    with started("render", "viber", "conversation_started", "--seed", "7", folder=tmp_path) as process:
        there, _ = process.communicate()

    assert there == here.out


def test_other_seed_gives_other_bytes(simulate: Simulate) -> None:
    assert (
        simulate("render", "viber", "message/text").raw
        != simulate("render", "viber", "message/text", "--seed", "2").raw
    )


def test_start_is_the_time_in_the_body(simulate: Simulate) -> None:
    done = simulate("render", "viber", "message/text", "--start", "2030-01-01T00:00:00Z")

    assert done.json["timestamp"] == 1_893_456_000_000


def test_set_changes_a_field_and_keeps_its_kind(simulate: Simulate) -> None:
    done = simulate("render", "viber", "message/text", "--set", "message.text=hello #1", "--set", "silent=true")

    assert done.json["message"]["text"] == "hello #1"
    assert done.json["silent"] is True


def test_unknown_path_is_told_with_the_nearest(simulate: Simulate) -> None:
    done = simulate("render", "viber", "message/text", "--set", "message.txt=hello")

    assert done.code == 2
    assert done.raw == b""
    assert done.err.startswith('--set: the body has no field "message.txt"   [unknown-path]')
    assert 'did you mean "message.text"?' in done.err


def test_plus_adds_a_field(simulate: Simulate) -> None:
    assert simulate("render", "viber", "message/text", "--set", "+extra.deep=1").json["extra"] == {"deep": 1}


def test_merged_file_is_laid_over_the_body(simulate: Simulate, here: Path) -> None:
    (here / "over.yaml").write_text("message: {text: hi, new: [1, 2]}\nother: {}\n", "utf-8")

    body = simulate("render", "viber", "message/text", "--merge", "over.yaml").json

    assert body["message"] == {"text": "hi", "type": "text", "new": [1, 2]}
    assert body["other"] == {}


def test_set_goes_before_the_merged_file(simulate: Simulate, here: Path) -> None:
    (here / "over.json").write_text('{"message": {"text": "file"}}', "utf-8")

    body = simulate("render", "viber", "message/text", "--merge", "over.json", "--set", "message.text=line").json

    assert body["message"]["text"] == "line"


def test_file_to_merge_without_a_map_is_wrong_input(simulate: Simulate, here: Path) -> None:
    (here / "over.yaml").write_text("[1]", "utf-8")

    done = simulate("render", "viber", "message/text", "--merge", "over.yaml")

    assert done.code == 2
    assert "[not-a-map]" in done.err


def test_http_is_the_whole_signed_request(simulate: Simulate) -> None:
    body = simulate("render", "viber", "message/text").raw

    done = simulate("render", "viber", "message/text", "--as", "http", "--endpoint", ":3000/a")
    head, _, rest = done.raw.partition(b"\r\n\r\n")

    assert head.startswith(b"POST /a?sig=")
    assert b"\r\nHost: 127.0.0.1:3000\r\n" in head
    assert b"X-Viber-Content-Signature: " in head
    assert rest == body


@NEEDS_SH
def test_curl_sends_the_same_bytes(simulate: Simulate) -> None:
    body = simulate("render", "viber", "message/text", "--set", "message.text=it's").raw

    done = simulate("render", "viber", "message/text", "--set", "message.text=it's", "--as", "curl")
    said = subprocess.run(["sh", "-c", f"printf '%s\\n' {done.out}"], capture_output=True, check=True).stdout

    assert said.rstrip(b"\n").split(b"\n")[-1] == body


def test_pretty_is_for_people(simulate: Simulate) -> None:
    done = simulate("render", "viber", "message/text", "--as", "pretty")

    assert done.lines[0] == "{"
    assert '  "event": "message",' in done.lines


def test_mark_can_be_left_out(simulate: Simulate) -> None:
    marked = simulate("render", "viber", "message/text", "--as", "http")
    plain = simulate("render", "viber", "message/text", "--as", "http", "--no-mark")

    assert b"X-Simulated" in marked.raw
    assert b"X-Simulated" not in plain.raw


def test_credential_signs(simulate: Simulate) -> None:
    one = simulate("render", "viber", "message/text", "--as", "http", "--credential", "auth_token=one")
    other = simulate("render", "viber", "message/text", "--as", "http", "--credential", "auth_token=two")

    assert one.raw != other.raw


def test_option_changes_the_body(simulate: Simulate) -> None:
    words = ["render", "viber", "message/text", "--set", "message.text=é", "--option"]

    assert "é" in simulate(*words, "text=utf8").out
    assert "\\u00E9" in simulate(*words, "text=ascii").out


def test_unknown_names_are_told_with_the_nearest(simulate: Simulate) -> None:
    for words, near in {
        ("vibr", "message/text"): "viber",
        ("viber", "mesage/text"): "message/text",
        ("viber", "message/text", "--option", "txt=utf8"): "text",
        ("viber", "message/text", "--credential", "auth_tken=x"): "auth_token",
    }.items():
        done = simulate("render", *words)

        assert done.code == 2
        assert f'did you mean "{near}"?' in done.err


def test_render_imports_no_network() -> None:
    found = imported_by("render", "viber", "message/text")

    assert not found & {"aiohttp", "asyncio", "rich"}
