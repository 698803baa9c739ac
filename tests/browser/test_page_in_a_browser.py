"""The report in Chromium: it works with the keyboard and without scripts, fits its window, and runs nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from full_report import HOSTILE, page_of, result

from custseg.profiling import SegmentProfile

pytestmark = pytest.mark.browser

PHONE, DESKTOP = 390, 1280
EVERY = pytest.mark.parametrize(("name", "language"), [("full", "en"), ("full", "ru"), ("hostile", "en")])
INJECTED = """
<script>document.title = "taken over"</script>
<img src="https://example.org/pixel.png" onerror="document.title = 'taken over'">
<link rel="stylesheet" href="https://example.org/style.css"><iframe src="https://example.org/"></iframe>
<a id="click" href="javascript:document.title = 'taken over'">here</a>
"""


@EVERY
def test_page_is_silent_and_asks_for_nothing(name: str, language: str, open_report: Callable[..., Any]) -> None:
    report = open_report(name, language)
    report.open_all()
    for button in report.page.query_selector_all("button"):
        button.click()
    assert (report.messages, report.requests, report.dialogs) == ([], [], [])


def test_policy_stops_what_is_injected(open_html: Callable[..., Any]) -> None:
    source = page_of("plain").replace("</main>", f"{INJECTED}</main>")
    report = open_html(source)
    report.page.click("#click")
    assert report.page.title().startswith("Customer segments")
    assert report.requests == []
    assert len([message for message in report.messages if "Content Security Policy" in message]) >= 5
    assert report.page.locator("#open-all").is_visible()  # our own script ran


def test_injected_code_would_run_without_the_policy(open_html: Callable[..., Any]) -> None:
    source = page_of("plain").replace("Content-Security-Policy", "no-policy").replace("</main>", f"{INJECTED}</main>")
    report = open_html(source)
    assert report.page.title() == "taken over"
    assert len(report.requests) >= 2


def test_hostile_names_are_text_everywhere(open_report: Callable[..., Any]) -> None:
    report = open_report("hostile")
    report.open_all()
    shown = report.page.inner_text("body")
    assert all(name.replace("\u202e", "\\u202e") in shown for name in HOSTILE)
    assert report.page.locator("script").count() == 1
    assert report.page.locator("main i").count() == 0
    # A name from right to left is in an element of its own, and turns nothing around it.
    turned = "[...document.querySelectorAll('body *')].filter(e => getComputedStyle(e).direction === 'rtl')"
    assert {*report.page.evaluate(f"{turned}.map(e => e.tagName)")} == {"BDI"}


@EVERY
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_page_fits_its_window(name: str, language: str, width: int, open_report: Callable[..., Any]) -> None:
    report = open_report(name, language, width=width)
    report.open_all()
    assert report.page.evaluate("document.documentElement.scrollWidth") <= width
    # No text is wider than what it stands in, so that none lies over its neighbor; tables and pictures can be scrolled.
    wide = """[...document.querySelectorAll('.bar > *, .card *, .figures *, dd, li, h1, h2, h3, nav *')]
        .filter(e => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 && !e.matches('.full, .full *'))
        .map(e => e.className + ': ' + e.textContent.slice(0, 60))"""
    assert report.page.evaluate(wide) == []


def test_cards_open_by_keyboard(open_report: Callable[..., Any]) -> None:
    page = open_report().page
    more = page.locator(".more").first
    page.locator("#open-all").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.parentElement.matches('.card:first-child .more')")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    for key, is_open in (("Enter", True), ("Space", False)):
        page.keyboard.press(key)
        assert (more.get_attribute("open") is not None) == is_open
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.locator(".more[open]").count() == page.locator(".more").count() == len(segments())
    assert page.locator("#open-all").inner_text() == "Close all details"


def segments() -> tuple[SegmentProfile, ...]:
    return result().profiles.segments


@pytest.mark.parametrize("language", ["en", "ru"])
def test_tables_are_sorted_by_number(language: str, open_report: Callable[..., Any]) -> None:
    report = open_report(language=language)
    report.open_all()
    table = report.page.locator("#stability > .cs-wide table").first
    heading = table.locator("th.cs-figure").first
    expected = sorted(row.stability.jaccard for row in segments())
    for order, values in (("ascending", expected), ("descending", expected[::-1])):
        heading.locator("button").focus()
        report.page.keyboard.press("Enter")
        shown = [cell.replace(",", ".") for cell in table.locator("tbody td:nth-child(2)").all_inner_texts()]
        assert shown == [f"{value:.2f}" for value in values]
        assert heading.get_attribute("aria-sort") == order


@EVERY
def test_page_can_be_read_without_scripts(name: str, language: str, open_report: Callable[..., Any]) -> None:
    with_scripts, without = open_report(name, language), open_report(name, language, java_script_enabled=False)
    assert without.page.locator("#open-all").is_hidden()
    assert without.page.locator("th button").count() == 0
    without.page.locator(".more summary").first.click()
    assert without.page.locator(".more dl").first.is_visible()
    for report in (with_scripts, without):
        report.open_all()
    words = [report.page.inner_text("main").split() for report in (with_scripts, without)]
    assert [*filter(without_buttons(language), words[0])] == [*filter(without_buttons(language), words[1])]


def without_buttons(language: str) -> Callable[[str], bool]:
    """Whether a word is none of the button, which is there with scripts alone."""
    button = {"en": "Open all details", "ru": "Открыть все подробности"}[language]
    return lambda word: word not in button.split()
