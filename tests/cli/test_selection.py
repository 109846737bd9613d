from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import SHOP, WELCOME, Simulate

Write = Callable[..., str]

TABLE = """
scenario: A table
provider: viber
actors: [ana]
cases:
  - {word: one}
  - {word: two}
steps:
  - ana: {opens: chat}
  - bot: {text: "{{ 'never' if word == 'two' else '~welcome' }}", within: 300ms}
"""
PLAYED = ("--bot", SHOP, "--listen", ":0")


def headlines(lines: list[str]) -> list[str]:
    return [line for line in lines if " · viber · seed " in line]


def test_rows_of_a_table_are_chosen_by_name_and_by_keyword(simulate: Simulate, story: Write) -> None:
    name = story(TABLE.replace("{{ 'never' if word == 'two' else '~welcome' }}", "~welcome"))
    case = simulate("run", name, *PLAYED, "--case", "word: two")
    keyword = simulate("run", name, *PLAYED, "-k", "two")
    both = simulate("run", name, *PLAYED)

    assert [len(headlines(done.lines)) for done in (case, keyword, both)] == [1, 1, 2]


def test_unknown_row_is_told_with_the_nearest(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(TABLE), *PLAYED, "--case", "word: tow")

    assert done.code == 2
    assert 'did you mean "word: two"?' in done.err


@pytest.fixture
def failing(story: Write) -> str:
    story(WELCOME, "a.yaml")
    story(WELCOME.replace("~welcome", "{text: no, within: 200ms}").replace("A warm", "A cold"), "b.yaml")
    return "."


def test_only_what_failed_the_last_time_is_played(simulate: Simulate, failing: str, here: Path) -> None:
    first = simulate("run", failing, *PLAYED)
    again = simulate("run", failing, *PLAYED, "--last-failed")
    (here / "b.yaml").write_text(WELCOME, "utf-8")
    mended = simulate("run", failing, *PLAYED, "--last-failed")
    after = simulate("run", failing, *PLAYED, "--last-failed")

    assert [len(headlines(done.lines)) for done in (first, again, mended, after)] == [2, 1, 1, 2]
    assert "only what failed the last time is played; it stands in" in again.lines[0]
    assert after.lines[0] == "nothing of it failed the last time, so all is played"
    assert [done.code for done in (first, again, mended, after)] == [1, 1, 0, 0]


def test_command_to_play_a_row_again_names_it(simulate: Simulate, story: Write) -> None:
    name = story(TABLE.replace("{{ 'never' if word == 'two' else '~welcome' }}", "never"))

    done = simulate("run", name, *PLAYED, "--start", "2026-01-05T09:00:00Z", "-q")
    again = [line for line in done.lines if "reproduce:" in line]

    assert "✗ failed  A table [word: two] · viber   [wrong-reply]" in done.lines
    assert "--case 'word: one'" in again[0]
    assert "--start 2026-01-05T09:00:00.000Z" in again[0]
    assert "--case 'word: two'" in again[1]
    assert "--start 2026-01-05T09:00:00.001Z" in again[1]


def test_stories_side_by_side_are_told_one_after_another(simulate: Simulate, story: Write) -> None:
    for name in "abcd":
        story(WELCOME.replace("A warm welcome", f"Story {name}"), f"{name}.yaml")

    done = simulate("run", ".", *PLAYED, "-j", "4")
    shown = [line for line in done.lines if line.startswith("Story ") or "bot ‹" in line]

    assert done.code == 0
    assert [line[:7] if line.startswith("Story") else "bot" for line in shown] == [
        word for name in "abcd" for word in (f"Story {name}", "bot")
    ]


def test_an_order_that_is_drawn_is_told(simulate: Simulate, story: Write) -> None:
    for name in "abcd":
        story(WELCOME.replace("A warm welcome", f"Story {name}"), f"{name}.yaml")

    first = simulate("run", ".", *PLAYED, "--shuffle-seed", "3")
    drawn = simulate("run", ".", *PLAYED, "--shuffle")

    assert first.lines[0] == "the order is drawn; for the same one again: --shuffle-seed 3"
    assert [line[:7] for line in headlines(first.lines)] != [f"Story {name}" for name in "abcd"]
    assert drawn.lines[0].startswith("the order is drawn; for the same one again: --shuffle-seed ")


def test_fresh_bots_do_not_stand_side_by_side(simulate: Simulate, story: Write) -> None:
    done = simulate("run", story(), *PLAYED, "--fresh-bot", "-j", "2")

    assert done.code == 2
    assert "--fresh-bot" in done.err


def test_coverage_is_told_with_its_gaps_and_may_be_too_little(simulate: Simulate, story: Write) -> None:
    enough = simulate("run", story(), *PLAYED, "--coverage")
    short = simulate("run", story(), *PLAYED, "--fail-under", "90", "-q")

    assert enough.code == 0
    assert any(line.startswith("  operations") for line in enough.lines)
    assert any("not exercised: set_webhook" in line for line in enough.lines)
    assert short.code == 1
    assert short.lines[-1].endswith(" %, under 90 %")


def test_audit_fails_the_run_where_it_finds_something(simulate: Simulate, story: Write) -> None:
    import sys

    root = Path(__file__).resolve().parents[1]
    name = story("scenario: S\nprovider: viber\nactors: [ana]\nsteps: [{ana: hello}, {bot: You said hello}]\n")
    bot = f'"{sys.executable}" "{root / "bots" / "parrot_bot.py"}"'

    found = simulate("run", name, "--bot", f"{bot} --forgetful", "--listen", ":0", "--audit", "idempotency", "-q")
    sound = simulate("run", name, "--bot", bot, "--listen", ":0", "--audit", "idempotency", "-q")

    assert (found.code, sound.code) == (1, 0)
    assert "[not-idempotent]" in found.out
    assert any(line.startswith("✓ passed  audit idempotency: 1 story that passed") for line in sound.lines)
