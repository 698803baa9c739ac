from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quick import quick_fit

from custseg import Orders, Segmentation
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.insights import Subgroups, personalization, subgroups
from custseg.insights.splitting._personal import greeting

SHOP = make_shop(600, 0)
ORDERS = Orders(SHOP.orders, channel="channel", category="category", product="product")


@cache
def shop_fit() -> Segmentation:
    return quick_fit(ORDERS, as_of=SHOP.as_of, columns=["recency_days", "order_count", "revenue"])


@cache
def parts() -> Subgroups:
    return subgroups(shop_fit(), 0, ORDERS, by=["channel"], min_size=0.2)


@pytest.mark.parametrize(
    "name",
    [None, "", "  ", "None", "NULL", "nan", "N/A", "unknown", "Гость", "-", "ann@example.com", "{{first_name}}",
     "[name]", "X1", "Ann\x00", "a" * 41, 7, float("nan"), "=1+1", "<b>Ann</b>"],
)  # fmt: skip
def test_nobody_is_greeted_as_none(name: Any) -> None:
    assert greeting(name, "en") == "Hello"
    assert greeting(name, "ru") == "Здравствуйте"


@pytest.mark.parametrize("name", ["Ann", " Ann ", "Anne-Marie", "D'Arcy", "Анна", "José Luis", "Nan", "李"])
def test_real_names_are_greeted(name: str) -> None:
    expected = "Hello" if name == "Nan" else f"Hello, {name.strip()}"
    assert greeting(name, "en") == expected


@pytest.mark.slow
@given(st.text(max_size=50))
def test_greeting_is_one_printable_line(name: str) -> None:
    words = greeting(name, "en")
    assert words == "Hello" or words.startswith("Hello, ")
    assert words.isprintable()
    assert "None" not in words.split(", ")


@pytest.mark.slow
def test_columns_of_a_letter() -> None:
    ids = parts().table["customer_id"].to_list()
    names = pl.DataFrame({"customer_id": [*ids[:2], "stranger"], "first_name": ["Ann", None, "Bob"]})
    table = personalization(parts(), names)
    assert table["customer_id"].to_list() == ids
    assert table["greeting"][:3].to_list() == ["Hello, Ann", "Hello", "Hello"]
    own = dict(shop_fit().features.local.to_native().select("customer_id", "category_top").rows())
    assert all(category == own[who] for who, category in table.select("customer_id", "category").rows())
    assert table["last_product"].null_count() == 0
    assert personalization(parts(), names, language="ru")["greeting"][0] == "Здравствуйте, Ann"


@pytest.mark.slow
def test_unknown_channel_is_that_of_the_subgroup() -> None:
    table = personalization(parts())
    likes = {group.number: group.preferences.channel for group in parts().groups}
    assert set(table["greeting"]) == {"Hello"}
    unknown = parts().table.with_columns(channel=pl.lit(None, pl.String))
    filled = personalization(replace(parts(), table=unknown))
    assert filled["channel"].to_list() == [likes[number] for number in filled["subgroup"]]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"groups": 1}, TypeError, "groups must be the result of `subgroups`"),
        ({"customers": pl.DataFrame({"customer_id": ["a"]})}, DataError, "'first_name'"),
        (
            {"customers": pl.DataFrame({"customer_id": ["a", "a"], "first_name": "x"})},
            DataError,
            "one row per customer",
        ),
        ({"customers": pl.DataFrame({"customer_id": [1], "first_name": "x"})}, DataError, "different types"),
        ({"language": "de"}, ValueError, "language must be one of"),
    ],
)
def test_bad_input(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        personalization(**{"groups": parts(), **arguments})
