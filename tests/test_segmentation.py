import io
import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from effort import all_of, examples
from hypothesis import given
from hypothesis import strategies as st
from kinds import RETURNED, rows_of
from logs import BAD_DATA, BAD_VALUES, BadInput, clean_log
from quick import quick_fit
from strategies import order_logs, with_a_line

from custseg import CustsegError, DataError, InfeasibleMinimumError, Orders, Segmentation, fit_segments
from custseg.clustering import method_names
from custseg.datasets import Shop, make_shop

AS_OF = datetime(2024, 10, 27)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(400, 3)


@pytest.fixture(scope="module")
def result(shop: Shop) -> Segmentation:
    return quick_fit(Orders(shop.orders, cancelled="cancelled"), as_of=shop.as_of)


@pytest.fixture(scope="module")
def plain() -> Segmentation:
    """Of the clean log."""
    return quick_fit(clean_log(), as_of=AS_OF)


@pytest.fixture(scope="module")
def wholesale() -> pl.DataFrame:
    """A ready customer table: ids first, two regions as text, holes, and one hopeless row."""
    rng = np.random.default_rng(4)
    big = rng.random(150) < 0.4
    return pl.DataFrame(
        {
            "client": [f"c{i:03}" for i in range(150)],
            "region": np.where(rng.random(150) < 0.5, "north", "south"),
            "Milk": np.where(big, 8_000, 900) * rng.lognormal(0, 0.4, 150),
            "Frozen": np.where(big, 200, 3_000) * rng.lognormal(0, 0.4, 150),
            "Fresh": rng.lognormal(8, 0.5, 150),
        }
    ).with_columns(
        Milk=pl.when(pl.int_range(150) % 20 != 7).then("Milk"),
        Frozen=pl.when(pl.int_range(150) != 7).then("Frozen"),
        Fresh=pl.when(pl.int_range(150) != 7).then("Fresh"),
    )


@pytest.fixture(scope="module")
def of_wholesale(wholesale: pl.DataFrame) -> Segmentation:
    return quick_fit(features=wholesale)


def assert_sound(result: Segmentation) -> None:
    """What holds for every result."""
    segments = result.profiles.segments
    assigned = rows_of(result.assignments)
    assert [row.segment for row in segments] == list(range(len(segments)))
    assert [row.size for row in segments] == sorted((row.size for row in segments), reverse=True)
    assert min(row.size for row in segments) >= result.choice.min_size
    assert sum(row.size for row in result.profiles) == len(assigned) == len(result.features)
    assert len({row.name for row in result.profiles}) == len(result.profiles)
    for row in result.profiles:
        members = [one for one in assigned if one["segment"] == row.segment]
        if row.segment is None:  # so have customers without orders, and those whose orders were all returned
            members = [one for one in members if one["name"] == row.name]
        assert len(members) == row.size
        assert {one["name"] for one in members} == {row.name}
    assert rows_of(result.model.assign(features=result.features)) == assigned


@pytest.mark.slow
def test_result_is_sound(result: Segmentation) -> None:
    assert_sound(result)


def test_prospects_have_their_own_row(shop: Shop, result: Segmentation) -> None:
    last = result.profiles[-1]
    assert (last.segment, last.name, last.share) == (None, "All orders returned or cancelled", None)
    assert last.medians["order_count"] is None  # they are fewer than 10
    refunded_apart = result.features.returned_everything() & (result.features.values("order_count") > 0)
    assert sum(row.size for row in result.profiles.segments) == len(shop.kinds) - int(refunded_apart.sum())


def test_sizes_add_up(shop: Shop, result: Segmentation) -> None:
    in_log = shop.orders["customer_id"].drop_nulls().n_unique()
    assert sum(row.size for row in result.profiles) == in_log
    assert result.data_report is not None
    assert result.data_report.logs[0].customers == in_log


def test_default_min_size(shop: Shop, result: Segmentation) -> None:
    assert result.choice.min_size == len(shop.kinds) / 20 == 20
    assert 3 <= len(result.profiles.segments) <= 8


def test_revenue_shares_add_up(result: Segmentation) -> None:
    assert sum(row.revenue_share or 0 for row in result.profiles) == pytest.approx(1)


def test_segments_match_kinds_of_the_shop(shop: Shop) -> None:
    fitted = quick_fit(shop.orders, as_of=shop.as_of, n_segments=5)
    table = fitted.assignments.join(shop.kinds, on="customer_id")
    largest = table.group_by("segment", "kind").len().group_by("segment").agg(pl.col("len").max())
    assert largest["len"].sum() / len(shop.kinds) > 0.7


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data_is_an_error(name: str) -> None:
    bad = BAD_DATA[name]
    with pytest.raises((DataError, InfeasibleMinimumError), match=bad.words) as caught:
        fit_bad(bad)
    assert isinstance(caught.value, CustsegError)
    assert str(caught.value).startswith(("fit_segments: ", "Orders: "))


