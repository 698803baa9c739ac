"""A refit as text, HTML and columns."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from logs import clean_log
from quick import quick_fit

from custseg.model import RefitRecord, Relation
from custseg.tracking import Refit


@pytest.fixture(scope="module")
def refitted() -> Refit:
    before = quick_fit(clean_log(120), n_segments=3).rename({1: "<b>Fans"})
    after = quick_fit(clean_log(120), n_segments=3)
    relations = (Relation("same", 0, 0, 0.9, 0.8), Relation("merged", 1, 2, None, 0.1), Relation("gone", 2, None))
    return Refit(after, RefitRecord(None, relations, renamed=(1,)), before.model)


@pytest.mark.slow
def test_text_counts_the_kinds_and_says_what_was_renamed(refitted: Refit) -> None:
    first, second = refitted.text.splitlines()
    assert first == (
        "1 of 3 segments kept their number; 1 of these got another name. 1 segment was merged into another one. "
        "1 segment is gone; its number is never used again."
    )
    assert second.startswith("Segment 1 was called “<b>Fans”")
    assert "90%" in repr(refitted)


@pytest.mark.slow
def test_russian_text(refitted: Refit) -> None:
    assert replace(refitted, language="ru").text.startswith("Номер сохранили 1 из 3 сегментов")


@pytest.mark.slow
def test_all_segments_kept(refitted: Refit) -> None:
    relations = tuple(Relation("same", number, number, 0.9, 0.8) for number in range(3))
    again = replace(refitted, record=RefitRecord(None, relations))
    assert again.text == "3 of 3 segments kept their number and name."


def test_html_is_escaped(refitted: Refit) -> None:
    page = refitted._repr_html_()
    assert "1 &lt;b&gt;Fans" in page
    assert "<b>" not in page


def test_columns_make_a_frame(refitted: Refit) -> None:
    frame = pl.DataFrame(refitted.columns())
    assert frame["kind"].to_list() == ["same", "merged", "gone"]
    assert frame["after"].to_list() == [0, 2, None]
    assert frame["name_before"].to_list()[1] == "<b>Fans"
    assert frame["name_after"].to_list()[2] is None
