"""Steps in which an actor does something."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario.model import ActStep


@pytest.mark.parametrize(
    ("written", "verb", "value"),
    [
        ("hello", "text", "hello"),
        ("true", "text", "true"),
        ("007", "text", "007"),
        ('""', "text", ""),
        ("null", "text", "null"),
        ("{text: 4.50}", "text", "4.50"),
        ("{tap: 1}", "tap", "1"),
        ("{sticker: 46105}", "sticker", 46105),
        ('{sticker: "46105"}', "sticker", "46105"),
        ("{opens: chat}", "opens", "chat"),
        ("{opens: {context: spring}}", "opens", {"context": "spring"}),
        ("{leaves: chat}", "leaves", "chat"),
        ("{reads: last}", "reads", "last"),
        ("{types: true}", "types", True),
        ("{types: 2s}", "types", 2000),
        ("{url: 'https://x.test/a'}", "url", "https://x.test/a"),
        ("{location: {lat: 51.5, lon: -1}}", "location", {"lat": 51.5, "lon": -1}),
        ("{contact: {name: Ben, phone: +44700}}", "contact", {"name": "Ben", "phone": "+44700"}),
        ("{contact: Ben}", "contact", "Ben"),
        ("{event: opened}", "event", "opened"),
        ("{raw: [1, {a: null}]}", "raw", [1, {"a": None}]),
    ],
)
def test_act_has_verb_and_value(steps: Any, written: str, verb: str, value: Any) -> None:
    (step,) = steps(f"  - ana: {written}\n")

    assert isinstance(step, ActStep)
    assert (step.actor, step.verb, step.value) == ("ana", verb, value)


def test_text_beside_media_is_the_caption(steps: Any) -> None:
    (step,) = steps("  - ana: {text: 17, image: 'https://x.test/a.png'}\n")

    assert (step.verb, step.extra) == ("image", {"text": "17"})


def test_overrides_keep_their_types(steps: Any) -> None:
    (step,) = steps("  - ana: {text: hi, with: {message.text: 17, +new.path: [a]}}\n")

    assert step.overrides == {"message.text": 17, "+new.path": ["a"]}


def test_event_beside_raw_is_its_type(steps: Any) -> None:
    (step,) = steps("  - ana: {raw: {a: 1}, event: opened}\n")

    assert (step.verb, step.value, step.event) == ("raw", {"a": 1}, "opened")


def test_modifiers_are_written_out(steps: Any) -> None:
    plain, whole = steps(
        "  - ana: hi\n    ack: 200\n    deliver: {}\n"
        "  - ana: hi\n    ack: {status: '200, 204', within: 1s, headers: {X: ~a}, body: {a.b: 1}}\n"
        "    deliver: {copies: 3, latency: 1s..2s, signature: wrong}\n    save: {token: message.text}\n"
    )

    assert (plain.ack.status, plain.deliver.copies, plain.deliver.latency) == ("200", 1, None)
    assert (whole.ack.status, whole.ack.within_ms, whole.ack.headers, whole.ack.body) == (
        "200, 204",
        1000,
        {"X": "~a"},
        {"a.b": 1},
    )
    assert (whole.deliver.copies, whole.deliver.latency, whole.deliver.signature) == (3, (1000, 2000), "wrong")
    assert whole.save == {"token": "message.text"}


def test_media_may_be_a_file_of_the_folder_or_an_expression(steps: Any) -> None:
    file, filled = steps(
        "  - ana: {image: media/a.png}\n  - ana: {image: '{{ ids.picture() }}.png'}\n", files={"media/a.png": ""}
    )

    assert (file.value, filled.value) == ("media/a.png", "{{ ids.picture() }}.png")


def test_missing_media_names_the_nearest(problems: Any) -> None:
    (found,) = problems("  - ana: {image: media/recipt.png}\n", files={"media/receipt.jpg": ""})

    assert (found.code, found.fix) == ("missing-file", 'did you mean "receipt.jpg"?')


@pytest.mark.parametrize("name", ["a" * 5000, "a/" * 3000 + "b"])
def test_media_with_a_name_that_no_system_takes_is_missing(problems: Any, name: str) -> None:
    (found,) = problems(f"  - ana: {{image: {name}}}\n")

    assert found.code == "missing-file"


@pytest.mark.parametrize("path", ["''", "'+'"])
def test_whole_body_is_no_field_to_change(problems: Any, path: str) -> None:
    (found,) = problems(f"  - ana: {{text: hi, with: {{{path}: 1}}}}\n")

    assert (found.code, found.what) == ("wrong-value", "the path is empty")
