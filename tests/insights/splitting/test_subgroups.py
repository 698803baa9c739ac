from functools import cache
from typing import Any

import polars as pl
import pytest
from quick import quick_fit

from custseg import Orders, Segmentation
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.insights import subgroups
from custseg.texts import LANGUAGES

SHOP = make_shop(600, 0)
ORDERS = Orders(
    SHOP.orders, channel="channel", category="category", source="source", discount="discount", product="product"
)
OTHERS = SHOP.orders.with_columns(pl.concat_str(pl.lit("other "), "customer_id").alias("customer_id"))


@cache
def shop_fit() -> Segmentation:
    return quick_fit(ORDERS, as_of=SHOP.as_of, columns=["recency_days", "order_count", "revenue"])


def ready(**columns: Any) -> Segmentation:
    """Two segments, of 60 and 40 customers, with further columns."""
    table = pl.DataFrame({"customer_id": range(100), "visits": [1.0] * 60 + [9.0] * 40, **columns})
    return quick_fit(features=table, n_segments=2, columns=["visits"])


def sizes(result: Segmentation, **arguments: Any) -> dict[str, int]:
    return {group.name: group.size for group in subgroups(result, 0, **arguments).groups}


def test_each_large_value_is_a_part() -> None:
    result = ready(town=["Riga"] * 25 + ["Oslo"] * 20 + ["Rome"] * 15 + ["Riga"] * 40)
    assert sizes(result, by=["town"], min_size=15) == {"town: Riga": 25, "town: Oslo": 20, "town: Rome": 15}


def test_rare_and_missing_values_are_one_part() -> None:
    result = ready(town=["Riga"] * 30 + ["Oslo"] * 10 + ["Rome"] * 6 + [None] * 14 + ["Riga"] * 40)
    assert sizes(result, by=["town"], min_size=15) == {"town: Riga": 30, "town: other or unknown": 30}


def test_few_others_take_the_smallest_value_with_them() -> None:
    result = ready(town=["Riga"] * 30 + ["Oslo"] * 20 + ["Rome"] * 10 + ["Riga"] * 40)
    assert sizes(result, by=["town"], min_size=15) == {"town: Riga": 30, "town: other or unknown": 30}


def test_segment_stays_whole_where_a_part_is_too_small() -> None:
    result = ready(town=["Riga"] * 55 + ["Oslo"] * 5 + ["Riga"] * 40)
    parts = subgroups(result, 0, by=["town"], min_size=15)
    assert [(group.name, group.size) for group in parts.groups] == [(parts.name, 60)]
    assert parts.unused == ("town",)


@pytest.mark.slow
def test_parts_are_split_further() -> None:
    result = ready(town=(["Riga"] * 30 + ["Oslo"] * 30 + ["Riga"] * 40), plan=["a", "b"] * 15 + ["a"] * 70)
    assert sizes(result, by=["town", "plan"], min_size=15) == {
        "town: Oslo": 30, "town: Riga · plan: a": 15, "town: Riga · plan: b": 15,
    }  # fmt: skip


def test_numbers_are_cut_near_the_median() -> None:
    result = ready(basket=[float(n) for n in range(1, 61)] + [5.0] * 40)
    assert sizes(result, by=["basket"], min_size=15) == {"basket: 30 or more": 31, "basket: below 30": 29}


@pytest.mark.slow
def test_every_part_has_the_minimum_and_every_customer_is_in_one() -> None:
    for segment in (0, 1, 2):
        parts = subgroups(shop_fit(), segment, ORDERS, min_size=0.15)
        assert all(group.size >= parts.min_size for group in parts.groups)
        assert sum(group.size for group in parts.groups) == len(parts.table) == (shop_fit().labels == segment).sum()
        counts = dict(parts.table["subgroup"].value_counts().rows())
        assert counts == {group.number: group.size for group in parts.groups}
        assert set(parts.table["customer_id"]) == set(
            shop_fit().assignments.filter(pl.col("segment") == segment)["customer_id"]
        )


@pytest.mark.slow
def test_channel_of_a_part_is_what_it_prefers() -> None:
    parts = subgroups(shop_fit(), 0, ORDERS, by=["channel"], min_size=0.2)
    named = [(group.name.rpartition(": ")[2], group.preferences.channel) for group in parts.groups]
    assert all(channel == name for name, channel in named if name != "other or unknown")


@pytest.mark.parametrize("short", ["channel", "source", "category", "discount"])
def test_short_names_split(short: str) -> None:
    parts = subgroups(shop_fit(), 0, by=[short], min_size=10)
    assert len(parts.groups) > 1
    assert parts.unused == ()


def test_stage_of_the_funnel_splits() -> None:
    result = ready(funnel_stage=["order"] * 30 + ["repeat"] * 70)
    assert sorted(sizes(result, by=["stage"], min_size=15).values()) == [30, 30]


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_names_parts_and_preferences(language: str) -> None:
    printed = repr(subgroups(shop_fit(), 0, ORDERS, by=["channel"], min_size=0.2, language=language))
    expected = {"en": ("Sub-groups of", "mostly by"), "ru": ("Подгруппы сегмента", "чаще всего канал")}
    assert all(words in printed for words in expected[language])


def test_column_with_a_value_per_customer() -> None:
    result = ready(code=[f"x{number}" for number in range(100)])
    with pytest.raises(DataError, match="column 'code' has 60 different values for 60 customers of the segment"):
        subgroups(result, 0, by=["code"], min_size=10)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"segment": 7}, DataError, r"there is no segment 7; there are \[0, 1, 2\]"),
        ({"segment": "0"}, TypeError, "segment must be the number of a segment"),
        ({"result": 1}, TypeError, "result must be the result of `fit_segments`"),
        ({"by": []}, TypeError, "by must list columns"),
        ({"by": "channel"}, TypeError, "by must list columns"),
        ({"by": ["stage"]}, DataError, "no column for by='stage'"),
        ({"by": ["chanel"]}, DataError, "Did you mean 'channel'"),
        ({"orders": OTHERS}, DataError, "no customer of the result has a purchase in orders"),
        ({"by": ["channel", "preferred_channel"]}, ValueError, "names a column twice"),
        ({"by": [1]}, TypeError, "by must name columns"),
        ({"min_size": 5}, ValueError, "min_size must be at least 10 customers"),
        ({"language": "de"}, ValueError, "language must be one of"),
    ],
)
def test_bad_input(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    usual = {"result": shop_fit(), "segment": 0, "by": ["channel"]}
    with pytest.raises(error, match=message):
        subgroups(**{**usual, **arguments})


def test_orders_need_the_moment_of_the_result() -> None:
    with pytest.raises(DataError, match="the result is that of a ready table"):
        subgroups(ready(town=["Riga", "Oslo"] * 50), 0, ORDERS, by=["town"])
