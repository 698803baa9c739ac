"""`split`: who is held out, on every engine, and what is refused."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import rows_of

from custseg.errors import DataError
from custseg.proof import split


def groups_of(ids: Any, **options: Any) -> dict[Any, str]:
    table = split(pl.DataFrame({"customer_id": ids}), **{"holdout": 0.5, "salt": "s", **options})
    return dict(table.rows())


def test_vector_by_hand() -> None:
    # md5sum of "spring:11" to "spring:14" begins e4, de, a0, 6b: only the last is below 80.
    assert list(groups_of([11, 12, 13, 14], salt="spring").values()) == ["treated", "treated", "treated", "held_out"]
    share = 0xDE96691F / 2**32
    assert groups_of([12], salt="spring", holdout=share)[12] == "treated"
    assert groups_of([12], salt="spring", holdout=share + 1e-9)[12] == "held_out"


@pytest.mark.parametrize("ids", [[12, 13, 99], [12.0, 13.0, 99.0], ["12", "13", "99"], ["12.0", "13", "99.0"]])
def test_whole_numbers_of_any_type_are_the_same_ids(ids: list[Any]) -> None:
    assert list(groups_of(ids).values()) == list(groups_of([12, 13, 99]).values())


def test_every_engine_gives_the_same(as_kind: Callable[[pl.DataFrame], object]) -> None:
    customers = pl.DataFrame({"id": [f"c{i}" for i in range(40)], "name": ["New", "Loyal"] * 20})
    expected = split(customers, holdout=0.4, salt="s", by="name", customer_column="id")
    result = split(as_kind(customers), holdout=0.4, salt="s", by="name", customer_column="id")
    assert sorted(rows_of(result), key=str) == sorted(rows_of(expected), key=str)


def test_ids_alone(as_kind: Callable[[pl.DataFrame], object]) -> None:
    """A table, or a file, with nothing but ids."""
    customers = pl.DataFrame({"customer_id": [11, 12, 13, 14]})
    rows = sorted(rows_of(split(as_kind(customers), holdout=0.5, salt="spring")), key=str)
    assert [row["group"] for row in rows] == ["treated", "treated", "treated", "held_out"]


@given(st.lists(st.integers(), unique=True, min_size=2, max_size=30), st.randoms(use_true_random=False))
def test_neither_order_nor_other_customers_matter(ids: list[int], random: Any) -> None:
    ids = [i % 2**60 for i in ids]
    ids = list(dict.fromkeys(ids))
    before = groups_of(ids)
    shuffled = random.sample(ids, len(ids))
    assert groups_of(shuffled) == before
    assert groups_of(ids[:1])[ids[0]] == before[ids[0]]


def test_shares_are_those_of_the_plan() -> None:
    held_out = [name == "held_out" for name in groups_of(range(20_000), holdout=0.1).values()]
    # Standard deviation sqrt(.09 / 20,000) = .0021.
    assert sum(held_out) / 20_000 == pytest.approx(0.1, abs=0.0064)


def test_other_salts_are_independent() -> None:
    first, second = groups_of(range(10_000), salt="a"), groups_of(range(10_000), salt="b")
    both = sum(first[i] == second[i] == "held_out" for i in range(10_000))
    assert both / 10_000 == pytest.approx(0.25, abs=0.013)


def test_larger_holdouts_hold_out_more_of_the_same() -> None:
    small, large = groups_of(range(2000), holdout=0.1), groups_of(range(2000), holdout=0.2)
    assert all(large[i] == "held_out" for i, name in small.items() if name == "held_out")


@pytest.mark.parametrize("holdout", [0, 1, -0.1, 10])
def test_holdout_lies_between_0_and_1(holdout: float) -> None:
    with pytest.raises(ValueError, match="holdout must lie between 0 and 1"):
        groups_of([1, 2], holdout=holdout)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([1, None], "1 row of customers without a customer id"),
        ([1, 1], "1 row repeats the id"),
        (["12", "12.0"], "1 row repeats the id"),
        ([1.5, 2.0], "some have decimals"),
        ([2.0**60, 1.0], "too large for a float"),
        ([True, False], "must be text or whole numbers"),
        ([], "has no rows"),
    ],
)
def test_ids_are_checked(ids: list[Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        groups_of(ids)


def test_missing_columns_are_named() -> None:
    with pytest.raises(DataError, match="segment"):
        split(pl.DataFrame({"customer_id": [1]}), holdout=0.1, salt="s", by="segment")
    with pytest.raises(DataError, match="client"):
        split(pl.DataFrame({"customer_id": [1]}), holdout=0.1, salt="s", customer_column="client")
