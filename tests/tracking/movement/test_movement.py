"""What is printed of a comparison: both languages, nobody recognizable, nothing run."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from snapshots import NAMES, snapshot

from custseg.tracking import Transitions, transitions

CODES = [0, 1, None]


def movement(counts: list[list[int]], **options: object) -> Transitions:
    """A comparison with so many customers by segment before and after; the last row is new, the last column gone."""
    pairs = [
        (before, after)
        for before, row in zip([*CODES, "new"], counts, strict=True)
        for after, count in zip([*CODES, "gone"], row, strict=True)
        for _ in range(count)
    ]
    before = {i: pair[0] for i, pair in enumerate(pairs) if pair[0] != "new"}
    after = {i: pair[1] for i, pair in enumerate(pairs) if pair[1] != "gone"}
    tables = [snapshot(segments).with_columns(revenue=pl.col("customer_id") * 1.0) for segments in (before, after)]
    return transitions(*tables, **options)  # type: ignore[arg-type]


LARGE = movement([[500, 40, 0, 20], [30, 300, 0, 15], [60, 0, 100, 0], [25, 35, 12, 0]], values="revenue")


def test_printed_by_hand() -> None:
    lines = repr(LARGE).splitlines()
    assert lines[0] == (
        "130 of 1,065 customers changed segment; 72 are new, 35 are gone. 1,102 customers, 1,065 customers before."
    )
    assert lines[4:10] == [
        "segment  name       0    1  No data  gone    sum",
        "      0  Loyal    500   40        0    20    560",
        "      1  New       30  300        0    15    345",
        "      –  No data   60    0      100     0    160",
        "         new       25   35       12           72",
        "         sum      615  375      112    35  1,137",
    ]
    assert lines[11] == "Revenue: rows are the segments before, columns those after"


def test_russian_has_no_latin_words() -> None:
    russian = snapshot({"1": 0, "2": None}).with_columns(name=pl.Series(["Лояльные", "Нет данных"]))
    result = transitions(russian, russian, language="ru", as_of="2024-07-01", since="2024-06-01")
    assert re.findall("[A-Za-z]+", repr(result)) == []
    assert "<10 клиентов на 2024-07-01, раньше на 2024-06-01 — <10 клиентов." in repr(result)


def test_small_counts_are_hidden() -> None:
    counts = [[50, 3, 0, 0], [20, 30, 0, 0], [0, 0, 40, 0], [0, 0, 0, 0]]
    result = movement(counts, values="revenue")
    # 3 and 50 make the 53 of the row, 3 and 30 the 33 of the column; then 20 is all that is left to compute them from.
    assert repr(result).splitlines()[4:8] == [
        "segment  name       0    1  No data  gone  sum",
        "      0  Loyal    ≥10  <10        0     0   53",
        "      1  New      ≥10  ≥10        0     0   50",
        "      –  No data    0    0       40     0   40",
    ]
    # 23 changed, 20 of them from New to Loyal: the others would be 3.
    assert repr(result).startswith("≥20 of 143 customers changed segment; 0 are new, 0 are gone.")
    assert "Counts of 1 to 9 customers are shown as <10" in repr(result)
    assert "Revenue of hidden cells is not shown." in repr(result)
    assert "Revenue" not in repr(movement(counts))
    assert result.to_frame()["customers"].to_list() == [50, 3, 20, 30, 40]


cells = st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=4, max_size=4)


@given(cells)
def test_no_count_under_ten_is_printed(counts: list[list[int]]) -> None:
    counts[3][3] = 0
    if not sum(map(sum, counts[:3])) or not sum(sum(row[:3]) for row in counts):
        return
    result = movement(counts)
    n_labels = len([item for item in result.segments if item.segment is not None])
    for page in (repr(result), re.sub("<[^>]*>", " ", result._repr_html_()).replace("&lt;", "<")):
        table = re.sub(r"Counts of 1 to 9.*", "", page[page.index("sum") :])
        small = re.findall(r"(?<![\d,<≥])[0-9](?![\d,])", table)
        # The numbers of the segments 0 and 1 are no counts, and 0 customers are shown.
        assert [figure for figure in small if figure != "0"] == ["1"] * (n_labels and len(small) and table.count("New"))


def test_html_is_escaped() -> None:
    table = snapshot(dict.fromkeys(range(20), 0)).with_columns(name=pl.lit("<b>x</b>\u202e"))
    page = transitions(table, table)._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "\u202e" not in page


@pytest.mark.parametrize("name", ["entered", "left", "stayed"])
def test_names_and_sums_of_the_tables(name: str) -> None:
    table = getattr(LARGE, name)
    assert set(table["name"]) <= {NAMES[code] for code in CODES}
    moved = np.trace(LARGE.counts())
    sizes = {"stayed": moved, "entered": 1_102 - moved, "left": 1_065 - moved}
    assert len(table) == sizes[name]
    assert table["revenue"].sum() == table["customer_id"].sum()