@pytest.mark.parametrize("name", BAD_VALUES)
def test_bad_value_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match=BAD_VALUES[name].words) as caught:
        fit_bad(BAD_VALUES[name])
    assert not isinstance(caught.value, CustsegError)


def fit_bad(bad: BadInput) -> Segmentation:
    return quick_fit(Orders(bad.change(clean_log()), **bad.described), **bad.arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "features= is a ready table and replaces"),
        ({"orders": None, "features": None}, "got neither"),
        ({"features": [1, 2]}, "the table must be a polars DataFrame .*got list"),
        ({"columns": "revenue"}, "columns must be a list of feature names, got 'revenue'"),
        ({"columns": 5}, "columns must be a list of feature names, got 5"),
        ({"n_segments": [3, 4]}, r"n_segments must be a whole number, a range .*got list \[3, 4\]"),
        ({"n_segments": True}, "n_segments must be a whole number"),
        ({"n_segments": 3.0}, "n_segments must be a whole number"),
        ({"min_size": None}, "min_size must be a count"),
        ({"method": ["kmeans"]}, "method must be one of"),
        ({"refunds": None}, "refunds must be one of"),
        ({"random_state": None}, "random_state must be a whole number"),
        ({"random_state": np.random.default_rng(0)}, "random_state must be a whole number"),
        ({"progress": "yes"}, r"progress must be True, False or a function of \(step, done, steps\), got str"),
    ],
)
def test_wrong_type_is_an_error(arguments: dict[str, Any], words: str) -> None:
    features = pl.DataFrame({"id": range(20), "visits": range(20)})
    with pytest.raises(TypeError, match=f"fit_segments: .*{words}"):
        quick_fit(**{"orders": clean_log() if not arguments else None, "features": features, **arguments})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"min_size": "5%"}, "min_size must be a count, a share or 'auto', got '5%'"),
        ({"method": "spectral"}, r"method must be one of .*, got 'spectral'"),
        ({"refunds": "nett"}, "refunds must be one of .*Did you mean 'net'"),
        ({"language": "de"}, r"language must be one of \['en', 'ru'\], got 'de'"),
        ({"n_segments": range(3, 3)}, "n_segments as a range must contain numbers from 1 up"),
        ({"n_segments": range(3)}, r"from 1 up, got range\(0, 3\)"),
        ({"min_size": float("nan")}, "min_size as a share must lie between 0 and 1"),
        ({"min_size": -3}, "min_size must be at least 1, got -3"),
        ({"random_state": -1}, "random_state must be from 0 to 4294967295, got -1"),
        ({"columns": []}, "columns must name each feature once"),
        (
            {"customer_column": "customer_id"},
            r"customer_column belongs to features=; for a log use Orders\(..., customer='customer_id'\)",
        ),
    ],
)
def test_wrong_value_is_an_error(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=f"fit_segments: .*{words}"):
        quick_fit(clean_log(), **arguments)


@pytest.mark.slow
def test_error_names_a_feasible_minimum() -> None:
    with pytest.raises(InfeasibleMinimumError, match="Give min_size=") as caught:
        quick_fit(clean_log(), min_size=0.9)
    assert f"Give min_size={caught.value.feasible} or less" in str(caught.value)
    assert_sound(quick_fit(clean_log(), min_size=caught.value.feasible))


@pytest.mark.slow
@examples(25)
@given(order_logs(max_lines=40), st.sampled_from(["net", "gross"]), st.integers(1, 3))
def test_any_small_log(log: pl.DataFrame, refunds: str, k: int) -> None:
    orders = Orders(with_a_line(log), cancelled="cancelled")
    try:
        fitted = quick_fit(orders, n_segments=range(1, k + 1), min_size=1, refunds=refunds)
    except DataError as error:
        assert str(error).startswith("fit_segments: ")  # noqa: PT017 - both ends are right
    else:
        assert_sound(fitted)


@examples(15)
@given(st.integers(0, 1000), st.integers(3, 25))
def test_min_size_holds(seed: int, least: int) -> None:
    try:
        fitted = quick_fit(clean_log(60, seed), min_size=least)
    except InfeasibleMinimumError as error:
        assert error.feasible < least  # noqa: PT017 - both ends are right
    else:
        assert_sound(fitted)
        assert fitted.choice.min_size == least


@pytest.mark.slow
@examples(10)
@given(st.integers(0, 1000))
def test_shuffled_log(seed: int) -> None:
    log = clean_log(80, seed)
    shuffled = log.sample(fraction=1, shuffle=True, seed=seed)
    one, two = (quick_fit(rows, min_size=1) for rows in (log, shuffled))
    assert two.assignments.equals(one.assignments)
    assert repr(two) == repr(one)
    assert two.profiles == one.profiles


