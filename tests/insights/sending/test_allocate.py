from typing import Any

import polars as pl
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from custseg.errors import DataError
from custseg.insights import allocate
from custseg.texts import LANGUAGES

VALUES = pl.DataFrame({"customer_id": ["c", "a", "b", "d", "e"], "value": [2.0, 5.0, 5.0, 0.1, None]})


def reasons(allocation: Any) -> dict[str, str]:
    return dict(allocation.table.select("customer_id", "reason").rows())


def test_best_first_within_the_budget() -> None:
    allocation = allocate(1.0, 0.5, VALUES)
    assert reasons(allocation) == {"a": "contact", "b": "contact", "c": "budget", "d": "not_worth", "e": "unknown"}
    assert (allocation.spent, allocation.value) == (1.0, 10.0)
    assert dict(allocation.table.select("customer_id", "rank").rows()) == {"a": 1, "b": 2, "c": 3, "d": None, "e": None}


def test_ties_go_by_id_in_any_order_of_rows() -> None:
    for table in (VALUES, VALUES[::-1]):
        assert reasons(allocate(0.5, 0.5, table))["a"] == "contact"
        assert reasons(allocate(0.5, 0.5, table))["b"] == "budget"


def test_decimal_costs_use_the_whole_budget() -> None:
    table = pl.DataFrame({"customer_id": range(5), "value": [1.0] * 5})
    assert allocate(0.3, 0.1, table).counts["contact"] == 3  # 0.1 + 0.1 + 0.1 > 0.3 in floating point
    assert allocate(0.0, 0.1, table).counts["contact"] == 0


def test_dear_contact_gives_way_to_cheaper_ones() -> None:
    table = pl.DataFrame({"customer_id": [1, 2, 3], "value": [30.0, 9.0, 2.0], "cost": [6.0, 2.0, 1.0]})
    assert reasons(allocate(4, "cost", table)) == {1: "budget", 2: "contact", 3: "contact"}


def test_interval_and_unsure_contacts() -> None:
    table = VALUES.with_columns(low=pl.lit(0.2), high=pl.col("value") + 1)
    allocation = allocate(1, 0.5, table)
    assert (allocation.low, allocation.high, allocation.unsure) == (0.4, 12.0, 2)


def test_unreachable_customers_are_left_out() -> None:
    table = VALUES.with_columns(may=pl.Series([True, False, None, True, True]))
    assert reasons(allocate(9, 0.5, table, reachable="may")) == {
        "c": "contact", "a": "unreachable", "b": "unreachable", "d": "not_worth", "e": "unknown",
    }  # fmt: skip


amounts = st.floats(0.01, 50).map(lambda value: round(value, 2))


@examples(60)
@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=12), st.floats(0, 200))
def test_never_above_the_budget(rows: list[tuple[float, float]], budget: float) -> None:
    table = pl.DataFrame({"customer_id": range(len(rows)), "value": [v for v, _ in rows], "cost": [c for _, c in rows]})
    allocation = allocate(budget, "cost", table)
    assert allocation.spent <= budget
    left = budget - allocation.spent
    waiting = allocation.table.filter(pl.col("reason") == "budget")
    assert not (waiting["cost"] < left - 1e-6).any()
    again = allocate(budget, "cost", table.sample(fraction=1, shuffle=True, seed=1))
    assert reasons(again) == reasons(allocation)


@pytest.mark.parametrize("kind", ["pandas", "pyarrow"])
def test_same_kind_of_table_comes_back(kind: str) -> None:
    table = VALUES.to_pandas() if kind == "pandas" else VALUES.to_arrow()
    answer = allocate(1.0, 0.5, table).table
    assert type(answer) is type(table)
    assert pl.from_pandas(answer).equals(allocate(1.0, 0.5, VALUES).table) if kind == "pandas" else True


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_hides_small_counts(language: str) -> None:
    table = pl.DataFrame({"customer_id": range(40), "value": [1.0] * 12 + [0.0] * 28})
    printed = repr(allocate(0.6, 0.1, table, language=language))
    assert "<10" in printed
    assert " 6 " not in printed
    assert len(printed.splitlines()) == 2  # nor what they cost and are worth


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"budget": -1}, ValueError, "budget must be finite and at least 0"),
        ({"cost": 0}, ValueError, "cost must be above 0"),
        ({"cost": "price"}, DataError, "'price'"),
        ({"cost": "value"}, DataError, "above 0 for every customer; for <10 customers it is not"),
        ({"value": VALUES.drop("value")}, DataError, "'value'"),
        ({"value": pl.concat([VALUES, VALUES])}, DataError, "<10 rows repeat an earlier id"),
        ({"value": VALUES.with_columns(customer_id=None)}, DataError, "<10 rows of value without a customer_id"),
        ({"value": VALUES.with_columns(value=pl.lit("much"))}, DataError, r"\['value'\] of value must be numeric"),
        ({"value": VALUES.with_columns(value=float("inf"))}, DataError, "infinite values"),
        ({"reachable": "value"}, DataError, "must hold true and false"),
        ({"value": VALUES.with_columns(low=2.0, high=1.0)}, DataError, "'low' of value must not be above 'high'"),
        ({"pressure": 7}, TypeError, "pressure must be the result of `send_pressure`"),
    ],
)
def test_bad_input(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        allocate(**{"budget": 1, "cost": 0.5, "value": VALUES, **arguments})
