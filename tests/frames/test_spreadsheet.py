"""The rule for spreadsheets, and its inverse."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg._frames import original_text, safe_text
from custseg._frames._spreadsheet import safe_for_spreadsheets

texts = st.one_of(st.text(), st.text("'=+-@\t\r\n05.,x"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("'=1+1", "''=1+1"),
        ("''=1+1", "'''=1+1"),
        ("'-5", "''-5"),
        ("-5", "-5"),
        ("+5.25", "+5.25"),
        ("-5\n", "'-5\n"),
        ("-٥", "'-٥"),
        ("O'Neill", "O'Neill"),
        ("'tis", "'tis"),
        ("", ""),
    ],
)
def test_rule_by_hand(text: str, written: str) -> None:
    assert safe_text(text) == written
    assert original_text(written) == text


@given(texts)
def test_every_text_is_restored(text: str) -> None:
    assert original_text(safe_text(text)) == text


@given(texts)
def test_nothing_written_begins_a_formula(text: str) -> None:
    assert re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?", text) or safe_text(text)[:1] not in "=+-@\t\r\n" or text == ""


@given(st.lists(texts, max_size=5))
def test_tables_follow_the_same_rule(values: list[str]) -> None:
    table = safe_for_spreadsheets(
        pl.DataFrame({"text": pl.Series(values, dtype=pl.String), "number": range(len(values))})
    )
    assert table["text"].to_list() == [safe_text(value) for value in values]
    assert table["number"].to_list() == list(range(len(values)))