@pytest.mark.slow
@examples(10)
@given(st.integers(0, 1000))
def test_shuffled_feature_table(seed: int) -> None:
    table = pl.DataFrame({"id": range(50)} | {x: np.random.default_rng(seed).gamma(1, 9, 50) for x in "ab"})
    shuffled = table.sample(fraction=1, shuffle=True, seed=seed)
    one, two = (quick_fit(features=rows, min_size=1) for rows in (table, shuffled))
    assert two.assignments.sort("customer_id").equals(one.assignments)


@pytest.mark.slow
def test_later_rows_change_nothing(plain: Segmentation) -> None:
    log = clean_log()
    later = log.with_columns(ordered_at=pl.lit(AS_OF), amount=pl.lit(1e6), order_id=pl.col("order_id") + 10_000)
    longer = quick_fit(pl.concat([log, later]), as_of=AS_OF)
    assert longer.assignments.equals(plain.assignments)
    assert repr(longer) == repr(plain)


@pytest.mark.slow
def test_unit_of_money_changes_nothing() -> None:
    log = clean_log(100)
    one = quick_fit(log)
    for unit in (100, 0.01):
        other = quick_fit(log.with_columns(pl.col("amount") * unit))
        assert other.assignments.equals(one.assignments)


def test_same_seed_same_segments() -> None:
    log = clean_log()
    assert quick_fit(log, random_state=7).assignments.equals(quick_fit(log, random_state=7).assignments)


def test_every_kind_of_log(kind: str, as_kind: Callable[[pl.DataFrame], object], plain: Segmentation) -> None:
    fitted = quick_fit(as_kind(clean_log()), as_of=AS_OF)
    assert rows_of(fitted.assignments) == rows_of(plain.assignments)
    assert isinstance(fitted.assignments, RETURNED.get(kind, pl.DataFrame))
    assert rows_of(fitted.model.assign(features=fitted.features.frame)) == rows_of(fitted.assignments)


@pytest.mark.slow
def test_text_ids() -> None:
    log = clean_log()
    texts = log.with_columns(pl.format("c{}", pl.col("customer_id").cast(pl.String).str.zfill(3)).alias("customer_id"))
    one, two = quick_fit(log).assignments, quick_fit(texts).assignments
    assert two["customer_id"].to_list()[:2] == ["c000", "c001"]
    assert two["segment"].equals(one["segment"])


@pytest.mark.slow
def test_default_as_of(plain: Segmentation) -> None:
    fitted = quick_fit(clean_log())
    assert fitted.as_of == AS_OF
    assert "as of 2024-10-27 00:00 (midnight after the last row)" in repr(fitted)
    assert "as of 2024-10-27 00:00, by" in repr(plain)
    assert plain.assignments.equals(fitted.assignments)


@pytest.mark.slow
def test_n_segments_fixed_or_range() -> None:
    log = clean_log(100)
    assert len(quick_fit(log, n_segments=4, min_size=2).profiles.segments) == 4
    chosen = quick_fit(log, n_segments=range(2, 5), min_size=2)
    assert [row.n_clusters for row in chosen.choice.candidates] == [2, 3, 4]
    assert chosen.choice.best.n_clusters in (1, 2, 3, 4)
    backwards = quick_fit(log, n_segments=range(4, 1, -1), min_size=2)
    assert backwards.assignments.equals(chosen.assignments)


@pytest.mark.slow
def test_min_size_as_count_or_share() -> None:
    log = clean_log(100)
    assert quick_fit(log, min_size=7).choice.min_size == 7
    assert quick_fit(log, min_size=0.07).choice.min_size == 7
    assert quick_fit(log, min_size=0.061).choice.min_size == 7


@pytest.mark.slow
def test_russian_names(shop: Shop) -> None:
    english, russian = (quick_fit(shop.orders, as_of=shop.as_of, language=x) for x in ("en", "ru"))
    assert [row.names["en"] for row in russian.profiles] == [row.name for row in english.profiles]
    assert all(set("абвгдежзиклмнопрстуяь") & set(row.name.lower()) for row in russian.profiles)
    assert russian.assignments["segment"].equals(english.assignments["segment"])
    assert set(russian.assignments["name"]) == {row.name for row in russian.profiles}


@pytest.mark.slow
def test_columns() -> None:
    fitted = quick_fit(clean_log(), columns=["recency_days"], n_segments=3)
    assert fitted.model.preparation.names == ["recency_days"]
    assert "by days since last order (" in repr(fitted)
    ends = sorted(
        (days["recency_days"].min(), days["recency_days"].max())
        for _, days in fitted.assignments.join(fitted.features.frame, on="customer_id").group_by("segment")
    )
    assert all(low[1] < high[0] for low, high in pairwise(ends))


@pytest.mark.slow
def test_two_customers_two_segments() -> None:
    log = clean_log(2)
    assert [row.size for row in quick_fit(log, n_segments=2, min_size=1).profiles] == [1, 1]
    with pytest.raises(DataError, match="<10 customers can be clustered, too few for 3 segments"):
        quick_fit(log)


