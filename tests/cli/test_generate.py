from __future__ import annotations

import hashlib
import hmac
import json
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import Simulate, started
from tests.systems import NEEDS_SIGNALS


def test_count_of_lines_is_written(simulate: Simulate) -> None:
    done = simulate("generate", "viber", "--count", "25")

    assert done.code == 0
    assert len(done.lines) == 25
    assert all("event" in json.loads(line) for line in done.lines)


def test_count_zero_writes_nothing(simulate: Simulate) -> None:
    assert simulate("generate", "viber", "--count", "0").raw == b""


def test_same_seed_gives_the_same_bytes_in_every_process(simulate: Simulate, tmp_path: Path) -> None:
    here = simulate("generate", "viber", "--count", "20", "--seed", "3")

    with started("generate", "viber", "--count", "20", "--seed", "3", folder=tmp_path) as process:
        there, _ = process.communicate()

    assert there == here.out


def test_longer_corpus_begins_with_the_shorter_one(simulate: Simulate) -> None:
    short, long = simulate("generate", "viber", "--count", "5"), simulate("generate", "viber", "--count", "30")

    assert long.raw.startswith(short.raw)


def test_ids_do_not_come_twice(simulate: Simulate) -> None:
    lines = simulate("generate", "viber", "message/text", "--count", "200").lines

    assert len({json.loads(line)["message_token"] for line in lines}) == 200


def test_default_mix_holds_what_a_bot_usually_receives(simulate: Simulate) -> None:
    events = {json.loads(line)["event"] for line in simulate("generate", "viber", "--count", "200").lines}

    assert {"message", "delivered", "seen", "conversation_started"} <= events
    assert "webhook" not in events


def test_named_events_are_the_mix(simulate: Simulate) -> None:
    lines = simulate("generate", "viber", "seen", "message/text", "--count", "40").lines

    assert {json.loads(line)["event"] for line in lines} == {"seen", "message"}


def test_requests_are_signed_with_the_credential(simulate: Simulate) -> None:
    words = ["generate", "viber", "--count", "20", "--format", "requests", "--credential", "auth_token=secret"]
    done = simulate(*words, "--endpoint", "https://bot.example/hook", "--out", "-")

    for line in done.lines:
        found = json.loads(line)
        signature = hmac.new(b"secret", found["body"].encode("utf-8"), hashlib.sha256).hexdigest()
        assert found["headers"]["X-Viber-Content-Signature"] == signature
        assert set(found) == {"event", "method", "url", "headers", "body"}
        assert found["url"] == f"https://bot.example/hook?sig={signature}"


def test_event_of_a_request_is_what_render_takes(simulate: Simulate) -> None:
    done = simulate("generate", "viber", "message/picture", "--count", "1", "--format", "requests")

    assert json.loads(done.out)["event"] == "message/picture"


def test_manifest_beside_the_file_tells_how_it_was_made(simulate: Simulate, here: Path) -> None:
    done = simulate("generate", "viber", "--count", "7", "--seed", "3", "--out", "corpus.jsonl")
    manifest = json.loads((here / "corpus.jsonl.manifest.json").read_text("ascii"))
    content = (here / "corpus.jsonl").read_bytes()

    assert done.raw == b""
    assert manifest["count"] == 7
    assert manifest["seed"] == 3
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["bytes"] == len(content)
    assert {path.name for path in here.iterdir()} == {"corpus.jsonl", "corpus.jsonl.manifest.json"}


def test_file_is_never_overwritten_without_force(simulate: Simulate, here: Path) -> None:
    (here / "corpus.jsonl").write_text("mine", "utf-8")

    refused = simulate("generate", "viber", "--out", "corpus.jsonl")
    kept = (here / "corpus.jsonl").read_text("utf-8")
    forced = simulate("generate", "viber", "--out", "corpus.jsonl", "--force")

    assert refused.code == 2
    assert "[file-exists]" in refused.err
    assert kept == "mine"
    assert forced.code == 0


