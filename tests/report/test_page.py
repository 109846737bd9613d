"""The page in a browser: nothing is loaded, nobody is kept out, and what was packed can be opened."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.records import Entry
from tests.report.conftest import written

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
HOSTILE = "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if BROWSER is None:
        pytest.skip("there is no Chromium on this machine: the page is not tried in a browser")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=BROWSER)


@pytest.fixture
def page_file(failed: list[Entry], passed: list[Entry], tmp_path: Path) -> Path:
    path = tmp_path / "run.html"
    # A run that has many stories; the entries of one story stand one after another.
    entries = [entry for entry in [*failed, *passed, *failed] if entry.kind != "RunFinished"] + failed[-1:]
    path.write_text(written("html", entries, error=HOSTILE), "utf-8")
    return path


@pytest.fixture
def opened(browser: Any, page_file: Path) -> Iterator[Any]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.messages = []
    page.on("console", lambda message: page.messages.append(message.text))
    page.on("pageerror", lambda error: page.messages.append(str(error)))
    page.on("request", lambda request: page.messages.append(request.url) if "run.html" not in request.url else None)
    page.goto(page_file.as_uri())
    yield page
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_page_breaks_no_rule_of_accessibility(opened: Any, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    opened.emulate_media(color_scheme=scheme)
    opened.set_viewport_size({"width": width, "height": 900})
    opened.click("button[name=open]")
    opened.wait_for_selector(".wire details")
    found = axe.Axe().run(opened)

    assert found.violations_count == 0, found.generate_report()


def test_page_loads_and_reports_nothing(opened: Any) -> None:
    opened.click("button[name=open]")
    opened.wait_for_selector(".wire details")

    assert opened.messages == []
    assert opened.title() != "taken"


def test_search_and_filter_leave_the_stories_they_name(opened: Any) -> None:
    opened.check("input[value=passed]")
    assert opened.locator(".story:visible").count() == 1
    opened.check("input[value=all]")
    opened.fill("input[type=search]", "is lost")

    assert opened.locator(".story:visible").count() == 2
    assert opened.locator(".tools output").inner_text() == "2 of 3 shown"


def test_bubble_leads_to_its_exchange_by_keyboard(opened: Any) -> None:
    opened.wait_for_selector("#story-1 .bubble[role=button]")
    opened.locator("#story-1 .bubble.bot").first.focus()
    opened.keyboard.press("Enter")

    assert '"text": "Hi"' in opened.locator("#story-1 .wire .here").inner_text()


def test_printed_page_has_the_conversation_and_no_tools(opened: Any) -> None:
    opened.emulate_media(media="print")

    assert opened.locator(".tools").is_hidden()
    assert opened.locator("#story-1 .bubble").first.is_visible()