def test_ready_table_with_few_rows_needs_more_rows() -> None:
    table = pl.DataFrame({"id": [1, 2], "visits": [3, 9]})
    with pytest.raises(DataError, match=r"too few for 3 segments\. Give more rows, or a smaller n_segments"):
        fit_segments(features=table, n_segments=3)


@pytest.mark.slow
def test_codes_are_quantities_where_the_caller_says_so() -> None:
    rows = np.arange(90)
    table = pl.DataFrame({"id": rows, "visits": rows * 7 % 30, "postal_code": 10_000 + rows % 3 * 30_000})
    fit = partial(fit_segments, features=table, customer_column="id", method="kmeans", n_segments=3)
    assert fit().preparation.names == ["visits"]
    result = fit(columns=["postal_code"])
    assert "postal_code" in result.profiles[0].medians
    assert result.features.described[1].unit == ""


def test_two_distinct_rows_three_segments() -> None:
    table = pl.DataFrame({"id": range(40), "visits": [1, 9] * 20})
    with pytest.raises(
        DataError, match=r"40 rows have 2 distinct values .*Give a smaller n_segments, other columns or another method"
    ):
        quick_fit(features=table)
    assert [row.size for row in quick_fit(features=table, n_segments=2).profiles] == [20, 20]


@pytest.mark.slow
def test_progress_is_reported() -> None:
    told: list[tuple[str, int, int]] = []
    quick_fit(clean_log(), progress=lambda step, done, steps: told.append((step, done, steps)))
    assert told[0] == ("reading the customers", 0, 4)
    assert told[-1] == ("done", 4, 4)
    assert ("clustering, 10 of 100 parts done", 2, 4) in told
    assert ("clustering, 100 of 100 parts done", 2, 4) in told
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


@pytest.mark.slow
def test_progress_is_shown_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stderr", terminal)
    quick_fit(clean_log(), progress=False)
    assert terminal.getvalue() == ""
    quick_fit(clean_log())
    assert "━━━" in terminal.getvalue()


@pytest.mark.slow
def test_progress_is_in_the_language_of_the_result() -> None:
    told: list[str] = []
    quick_fit(clean_log(), language="ru", progress=lambda step, done, steps: told.append(step))
    assert (told[0], told[-1]) == ("читаем клиентов", "готово")
    assert "строим сегменты, готово 10 из 100" in told


@pytest.mark.slow
def test_ready_table_uses_all_numbers(wholesale: pl.DataFrame, of_wholesale: Segmentation) -> None:
    assert_sound(of_wholesale)
    assert of_wholesale.model.preparation.names == ["Milk", "Frozen", "Fresh"]
    assert of_wholesale.as_of is None
    assert {item.name for item in of_wholesale.data_report.findings} == {"guessed_ids", "left_out_text"}
    assert of_wholesale.assignments["customer_id"].to_list() == wholesale["client"].to_list()
    assert {row.revenue_share for row in of_wholesale.profiles} == {None}


def test_ready_table_fills_missing_values(of_wholesale: Segmentation) -> None:
    assert any(note.startswith("<10 missing values of Milk taken as the median") for note in of_wholesale.notes)
    last = of_wholesale.profiles[-1]
    assert (last.name, last.size) == ("No data", 1)
    assert of_wholesale.assignments.filter(pl.col("segment").is_null())["customer_id"].to_list() == ["c007"]


def test_every_kind_of_ready_table(
    kind: str, as_kind: Callable[[pl.DataFrame], object], wholesale: pl.DataFrame, of_wholesale: Segmentation
) -> None:
    table = as_kind(wholesale)
    fitted = quick_fit(features=table)
    assert rows_of(fitted.assignments) == rows_of(of_wholesale.assignments)
    assert rows_of(fitted.model.assign(features=table)) == rows_of(fitted.assignments)
    assert isinstance(fitted.assignments, RETURNED.get(kind, pl.DataFrame))


@pytest.mark.slow
def test_customer_column(wholesale: pl.DataFrame) -> None:
    moved = wholesale.select("Milk", "Frozen", "client", "region", "Fresh")
    fitted = quick_fit(features=moved, customer_column="client")
    assert fitted.assignments["customer_id"].equals(wholesale["client"].rename("customer_id"))
    assert fitted.model.preparation.names == ["Milk", "Frozen", "Fresh"]


@pytest.mark.slow
def test_features_can_be_reused(shop: Shop, result: Segmentation) -> None:
    again = quick_fit(features=result.features)
    assert again.assignments.equals(result.assignments)
    assert again.as_of == result.as_of


