from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace
from html.parser import HTMLParser

from simulator.records import Entry
from tests.report.conftest import FILE, written


class Page(HTMLParser):
    """What a browser would see: elements with their attributes, and the text outside of style and script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._raw = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._raw = tag if tag in ("style", "script") else ""

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""

    def handle_data(self, data: str) -> None:
        self.text += "" if self._raw else data


def exchanges(page: str) -> list[list[object]]:
    packed = re.search('data-packed="([^"]+)"', page)
    assert packed is not None
    rows: list[list[object]] = json.loads(zlib.decompress(base64.b64decode(packed[1]), -zlib.MAX_WBITS))
    return rows


def test_page_tells_the_story_its_failure_and_its_place(failed: list[Entry]) -> None:
    page = Page(written("html", failed))

    assert f"{FILE}:10:5" in page.text
    assert "Welcome, Ana!" in page.text
    assert [attributes.get("data-outcome") for tag, attributes in page.elements if tag == "article"] == ["failed"]


def test_one_of_a_kind_is_counted_as_one(failed: list[Entry]) -> None:
    *before, ended, last = failed
    alone = replace(ended.data, deliveries=1, attempts=2, calls=1, replies=0)
    entries = [*before, replace(ended, data=alone), replace(last, data=replace(last.data, stories=(alone,)))]
    page = Page(written("html", entries))

    assert "1 delivery in 2 attempts · 1 call · 0 replies" in page.text


def test_page_loads_nothing(failed: list[Entry]) -> None:
    page = Page(written("html", failed))
    loading = {"src", "srcset", "action", "data", "poster"}

    assert not [(tag, attributes) for tag, attributes in page.elements if loading & attributes.keys()]
    assert all(str(each.get("href")).startswith("#") for _, each in page.elements if "href" in each)


def test_exchanges_are_packed_without_secrets(failed: list[Entry]) -> None:
    packed = exchanges(written("html", failed, "top-secret"))

    assert "top-secret" not in json.dumps(packed)
    assert [row[0] for row in packed].count("call") == 2


def test_markup_in_what_a_bot_said_is_text(failed: list[Entry]) -> None:
    page = written("html", failed, error="<script>alert(1)</script>")

    assert "<script>alert" not in page


def test_secret_in_a_title_is_hidden_among_the_slowest_too(failed: list[Entry]) -> None:
    page = Page(written("html", [*failed, *failed], "A late order"))

    assert "Slowest stories" in page.text
    assert "A late order" not in page.text
