"""The names on made-up shops, where the truth is known, and on real ones, where they must at least be true."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from effort import all_of, seeds

from custseg import Orders, Segmentation, fit_segments
from custseg.datasets import Shop, make_shop
from custseg.profiling import SegmentProfile, profile_segments

FITTING = {
    "loyal": ({"Loyal", "Champions"}, {"Лояльные", "Чемпионы"}),
    "one-time": ({"One-time buyers"}, {"Разовые покупатели"}),
    "new": ({"New"}, {"Новички"}),
    "lapsed big spender": ({"Can't lose them"}, {"Нельзя потерять"}),
    "bargain hunter": ({"Discount-driven"}, {"Охотники за скидками"}),
    "seasonal": ({"Seasonal"}, {"Сезонные"}),
}
COLUMNS = ["recency_days", "age_days", "order_count", "order_value", "discount_share", "peak_share"]


@cache
def fitted(seed: int) -> tuple[Shop, Segmentation]:
    shop = make_shop(1_000, seed)
    orders = Orders(shop.orders, cancelled="cancelled", discount="discount")
    return shop, fit_segments(orders, as_of=shop.as_of, columns=COLUMNS, method="kmeans", n_segments=6, min_size=0.03)


def kinds_of(shop: Shop, result: Segmentation) -> list[str | None]:
    """The true kind of each customer in the order of the result."""
    kinds = dict(shop.kinds.iter_rows())
    return [kinds.get(one) for one in result.features.ids.to_list()]


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(20, quick=1))
def test_each_kind_gets_the_name_that_fits_it(seed: int) -> None:
    shop, result = fitted(seed)
    rows = {row.segment: row for row in result.profiles}
    kinds = kinds_of(shop, result)
    for kind, (english, russian) in FITTING.items():
        segments = Counter(label for label, one in zip(result.labels.tolist(), kinds, strict=True) if one == kind)
        row = rows[segments.most_common(1)[0][0]]
        assert row.names["en"] in english
        assert row.names["ru"] in russian


@pytest.mark.parametrize("seed", seeds(20, quick=1))
def test_true_kinds_get_the_names_that_fit_them(seed: int) -> None:
    shop, result = fitted(seed)
    profiles = profile_segments(result.features, kinds_of(shop, result))
    assert all(row.names["en"] in FITTING[str(row.segment)][0] for row in profiles.segments)


@pytest.mark.slow
def test_shuffled_labels_earn_no_name() -> None:
    clean = 0
    for seed in range(20):
        _, result = fitted(seed)
        labels = result.labels.copy()
        inside = labels >= 0
        labels[inside] = np.random.default_rng(seed).permutation(labels[inside])
        clean += all(row.evidence is None for row in profile_segments(result.features, labels).segments)
    assert clean >= 19


@pytest.mark.parametrize("change", ["shuffled", "in cents", "resampled"])
def test_same_segments_keep_their_names(change: str) -> None:
    _, result = fitted(0)
    frame, rng = result.features.frame, np.random.default_rng(1)
    rows = np.arange(len(frame))
    if change == "shuffled":
        rows = rng.permutation(rows)
    if change == "resampled":
        rows = np.where(rng.random(len(rows)) < 0.1, rng.integers(0, len(rows), len(rows)), rows)
    scale = 100 if change == "in cents" else 1
    other = frame[rows].with_columns(
        pl.col("revenue", "order_value", "order_value_shrunk", "repeat_value") * scale,
        customer_id=pl.int_range(pl.len()),
    )
    names = [row.name for row in profile_segments(other, result.labels[rows]).segments]
    assert names == [row.name for row in result.profiles.segments]


@pytest.mark.slow
def test_readers_and_visitors_who_never_buy_are_named() -> None:
    shop, _ = fitted(0)
    result = fit_segments(
        Orders(shop.orders, cancelled="cancelled"), events=shop.events, as_of=shop.as_of, n_segments=3
    )
    clicked, orders = (result.features.values(name) for name in ("emails_clicked", "order_count"))
    rng = np.random.default_rng(0)
    readers = {"emails_clicked": clicked, "order_count": orders, "sessions": np.zeros(len(orders))}
    more = {name: np.concatenate([column, rng.integers(1, 4, 50) * (name == "emails_clicked")])
            for name, column in readers.items()}  # fmt: skip
    labels = np.concatenate([(orders > 3).astype(int), np.full(50, 2)])
    assert profile_segments(more, labels)[2].names["en"] == "Read but never buy"


@pytest.mark.slow
def test_one_order_in_a_window_is_not_called_one_order_ever() -> None:
    shop = make_shop(2_000, 0)
    orders = Orders(shop.orders, cancelled="cancelled", discount="discount")
    rows = fit_segments(orders, as_of=shop.as_of, window_days=180, method="kmeans", n_segments=3).profiles
    said = [part for row in rows for part in row.name.split(" · ") if part.startswith("one order")]
    assert said == ["one order in the window"]


@pytest.mark.slow
@pytest.mark.parametrize("number", all_of(range(3, 7), quick=[4]))
def test_online_retail_has_names_that_are_true(shared_file: Callable[[str], Path], number: int) -> None:
    log = shared_file("online_retail.parquet")
    orders = Orders(log, customer="CustomerID", order="InvoiceNo", date="InvoiceDate", quantity="Quantity",
                    price="UnitPrice")  # fmt: skip
    for row in fit_segments(orders, method="kmeans", n_segments=number).profiles.segments:
        assert_true(row)


def assert_true(row: SegmentProfile) -> None:
    """What the name says holds for the middle customer; what its words say, for most."""
    if row.traits:
        assert min(trait.members for trait in row.traits) >= 0.6
        return
    says = {
        "One-time buyers": row.medians["order_count"] == 1,
        "Champions": (row.effects["revenue"] or 0) > 0.5 and (row.effects["order_count"] or 0) > 0.5,
        "Loyal": (row.medians["order_count"] or 0) >= 3,
        "New": (row.medians["age_days"] or 999) <= 120,
        "Need attention": (row.effects["recency_days"] or 0) > 0,
        "Potential loyalists": (row.medians["order_count"] or 0) >= 2 and (row.effects["recency_days"] or 0) < 0,
    }
    assert says[row.names["en"]], row.names
