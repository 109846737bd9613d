"""What a bot, a person or an endpoint may have written, in every format: read back by programs that are not ours."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as some
from tap.line import Bail, Plan, Result
from tap.parser import Parser

from simulator.records import Attempt, Entry, SignedRequest, StoryResult
from simulator.report.formats import FORMATS
from tests.report.conftest import attempt, failed_story, heard, says, verdict, written

HOSTILE = {
    "script": "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "end of cdata": "a ]]> b <!-- c --> &amp; &#0;",
    "escape sequences": "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "controls": "".join(map(chr, range(32))) + "\x7f\x85\x9b",
    "right to left": "safe \u202egnp.exe\u202c \u2066x\u2069",
    "lone surrogates": "a \ud800 b \udfff c",
    "line ends": "one\r\ntwo\rthree\u2028four\u2029five",
    "no characters": "\ufffe\uffff\ufeff",
    "workflow command": "%0A::error file=a::b\n::set-output name=x::y\n::add-mask::z",
    "tap": "1..0 # SKIP\nnot ok 9\nBail out! # TODO",
    "markdown": "|a|`b`\n```\n<details>",
    "long line": "x" * 1_000_000,
}

STARTS_A_COMMAND = re.compile(r"^::(?!error )", re.MULTILINE)


def run_with(text: str) -> Iterator[Entry]:
    """Give a failing run in which that text stands wherever somebody else may put one."""
    request = SignedRequest(
        method="POST", url="http://127.0.0.1/", headers=(("X-Note", text),), body=text.encode("utf-8", "surrogatepass")
    )
    for entry in failed_story():
        if entry.kind == "VerdictReached":
            yield replace(entry, data=replace(entry.data, step=f"bot: {text}", expected=text, observed=text, hint=text))
        elif entry.kind == "ReplySeen":
            yield replace(entry, data=heard(says(text, text)))
        elif entry.kind == "BotWrote":
            yield replace(entry, data={"line": text})
        elif entry.kind == "AttemptFinished":
            tried: Attempt = replace(attempt(body=request.body), request=request)
            yield replace(entry, data={**entry.data, "attempt": tried})
        elif entry.kind == "StoryFinished":
            wrong = verdict(f"bot: {text}", 3, "failed", code="wrong-reply", expected=text, observed=text)
            result: StoryResult = replace(entry.data, scenario=text, case=text, verdicts=(wrong,))
            yield replace(entry, data=result)
        else:
            yield entry


def read_json(text: str) -> Any:
    return json.loads(text)


def read_jsonl(text: str) -> Any:
    return [json.loads(line) for line in text.splitlines()]


def read_junit(text: str) -> Any:
    xmlschema.XMLSchema(str(Path(__file__).parent / "junit.xsd")).validate(text)
    return ET.fromstring(text)


def read_tap(text: str) -> Any:
    lines = list(Parser().parse_text(text))
    assert [type(line) for line in lines if isinstance(line, Result | Plan | Bail)] == [Result, Plan]
    return lines


def read_github(text: str) -> Any:
    assert not STARTS_A_COMMAND.search(text)
    return text


class Elements(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))


def read_html(text: str) -> Any:
    elements = Elements(text).found
    assert [tag for tag, _ in elements].count("script") == 1
    assert not [tag for tag, _ in elements if tag in ("img", "iframe", "object", "link")]
    assert not [name for _, names in elements for name in names if name.startswith("on")]
    for packed in re.findall('data-packed="([^"]+)"', text):
        json.loads(zlib.decompress(base64.b64decode(packed), -zlib.MAX_WBITS))
    return text


READERS: dict[str, Callable[[str], Any]] = {
    "json": read_json,
    "jsonl": read_jsonl,
    "junit": read_junit,
    "tap": read_tap,
    "github": read_github,
    "html": read_html,
}


def test_every_format_has_a_reader() -> None:
    assert READERS.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_harmless(name: str, kind: str) -> None:
    text = written(name, run_with(HOSTILE[kind]))

    assert READERS[name](text) is not None
    assert not [letter for letter in set(text) if unicodedata.category(letter) in ("Cs", "Cc") and letter not in "\n\t"]
    assert not set(text) & set("\u202e\u2066\u2028\u2029\ufeff\ufffe\uffff")


@pytest.mark.parametrize("name", FORMATS)
def test_failed_step_is_found_at_its_line(name: str, failed: list[Entry]) -> None:
    text = written(name, failed)

    assert any(each in text for each in ("late-order.yaml:10:5", '"line": 10', '"line":10', "line=10"))


def encoded(secret: str) -> dict[str, str]:
    """Give the forms in which a secret may come along."""
    content = secret.encode("utf-8")
    return {
        "as it is": secret,
        "in base64": base64.b64encode(content).decode("ascii"),
        "in base64 for URLs": base64.urlsafe_b64encode(content).decode("ascii"),
        "as basic auth": base64.b64encode(b"user:" + content).decode("ascii"),
        "in hexadecimals": content.hex(),
        "in a URL": quote(secret, safe=""),
        "in JSON": json.dumps(secret)[1:-1],
    }


@given(secret=some.text("abcXYZ019-_+/=&<>'\"% äé", min_size=12, max_size=30), name=some.sampled_from(sorted(FORMATS)))
def test_secret_is_found_in_no_report_however_it_is_encoded(secret: str, name: str) -> None:
    for form, value in encoded(secret).items():
        text = written(name, run_with(f"token {value} here"), secret)
        for packed in re.findall('data-packed="([^"]+)"', text):
            text += zlib.decompress(base64.b64decode(packed), -zlib.MAX_WBITS).decode("ascii")

        assert f"token {value} here" not in text, form
        assert f"token {json.dumps(value)[1:-1]} here" not in text, form
