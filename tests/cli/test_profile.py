from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Simulate


def test_profile_of_a_corpus_is_a_mix_for_another(simulate: Simulate, here: Path) -> None:
    simulate("generate", "viber", "seen", "message/text", "--count", "200", "--out", "corpus.jsonl")
    done = simulate("profile", "viber", "corpus.jsonl")
    (here / "mix.yaml").write_text(done.out, "utf-8")
    again = simulate("generate", "viber", "--mix", "mix.yaml", "--count", "20")

    assert "200 payloads, and 0 that are like none of viber's" in done.err
    assert again.code == 0
    assert len(again.lines) == 20


def test_line_that_is_no_json_is_told_with_its_number(simulate: Simulate, here: Path) -> None:
    (here / "corpus.jsonl").write_text('\n{"event": 1}\nno json\n', "utf-8")
    done = simulate("profile", "viber", "corpus.jsonl")

    assert done.code == 2
    assert "corpus.jsonl:3: this line is no JSON   [broken-corpus]" in done.err


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