def test_folder_that_is_not_there_is_wrong_input(simulate: Simulate, here: Path) -> None:
    done = simulate("generate", "viber", "--out", "nowhere/corpus.jsonl")

    assert done.code == 2
    assert "[file-not-written]" in done.err
    assert "fix:  name a file in a folder that is there" in done.err


@pytest.mark.parametrize("name", ["x" * 300, ".", "/dev/full"])
def test_name_at_which_nothing_can_be_written_is_wrong_input(simulate: Simulate, here: Path, name: str) -> None:
    done = simulate("generate", "viber", "--out", name)

    assert done.code == 2
    assert "[file-not-written]" in done.err


def test_device_gets_no_manifest(simulate: Simulate) -> None:
    assert simulate("generate", "viber", "--out", "/dev/null").code == 0
    assert not Path("/dev/null.manifest.json").exists()


@NEEDS_SIGNALS
def test_run_that_is_told_to_end_leaves_whole_lines_and_can_go_on(simulate: Simulate, tmp_path: Path) -> None:
    words = ("generate", "viber", "--count", "300000", "--out", "corpus.jsonl")
    path, beside = tmp_path / "corpus.jsonl", tmp_path / "corpus.jsonl.manifest.json"
    with started(*words, folder=tmp_path) as process:
        while not path.exists() or path.stat().st_size < 200_000:
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        code = process.wait()
    manifest = json.loads(beside.read_text("ascii"))
    content = path.read_bytes()

    assert code == 130
    assert 0 < manifest["written"] < 300_000
    assert content.count(b"\n") == manifest["written"]
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()


def test_resume_begins_what_was_never_begun(simulate: Simulate, here: Path) -> None:
    done = simulate("generate", "viber", "--count", "7", "--out", "corpus.jsonl", "--resume")

    assert done.code == 0
    assert len((here / "corpus.jsonl").read_text("utf-8").splitlines()) == 7


def test_resume_with_other_options_is_refused(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "--count", "7", "--out", "corpus.jsonl")
    done = simulate("generate", "viber", "--count", "8", "--out", "corpus.jsonl", "--resume")

    assert done.code == 2
    assert "[corpus-differs]" in done.err


def test_lost_shard_is_made_again(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "--count", "5000", "--out", "two.jsonl", "--shard", "2/2")
    content = (here / "two.jsonl").read_bytes()
    (here / "two.jsonl").unlink()
    done = simulate("generate", "--verify", "two.jsonl.manifest.json")

    assert done.code == 0
    assert "is there again" in done.out
    assert (here / "two.jsonl").read_bytes() == content


def test_changed_corpus_does_not_verify(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "--count", "5", "--out", "corpus.jsonl")
    with (here / "corpus.jsonl").open("ab") as stream:
        stream.write(b"{}\n")
    done = simulate("generate", "--verify", "corpus.jsonl.manifest.json")

    assert done.code == 2
    assert "there is more in it" in done.err


def test_mix_file_is_the_mix(simulate: Simulate, here: Path) -> None:
    (here / "mix.yaml").write_text("events: {seen: 1}", "utf-8")
    done = simulate("generate", "viber", "--mix", "mix.yaml", "--count", "20")

    assert {json.loads(line)["event"] for line in done.lines} == {"seen"}


def test_mix_file_and_events_clash(simulate: Simulate, here: Path) -> None:
    (here / "mix.yaml").write_text("events: {seen: 1}", "utf-8")

    assert "[options-clash]" in simulate("generate", "viber", "seen", "--mix", "mix.yaml").err


@pytest.mark.parametrize("shard", ["0/2", "3/2", "2", "a/b"])
def test_shard_that_is_none_is_wrong_input(simulate: Simulate, shard: str) -> None:
    assert simulate("generate", "viber", "--shard", shard).code == 2


def test_files_need_a_folder(simulate: Simulate) -> None:
    assert "[options-clash]" in simulate("generate", "viber", "--format", "files").err


