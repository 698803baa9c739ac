"""Why customers changed segments: worked by hand on a base of four recurring patterns."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from quick import quick_fit

from custseg import DataError, SegmentModel
from custseg.profiling import UNCLUSTERED
from custseg.tracking import Transitions, transitions

SINCE, AS_OF = date(2024, 7, 1), date(2024, 11, 1)


def orders_of(customer: int, days: list[int]) -> pl.DataFrame:
    """Orders of 10 so many days before the first snapshot (after it, if negative)."""
    return pl.DataFrame(
        {
            "customer_id": customer,
            "order_id": [f"{customer}-{day}" for day in days],
            "ordered_at": [SINCE - timedelta(days=day) for day in days],
            "amount": 10.0,
        }
    )


RECENT, OLD = [10, 40, 70, 100], [200, 230, 260, 290]
BASE = pl.concat([orders_of(i, [day + i % 5 for day in (RECENT if i < 32 else OLD)]) for i in range(60)])
ACTIVE, LAPSED = 1, 40
"""One customer with recent orders, and one without."""


@pytest.fixture(scope="module")
def model() -> SegmentModel:
    fitted = quick_fit(BASE, as_of=SINCE, columns=["recency_days"], n_segments=2).model
    segments = fitted.assign(BASE, as_of=SINCE)["segment"]
    assert segments[ACTIVE] != segments[LAPSED]
    return fitted


def compared(model: SegmentModel, now: pl.DataFrame, **arguments: object) -> Transitions:
    """The movement from the first snapshot, with the base as its log, to the second one with the log `now`."""
    later = arguments.get("model_after", model)
    assert isinstance(later, SegmentModel)
    tables = model.assign(BASE, as_of=SINCE), later.assign(now, as_of=AS_OF)
    return transitions(*tables, since=SINCE, as_of=AS_OF, model_before=model, orders=now, **arguments)


def cause_of(movement: Transitions, customer: int) -> str | None:
    return dict(movement.customers.select("customer_id", "cause").iter_rows())[customer]


@pytest.mark.slow
def test_customer_without_new_rows_moves_because_of_time(model: SegmentModel) -> None:
    movement = compared(model, BASE)
    assert cause_of(movement, ACTIVE) == "time"
    assert cause_of(movement, LAPSED) is None
    assert "32 because time passed" in repr(movement)


@pytest.mark.slow
def test_customer_with_new_orders_moves_because_of_behavior(model: SegmentModel) -> None:
    movement = compared(model, pl.concat([BASE, orders_of(LAPSED, [-80])]))
    assert cause_of(movement, LAPSED) == "behavior"
    assert cause_of(movement, ACTIVE) == "time"


@pytest.mark.slow
def test_customer_who_stays_active_does_not_move(model: SegmentModel) -> None:
    movement = compared(model, pl.concat([BASE, orders_of(ACTIVE, [-80])]))
    assert cause_of(movement, ACTIVE) is None


def test_rows_added_to_the_past_are_a_correction(model: SegmentModel) -> None:
    before = transitions(
        model.assign(BASE, as_of=SINCE),
        model.assign(pl.concat([BASE, orders_of(LAPSED, [3])]), as_of=SINCE + timedelta(days=1)),
        since=SINCE,
        as_of=SINCE + timedelta(days=1),
        model_before=model,
        orders=pl.concat([BASE, orders_of(LAPSED, [3])]),
    )
    assert cause_of(before, LAPSED) == "correction"


@pytest.mark.slow
def test_move_that_only_another_model_makes(model: SegmentModel) -> None:
    """The other model parts the customers at 12 days, between 10 and 14."""
    other = pl.concat([orders_of(i, [i % 5 if i < 35 else 20 + i % 5]) for i in range(60)])
    later = quick_fit(other, as_of=SINCE, columns=["recency_days"], n_segments=2).model
    next_day = SINCE + timedelta(days=1)
    movement = transitions(
        model.assign(BASE, as_of=SINCE),
        later.assign(BASE, as_of=next_day),
        since=SINCE,
        as_of=next_day,
        model_before=model,
        model_after=later,
        orders=BASE,
    )
    assert (cause_of(movement, 4), cause_of(movement, 0)) == ("model", None)
    assert movement.causes["cause"].to_list() == ["model"]


def test_causes_add_up_to_the_flows(model: SegmentModel) -> None:
    movement = compared(model, pl.concat([BASE, orders_of(LAPSED, [-80]), orders_of(99, [-50])]))
    by_flow = movement.causes.group_by("from_segment", "to_segment").agg(pl.col("customers").sum())
    moved = movement.to_frame().filter(pl.col("kind") == "moved")
    assert sorted(by_flow.rows()) == sorted(moved.select("from_segment", "to_segment", "customers").rows())
    assert cause_of(movement, 99) is None
    assert movement.entered["cause"].null_count() == 1


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"model_before": "model.json"}, TypeError, "model_before must be a SegmentModel, got str"),
        ({"orders": None}, TypeError, "model_before needs the logs up to the later snapshot"),
        ({"model_before": None}, TypeError, "need model_before="),
        ({"since": None}, TypeError, "causes need the moments of both snapshots"),
        ({"min_confidence": 0.8}, ValueError, "causes are found for the changes between two snapshots"),
    ],
)
def test_bad_arguments(model: SegmentModel, arguments: dict[str, object], error: type[Exception], words: str) -> None:
    table = model.assign(BASE, as_of=SINCE)
    given = {"model_before": model, "orders": BASE, "since": SINCE, "as_of": AS_OF, **arguments}
    with pytest.raises(error, match=f"transitions: .*{words}"):
        transitions(table, table, **given)


def test_no_causes_without_models(model: SegmentModel) -> None:
    table = model.assign(BASE, as_of=SINCE)
    with pytest.raises(DataError, match=r"causes: give transitions\(\) the model and the logs"):
        _ = transitions(table, table).causes


def test_models_that_did_not_make_the_snapshots(model: SegmentModel) -> None:
    later = model.assign(BASE, as_of=AS_OF)
    turned = later.with_columns(segment=1 - pl.col("segment"))
    with pytest.raises(
        DataError, match="model_before and the logs put most customers of the later snapshot into other"
    ):
        transitions(model.assign(BASE, as_of=SINCE), turned, since=SINCE, as_of=AS_OF, model_before=model, orders=BASE)


def test_groups_without_a_segment_are_the_same_in_another_language() -> None:
    table = pl.DataFrame({"customer_id": range(30), "segment": pl.Series([None] * 30, dtype=pl.Int64)})
    before, after = (table.with_columns(name=pl.lit(name)) for name in ("Prospects", UNCLUSTERED["prospects"]["ru"]))
    assert len(transitions(before, after).entered) == 0
