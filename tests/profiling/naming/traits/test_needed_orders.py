"""No word about how customers order where most have one order."""

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest

from custseg.feature_table import Feature, FeatureTable
from custseg.profiling import profile_segments
from custseg.profiling.measures._column_statistics import ColumnStatistics, column_statistics
from custseg.profiling.measures._table import read_table
from custseg.profiling.naming.traits._needed_orders import buys_again, has_needed_orders

LABELS = np.repeat([0, 1], 60)


def statistics(**columns: np.ndarray) -> ColumnStatistics:
    table = read_table(columns, None, customer_column=None, caller="f")
    return column_statistics(table, LABELS, 2, quantile_terms={}, caller="f")


@pytest.mark.parametrize(
    ("column", "orders", "expected"),
    [
        ("overdue_ratio", 2, False), ("overdue_ratio", 3, True), ("orders_per_30d", 1, False), ("trend", 2, False),
        ("trend", 3, True), ("gap_cv", 2, False), ("revenue", 1, True),
    ],
)  # fmt: skip
def test_words_on_the_rhythm_need_orders(column: str, orders: int, expected: bool) -> None:
    figures = statistics(order_count=np.where(LABELS == 0, orders, 9.0), spread=np.arange(120.0))
    assert has_needed_orders(figures, column, 0) == expected


def test_without_orders_in_the_table_columns_speak_for_themselves() -> None:
    figures = statistics(trend=np.arange(120.0))
    assert has_needed_orders(figures, "trend", 0)
    assert buys_again(figures, 0, lately=120)


def test_share_of_a_category_is_high_only_where_most_bought_much_of_it() -> None:
    """Of 2 purchases without one of the category (5 · 0.3) / 7 = 0.21 is above the 0.12 of 8 purchases without one."""
    few, more, much = 1.5 / 7, 1.5 / 13, (6 + 1.5) / 13
    for members, is_named in ((few, False), (much, True)):
        shares = np.where(LABELS == 0, members, more) + np.tile(np.linspace(0, 0.01, 60), 2)
        share = Feature(
            "category_share_toys", "share", "mix", composition="category", shrunk=True, entry="category_share",
            fields={"value": "toys"},
        )  # fmt: skip
        frame = pl.DataFrame({"customer_id": [f"c{i}" for i in range(120)], share.name: shares})
        row, _ = profile_segments(FeatureTable(nw.from_native(frame), (share,), nw.to_native), LABELS)
        assert any("toys" in trait.feature and trait.kind == "high" for trait in row.traits) == is_named


def test_who_ordered_once_lately_still_buys() -> None:
    figures = statistics(order_count=np.ones(120), recency_days=np.where(LABELS == 0, 30.0, 900.0))
    assert buys_again(figures, 0, lately=120)
    assert not buys_again(figures, 1, lately=120)


def test_one_order_has_no_trend_no_rhythm_and_no_rate() -> None:
    spread = np.tile(np.linspace(0.9, 1.1, 60), 2)
    table = {
        "order_count": np.where(LABELS == 0, 1.0, 8.0),
        "trend": np.where(LABELS == 0, -1.0, 0.5) * spread,
        "orders_per_30d": np.where(LABELS == 0, 0.02, 2.0) * spread,
        "overdue_ratio": np.where(LABELS == 0, 3.0, 0.5) * spread,
    }
    once, again = profile_segments(table, LABELS, clustered_on=list(table)).segments
    assert once.name == "one order"
    assert again.name.startswith("many orders")


def test_one_order_years_ago_is_not_long_standing() -> None:
    days = np.where(LABELS == 0, 900.0, 60.0) + np.tile(np.arange(60.0), 2)
    table = {"order_count": np.ones(120), "recency_days": days, "age_days": days}
    assert all("long-standing" not in row.name for row in profile_segments({"age_days": days} | table, LABELS))
    table["order_count"] += 3
    named = profile_segments({"age_days": days, "order_count": table["order_count"]}, LABELS)
    assert "long-standing" in named[0].name
