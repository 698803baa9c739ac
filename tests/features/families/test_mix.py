"""The family "mix": worked by hand, against plain Python, and the same on every kind of table."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from effort import A_FEW, examples
from hypothesis import example, given
from hypothesis import strategies as st
from kinds import KINDS, OTHER_KINDS, rows_of, same
from reference import completed
from strategies import NOON, order_logs, with_a_line

from custseg import Orders
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.feature_table import FeatureTable
from custseg.features import build_features, centered_log_ratios, rfm

ROLES = {name: name for name in ("category", "channel", "source", "discount", "cancelled")}
MINE = ["customer_id", "order_id", "ordered_at", "amount", "category", "channel", "source", "discount"]
LOG = pl.DataFrame(
    [
        # ann: three orders, four (order, category) pairs; the second toys line of order 1 adds nothing.
        ("ann", 1, datetime(2024, 1, 1), 30.0, "toys", "web", "ad", 0.0),
        ("ann", 1, datetime(2024, 1, 1), 10.0, "toys", "web", "ad", 10.0),
        ("ann", 1, datetime(2024, 1, 1), 20.0, "books", "web", "ad", None),
        ("ann", 2, datetime(2024, 2, 1), 40.0, "toys", "app", "mail", 0.0),
        ("ann", 3, datetime(2024, 3, 1), 100.0, "books", "app", None, 0.0),
        ("ann", 4, datetime(2024, 3, 9), -50.0, "books", "app", None, 0.0),
        # bob: one order, then one that was taken back whole, which is no purchase.
        ("bob", 5, datetime(2024, 1, 5), 60.0, "toys", "store", None, -40.0),
        ("bob", 6, datetime(2024, 2, 5), 80.0, "books", "web", "ad", 0.0),
        ("bob", 6, datetime(2024, 2, 6), -80.0, "books", "web", "ad", 0.0),
        # cid: a gift alone.
        ("cid", 7, datetime(2024, 1, 5), 0.0, "toys", "web", "ad", 0.0),
    ],
    schema=MINE,
    orient="row",
)


def mix(log: object, *, as_of: object = "2024-04-01", roles: Mapping[str, str] = ROLES, **more: Any) -> FeatureTable:
    return build_features(Orders(log, **roles), as_of=as_of, families=["mix"], **more)


def column(table: FeatureTable, name: str) -> list[Any]:
    return [row[name] for row in rows_of(table.frame)]


def without_marks(**more: Any) -> dict[str, str]:
    return {name: name for name in ("category", "channel", "source", "discount")} | more


@pytest.mark.slow
def test_mix_by_hand(as_kind: Callable[[pl.DataFrame], object]) -> None:
    table = mix(as_kind(LOG), roles=without_marks())
    # Pairs: ann toys 2, books 2; bob toys 1. So p = 3/5 and 2/5, and with n = 4: (2 + 5 p) / (4 + 5).
    toys = [(2 + 3) / 9, (1 + 3) / 6, None]
    assert column(table, "category_share_toys") == pytest.approx(toys)
    assert column(table, "category_share_books") == pytest.approx([4 / 9, 2 / 6, None])
    entropy = [-(p * math.log(p) + (1 - p) * math.log(1 - p)) / math.log(2) for p in toys[:2] if p]
    assert column(table, "category_diversity") == pytest.approx([*entropy, None])
    # One order of one category is "diverse": nothing for people to read.
    assert next(feature for feature in table.described if feature.name == "category_diversity").shrunk
    assert column(table, "category_top") == ["toys", "toys", None]
    # Channels: ann app 2, web 1; bob store 1: equal numbers stand in the order of the alphabet.
    assert [name for name in table.names if name.startswith("channel_share")] == [
        "channel_share_app", "channel_share_store", "channel_share_web",
    ]  # fmt: skip
    assert column(table, "preferred_channel") == ["app", "store", None]
    assert column(table, "first_source") == ["ad", None, None]
    assert column(table, "last_source") == ["mail", None, None]
    assert column(table, "discount_share") == [10 / 200, 60 / 140, None]
    assert column(table, "discount_depth") == [10 / 210, 40 / 180, None]
    assert column(table, "return_share") == [50 / 200, 80 / 140, None]


def test_shares_of_a_dimension_are_one_whole() -> None:
    table = mix(LOG, roles=without_marks())
    wholes: dict[str, list[str]] = defaultdict(list)
    for feature in table.described:
        wholes[feature.composition].append(feature.name)
    assert wholes["category"] == ["category_share_toys", "category_share_books"]
    assert {name for name in wholes if name} == {"category", "channel", "source"}
    for name in ("category", "channel", "source"):
        sums = sum(table.values(share) for share in wholes[name])
        assert sums[~(sums != sums)] == pytest.approx(1)


def test_window_counts_what_was_placed_in_it_but_the_first_source_is_of_old() -> None:
    table = mix(LOG, roles=without_marks(), window_days=40)
    assert column(table, "category_top") == ["books", None, None]
    assert column(table, "first_source") == ["ad", None, None]
    assert column(table, "last_source") == [None, None, None]
    assert column(table, "return_share") == [50 / 100, None, None]


@pytest.mark.parametrize(
    ("policy", "top", "returned"),
    [
        ({"refunds": "gross"}, ["books", "books", None], [None] * 3),
        ({"zero_orders": "keep"}, ["toys", "toys", "toys"], [0.25, 80 / 140, None]),
    ],
)
def test_policies_hold_for_the_mix_too(
    policy: dict[str, str], top: list[str | None], returned: list[float | None]
) -> None:
    table = mix(LOG.filter(pl.col("order_id") != 2), roles=without_marks(), **policy)
    if policy.get("zero_orders") == "keep":
        table = mix(LOG, roles=without_marks(), **policy)
    assert column(table, "category_top") == top
    assert column(table, "return_share") == returned


def test_cancelled_lines_are_not_bought() -> None:
    log = LOG.with_columns(cancelled=pl.col("category") == "toys")
    table = mix(log)
    assert [name for name in table.names if name.startswith("category_")] == [
        "category_share_books", "category_diversity", "category_top",
    ]  # fmt: skip
    assert column(table, "category_share_books") == [1.0, None, None]
    assert column(table, "category_diversity") == [None, None, None]
    assert column(table, "discount_share") == [0.0, 0.0, None]


def test_more_than_eight_values_leave_others() -> None:
    sizes = {"other": 12, "b": 11, "c": 10, "d": 9, "e": 8, "f": 7, "g": 6, "h": 5, "i": 4, "j": 4}
    values = [value for value, size in sizes.items() for _ in range(size)]
    log = pl.DataFrame(
        {"customer_id": 1, "order_id": range(len(values)), "ordered_at": "2024-01-01", "amount": 1.0,
         "category": values}
    )  # fmt: skip
    table = mix(log, roles={"category": "category"})
    shares = [f"category_share_{word}" for word in ("other_2", *"bcdefgh", "other")]
    assert table.names[:9] == shares
    assert [column(table, name)[0] for name in shares] == pytest.approx(
        [size / 76 for size in (12, 11, 10, 9, 8, 7, 6, 5, 8)]
    )
    assert column(table, "category_top") == ["other"]
    entropy = -sum(size / 76 * math.log(size / 76) for size in sizes.values())
    assert column(table, "category_diversity") == pytest.approx([entropy / math.log(10)])


def test_ties_go_to_the_more_common_value_then_by_the_alphabet_and_for_the_channel_to_the_last() -> None:
    log = pl.DataFrame(
        {
            "customer_id": [1, 1, 2, 3, 3],
            "order_id": range(5),
            "ordered_at": ["2024-01-02", "2024-01-01", "2024-01-01", "2024-01-01", "2024-01-01"],
            "amount": 1.0,
            "channel": ["web", "app", "app", "tv", "fax"],
        }
    )
    table = mix(log, roles={"channel": "channel", "source": "channel"})
    assert column(table, "channel_top") == ["app", "app", "fax"]
    assert column(table, "preferred_channel") == ["web", "app", "fax"]
    assert column(table, "first_source") == ["app", "app", "fax"]
    assert column(table, "last_source") == ["web", "app", "fax"]


def test_only_described_columns_give_features() -> None:
    table = mix(LOG, roles={"channel": "channel"})
    assert [name for name in table.names if "share_" not in name] == [
        "channel_diversity", "channel_top", "preferred_channel",
        "return_share",
    ]  # fmt: skip
    assert column(mix(LOG, roles={"discount": "discount"}), "discount_share")[0] == 0.05


def test_log_without_refunds_says_nothing_about_returns() -> None:
    bought = LOG.filter(pl.col("amount") >= 0)
    assert column(mix(bought, roles=without_marks()), "return_share") == [None] * 3
    names = build_features(LOG, as_of="2024-04-01").names
    assert "return_share" in names
    assert "return_share" not in build_features(bought, as_of="2024-04-01").names


def test_mix_asked_for_without_its_columns_is_an_error() -> None:
    bought = LOG.filter(pl.col("amount") >= 0)
    match = r"'mix' needs category=, channel=, source= or discount= of Orders, or refunds in the log"
    with pytest.raises(DataError, match=match):
        mix(bought, roles={})
    with pytest.raises(DataError, match="'mix' needs orders"):
        build_features(customers=LOG.unique("customer_id"), as_of="2024-04-01", families=["mix"])


@pytest.mark.slow
def test_discount_that_is_no_number_is_told_by_count_and_shape(tmp_path: Path) -> None:
    LOG.with_columns(discount=pl.lit("10 %")).write_csv(tmp_path / "log.csv")
    with pytest.raises(DataError, match=r"10 values of 'discount' are not a finite number .* like '99 %'"):
        mix(tmp_path / "log.csv", roles=without_marks())
    with pytest.raises(DataError, match="1 value of 'discount' is not a finite number"):
        mix(LOG.with_columns(discount=pl.Series([math.inf] + [0.0] * 9)), roles=without_marks())
    with pytest.raises(DataError, match=r"discounts add up to more than 9.2e14. Give them in a larger unit"):
        mix(LOG.with_columns(discount=9e14), roles=without_marks())
    later = LOG.with_columns(ordered_at=datetime(2024, 4, 1), discount=math.inf)
    assert rows_of(mix(pl.concat([LOG, later]), roles=without_marks()).frame) == rows_of(
        mix(LOG, roles=without_marks()).frame
    )


def test_revenue_is_what_was_bought_less_what_was_returned() -> None:
    shop = make_shop(300, 2)
    orders = Orders(shop.orders, **ROLES)
    table = mix(shop.orders, as_of=shop.as_of).local.to_native()
    both = table.join(rfm(orders, as_of=shop.as_of), on="customer_id")
    known = pl.col("customer_id").is_not_null() & ~pl.col("cancelled") & (pl.col("amount") > 0)
    gross = shop.orders.filter(known).group_by("customer_id").agg(pl.col("amount").sum())
    joined = both.join(gross, on="customer_id")
    assert (joined["amount"] * (1 - joined["return_share"])).to_list() == pytest.approx(joined["revenue"].to_list())


def test_bargain_hunters_of_the_seeded_shop_buy_on_discount() -> None:
    shop = make_shop(600, 5)
    table = mix(shop.orders, as_of=shop.as_of).local.to_native().join(shop.kinds, on="customer_id")
    hunters = pl.col("kind") == "bargain hunter"
    assert (table.filter(hunters)["discount_share"] > 0.5).mean() > 0.9
    assert (table.filter(~hunters)["discount_share"] > 0.5).mean() < 0.05


def test_centered_log_ratios_by_hand() -> None:
    table = mix(LOG, roles=without_marks())
    ratios = centered_log_ratios(table)
    assert ratios.names == [name.replace("_share_", "_clr_") if f.composition else name
                            for name, f in zip(table.names, table.described, strict=True)]  # fmt: skip
    expected = [math.log(5 / 4) / 2, math.log(2) / 2, None]
    assert column(ratios, "category_clr_toys") == pytest.approx(expected)
    assert column(ratios, "category_clr_books") == pytest.approx([None if x is None else -x for x in expected])
    assert {f.unit for f in ratios.described if "_clr_" in f.name} == {"log ratio"}
    assert column(ratios, "category_top") == column(table, "category_top")
    assert centered_log_ratios(ratios).names == ratios.names


words = {
    "category": st.sampled_from([None, "", "a", "b", "c"]),
    "channel": st.sampled_from([None, "web", "app"]),
    "source": st.sampled_from([None, "x", "y"]),
    "discount": st.sampled_from([None, 0.0, 2.5, -2.5, 0.0001]),
}


@st.composite
def mix_logs(draw: st.DrawFn, customers: str | None = None) -> pl.DataFrame:
    log = with_a_line(draw(order_logs(customers=customers)))
    drawn = {name: draw(st.lists(of, min_size=len(log), max_size=len(log))) for name, of in words.items()}
    types = {"discount": pl.Float64}
    return log.with_columns(pl.Series(name, column, types.get(name, pl.String)) for name, column in drawn.items())


policies = st.fixed_dictionaries(
    {
        "refunds": st.sampled_from(["net", "gross"]),
        "zero_orders": st.sampled_from(["drop", "keep"]),
        "window_days": st.sampled_from([None, 2, 4]),
    }
)


def units(amount: float | None) -> int:
    return 0 if amount is None or amount != amount else round(Fraction(str(amount)) * 10_000)


ORDER_LEVEL = ("customer_id", "ordered_at", "cancelled", "channel", "source")


def by_hand(log: pl.DataFrame, *, refunds: str, zero_orders: str, window_days: int | None) -> dict[Any, dict[str, Any]]:
    """The family in plain Python, shares as fractions."""
    start = datetime.min if window_days is None else NOON - timedelta(days=window_days)
    orders: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    customers: dict[Any, Counter[str]] = {}
    for line in completed(log.to_dicts(), NOON, ORDER_LEVEL):
        customer, at = line["customer_id"], line["ordered_at"]
        if customer is None or not str(customer).strip() or at is None or at >= NOON:
            continue
        customers.setdefault(customer, Counter())
        money = units(line["amount"])
        dropped = money < 0 if refunds == "gross" else False
        dropped = dropped or (bool(line["cancelled"]) and (money >= 0 or refunds == "gross"))
        order = ("at", at) if line["order_id"] is None else ("id", line["order_id"])
        orders[customer, order].append(line | {"money": money, "dropped": dropped})
    pairs: dict[str, dict[Any, dict[str, list[datetime]]]] = {
        name: defaultdict(lambda: defaultdict(list)) for name in ("category", "channel", "source")
    }
    for (customer, _), lines in orders.items():
        placed = min(line["ordered_at"] for line in lines)
        kept = [line for line in lines if not line["dropped"]]
        net = sum(line["money"] for line in kept)
        for line in kept if placed >= start else []:
            money, off = line["money"], abs(units(line["discount"]))
            customers[customer]["gross"] += max(money, 0)
            customers[customer]["discounted"] += max(money, 0) if off else 0
            customers[customer]["off"] += off if money > 0 or (money == 0 and filled(line["amount"])) else 0
            customers[customer]["returned"] += max(-money, 0)
        if not (net > 0 or (zero_orders == "keep" and net == 0 and kept)):
            continue
        for name, of_dimension in pairs.items():
            held = {
                line[name]
                for line in kept
                if line[name] and (line["money"] > 0 or (zero_orders == "keep" and line["money"] == 0))
            }
            for value in held:
                of_dimension[customer][value].append(placed)
    rows = {customer: money_row(sums, log, refunds) for customer, sums in customers.items()}
    for name, of_dimension in pairs.items():
        add_dimension(rows, name, of_dimension, start)
    return rows


def filled(amount: float | None) -> bool:
    return amount is not None and amount == amount


def money_row(sums: Counter[str], log: pl.DataFrame, refunds: str) -> dict[str, Any]:
    lines = completed(log.to_dicts(), NOON, ORDER_LEVEL)
    before = [line for line in lines if line["ordered_at"] is not None and line["ordered_at"] < NOON]
    returns = refunds == "net" and any(units(line["amount"]) < 0 for line in before)
    gross, listed = sums["gross"], sums["gross"] + sums["off"]
    return {
        "discount_share": sums["discounted"] / gross if gross else None,
        "discount_depth": sums["off"] / listed if listed else None,
        "return_share": sums["returned"] / gross if gross and returns else None,
    }


def add_dimension(
    rows: dict[Any, dict[str, Any]],
    name: str,
    pairs: Mapping[Any, Mapping[str, list[datetime]]],
    start: datetime,
) -> None:
    inside = {
        customer: {value: [at for at in moments if at >= start] for value, moments in values.items()}
        for customer, values in pairs.items()
    }
    totals: Counter[str] = Counter()
    for values in inside.values():
        totals.update({value: len(moments) for value, moments in values.items()})
    named = sorted((value for value in totals if totals[value]), key=lambda value: (-totals[value], value))
    ranks = {value: place for place, value in enumerate(sorted(totals, key=lambda v: (-totals[v], v)))}
    everything = sum(totals.values())
    for customer, row in rows.items():
        now = {value: moments for value, moments in inside.get(customer, {}).items() if moments}
        n = sum(map(len, now.values()))
        for value in named:
            base = Fraction(5 * totals[value], everything)
            row[f"{name}_share_{value}"] = float((len(now.get(value, [])) + base) / (n + 5)) if n else None
        shares = [row[f"{name}_share_{value}"] for value in named]
        if named:
            entropy = -sum(share * math.log(share) for share in shares) if n else 0.0
            row[f"{name}_diversity"] = entropy / math.log(len(named)) if n and len(named) > 1 else None
        last = {value: (NOON - max(moments), ranks[value]) for value, moments in now.items()}
        row[f"{name}_top"] = min(now, key=lambda v: (-len(now[v]), ranks[v]), default=None)
        if name == "channel":
            most = {value: (-len(moments), *last[value]) for value, moments in now.items()}
            row["preferred_channel"] = min(most, key=most.__getitem__, default=None)
        if name == "source":
            ever = pairs.get(customer, {})
            row["first_source"] = min(ever, key=lambda v: (min(ever[v]), ranks[v]), default=None)
            row["last_source"] = min(last, key=last.__getitem__, default=None)


# A refund without a date, in an order that has one.
LATE_REFUND = pl.DataFrame(
    {
        "customer_id": [1, 1, 1],
        "order_id": [1, 1, 1],
        "ordered_at": [None, None, datetime(2024, 1, 1, 9)],
        "amount": [0.0, -1e9, 10.0],
        "cancelled": [False, False, False],
        "discount": [0.0, 0.0, 0.0],
    }
).with_columns(pl.lit(None, pl.String).alias(name) for name in ("category", "channel", "source"))


@pytest.mark.slow
@example(LATE_REFUND, {"refunds": "net", "zero_orders": "drop", "window_days": None})
@given(mix_logs(), policies)
def test_mix_agrees_with_plain_python(log: pl.DataFrame, policy: dict[str, Any]) -> None:
    found = {row.pop("customer_id"): row for row in rows_of(mix(log, as_of=NOON, **policy).frame)}
    wanted = by_hand(log, **policy)
    assert set(found) == set(wanted)
    for customer, row in wanted.items():
        assert set(found[customer]) == set(row)
        for name, value in found[customer].items():
            assert value == (pytest.approx(row[name], abs=1e-12) if isinstance(value, float) else row[name]), name


@pytest.mark.slow
@examples(A_FEW)
@given(mix_logs(), st.randoms(use_true_random=False))
def test_order_of_the_rows_and_later_rows_change_nothing(log: pl.DataFrame, random: Any) -> None:
    later = log.with_columns(ordered_at=NOON + timedelta(hours=1), category=pl.lit("z"), channel=pl.lit("tv"))
    both = pl.concat([log, later])
    shuffled = both[random.sample(range(len(both)), len(both))]
    assert rows_of(mix(shuffled, as_of=NOON).frame) == rows_of(mix(log, as_of=NOON).frame)


@pytest.mark.slow
@examples(15)
@given(log=mix_logs(customers="integers"))
@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_every_kind_of_table_gives_the_same(kind: str, log: pl.DataFrame) -> None:
    with TemporaryDirectory() as folder:
        found = rows_of(mix(KINDS[kind](log, Path(folder)), as_of=NOON).frame)
    assert same(found, rows_of(mix(log, as_of=NOON).frame))


@pytest.mark.slow
@examples(A_FEW)
@given(mix_logs())
def test_shares_keep_their_bounds(log: pl.DataFrame) -> None:
    for row in rows_of(mix(log, as_of=NOON).frame):
        for name, value in row.items():
            if value is not None and (
                name.endswith(("_diversity", "discount_share", "discount_depth")) or "_share_" in name
            ):
                assert 0 <= value <= 1 + 1e-12
