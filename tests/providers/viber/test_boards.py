from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.providers.viber import boards

from .conftest import FACTS

BUTTON: dict[str, Any] = {"ActionType": "reply", "ActionBody": "go", "Text": "Go"}


def keyboard(*buttons: Any, **changes: Any) -> dict[str, Any]:
    return {"type": "text", "text": "x", "keyboard": {"Type": "keyboard", "Buttons": list(buttons), **changes}}


def cards(*buttons: Any, **changes: Any) -> dict[str, Any]:
    return {"type": "rich_media", "rich_media": {"Type": "rich_media", "Buttons": list(buttons), **changes}}


def test_limits_are_those_of_the_catalog() -> None:
    assert FACTS.limits["button_text"] == boards.BUTTON_TEXT
    assert FACTS.limits["cards"] == boards.MOST_CARDS


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"keyboard": None, "rich_media": None},
        keyboard(BUTTON),
        keyboard({"ActionBody": "go"}),
        keyboard({**BUTTON, "Columns": 6, "Rows": 2, "TextOpacity": 0, "TextSize": "large"}),
        keyboard({"ActionType": "none", "Text": "look"}),
        keyboard({**BUTTON, "TextSize": "medium", "TextHAlign": "middle"}),
        {**keyboard({**BUTTON, "ActionType": "share-phone"}), "min_api_version": 3},
        {**cards({**BUTTON, "ActionType": "location-picker"}), "min_api_version": 7},
        cards({**BUTTON, "Columns": 6, "Rows": 7, "ActionType": "open-map"}, ButtonsGroupColumns=6, ButtonsGroupRows=7),
    ],
)
def test_right_board_is_taken_and_shown(fields: dict[str, Any]) -> None:
    assert boards.schema_fault(fields) == ""
    assert boards.why_not_shown(fields) == ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"keyboard": []}, "does not match any allowed primitive type"),
        ({"keyboard": {"Buttons": [BUTTON]}}, 'object has missing required properties (["Type"])'),
        ({"keyboard": {"Type": "keyboard"}}, 'object has missing required properties (["Buttons"])'),
        ({"keyboard": {"Type": "board", "Buttons": [BUTTON]}}, 'instance value ("board") not found in enum'),
        (keyboard(), "array is too short"),
        ({"keyboard": {"Type": "keyboard", "Buttons": {"a": 1}}}, "no array"),
        (keyboard("go"), "no object"),
        (keyboard({"Text": "Go"}), 'object has missing required properties (["ActionBody"])'),
        (keyboard({**BUTTON, "ActionType": "buy"}), 'instance value ("buy") not found in enum'),
        (keyboard({**BUTTON, "ActionType": ["reply"]}), "not found in enum"),
        (
            keyboard({**BUTTON, "ActionType": "share-phone"}),
            'instance value ("share-phone") not found in enum (possible values: ["reply","open-url",""])',
        ),
        ({**cards({**BUTTON, "ActionType": "location-picker"}), "min_api_version": 2}, "not found in enum"),
        (keyboard({**BUTTON, "Text": "x" * 274}), "too long (length: 274, maximum allowed: 250)"),
        (keyboard({**BUTTON, "Text": 7}), "no string"),
        (keyboard({**BUTTON, "TextSize": "huge"}), 'possible values: ["small","regular","large","medium"]'),
        (keyboard({**BUTTON, "Columns": "6"}), "Columns is no integer"),
    ],
)
def test_wrong_board_is_refused_in_the_words_of_the_service(fields: dict[str, Any], words: str) -> None:
    assert words in boards.schema_fault(fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (keyboard({**BUTTON, "Columns": 7}), "Columns"),
        (keyboard({**BUTTON, "Rows": 3}), "Rows"),
        (keyboard({**BUTTON, "TextOpacity": 101}), "TextOpacity"),
        (cards(BUTTON, ButtonsGroupColumns=7), "ButtonsGroupColumns"),
        (cards(BUTTON, ButtonsGroupRows="7"), "ButtonsGroupRows"),
        (cards({**BUTTON, "Columns": 3}, ButtonsGroupColumns=2), "Columns"),
        (cards(*[{**BUTTON, "Rows": 7}] * 7), "more than 6 cards"),
    ],
)
def test_wrong_size_is_refused_by_the_device_alone(fields: dict[str, Any], words: str) -> None:
    assert boards.schema_fault(fields) == ""
    assert words in boards.why_not_shown(fields)


def test_label_of_a_button_is_its_text_without_markup() -> None:
    (button,) = boards.buttons(keyboard({**BUTTON, "Text": '<font color="#fff"><b>A &amp; B</b></font>'}))

    assert (button.label, button.payload) == ("A & B", "go")


def test_button_without_text_is_called_by_its_payload() -> None:
    (button,) = boards.buttons(keyboard({"ActionBody": "go", "Silent": True}))

    assert (button.label, button.kind, button.is_silent) == ("go", "reply", True)


@pytest.mark.parametrize(
    ("action", "kind"),
    [("open-url", "url"), ("location-picker", "location"), ("share-phone", "phone"), ("none", "none")],
)
def test_action_says_what_a_tap_gives_rise_to(action: str, kind: str) -> None:
    (button,) = boards.buttons(keyboard({**BUTTON, "ActionType": action}))

    assert button.kind == kind


def test_buttons_of_cards_stand_before_those_of_the_keyboard() -> None:
    both = {**cards({**BUTTON, "Text": "Card"}), "keyboard": keyboard(BUTTON)["keyboard"]}

    assert [button.label for button in boards.buttons(both)] == ["Card", "Go"]


ANYTHING = st.sampled_from([None, [], {}]) | st.booleans() | st.integers(-1, 9) | st.floats() | st.text(max_size=5)
BUTTONS = st.dictionaries(st.sampled_from([*BUTTON, "Columns", "Rows", "TextOpacity", "TextSize", "Silent"]), ANYTHING)
BOARDS = ANYTHING | st.fixed_dictionaries(
    {"Type": st.sampled_from(["keyboard", "rich_media", 7]), "Buttons": st.lists(BUTTONS | ANYTHING, max_size=3)},
    optional={"ButtonsGroupColumns": ANYTHING, "ButtonsGroupRows": ANYTHING},
)


@given(BOARDS, BOARDS)
def test_what_the_service_takes_can_be_shown_or_not(keys: Any, rich: Any) -> None:
    fields = {"type": "rich_media", "keyboard": keys, "rich_media": rich}
    if boards.schema_fault(fields) == "" and boards.why_not_shown(fields) == "":
        assert all(button.kind for button in boards.buttons(fields))