def test_files_lie_in_a_tree_by_provider_and_event(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "seen", "--count", "2", "--format", "files", "--out", "corpus")

    assert sorted(path.relative_to(here).as_posix() for path in (here / "corpus").rglob("*.json")) == [
        "corpus/viber/seen/0000000000.json",
        "corpus/viber/seen/0000000001.json",
    ]


def test_folder_that_is_overwritten_keeps_no_payloads_of_before(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "seen", "--count", "3", "--format", "files", "--compress", "gzip", "--out", "corpus")
    (here / "corpus/viber/notes.json").write_text("mine", "utf-8")
    simulate("generate", "viber", "delivered", "--count", "1", "--format", "files", "--out", "corpus", "--force")

    left = sorted(path.relative_to(here).as_posix() for path in (here / "corpus").rglob("*") if path.is_file())
    assert left == ["corpus/viber/delivered/0000000000.json", "corpus/viber/notes.json"]


def test_folder_with_a_payload_too_many_does_not_verify(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "seen", "--count", "2", "--format", "files", "--out", "corpus")
    (here / "corpus/viber/seen/0000000002.json").write_text("{}", "utf-8")
    done = simulate("generate", "--verify", "corpus.manifest.json")

    assert done.code == 2
    assert "there is more in it: 1 of the files" in done.err


def test_provider_is_needed_where_nothing_is_verified(simulate: Simulate) -> None:
    assert "[missing-argument]" in simulate("generate").err


def test_unknown_events_are_all_told(simulate: Simulate) -> None:
    done = simulate("generate", "viber", "mesage/text", "sen")

    assert done.code == 2
    assert done.err.count("[unknown-event-type]") == 2
    assert 'did you mean "seen"?' in done.err


def test_closed_pipe_is_silent(tmp_path: Path) -> None:
    with started("generate", "viber", "--count", "1000000", folder=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        code, said = process.wait(), process.stderr.read()

    assert code == 0
    assert said == ""


def test_unusual_payloads_are_told_beside_the_corpus(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "--count", "200", "--edge", "10%", "--invalid", "10%", "--out", "corpus.jsonl")
    labels = [json.loads(line) for line in (here / "corpus.jsonl.labels.jsonl").read_text("ascii").splitlines()]
    lines = (here / "corpus.jsonl").read_text("utf-8").splitlines()
    cut = [label["number"] for label in labels if label["kind"] == "truncated"]

    assert len(lines) == 200
    assert 20 < len(labels) < 60
    assert cut
    for number in cut:
        with pytest.raises(ValueError, match=r"."):
            json.loads(lines[number])


def test_labels_of_a_corpus_that_is_overwritten_are_taken_away(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "--count", "20", "--edge", "50%", "--out", "corpus.jsonl")
    simulate("generate", "viber", "--count", "20", "--out", "corpus.jsonl", "--force")

    assert sorted(path.name for path in here.iterdir()) == ["corpus.jsonl", "corpus.jsonl.manifest.json"]


def test_bad_signature_is_told_by_its_label(simulate: Simulate, here: Path) -> None:
    words = ("--format", "requests", "--count", "60", "--invalid", "100%", "--out", "corpus.jsonl")
    simulate("generate", "viber", *words, "--credential", "auth_token=secret")
    labels = [json.loads(line) for line in (here / "corpus.jsonl.labels.jsonl").read_text("ascii").splitlines()]
    requests = [json.loads(line) for line in (here / "corpus.jsonl").read_text("utf-8").splitlines()]

    for label, request in zip(labels, requests, strict=True):
        right = hmac.new(b"secret", request["body"].encode("utf-8"), hashlib.sha256).hexdigest()
        is_right = request["headers"]["X-Viber-Content-Signature"] == right
        assert is_right == (label["kind"] != "bad-signature")


@pytest.mark.parametrize(
    "words", [["--edge", "5%"], ["--edge", "60%", "--invalid", "60%", "--out", "corpus.jsonl"]], ids=" ".join
)
def test_shares_that_cannot_be_are_told(simulate: Simulate, here: Path, words: list[str]) -> None:
    assert "[options-clash]" in simulate("generate", "viber", *words).err
