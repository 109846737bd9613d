from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Simulate


def test_profile_of_a_corpus_is_a_mix_for_another(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "seen", "message/text", "--count", "200", "--out", "corpus.jsonl")
    done = simulate("profile", "viber", "corpus.jsonl")
    (here / "mix.yaml").write_text(done.out, "utf-8")
    again = simulate("generate", "viber", "--mix", "mix.yaml", "--count", "20")

    assert "200 payloads, and 0 that are like none of viber's" in done.err
    assert again.code == 0
    assert len(again.lines) == 20


def test_lines_that_are_no_json_are_told_with_their_numbers_and_counted(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "--count", "20", "--out", "whole.jsonl")
    whole = (here / "whole.jsonl").read_text("utf-8")
    (here / "corpus.jsonl").write_text(f'no json\n\n{whole}{{"event": \n' + "x\n" * 12, "utf-8")
    done = simulate("profile", "viber", "corpus.jsonl")

    assert done.code == 0
    assert "corpus.jsonl:1: this line is no JSON and is passed over" in done.err
    assert "corpus.jsonl:23: this line is no JSON" in done.err
    assert done.err.count("passed over") == 10
    assert "20 payloads, and 0 that are like none of viber's; 14 lines are no JSON" in done.err


def test_line_that_is_longer_than_any_payload_is_passed_over(
    simulate: Simulate, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.cli.profile.LONGEST_BYTES", 4_000)
    simulate("generate", "viber", "--count", "20", "--out", "whole.jsonl")
    (here / "corpus.jsonl").write_bytes(b'{"a": "' + b"x" * 10_000 + b'"}\n' + (here / "whole.jsonl").read_bytes())
    done = simulate("profile", "viber", "corpus.jsonl")

    assert "corpus.jsonl:1: this line is no JSON" in done.err
    assert "20 payloads" in done.err


def test_file_without_any_payload_is_refused(simulate: Simulate, here: Path) -> None:
    (here / "corpus.jsonl").write_text("no json\n", "utf-8")
    done = simulate("profile", "viber", "corpus.jsonl")

    assert done.code == 2
    assert "[broken-corpus]" in done.err
    assert "0 lines are like none of its events, and 1 are no JSON" in done.err


def test_corpus_of_another_provider_is_told(simulate: Simulate, here: Path) -> None:
    (here / "corpus.jsonl").write_text('{"object": "page"}\n', "utf-8")

    assert "[broken-corpus]" in simulate("profile", "viber", "corpus.jsonl").err


def test_compressed_corpus_is_read(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "--count", "100", "--out", "corpus.jsonl.gz")
    simulate("generate", "viber", "--count", "100", "--out", "corpus.jsonl")

    assert simulate("profile", "viber", "corpus.jsonl.gz").out == simulate("profile", "viber", "corpus.jsonl").out


def test_corpus_that_is_not_compressed_as_its_name_says_is_told(simulate: Simulate, here: Path) -> None:
    (here / "corpus.jsonl.gz").write_text("{}", "utf-8")
    done = simulate("profile", "viber", "corpus.jsonl.gz")

    assert done.code == 2
    assert "corpus.jsonl.gz: the file cannot be read as gzip   [broken-corpus]" in done.err
