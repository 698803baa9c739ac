from __future__ import annotations

import dataclasses
import datetime

import polars as pl
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from custseg.datasets import Shop, make_shop

KINDS = {"loyal", "one-time", "new", "lapsed big spender", "bargain hunter", "seasonal"}
TABLES = ("orders", "events", "customers", "kinds")


def test_make_shop_same_seed_same_tables() -> None:
    one, two = make_shop(300, 4), make_shop(n_customers=300, random_state=4)
    assert all(getattr(one, name).equals(getattr(two, name)) for name in TABLES)


def test_make_shop_other_seed_other_tables() -> None:
    one, two = make_shop(300, 4), make_shop(300, 5)
    assert not any(getattr(one, name).equals(getattr(two, name)) for name in TABLES)


def test_make_shop_default_size_is_2000() -> None:
    assert make_shop().kinds.height == 2_000


@examples(25)
@given(n=st.integers(6, 80), seed=st.integers(0, 2**32 - 1))
def test_make_shop_any_size_and_seed_gives_whole_shop(n: int, seed: int) -> None:
    shop = make_shop(n, seed)
    lines = shop.orders.filter(~pl.col("cancelled"))
    orders = lines.group_by("customer_id", "order_id").agg(pl.col("amount").sum())
    buyers = orders.filter(pl.col("amount") > 0.005)["customer_id"]
    assert set(shop.kinds["kind"]) == KINDS
    assert shop.kinds.height == n
    assert set(shop.kinds["customer_id"]) <= set(buyers)
    assert max(shop.orders["ordered_at"].max(), shop.events["occurred_at"].max()) < shop.as_of


@pytest.mark.parametrize("n", [5, 0, -1])
def test_make_shop_too_few_customers_is_an_error(n: int) -> None:
    with pytest.raises(ValueError, match=rf"make_shop: n_customers must be at least 6, got {n}"):
        make_shop(n)


@pytest.mark.parametrize("n", [10.0, "10", True, None])
def test_make_shop_wrong_type_of_size_is_an_error(n: object) -> None:
    with pytest.raises(TypeError, match="make_shop: n_customers must be a whole number"):
        make_shop(n)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_make_shop_seed_out_of_range_is_an_error(seed: int) -> None:
    with pytest.raises(ValueError, match="make_shop: random_state must be"):
        make_shop(10, seed)


def test_make_shop_wrong_type_of_seed_is_an_error() -> None:
    with pytest.raises(TypeError, match="make_shop: random_state must be a whole number"):
        make_shop(10, 0.5)  # type: ignore[arg-type]


def test_shop_repr_is_one_short_line(shop: Shop) -> None:
    assert repr(shop).startswith("Shop(2,000 customers of 6 kinds, ")
    assert repr(shop).endswith("as_of 2025-07-01)")


def test_shop_is_frozen(shop: Shop) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError, match="as_of"):
        shop.as_of = datetime.datetime(2020, 1, 1)  # type: ignore[misc]


def test_kinds_have_unequal_shares_of_at_least_a_tenth(shop: Shop) -> None:
    sizes = shop.kinds["kind"].value_counts()["count"].to_list()
    assert sorted(sizes) == [200, 260, 280, 320, 440, 500]


def test_ids_tell_nothing_of_kinds(shop: Shop) -> None:
    first_ids = shop.kinds.sort("customer_id").head(60)
    assert set(first_ids["kind"]) == KINDS


def test_customers_has_everybody_with_an_account_once(shop: Shop) -> None:
    in_orders = set(shop.orders["customer_id"].drop_nulls())
    in_events = set(shop.events["customer_id"].drop_nulls())
    ids = shop.customers["customer_id"]
    assert ids.is_unique().all()
    assert set(ids) >= in_orders | in_events


def test_shop_has_prospects_and_people_with_a_refund_only(shop: Shop) -> None:
    buyers, known = set(shop.orders["customer_id"]), set(shop.kinds["customer_id"])
    prospects = set(shop.customers["customer_id"]) - buyers
    refund_only = shop.orders.filter(pl.col("customer_id").is_not_null() & ~pl.col("customer_id").is_in(list(known)))
    assert len(prospects) == 20
    assert prospects & set(shop.events["customer_id"])
    assert refund_only["customer_id"].n_unique() == 7
    assert (refund_only["amount"] < 0).all()


def test_demography_is_incomplete_and_nearly_independent_of_kinds(shop: Shop) -> None:
    people = shop.customers.join(shop.kinds, on="customer_id")
    ages = people.group_by("kind").agg(pl.col("age").mean())["age"]
    assert ages.max() - ages.min() < 9
    assert set(people["consent_email"]) == {True, False, None}
    assert all(0 < people[name].null_count() < 800 for name in ("age", "sex", "region", "interests"))
    assert people["interests"].str.contains("|", literal=True).any()