@pytest.mark.slow
def test_useless_columns_are_reported(wholesale: pl.DataFrame) -> None:
    table = wholesale.with_columns(same=pl.lit(3), holes=pl.when(pl.int_range(150) % 10 == 7).then(pl.int_range(150)))
    fitted = quick_fit(features=table)
    assert fitted.model.preparation.names == ["Milk", "Frozen", "Fresh"]
    assert fitted.data_report.count("left_out_constant") == 1
    assert "Not used: holes, since 90% of its values are missing." in fitted.notes
    # The client with a value in a dropped column alone is not clustered, by the fit or by the model.
    assert fitted.assignments.filter(pl.col("segment").is_null())["customer_id"].to_list() == ["c007"]
    assert_sound(fitted)


@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        ({"Fresh": pl.lit(float("inf"))}, {}, r"infinite values in 'Fresh' \(150 values\)"),
        ({}, {"columns": ["region"]}, "'region' alone is no column to cluster on: its categories are groups already"),
        ({}, {"columns": ["Milk", "Soap"]}, r"lacks column 'Soap'.*columns are \['region', 'Milk'"),
        ({}, {"customer_column": "shop"}, r"lacks column 'shop' \(customer_column=\)"),
        ({"client": pl.lit("c")}, {}, r"149 rows repeat an earlier one. It was taken as the ids because"),
        ({"Milk": pl.lit(1), "Frozen": pl.lit(1), "Fresh": pl.lit(1)}, {}, "no column is left to cluster on"),
    ],
)
def test_bad_ready_table_is_an_error(
    wholesale: pl.DataFrame, change: dict[str, pl.Expr], arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(DataError, match=f"fit_segments: .*{words}"):
        quick_fit(features=wholesale.with_columns(**change), **arguments)


def test_ready_table_without_numbers(wholesale: pl.DataFrame) -> None:
    with pytest.raises(DataError, match=r"no numeric column beside the ids; its columns are \['region'\]"):
        quick_fit(features=wholesale.select("client", "region"))


def test_ready_table_of_flags_and_texts() -> None:
    table = pl.DataFrame({"id": [1, 2], "news": [True, False], "plan": ["a", "a"], "since": [date(2024, 1, 1)] * 2})
    remedies = (
        r"Write yes and no as 1 and 0 in \['news'\]\. Replace \['plan'\] by one column of 1 and 0 for each value\. "
        r"Replace \['since'\] by numbers"
    )
    with pytest.raises(DataError, match=remedies):
        quick_fit(features=table)
    # Categories that are named are clustered on; dates are not.
    with pytest.raises(
        DataError, match=r"got 'since' \(Date\).*Replace \['since'\] by numbers, such as days for dates"
    ):
        quick_fit(features=table, columns=["news", "plan", "since"])


def test_ready_table_keeps_as_of(wholesale: pl.DataFrame) -> None:
    with pytest.raises(TypeError, match=r"replaces \['as_of'\]"):
        quick_fit(features=wholesale, as_of="2024-05-01")


@pytest.mark.slow
def test_ready_table_with_usual_columns() -> None:
    table = quick_fit(clean_log()).features.frame.with_columns(visits=pl.int_range(pl.len()))
    fitted = quick_fit(features=table)
    assert fitted.model.preparation.names == ["recency_days", "order_count", "revenue"]
    assert "visits" in fitted.profiles[0].medians


@pytest.mark.slow
def test_ready_table_has_prospects() -> None:
    table = quick_fit(clean_log()).features.frame
    nobody = table.with_columns(
        pl.col("customer_id") + 1000, order_count=pl.lit(0, pl.Int64), recency_days=pl.lit(None, pl.Int64)
    )
    fitted = quick_fit(features=pl.concat([table, nobody]))
    assert_sound(fitted)
    assert (fitted.profiles[-1].name, fitted.profiles[-1].size) == ("Prospects", 60)


@pytest.mark.slow
def test_few_negative_revenues_are_no_segment() -> None:
    rng = np.random.default_rng(0)
    orders = 1 + rng.poisson(rng.gamma(0.7, 3, 1500))
    table = pl.DataFrame(
        {
            "customer_id": range(1500),
            "recency_days": rng.integers(0, 300, 1500),
            "order_count": orders,
            "revenue": np.where(np.arange(1500) < 16, -50.0 * orders, orders * rng.lognormal(3.5, 0.8, 1500)),
        }
    )
    fitted = quick_fit(features=table)
    assert_sound(fitted)
    losing = fitted.assignments.head(16)["segment"].to_list()
    assert len(losing) == 16
    assert all(fitted.profiles[segment].medians["revenue"] > 0 for segment in losing)
    assert min(row.size for row in fitted.profiles) >= 75


@pytest.mark.slow
def test_real_log(shared_file: Callable[[str], Path]) -> None:
    log = shared_file("cdnow_sample.csv")
    fitted = quick_fit(Orders(log, customer="id", order=None, date="date", amount="spent"))
    assert_sound(fitted)
    assert sum(row.size for row in fitted.profiles) == 2_357
    assert fitted.profiles[0].name == "One-time buyers"


@pytest.mark.slow
def test_real_table(shared_file: Callable[[str], Path]) -> None:
    clients = pl.read_csv(shared_file("wholesale_customers.csv")).with_row_index("client")
    fitted = quick_fit(features=clients, columns=["Fresh", "Milk", "Grocery", "Frozen"])
    assert_sound(fitted)
    assert sum(row.size for row in fitted.profiles) == 440
    assert {"Channel", "Delicassen"} <= set(fitted.profiles[0].medians)


@pytest.mark.parametrize("method", all_of(method_names(), quick=("kmeans",)))
def test_every_method_keeps_its_promises(method: str, shop: Shop) -> None:
    fitted = quick_fit(Orders(shop.orders, cancelled="cancelled"), as_of=shop.as_of, method=method, min_size=0.1)
    assert min(row.size for row in fitted.profiles.segments) >= fitted.choice.min_size
    assert fitted.model.assign(features=fitted.features).equals(fitted.assignments)


@pytest.mark.slow
def test_result_has_reassignments_and_confidence(shop: Shop) -> None:
    fitted = quick_fit(Orders(shop.orders, cancelled="cancelled"), as_of=shop.as_of, n_segments=4, min_size=99)
    assert sum(move.count for move in fitted.reassignments) > 0
    assert any("to meet the minimum size" in note for note in fitted.notes)
    inside = fitted.labels >= 0
    assert ((fitted.confidence[inside] >= 0) & (fitted.confidence[inside] <= 1)).all()
    assert np.isnan(fitted.confidence[~inside]).all()


@pytest.mark.slow
def test_assessment_finds_border_customers(shop: Shop) -> None:
    fitted = quick_fit(Orders(shop.orders, cancelled="cancelled"), as_of=shop.as_of, n_segments=4)
    table = fitted.model.assign(features=fitted.features)
    assert table.columns == ["customer_id", "segment", "name", "confidence", "second_segment", "is_outlier"]
    assert table.equals(fitted.assignments)
    # Nine of a segment at most are farther away than the mean of ten.
    assert table.filter("is_outlier")["segment"].value_counts()["count"].max() < 10
    assert (table["second_segment"] != table["segment"]).all()


def test_customers_alone_need_as_of(shop: Shop) -> None:
    with pytest.raises(TypeError, match="as_of must be given where there is no log"):
        quick_fit(customers=shop.customers)


@pytest.mark.slow
def test_window_makes_no_one_time_buyers(shop: Shop) -> None:
    orders = Orders(shop.orders, cancelled="cancelled")
    names = {row.name for row in quick_fit(orders, as_of=shop.as_of, window_days=90).profiles}
    assert "One-time buyers" not in names
    assert "No order in the window" in names


def test_date_at_the_end_of_the_calendar() -> None:
    log = clean_log()
    far = log.with_columns(ordered_at=pl.lit(datetime(9999, 12, 31, 12)))
    assert quick_fit(far, n_segments=1, columns=["revenue"]).as_of.year == 9999
    with pytest.raises(ValueError, match="window_days must be from 1 to"):
        quick_fit(log, window_days=10**9)


@pytest.mark.slow
def test_clustering_columns_are_shown(shop: Shop) -> None:
    orders = Orders(shop.orders, cancelled="cancelled", discount="discount")
    fitted = quick_fit(orders, as_of=shop.as_of, columns=["discount_share", "recency_days"])
    assert re.search(r"share of spend on discounted items at least \d+%: \d+% \(others \d+%\)", repr(fitted))
    assert "Discount-driven" in {row.name for row in fitted.profiles}


@pytest.mark.slow
def test_sampling_is_reported() -> None:
    rng = np.random.default_rng(0)
    table = pl.DataFrame({"id": range(6_000), "x": np.repeat([0.0, 9.0, 30.0], 2_000) + rng.normal(size=6_000)})
    fitted = quick_fit(features=table, method="hdbscan")
    assert "Fitted on a sample of 5,000 customers; all others were assigned by its rule." in fitted.notes


@pytest.mark.slow
def test_heavy_tail_is_reported() -> None:
    rng, group = np.random.default_rng(0), np.repeat([0, 1, 2], 100)
    visits, basket = rng.normal(np.array([[20, 40, 60], [30, 60, 30]])[:, group], 3)
    table = pl.DataFrame({"id": range(300), "visits": visits, "basket": basket, "luck": rng.standard_t(2, 300)})
    fitted = quick_fit(features=table)
    assert [row.size for row in fitted.profiles] == [100, 100, 100]
    assert "The extreme values of luck were compressed: they are too few to form a segment." in fitted.notes
    assert fitted.model.assign(features=table)["segment"].to_list() == fitted.assignments["segment"].to_list()


def spots(*centers: tuple[float, float], n_rows: int = 40) -> pl.DataFrame:
    """Customers around each of these points."""
    x, y = np.random.default_rng(0).normal(np.repeat(np.array(centers), n_rows, axis=0)).T
    return pl.DataFrame({"id": range(len(x)), "x": x, "y": y})


@pytest.mark.slow
def test_default_compares_all_methods() -> None:
    fitted = fit_segments(features=spots((0, 0), (15, 0), (0, 15), (15, 15)))
    assert_sound(fitted)
    assert [row.size for row in fitted.profiles] == [40] * 4
    assert fitted.choice.verdict == "natural"
    assert {row.method for row in fitted.choice.candidates} == set(method_names(auto=True))
    assert repr(fitted).endswith(f"Why: {fitted.choice.reason}")


@pytest.mark.slow
def test_shuffled_table_same_choice() -> None:
    table = spots((0, 0), (4, 3), n_rows=30)
    shuffled = table.sample(fraction=1, shuffle=True, seed=1)
    one, two = fit_segments(features=table), fit_segments(features=shuffled)
    assert two.assignments.sort("customer_id").equals(one.assignments)
    assert two.choice.reason == one.choice.reason


@pytest.mark.slow
def test_preferred_and_previous_number_of_segments() -> None:
    # Even values: two to four segments are stable and equally good.
    table = pl.DataFrame({"id": range(300), "visits": np.random.default_rng(0).uniform(size=300)})

    def fit(**options: Any) -> Segmentation:
        return fit_segments(features=table, method="kmeans", n_segments=range(2, 6), **options)

    three = fit(prefer=3)
    assert len(three.profiles.segments) == 3
    for previous in (3, three, three.model, three.choice):
        kept = fit(previous=previous)
        assert len(kept.profiles.segments) == 3
        assert "There are as many as before, since no other number is clearly better." in kept.notes
    assert len(fit().profiles.segments) == 4  # the nearest to the preferred 5 to 7


def test_requested_number_goes_before_the_previous_one() -> None:
    table = spots((0, 0), n_rows=100)
    assert len(fit_segments(features=table, method="kmeans", n_segments=4, previous=3).profiles.segments) == 4


@pytest.mark.parametrize("previous", ["5", 4.0, True, [5]])
def test_previous_number_that_is_none_is_an_error(previous: Any) -> None:
    with pytest.raises(TypeError, match=r"previous must be an earlier result, its model or its number of segments"):
        fit_segments(features=spots((0, 0)), previous=previous)


def test_previous_number_below_one_is_an_error() -> None:
    with pytest.raises(ValueError, match="fit_segments: previous must be at least 1, got 0"):
        fit_segments(features=spots((0, 0)), previous=0)


@pytest.mark.slow
def test_previous_number_that_cannot_be_selected_is_named() -> None:
    notes = fit_segments(features=spots((0, 0), (9, 9)), previous=50, method="kmeans").notes
    assert "The number before, 50, is not among the numbers to choose from." in notes


@pytest.mark.parametrize(
    ("prefer", "error", "words"),
    [
        ("5", TypeError, r"fit_segments: prefer must be whole numbers such as range\(5, 8\), got str"),
        (0, ValueError, "fit_segments: prefer must be at least 1, got 0"),
        ([], ValueError, "fit_segments: prefer must name one number or more"),
    ],
)
def test_preferred_number_that_is_none_is_an_error(prefer: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        fit_segments(features=spots((0, 0)), prefer=prefer)


def test_no_structure_one_segment() -> None:
    fitted = fit_segments(features=spots((0, 0), n_rows=100), method="kmeans")
    assert_sound(fitted)
    assert [row.size for row in fitted.profiles] == [100]
    assert fitted.choice.verdict == "none"
    assert "Why: One segment with all customers, because no division is reproducible" in repr(fitted)
    assert {row.n_clusters for row in fitted.choice.candidates} == set(range(1, 9))


@pytest.mark.parametrize("n_segments", [4, range(4, 6)])
def test_requested_number_is_constructive(n_segments: int | range) -> None:
    fitted = fit_segments(features=spots((0, 0), n_rows=100), method="kmeans", n_segments=n_segments)
    assert len(fitted.profiles.segments) in (4, 5)
    assert fitted.choice.verdict == "constructive"
    assert "segments, as requested, by k-means: two halves of the customers" in repr(fitted)
    assert "agree only in part" in repr(fitted) or "do not agree" in repr(fitted)


@pytest.mark.slow
def test_hdbscan_with_requested_number() -> None:
    table = spots((0, 0), (15, 0), (0, 15))
    fitted = fit_segments(features=table, method="hdbscan", n_segments=3)
    assert [row.size for row in fitted.profiles] == [40, 40, 40]
    with pytest.raises(DataError, match=r"fit_segments: HDBSCAN found no clustering into 9 groups .* it found: .*3"):
        fit_segments(features=table, method="hdbscan", n_segments=9)


def test_interrupted_fit_raises() -> None:
    def interrupt(step: str, done: int, steps: int) -> None:
        if step.startswith("clustering, 2"):
            raise KeyboardInterrupt(step)

    with pytest.raises(KeyboardInterrupt, match="clustering, 2"):
        fit_segments(features=spots((0, 0), (9, 0)), progress=interrupt)


@pytest.mark.slow
def test_descriptors_are_the_unused_columns(shop: Shop) -> None:
    orders = Orders(shop.orders, cancelled="cancelled", source="source", discount="discount")
    fitted = quick_fit(orders, customers=shop.customers, as_of=shop.as_of)
    tested = {test.feature for test in fitted.profiles.tests}
    assert {"age", "sex", "region", "first_source"} <= tested
    assert tested.isdisjoint({"recency_days", "order_count", "revenue", "order_value", "discount_share"})


@pytest.mark.slow
def test_gaps_between_numbers_of_orders_are_no_groups() -> None:
    shop = make_shop(1_000, 0)
    choice = fit_segments(Orders(shop.orders, cancelled="cancelled"), as_of=shop.as_of, method="hdbscan").choice
    [two] = [row for row in choice.candidates if (row.method, row.n_clusters) == ("hdbscan", 2)]
    assert min(two.separation, two.separation_in_halves) > 0.3
    assert two.stability > 0.75
    assert two.silhouette_gain < 0  # customers with one order, and with more
    assert choice.null.shared_values
    assert choice.select("hdbscan", 2).verdict == "constructive"


@pytest.mark.parametrize("n_segments", [range(1, 10**12), range(10**6, 0, -1)])
def test_range_far_too_large(n_segments: range) -> None:
    table = pl.DataFrame({"id": range(40), "visits": range(40)})
    with pytest.raises(
        DataError, match=r"fit_segments: n_segments=range.* of 40 customers.*room for 20.*range\(3, 21\)"
    ):
        fit_segments(features=table, n_segments=n_segments, min_size=2)


@pytest.mark.slow
def test_range_slightly_too_large() -> None:
    table = pl.DataFrame({"id": range(12), "visits": [0, 9, 50] * 4})
    assert len(quick_fit(features=table, n_segments=range(2, 15), min_size=2).profiles.segments) > 1


def test_three_distinct_values_are_three_segments() -> None:
    # Null data of so few values may have no clustering, and then there is no gain to compare.
    table = pl.DataFrame({"client": range(100), "a": [0] * 90 + [50] * 5 + [100] * 5})
    result = fit_segments(features=table, method="kmeans", min_size=2, n_segments=3)
    assert sorted(row.size for row in result.profiles.segments) == [5, 5, 90]


@pytest.mark.slow
def test_sensitive_columns_are_clustered_on_only_if_they_are_named() -> None:
    rng = np.random.default_rng(0)
    columns = {"visits": rng.normal(9, 3, 200), "spent": rng.gamma(2, 9, 200), "age": rng.normal(50, 9, 200)}
    table = pl.DataFrame({"id": range(200), **columns})
    options: dict[str, Any] = {"features": table, "method": "kmeans", "n_segments": 2}
    plain = fit_segments(**options)
    assert [column.name for column in plain.model.columns] == ["visits", "spent"]
    assert "age" in plain.features.names
    assert not any("sensitive" in note for note in plain.notes)
    named = fit_segments(**options, columns=["visits", "age"])
    assert [column.name for column in named.model.columns] == ["visits", "age"]
    assert any(note.startswith("The segments are made of sensitive columns, as asked: age.") for note in named.notes)
    further = fit_segments(**options, sensitive=["spent"])
    assert [column.name for column in further.model.columns] == ["visits"]
    # A refit of the model keeps the choice.
    assert further.model.options.columns == ("visits",)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"sensitive": ["spend"]}, DataError, r"sensitive names columns that the table lacks: 'spend'.*'spent'"),
        ({"sensitive": "spent"}, TypeError, "sensitive must be a list of column names"),
        ({"sensitive": ["spent"], "columns": ["spent", "visits"]}, ValueError, r"\['spent'\] cannot be in columns="),
        ({"sensitive": ["spent", "visits"]}, DataError, "visits: it is sensitive, such as age or sex"),
    ],
)
def test_wrong_sensitive_columns(options: dict[str, Any], error: type[Exception], match: str) -> None:
    table = pl.DataFrame({"id": range(60), "visits": range(0, 120, 2), "spent": [1.0, 2.0, 5.0] * 20})
    with pytest.raises(error, match=match):
        fit_segments(features=table, **options)


def test_result_says_which_requested_columns_it_does_not_use() -> None:
    table = {"customer_id": range(90), "visits": [*range(45), *range(200, 245)], "flat": [1.0] * 90}
    fitted = quick_fit(features=pl.DataFrame(table), columns=["visits", "flat"], n_segments=2)
    assert "Named in columns=, but not used: flat, since all of its values are equal." in repr(fitted)
    assert "Указано в columns=, но не используется: flat (все значения одинаковы)." in repr(fitted.in_language("ru"))
