"""Two snapshots compared: worked by hand, sums, flapping, revenue and faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import RETURNED, rows_of
from snapshots import integers, odd_texts, segments_of, snapshot

from custseg import DataError
from custseg.tracking import SegmentHistory, Transitions, transitions

BEFORE = snapshot({"ann": 0, "bob": 1, "cem": None, "eva": 2})
AFTER = snapshot({"ann": 0, "bob": 0, "dan": 1, "eva": None})


def flows_of(movement: Transitions) -> dict[tuple[str, str], int]:
    """Customers by the names of the two segments."""
    return {
        (flow.before.name if flow.before else "new", flow.after.name if flow.after else "gone"): flow.customers
        for flow in movement.flows
    }


def test_comparison_by_hand() -> None:
    movement = transitions(BEFORE, AFTER, as_of="2024-07-01")
    assert flows_of(movement) == {
        ("Loyal", "Loyal"): 1,
        ("New", "Loyal"): 1,
        ("Lost", "No data"): 1,
        ("No data", "gone"): 1,
        ("new", "New"): 1,
    }
    assert movement.entered.rows() == [
        ("bob", 0, "2024-07-01", "Loyal", 1, "New", False),
        ("dan", 1, "2024-07-01", "New", None, None, True),
        ("eva", None, "2024-07-01", "No data", 2, "Lost", False),
    ]
    assert movement.left.rows() == [
        ("bob", 1, "2024-07-01", "New", 0, "Loyal", False),
        ("eva", 2, "2024-07-01", "Lost", None, "No data", False),
        ("cem", None, "2024-07-01", "No data", None, None, True),
    ]
    assert movement.stayed.rows() == [("ann", 0, "2024-07-01", "Loyal")]
    # Rows and columns: Loyal, New, Lost, No data; new customers in the last row, gone ones in the last column.
    assert movement.counts().tolist() == [
        [1, 0, 0, 0, 0],
        [1, 0, 0, 0, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 0, 1],
        [0, 1, 0, 0, 0],
    ]
    assert movement.to_frame()["kind"].to_list() == ["stayed", "moved", "moved", "gone", "new"]


pairs = st.sampled_from([odd_texts, integers]).flatmap(lambda ids: st.tuples(*[segments_of(ids)] * 2))


@given(pairs)
def test_sums_are_the_sizes(pair: tuple[dict[Any, int | None], dict[Any, int | None]]) -> None:
    before, after = pair
    movement = transitions(snapshot(before), snapshot(after))
    order = [item.segment for item in movement.segments]
    counts = movement.counts()
    assert counts[:-1].sum(axis=1).tolist() == [Counter(before.values())[segment] for segment in order]
    assert counts[:, :-1].sum(axis=0).tolist() == [Counter(after.values())[segment] for segment in order]
    n_entered = sum(before.get(customer, "new") != segment for customer, segment in after.items())
    n_left = sum(after.get(customer, "gone") != segment for customer, segment in before.items())
    assert (len(movement.entered), len(movement.left)) == (n_entered, n_left)
    assert len(movement.stayed) == len(after) - n_entered
    assert len(movement.customers) == len(before | after) == counts.sum()


@given(segments_of(odd_texts))
def test_a_snapshot_with_itself_has_only_stayed(segments: dict[str, int | None]) -> None:
    movement = transitions(snapshot(segments), snapshot(segments))
    assert len(movement.stayed) == len(segments)
    assert (len(movement.entered), len(movement.left)) == (0, 0)
    assert {(flow.before, flow.after) for flow in movement.flows} == {(item, item) for item in movement.segments}


@pytest.mark.slow
@given(pairs, st.randoms())
def test_order_of_rows_does_not_matter(pair: tuple[dict[Any, int | None], ...], random: Any) -> None:
    tables = [snapshot(segments) for segments in pair]
    shuffled = [table[random.sample(range(len(table)), len(table))] for table in tables]
    first, second = transitions(*tables), transitions(*shuffled)
    assert first.flows == second.flows
    for name in ("entered", "left", "stayed"):
        assert getattr(first, name).sort("customer_id").equals(getattr(second, name).sort("customer_id"))


def test_every_kind_of_table(as_kind: Callable[[pl.DataFrame], object], kind: str) -> None:
    movement = transitions(BEFORE, as_kind(AFTER), as_of="2024-07-01")
    expected = transitions(BEFORE, AFTER, as_of="2024-07-01")
    for name in ("entered", "left", "stayed"):
        assert isinstance(getattr(movement, name), RETURNED.get(kind, pl.DataFrame))
        assert rows_of(getattr(movement, name)) == rows_of(getattr(expected, name))
    assert rows_of(movement.to_frame()) == rows_of(expected.to_frame())


OLD_POLARS = tuple(int(part) for part in pl.__version__.split(".")[:2]) < (2, 0)


@pytest.mark.skipif(OLD_POLARS, reason="the oldest versions of polars lose digits of whole numbers of 128 bits")
def test_large_ids_of_both_signs() -> None:
    movement = transitions(snapshot({2**64 - 1: 0, 7: 0}), snapshot({-1: 0, 7: 1}), values=revenue({7: 5.0}))
    assert flows_of(movement) == {("Loyal", "New"): 1, ("Loyal", "gone"): 1, ("new", "Loyal"): 1}
    assert movement.revenues().sum() == 5.0


def revenue(values: dict[Any, float | None]) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": list(values), "revenue": list(values.values())})


def test_revenue_of_a_table() -> None:
    table = revenue({"ann": 10.0, "bob": 0.1, "eva": -2.0, "dan": None, "zoe": 99.0})
    movement = transitions(BEFORE, AFTER, values=table)
    assert [flow.revenue for flow in movement.flows] == [10.0, 0.1, -2.0, 0.0, 0.0]
    assert movement.entered["revenue"].to_list() == [0.1, 0.0, -2.0]
    assert movement.notes == ("<10 customers have no revenue and count as 0.",)


def test_revenue_of_a_column_is_the_latest() -> None:
    before = BEFORE.with_columns(spend=pl.lit(1.0))
    after = AFTER.with_columns(spend=pl.lit(5.0))
    movement = transitions(before, after, values="spend")
    assert {flow.after.name if flow.after else "gone": flow.revenue for flow in movement.flows} == {
        "Loyal": 5.0, "No data": 5.0, "gone": 1.0, "New": 5.0,
    }  # fmt: skip
    assert movement.revenues().sum() == 21.0


def test_revenue_does_not_depend_on_the_order_of_rows() -> None:
    ids = [f"c{i}" for i in range(2000)]
    table = snapshot(dict.fromkeys(ids, 0), revenue=[0.1 * i for i in range(2000)])
    sums = [transitions(rows, rows, values="revenue").flows[0].revenue for rows in (table, table.reverse())]
    assert sums[0] == sums[1] == 199_900.0


def test_renamed_segments_are_noted() -> None:
    after = AFTER.with_columns(name=pl.col("name").replace("Loyal", "Fans"))
    movement = transitions(BEFORE, after)
    assert movement.notes == ("Segment 0 was called “Loyal” and is now called “Fans”.",)
    assert flows_of(movement)["Fans", "Fans"] == 1


def chain(*segments: str) -> list[pl.DataFrame]:
    """Snapshots of one customer per text, a digit per snapshot."""
    steps = zip(*segments, strict=True)
    return [
        snapshot({f"c{i}": int(digit) for i, digit in enumerate(step) if digit != "-"}, )
        for step in steps
    ]  # fmt: skip


def test_min_stay_over_tables() -> None:
    first, second, third = chain("011", "001", "111", "010")
    movement = transitions(second, third, earlier=[first], min_stay=2, as_of="2024-07-01")
    # Only the first customer has been in another segment for two snapshots; the last one is back where it was.
    assert movement.entered["customer_id"].to_list() == ["c0"]
    assert len(movement.stayed) == 3


@pytest.fixture
def flapping(tmp_path: Path) -> SegmentHistory:
    """One customer flaps, one moves and stays, one is absent for a while."""
    history = SegmentHistory(tmp_path)
    for month, table in enumerate(chain("010101", "001111", "00-111", "000000"), start=1):
        history.record(table, f"2024-0{month}-01")
    return history


def moves(history: SegmentHistory, **options: Any) -> list[tuple[str, str]]:
    """Month and customer of all who entered a segment, from one snapshot to the next."""
    months = range(2, 7)
    results = [transitions(history, f"2024-0{month}-01", **options) for month in months]
    return [(f"0{m}", c) for m, r in zip(months, results, strict=True) for c in r.entered["customer_id"].to_list()]


@pytest.mark.slow
def test_history_without_and_with_a_stay(flapping: SegmentHistory) -> None:
    assert [customer for _, customer in moves(flapping)].count("c0") == 5
    # The stay of two is complete in the fourth month; who was absent is new again.
    assert moves(flapping, min_stay=2) == [("04", "c1"), ("04", "c2")]
    assert moves(flapping, min_stay=3) == [("04", "c2"), ("05", "c1")]


def test_longer_spans_of_a_history(flapping: SegmentHistory) -> None:
    movement = transitions(flapping, "2024-06-01", since="2024-01-01", min_stay=2)
    assert movement.entered["customer_id"].to_list() == ["c1", "c2"]
    assert movement.since == "2024-01-01"
    assert movement.entered["is_new"].to_list() == [False, False]


@pytest.mark.slow
def test_history_equals_its_tables(flapping: SegmentHistory) -> None:
    tables = [flapping.at(f"2024-0{month}-01") for month in range(1, 6)]
    for stay in (1, 2, 3):
        of_tables = transitions(tables[-2], tables[-1], earlier=tables[:-2], min_stay=stay, as_of="2024-05-01")
        of_history = transitions(flapping, "2024-05-01", min_stay=stay)
        assert of_tables.flows == of_history.flows
        assert of_tables.entered.equals(of_history.entered)


def test_min_confidence_waits(tmp_path: Path) -> None:
    history = SegmentHistory(tmp_path)
    for month, (segment, confidence) in enumerate([(0, 0.9), (1, 0.55), (1, 0.8)], start=1):
        history.record(snapshot({"ann": segment}, confidence=[confidence]), f"2024-0{month}-01")
    second, third = (transitions(history, f"2024-0{month}-01", min_confidence=0.7) for month in (2, 3))
    assert flows_of(second) == {("Loyal", "Loyal"): 1}
    assert flows_of(third) == {("Loyal", "New"): 1}


def test_min_confidence_over_two_tables() -> None:
    before = snapshot({"ann": 0, "bob": 0, "cem": 0}, confidence=[0.6, 0.9, 0.9])
    after = snapshot({"ann": 1, "bob": 1, "cem": None}, confidence=[0.6, 0.8, None])
    assert transitions(before, after, min_confidence=0.7).entered["customer_id"].to_list() == ["bob", "cem"]
    with pytest.raises(DataError, match="min_confidence needs the column 'confidence' in both snapshots"):
        transitions(before, after.drop("confidence"), min_confidence=0.7)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"min_stay": 0}, ValueError, "min_stay must be at least 1, got 0"),
        ({"min_stay": 2}, ValueError, "min_stay=2 needs earlier snapshots. Give a SegmentHistory"),
        ({"min_confidence": 2}, ValueError, "min_confidence must be from 0 to 1, got 2"),
        ({"min_confidence": "high"}, TypeError, "min_confidence must be a number, got str"),
        ({"earlier": BEFORE}, TypeError, "earlier must be a list of tables, the earliest first, got DataFrame"),
        ({"language": "de"}, ValueError, "language must be one of"),
        ({"since": "2024-07-01", "as_of": "2024-07-01"}, ValueError, "since must be before the later moment"),
        ({"since": "2024-06-01", "as_of": "2024-07-01T00:00Z"}, ValueError, "both moments with a time zone or both"),
        ({"values": "spend"}, DataError, r"before lacks column \['spend'\]"),
        ({"values": BEFORE}, DataError, None),
        ({"values": BEFORE.select("customer_id", a=1, b=2)}, DataError, "values must have a column 'revenue', or a si"),
        ({"values": revenue({"ann": float("inf")})}, DataError, "values must be finite numbers"),
        ({"values": revenue({"ann": 1e16})}, DataError, "the sum of values is too large"),
        ({"values": revenue({1: 1.0})}, DataError, "ids of values are Int64, those of the assignments String"),
        ({"values": pl.concat([revenue({"ann": 1.0})] * 2)}, DataError, "must differ, but 1 row repeats"),
    ],
)
def test_arguments_are_checked(options: dict[str, Any], error: type[Exception], message: str | None) -> None:
    if message is None:  # the segment is the single number beside the ids
        assert transitions(BEFORE, AFTER, **options).has_revenue
        return
    with pytest.raises(error, match=message):
        transitions(BEFORE, AFTER, **options)


@pytest.mark.parametrize("customer", ["ann", "cem", "dan"])  # of both, only before, only after
@pytest.mark.parametrize("argument", ["before", "after"])
def test_repeated_ids(argument: str, customer: str) -> None:
    tables = {"before": BEFORE, "after": AFTER}
    table = tables[argument]
    if customer not in table["customer_id"]:
        return
    tables[argument] = pl.concat([table, table.filter(customer_id=customer)])
    with pytest.raises(DataError, match=f"transitions: {argument} must have one row per customer, but 1 row repeats"):
        transitions(tables["before"], tables["after"])


def test_ids_of_two_types() -> None:
    with pytest.raises(DataError, match="transitions: the customer ids must be of one type"):
        transitions(BEFORE, snapshot({1: 0}))


def test_moments_of_a_history_are_checked(flapping: SegmentHistory) -> None:
    with pytest.raises(DataError, match=r"no snapshot as of 2024-09-01 \(after=\); the latest are"):
        transitions(flapping, "2024-09-01")
    with pytest.raises(DataError, match="no snapshot before 2024-01-01 to compare with"):
        transitions(flapping, "2024-01-01")
    with pytest.raises(DataError, match=r"no snapshot as of 2023-01-01 \(since=\)"):
        transitions(flapping, "2024-02-01", since="2023-01-01")
    with pytest.raises(ValueError, match="earlier and as_of belong to tables"):
        transitions(flapping, "2024-02-01", as_of="2024-02-01")


def test_tables_are_those_that_are_printed() -> None:
    movement = transitions(BEFORE, AFTER, as_of="2024-07-01")
    assert movement.headline in repr(movement)
    [(title, [head, *rows])] = movement.tables()
    assert title in repr(movement)
    assert len(rows) == len(movement.segments) + 2
    assert all(cell in repr(movement) for row in (head, *rows) for cell in row)
    assert all(remark in repr(movement) for remark in movement.remarks)


def test_data_of_a_picture_hide_small_counts() -> None:
    before = {index: 0 if index < 60 else 1 for index in range(100)}
    after = {index: 1 if index < 25 else segment for index, segment in before.items() if index != 99}
    movement = transitions(snapshot(before), snapshot(after)).plot()
    assert [(row["name"], row["before"], row["after"]) for row in movement["segments"]] == [
        ("Loyal", "60", "≥10"),
        ("New", "40", "64"),
    ]
    flows = {(flow["before"], flow["after"]): flow for flow in movement["flows"]}
    assert {pair: flow["text"] for pair, flow in flows.items()} == {
        (0, 0): "≥10",
        (0, 1): "≥10",
        (1, 1): "≥10",
        (1, None): "<10",
    }
    # Drawn by the totals that are shown, and not by the counts: 35, 25, 39 and 1.
    size = {pair: flow["size"] for pair, flow in flows.items()}
    assert size[0, 0] + size[0, 1] == pytest.approx(60)
    assert size[0, 1] + size[1, 1] == pytest.approx(64)
    assert size[1, 1] + size[1, None] == pytest.approx(40)
    assert size[1, None] > 5
