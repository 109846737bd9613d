from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.providers.viber.messages import first_fault, url_path

from .conftest import FACTS

LIMITS = FACTS.limits
SENDER = {"name": "Shop"}
PAYMENT = {
    "type": "GooglePay",
    "total_price": 1,
    "currency_code": "EUR",
    "payment_parameters": [{"key": "psp", "value": "LiqPay"}],
}
RICH = {"Type": "rich_media", "Buttons": [{"ActionBody": "a"}]}

RIGHT: list[dict[str, Any]] = [
    {"type": "text", "text": "x" * 7000},
    {"type": "text", "text": ""},
    {"type": "picture", "text": "", "media": "https://x.example/a.JPG?b=1"},
    {"type": "picture", "text": None, "media": "http://x.example/a.gif", "thumbnail": None},
    {"type": "video", "media": "https://x.example/a.mp4", "size": 27262976, "duration": 180},
    {"type": "file", "media": "https://x.example/a", "size": 0, "file_name": "a.pdf"},
    {"type": "contact", "contact": {"name": "A", "phone_number": "+441", "avatar": None}},
    {"type": "location", "location": {"lat": -90, "lon": 180.0}},
    {"type": "location", "location": {"lat": "37.7898", "lon": "-122.3942"}},
    {"type": "url", "media": "https://x.example"},
    {"type": "sticker", "sticker_id": 46105},
    {"type": "sticker", "sticker_id": "46105"},
    {"type": "rich_media", "rich_media": RICH},
    {"type": "payment", "payment": PAYMENT, "min_api_version": 10},
    {"keyboard": {"Type": "keyboard", "Buttons": [{"ActionBody": "a"}]}},
    {"type": "text", "text": "x", "keyboard": None, "chat_id": None, "min_api_version": None, "tracking_data": '""'},
]

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({}, "missing_data", "neither type nor keyboard"),
    ({"type": "smoke"}, "bad_data", "smoke"),
    ({"type": 7}, "bad_data", "7"),
    ({"type": "text"}, "missing_data", "text"),
    ({"type": "text", "text": 7}, "bad_data", "text"),
    ({"type": "text", "text": "x" * 7001}, "bad_data", "7000"),
    ({"type": "text", "text": "x", "tracking_data": "x" * 4001}, "bad_data", "tracking_data"),
    ({"type": "text", "text": "x", "min_api_version": "1"}, "bad_data", "min_api_version"),
    ({"type": "text", "text": "x", "min_api_version": 0}, "bad_data", "min_api_version"),
    ({"type": "text", "text": "x", "keyboard": "x"}, "bad_keyboard", ""),
    ({"type": "picture", "text": ""}, "missing_data", "media"),
    ({"type": "picture", "text": "", "media": "https://x.example/a.bmp"}, "bad_data", ".png"),
    ({"type": "picture", "text": "", "media": "a.png"}, "bad_data", "URL"),
    ({"type": "picture", "text": "x" * 769, "media": "https://x.example/a.png"}, "bad_data", "768"),
    ({"type": "picture", "media": "https://x.example/a.png", "thumbnail": "x"}, "bad_data", "thumbnail"),
    ({"type": "video", "media": "https://x.example/a.mp4"}, "missing_data", "size"),
    ({"type": "video", "media": "https://x.example/a.mp4", "size": 27262977}, "bad_data", "size"),
    ({"type": "video", "media": "https://x.example/a.mp4", "size": 1, "duration": 181}, "bad_data", "duration"),
    ({"type": "video", "media": "https://x.example/a.avi", "size": 1}, "bad_data", ".mp4"),
    ({"type": "file", "media": "https://x.example/a", "size": 1}, "missing_data", "file_name"),
    ({"type": "file", "media": "https://x.example/a", "size": 1, "file_name": "a"}, "bad_data", "extension"),
    ({"type": "file", "media": "https://x.example/a", "size": 1, "file_name": "a.EXE"}, "bad_data", ".exe"),
    ({"type": "file", "media": "https://x.example/a", "size": 52428801, "file_name": "a.b"}, "bad_data", "size"),
    ({"type": "contact"}, "missing_data", "contact"),
    ({"type": "contact", "contact": "x"}, "bad_data", "contact"),
    ({"type": "contact", "contact": {"name": "A"}}, "missing_data", "phone_number"),
    ({"type": "contact", "contact": {"name": "A" * 29, "phone_number": "1"}}, "bad_data", "28"),
    ({"type": "location", "location": {"lat": 1}}, "missing_data", "lon"),
    ({"type": "location", "location": {"lat": 91, "lon": 1}}, "bad_data", "90"),
    ({"type": "location", "location": {"lat": "north", "lon": 1}}, "bad_data", "number"),
    ({"type": "location", "location": {"lat": "91", "lon": 1}}, "bad_data", "90"),
    ({"type": "location", "location": {"lat": True, "lon": 1}}, "bad_data", "number"),
    ({"type": "url"}, "missing_data", "media"),
    ({"type": "url", "media": "https://x.example/" + "a" * 2000}, "bad_data", "2000"),
    ({"type": "sticker"}, "missing_data", "sticker_id"),
    ({"type": "sticker", "sticker_id": "smile"}, "bad_data", "sticker_id"),
    ({"type": "rich_media"}, "missing_data", "rich_media"),
    ({"type": "rich_media", "rich_media": []}, "bad_keyboard", ""),
    ({"type": "payment"}, "missing_data", "payment"),
    ({"type": "payment", "payment": PAYMENT}, "incompatible_with_version", "10"),
    ({"type": "payment", "payment": {**PAYMENT, "type": None}, "min_api_version": 10}, "missing_data", "payment.type"),
    ({"type": "payment", "payment": {**PAYMENT, "type": "cash"}, "min_api_version": 10}, "bad_data", "payment.type"),
    (
        {"type": "payment", "payment": {**PAYMENT, "payment_parameters": ["x"]}, "min_api_version": 10},
        "bad_data",
        "payment_parameters",
    ),
]


