"""Logs without money: recency, frequency and rhythm, and no word of money anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.text
import polars as pl
import pytest
from click.testing import CliRunner
from effort import all_of

from custseg import Orders, Segmentation, fit_segments, inspect
from custseg.cli import main
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.features import build_features, rfm
from custseg.plots import plot_segments
from custseg.reports import markdown, report_data

SHOP = make_shop(400, 0)
LOG = SHOP.orders.drop("amount", "quantity", "price", "discount")
MONEY = re.compile(
    r"money|revenue|monetary|spen[dt]|amount|paid|price|discount|coupon|cost|worth|profit|"
    r"выручк|деньг|денег|тратят|трат[аы]|сумм|оплат|цен[аыу]\b|скидк|купон|дорог|дешев|дёшев|стоимост|\bчек",
    re.IGNORECASE,
)


def orders(**columns: str) -> Orders:
    return Orders(LOG, amount=None, cancelled="cancelled", category="category", channel="channel", **columns)


def all_texts(result: Segmentation, language: str) -> Iterator[str]:
    yield from (repr(result), repr(result.data_report), repr(result.rules), *result.notes)
    yield from (f"{item.text} {item.remedy}" for item in result.data_report.findings)
    yield from (str(value) for column in result.features.summary(language).values() for value in column)
    for name, column in result.profiles.columns().items():
        yield from (name, *(str(value) for value in column))
    yield from result.profiles.to_frame()["statistic"].unique().to_list()
    yield from texts_of(report_data(result))
    yield markdown(result)
    yield from (text.get_text() for text in plot_segments(result).findobj(matplotlib.text.Text))


def texts_of(value: Any) -> Iterator[str]:
    """All texts of nested dicts and lists."""
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_of(item)


@pytest.mark.slow
@pytest.mark.parametrize("with_events", all_of([False, True], quick=[True]))
def test_no_text_speaks_of_money(with_events: bool) -> None:
    events = SHOP.events if with_events else None
    result = fit_segments(orders(), events=events, as_of=SHOP.as_of, method="kmeans", n_segments=5)
    for language in ("en", "ru"):
        # The code of the report names the argument.
        texts = [text.replace("amount=None", "") for text in all_texts(result.in_language(language), language)]
        assert [text for text in texts if MONEY.search(text)] == []
    expected = ["recency_days", "order_count", *["engagement_email", "engagement_web"] * with_events]
    assert result.model.preparation.names == expected


@pytest.mark.slow
def test_archetypes_need_no_money() -> None:
    result = fit_segments(orders(), as_of=SHOP.as_of, method="kmeans", n_segments=5)
    keys = {row.key for row in result.profiles}
    assert "one_time" in keys
    assert keys.isdisjoint({"champions", "cant_lose", "promising", "lost", "hibernating"})


def test_features_without_money_equal_those_with() -> None:
    with_money = build_features(Orders(LOG.with_columns(amount=1.0), cancelled="cancelled"), as_of=SHOP.as_of)
    without = build_features(Orders(LOG, amount=None, cancelled="cancelled"), as_of=SHOP.as_of)
    absent = {"revenue", "order_value", "order_value_shrunk", "repeat_value"}
    assert without.names == [name for name in with_money.names if name not in absent]
    # The share in peak weeks is that of orders instead of money.
    same = [name for name in without.names if name != "peak_share"]
    assert without.frame.select("customer_id", *same).equals(with_money.frame.select("customer_id", *same))


def test_share_in_peak_weeks_is_that_of_orders() -> None:
    """Three of ann's five orders are in the one busy week, one of them with two lines; bob has all of his in it."""
    days = {"ann": ["2023-12-02", "2023-12-03", "2023-12-04", "2023-04-01", "2024-06-01"], "bob": ["2023-12-03"] * 40}
    rows = [(name, f"{name} {i}", day) for name, of in days.items() for i, day in enumerate(of)]
    log = pl.DataFrame([*rows, rows[0]], schema=["customer_id", "order_id", "ordered_at"], orient="row")
    even = pl.DataFrame({"customer_id": "eve", "order_id": range(200), "ordered_at": "2024-01-01"})
    even = even.with_columns(ordered_at=pl.date(2023, 3, 1) + pl.duration(days=pl.col("order_id") * 2))
    even = even.with_columns(pl.col("ordered_at").cast(pl.String), pl.format("eve {}", "order_id").alias("order_id"))
    table = build_features(Orders(pl.concat([log, even]), amount=None), as_of="2024-07-01", families=["rhythm"])
    shares = dict(zip(table["customer_id"], table["peak_share"], strict=True))
    assert shares["bob"] == 1
    assert shares["ann"] == pytest.approx(3 / 5)


def test_rfm_by_hand() -> None:
    log = pl.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b"],
            "order_id": [1, 1, 2, 3],
            "ordered_at": ["2024-05-01", "2024-05-01", "2024-05-20", "2024-03-02"],
        }
    )
    table = rfm(Orders(log, amount=None), as_of="2024-06-01")
    assert table.columns == [
        "customer_id", "recency_days", "age_days", "order_count", "order_days", "orders_per_30d", "recency_span_days",
        "repeat_count",
    ]  # fmt: skip
    assert table.select("customer_id", "recency_days", "order_count").rows() == [("a", 12, 2), ("b", 91, 1)]


def test_missing_amount_names_the_remedy() -> None:
    with pytest.raises(
        DataError, match=r"lacks column 'amount'.* If the log has no money at all, give Orders\(\.\.\., "
    ):
        fit_segments(LOG)
    with pytest.raises(DataError, match=r"lacks columns 'nobody' \(customer=\), 'amount' \(amount=\)"):
        Orders(LOG, customer="nobody")


@pytest.mark.parametrize("role", ["discount", "refund", "currency"])
def test_money_needs_an_amount(role: str) -> None:
    with pytest.raises(ValueError, match=f"amount=None is for logs without money, but {role}= is given"):
        orders(**{role: "source"})


def test_repr_says_that_there_is_no_amount() -> None:
    assert "date='ordered_at', amount=None, category=" in repr(Orders(LOG, amount=None, category="category"))


@pytest.mark.slow
def test_command_line(tmp_path: Path) -> None:
    LOG.write_csv(tmp_path / "log.csv")
    arguments = ["fit", str(tmp_path / "log.csv"), "--out", str(tmp_path / "out"), "--method", "kmeans"]
    failed = CliRunner().invoke(main, arguments)
    assert "if the log has no money at all, give --amount none" in failed.output
    done = CliRunner().invoke(main, [*arguments, "--segments", "4", "--amount", "none"])
    assert done.exit_code == 0, done.output
    # The command names the options that it assumed, and one of them is --amount.
    assert not MONEY.search(done.output.replace("--amount none", ""))
    assert "revenue_share" not in (tmp_path / "out" / "profiles.csv").read_text(encoding="utf-8")


def test_inspection_names_the_option(tmp_path: Path) -> None:
    LOG.write_csv(tmp_path / "log.csv")
    notes = " ".join(inspect(tmp_path / "log.csv").notes)
    assert "No column was found for: amount." in notes
    assert "on the command line --amount none" in notes
