from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest

from custseg import Orders
from custseg.insights.splitting._preferences import last_values, preferences, purchases_of
from custseg.logs import described_logs


def bought(rows: list[tuple[Any, ...]], n: int, **described: Any) -> Any:
    """Purchases of customers 0 to n - 1 from customer, time, category, channel and product."""
    columns = ["customer_id", "ordered_at", "category", "channel", "product"]
    table = pl.DataFrame(rows, schema=columns, orient="row").with_columns(amount=1.0).with_row_index("order_id")
    orders = Orders(table, category="category", channel="channel", product="product", **described)
    ids = nw.from_native(pl.Series("customer_id", range(n)), series_only=True)
    return purchases_of(described_logs(orders, None, as_of="2024-07-01", caller="test"), ids)


def members(n: int, total: int) -> Any:
    return np.arange(total) < n


def test_category_lift_by_hand() -> None:
    # 20 of the 20 members bought toys, 20 of the 40 others: lift 2.
    rows = [(number, "2024-06-03 10:00", "toys" if number < 40 else "books", "web", "ball") for number in range(60)]
    likes = preferences(bought(rows, 60), members(20, 60))
    assert likes.category == "toys"
    assert likes.lift is not None
    assert likes.lift.value == pytest.approx(2)
    assert 1 < likes.lift.low < 2 < likes.lift.high


def test_usual_time_and_channel() -> None:
    # Monday, 3 June 2024, at 10; by the web.
    rows = [(number, "2024-06-03 10:15", "toys", "web", "ball") for number in range(30)]
    likes = preferences(bought(rows, 60), members(30, 60))
    assert (likes.weekday, likes.hour, likes.channel, likes.last_product) == (0, 10, "web", "ball")


def test_even_spread_has_no_usual_time() -> None:
    rows = [
        (n % 35, f"2024-06-{3 + n % 7:02} {n % 24:02}:30", "toys", ["web", "app"][n % 2], "ball") for n in range(840)
    ]
    likes = preferences(bought(rows, 40), members(35, 40))
    assert (likes.weekday, likes.hour, likes.channel) == (None, None, None)


def test_days_without_times_have_no_hour() -> None:
    rows = [(number, "2024-06-04", "toys", "web", "ball") for number in range(30)]
    likes = preferences(bought(rows, 60), members(30, 60))
    assert (likes.weekday, likes.hour) == (1, None)


def test_hour_is_that_of_the_zone() -> None:
    rows = [(number, "2024-06-04T22:30:00+00:00", "toys", "web", "ball") for number in range(30)]
    likes = preferences(bought(rows, 60, timezone="Europe/Berlin"), members(30, 60))
    assert (likes.weekday, likes.hour) == (2, 0)


def test_last_product_is_the_last_one() -> None:
    rows = [
        (0, "2024-06-01 10:00", "toys", "web", "ball"), (0, "2024-06-02 10:00", "toys", "web", None),
        (1, "2024-06-01 10:00", "toys", "web", "kite"), (1, "2024-06-01 10:00", "toys", "web", "drum"),
        (1, "2024-07-02 10:00", "toys", "web", "late"),
    ]  # fmt: skip
    purchases = bought(rows, 3)
    assert last_values(purchases, "product") == [(0, "ball"), (1, "drum")]
    assert preferences(purchases, members(3, 3)).last_product is None  # fewer than ten
