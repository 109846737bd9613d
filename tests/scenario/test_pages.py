"""The examples of the page on the scenario language: each is read, and valid by the schema too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import jsonschema_rs
import pytest

from simulator import catalog as facts
from simulator import documents
from simulator.catalog import Catalog
from simulator.errors import InputError
from simulator.scenario import vocabulary as words
from simulator.scenario.load import load
from simulator.schema import scenario_schema

PAGE = Path(__file__).parent.parent.parent / "docs" / "scenario-language.md"
TEXT = PAGE.read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
HEAD = "scenario: An example\nprovider: viber\nactors: [ana, ben]\nvars: {order: BR-1, status: new}\nsteps:\n"
BESIDE = {"receipt.jpg": "", "parts/_goodbye.yaml": "vars: {word: Bye}\nsteps:\n  - ana: '{{ word }}'\n"}


@pytest.fixture
def known() -> Mapping[str, Catalog]:
    return {name: facts.load(name) for name in ("viber", "canvas")}


def whole(example: str) -> str:
    return example if example.startswith("scenario:") else HEAD + re.sub("^", "  ", example, flags=re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.splitlines()[0][:30])
def test_example_is_read_without_a_doubt(example: str, folder: Path, known: Mapping[str, Catalog]) -> None:
    for name, text in {**BESIDE, "story.yaml": whole(example)}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    story = load("story.yaml", catalogs=known, environment={})

    assert story.steps
    assert {each.code for each in story.warnings} <= {"unread-capture"}
    schema = jsonschema_rs.Draft202012Validator(scenario_schema(known))
    schema.validate(documents.read(whole(example), "story.yaml").plain())


def test_message_on_the_page_is_the_real_one(folder: Path, known: Mapping[str, Catalog]) -> None:
    text = "scenario: A\nprovider: viber\nactors: [ana]\nsteps:\n  - ana: hello\n  - wiat: 2s\n"
    (folder / "story.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(InputError) as caught:
        load("story.yaml", catalogs=known, environment={})

    assert str(caught.value) in TEXT


def test_page_says_what_all_providers_have_and_what_none_has() -> None:
    offered = [set(facts.load(name).reply_fields) for name in facts.names()]

    assert set.intersection(*offered) == {"text", "image", "video", "file", "raw"}
    assert not any("edits" in each for each in offered)
    assert "All providers have `text`, `image`, `video`, `file` and `raw`; none" in TEXT


def test_page_has_every_word_of_the_language() -> None:
    tables = (table for name, table in vars(words).items() if name.isupper() and isinstance(table, dict))
    known = {word for table in tables for word, meaning in table.items() if str(meaning).endswith(".")}

    assert len(known) > 100
    assert {word for word in known if not re.search(rf"\b{word}\b", TEXT)} == set()
