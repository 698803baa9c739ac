"""Results in a notebook: the parts of the report, one look, both languages, hostile names as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from effort import all_of
from full_report import HOSTILE, LATIN, Page, card, hostile, movement, page_of, proof, result

from custseg._display import Tabular

OBJECTS: dict[str, Callable[[], Any]] = {
    "result": lambda: result("ru"),
    "features": lambda: result("ru").features,
    "data_report": lambda: result("ru").data_report,
    "choice": lambda: result("ru").choice,
    "profiles": lambda: result("ru").profiles,
    "rules": lambda: result("ru").rules,
    "rule_set": lambda: result("ru").rules.rule_set,
    "transitions": lambda: movement("ru"),
    "proof": lambda: proof("ru"),
    "scorecard": lambda: card("ru"),
}
NAMES = all_of(OBJECTS, quick=OBJECTS.keys() - {"proof", "scorecard"})


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_block_needs_no_network_and_no_script(name: str) -> None:
    source = OBJECTS[name]()._repr_html_()
    tags = {tag for tag, _ in Page(source).tags}
    assert tags <= {
        "div",
        "style",
        "p",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "bdi",
        "span",
        "ul",
        "li",
    }
    assert not re.search(r"https?:|url\(|@import|javascript:| on\w+=", source)
    classes = " ".join(attributes.get("class", "") for _, attributes in Page(source).tags).split()
    assert {word for word in classes if not word.startswith("cs-")} == {"custseg"}


# Names of columns and of their values are those of the data.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "features"])
def test_block_is_in_the_language_of_the_result(name: str) -> None:
    page = Page(OBJECTS[name]()._repr_html_())
    words = LATIN.sub("", page.visible(without=("style",)))
    assert re.findall(r"\S*[A-Za-z]{2,}\S*", words) == []


@pytest.mark.parametrize("name", ["result", "features", "choice", "profiles", "rules"])
def test_hostile_names_are_text(name: str) -> None:
    results = {"result": hostile(), "features": hostile().features, "choice": hostile().choice}
    results |= {"profiles": hostile().profiles, "rules": hostile().rules}
    source = results[name]._repr_html_()
    assert not re.search(r"<script|<i>|\u202e", source)
    assert len(source) < 60_000
    if name in ("result", "profiles"):
        shown = Page(source).visible(without=("style",))
        assert all(entry.replace("\u202e", "\\u202e")[:100] in shown for entry in HOSTILE)


@pytest.mark.slow
def test_report_and_notebook_show_the_same_tables() -> None:
    page = page_of("full", "ru")
    for name in ("choice", "transitions"):
        tables = re.findall(r"<table>.*?</table>", OBJECTS[name]()._repr_html_(), re.DOTALL)
        assert tables
        assert all(table in page for table in tables)


def test_reason_stands_below_the_table() -> None:
    source = OBJECTS["result"]()._repr_html_()
    assert source.index("</table>") < source.index(result("ru").choice.reason[:40])


@pytest.mark.parametrize("name", NAMES)
def test_every_table_goes_to_polars_and_pandas(name: str) -> None:
    value = OBJECTS[name]()
    assert isinstance(value, Tabular)
    frame, same = value.to_polars(), value.to_pandas()
    assert frame.shape == same.shape
    assert frame.columns == list(same.columns)
    assert len(frame) > 0
