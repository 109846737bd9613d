"""The words of the language."""

from __future__ import annotations

import re

from simulator.scenario import vocabulary as words

TABLES = {name: table for name, table in vars(words).items() if name.isupper() and isinstance(table, dict)}
YAML_1_1_BOOLEANS = {"on", "off", "yes", "no", "y", "n", "true", "false"}


def test_no_word_is_a_boolean_of_old_yaml() -> None:
    used = {word for table in TABLES.values() for word in table}

    assert used.isdisjoint(YAML_1_1_BOOLEANS)


def test_every_meaning_is_a_sentence() -> None:
    for name in ("TOP", "STEPS", "MODIFIERS", "VERBS", "BOT_FIELDS", "BOT_OTHER", "DELIVER", "ACK", "CLOCK", "PROFILE"):
        for word, meaning in TABLES[name].items():
            assert re.fullmatch(r"\S.*\.", meaning), word


def test_steps_and_what_stands_beside_them_are_reserved() -> None:
    assert {"bot", "wait", "emit", "deliver", "steps", "else"} <= words.RESERVED
    assert "ana" not in words.RESERVED


def test_hints_lead_to_words_of_the_language() -> None:
    assert set(words.MEANT.values()) <= set(words.STEPS)
    assert set(words.MEANT).isdisjoint(words.STEPS)
    assert set(words.MEANT_BESIDE.values()) <= set(words.MODIFIERS)
