"""Whatever stands in a call, it is answered: with what it asked for, or with a refusal that the catalog names."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.provider import Route

from .conftest import ANA, CANVAS, FACTS, Instance

NAMES = (
    *("recipients", "body", "subject", "group_conversation", "bulk_message", "force_new", "mode", "context_code"),
    *("attachment_ids", "media_comment_id", "media_comment_type", "included_messages", "conversation", "remove"),
    *("conversation_ids", "event", "search", "context", "exclude", "type", "types", "user_id", "permissions", "page"),
    *("per_page", "filter", "filter_mode", "scope", "include", "name", "size", "content_type", "parent_folder_path"),
    *("parent_folder_id", "on_duplicate", "url", "events", "sign", "format", "status", "subscription", "uuid"),
)
SCALARS = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=12)),
    st.sampled_from([ANA, "900", "course_565", "self", "2107~1", "star", "canvas", "https://bot.example.com/"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "Url"]), inner, max_size=2)
    ),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)


@pytest.mark.parametrize("route", CANVAS.routes, ids=lambda route: f"{route.method} {route.path}")
@settings(max_examples=12, deadline=None)
@given(fields=FIELDS, key=st.sampled_from(["self", "900", ANA, "x", "0"]), is_form=st.booleans())
def test_odd_call_is_answered(route: Route, fields: dict[str, Any], key: str, is_form: bool) -> None:
    canvas = Instance()
    number = canvas.act(ANA, "text", "hello")[0].values["conversation_id"]
    path = route.path.replace("{id}", number if key == "0" else key).replace("{stage}", key)
    is_query = route.method == "GET"
    query = {name: json.dumps(value) for name, value in fields.items()} if is_query else None
    pairs = [(name, str(value)) for name, value in fields.items()]
    body = None if is_query else urlencode(pairs, errors="replace").encode() if is_form else fields
    kind = "application/x-www-form-urlencoded" if is_form else "application/json"
    answered = canvas.ask(route.method, path, body, query=query, content_type=kind)

    error = answered.response.error
    assert not error or answered.status == FACTS.errors[error].status
    assert 200 <= answered.status < 500
