"""Chromium with a report in it. What the page does on its own is recorded: requests, messages and dialogs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from full_report import page_of

PHONE, DESKTOP = 390, 1280


@dataclass
class OpenReport:
    """A report in a browser.

    Attributes
    ----------
    page : playwright Page
    requests : list of str
        Addresses that the page asked for, but for its own file.
    messages : list of str
        What stands in the console.
    dialogs : list of str
        Windows that the page opened, such as that of `alert`.
    """

    page: Any
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open_all(self) -> None:
        """Open the details of all cards, and the table behind every picture."""
        self.page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser of `make test-browser`; skips without it."""
    program = os.environ.get("CHROMIUM")
    if not program:
        pytest.skip("no browser: run make test-browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture
def open_html(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., OpenReport]]:
    """Opens a page from its source; further arguments are those of a playwright context."""
    contexts = []

    def opened(source: str, *, width: int = DESKTOP, **arguments: Any) -> OpenReport:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **arguments)
        contexts.append(context)
        address = (tmp_path / f"report{len(contexts)}.html").as_uri()
        (tmp_path / f"report{len(contexts)}.html").write_text(source, encoding="utf-8")
        report = OpenReport(context.new_page())

        def answer(route: Any) -> None:
            if route.request.url.partition("#")[0] == address:
                route.continue_()
            else:
                report.requests.append(route.request.url)
                route.abort()

        context.route("**/*", answer)
        report.page.on("console", lambda message: report.messages.append(message.text))
        report.page.on("pageerror", lambda error: report.messages.append(str(error)))
        report.page.on("dialog", lambda dialog: (report.dialogs.append(dialog.message), dialog.dismiss()))
        report.page.goto(address)
        return report

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def open_report(open_html: Callable[..., OpenReport]) -> Callable[..., OpenReport]:
    """Opens the report "full", "plain" or "hostile" of `full_report`."""

    def opened(name: str = "full", language: str = "en", **arguments: Any) -> OpenReport:
        return open_html(page_of(name, language), **arguments)

    return opened
