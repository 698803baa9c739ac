"""The report on paper: no card and no picture is cut, and the details are there."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

# Words at the edges of everything that must stay in one piece. Pictures keep their size and lose their lines, which
# take long to read from a PDF file.
MARK = """(() => {
    const edge = (word) => Object.assign(document.createElement('div'), {textContent: word});
    const pieces = document.querySelectorAll('.card, figure');
    pieces.forEach((piece, number) => { piece.prepend(edge('Begin' + number)); piece.append(edge('End' + number)); });
    document.querySelectorAll('svg').forEach(picture => picture.replaceChildren());
    return pieces.length;
})()"""


@pytest.mark.parametrize(
    ("language", "paper", "has_scripts"), [("en", "A4", True), ("ru", "Letter", True), ("en", "A4", False)]
)
def test_no_card_is_cut_and_details_are_printed(
    language: str, paper: str, has_scripts: bool, open_report: Callable[..., Any]
) -> None:
    page = open_report("full", language, java_script_enabled=has_scripts).page
    n_pieces = page.evaluate(MARK)
    sheets = sheets_of(page.pdf(format=paper))
    edges = {edge: sheet for sheet, text in enumerate(sheets) for edge in re.findall(r"\b(?:Begin|End)\d+\b", text)}
    assert len(edges) == 2 * n_pieces > 16
    assert [number for number in range(n_pieces) if edges[f"Begin{number}"] != edges[f"End{number}"]] == []
    reason, button = {
        "en": ("Why this name", "Open all details"),
        "ru": ("Почему такое название", "Открыть все подробности"),
    }[language]
    printed = "".join(sheets)
    assert printed.count(reason) == page.locator(".more").count()
    assert button not in printed
    assert page.locator(".more[open]").count() == 0  # on the screen they are closed again


def sheets_of(pdf: bytes) -> list[str]:
    """The text on each sheet."""
    from pypdf import PdfReader

    return [sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages]