@pytest.mark.parametrize("fields", RIGHT)
def test_right_message_has_no_fault(fields: dict[str, Any]) -> None:
    assert first_fault({"sender": SENDER, **fields}, LIMITS) is None


@pytest.mark.parametrize(("fields", "error", "words"), WRONG)
def test_wrong_message_has_its_fault(fields: dict[str, Any], error: str, words: str) -> None:
    fault = first_fault({"sender": SENDER, **fields}, LIMITS)

    assert fault is not None
    assert fault.error == error
    assert words in fault.detail


@pytest.mark.parametrize(
    ("sender", "error"),
    [
        (None, "missing_data"),
        ({}, "missing_data"),
        ("Shop", "bad_data"),
        ({"name": "x" * 29}, "bad_data"),
        ({"name": 7}, "bad_data"),
    ],
)
def test_wrong_sender_is_a_fault(sender: Any, error: str) -> None:
    fault = first_fault({"sender": sender, "type": "text", "text": "x"}, LIMITS)

    assert fault is not None
    assert fault.error == error


def test_welcome_message_may_leave_its_sender_out() -> None:
    assert first_fault({"type": "text", "text": "x"}, LIMITS, has_sender=False) is None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("https://x.example", ""),
        ("http://x.example:80/a/b?c#d", "/a/b"),
        ("ftp://x.example/a", None),
        ("/a/b", None),
        ("https://", None),
        ("https://x.example:port/", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_url_path_is_that_of_a_web_address(text: str, path: str | None) -> None:
    assert url_path(text) == path


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["type", "text", "sender", "keyboard", "rich_media", "media", "size", "file_name", "contact", "location"]
NAMES += ["sticker_id", "payment", "min_api_version", "tracking_data", "thumbnail", "duration"]
TYPES = st.sampled_from([fields.get("type") for fields in RIGHT])


@given(st.dictionaries(st.sampled_from(NAMES), VALUES), TYPES)
def test_whatever_a_bot_sends_is_taken_or_refused(fields: dict[str, Any], kind: Any) -> None:
    fault = first_fault({"type": kind, "sender": SENDER, **fields}, LIMITS)

    assert fault is None or fault.error in FACTS.errors
