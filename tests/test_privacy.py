"""Nobody is to be recognized in a profile."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs import clean_log
from quick import quick_fit

from custseg._privacy import (
    at_least,
    blurred,
    bound_text,
    bound_words,
    few,
    hidden_cells,
    hidden_in_cross_table,
    share_bounds,
    share_words,
    shown_count,
    shown_share,
    shown_sizes,
    with_count,
)
from custseg.features import data_report
from custseg.profiling import Profiles, profile_segments

tables = st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=2, max_size=5)


def shop(sizes: tuple[int, ...], seed: int = 0) -> tuple[dict[str, object], np.ndarray]:
    """Revenue and town of customers in segments of these sizes."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    towns = rng.choice(["Ulm", "Bonn", "Köln"], len(labels), p=[0.02, 0.38, 0.6])
    return {"revenue": rng.lognormal(3, 1, len(labels)), "town": towns}, labels


def numbers_of(profiles: Profiles, segment: int) -> list[float]:
    frame = profiles.to_frame().filter(pl.col("segment") == segment)
    return frame.filter(~pl.col("statistic").is_in(["size", "share"]))["value"].drop_nulls().to_list()


@given(tables)
def test_small_cells_are_hidden_and_no_total_gives_one_away(table: list[list[int]]) -> None:
    counts = np.array(table)
    hidden = hidden_cells(counts)
    assert hidden[(counts > 0) & (counts < 10)].all()
    for cells, mask in zip(counts, hidden, strict=True):
        if mask.sum() == 1:  # only where there is nobody else to hide with
            assert (cells[~mask] == 0).all()


@given(tables)
def test_what_others_are_added_up_from_tells_no_small_cell(table: list[list[int]]) -> None:
    counts = np.array(table)
    told = blurred(counts)
    assert (told[(counts > 0) & (counts < 10)] == 5).all()
    large = counts.max(axis=1) >= 35  # large enough to make up for two small cells
    assert (told.sum(axis=1)[large] == counts.sum(axis=1)[large]).all()


@given(tables)
def test_no_line_of_a_cross_table_gives_a_cell_away(table: list[list[int]]) -> None:
    counts = np.array(table)
    shown = np.vstack([counts, counts.sum(axis=0)])
    shown = np.column_stack([shown, shown.sum(axis=1)])
    hidden = hidden_in_cross_table(counts)
    assert hidden[(shown > 0) & (shown < 10)].all()
    for cells, mask in [*zip(shown, hidden, strict=True), *zip(shown.T, hidden.T, strict=True)]:
        if mask.any() and (mask.sum() < 2 or cells[mask].sum() < 20):  # only where there is nobody else to hide with
            assert (cells[~mask] == 0).all()


def test_cross_tables_by_hand() -> None:
    # 3 hides 20 of its row; then 50 and 30 of their columns, from which both could be computed.
    assert hidden_in_cross_table(np.array([[3, 20, 90], [50, 30, 40]])).tolist() == [
        [True, True, False, False],
        [True, True, False, False],
        [False, False, False, False],
    ]
    assert not hidden_in_cross_table(np.array([[0, 20], [50, 30]])).any()


def test_cells_by_hand() -> None:
    # 3 must be hidden, and then 20, which the size of the segment gives away with it.
    counts = np.array([[3, 20, 50], [12, 30, 40], [3, 8, 50]])
    assert hidden_cells(counts).tolist() == [[True, True, False], [False, False, False], [True, True, False]]
    assert blurred(counts).tolist() == [[5, 20, 48], [12, 30, 40], [5, 5, 51]]


def test_few_exceptions_among_the_others_hide_no_marker() -> None:
    member = np.arange(400) < 100
    member[[200, 300]] = True  # two of the 300 others
    row = profile_segments({"member": member}, np.repeat([0, 1], [100, 300]))[0]
    assert row.markers[0].texts["en"] == "member: yes 100% (others 2%)"
    assert row.features["member"].categories[0].others_share == 5 / 300


def test_counts_near_none_and_near_all_are_blurred() -> None:
    assert [shown_count(n, 100) for n in (0, 1, 9, 10, 90, 91, 99, 100)] == [0, None, None, 10, 90, 90, 90, 100]
    assert shown_count(12, 15) is None
    assert [shown_count(n, 9) for n in (0, 9)] == [None, None]


def test_segment_under_ten_has_a_size_and_nothing_else() -> None:
    features, labels = shop((60, 50, 9))
    profiles = profile_segments(features, labels)
    assert profiles[2].name == "too few to describe"
    assert (profiles[2].size, profiles[2].revenue_share, profiles[2].markers) == (9, None, ())
    assert numbers_of(profiles, 2) == []
    assert sum(row.revenue_share or 0 for row in profiles) == pytest.approx(1)


def test_segment_of_one_customer_shows_nobody() -> None:
    features, labels = shop((60, 1))
    profiles = profile_segments(features, labels, descriptors=["town"])
    assert numbers_of(profiles, 1) == []
    # All others are one customer, so that nothing may be said of them either.
    assert profiles[0].features["revenue"].others_median is None
    assert profiles[0].features["revenue"].effect is None
    assert all(one.others_share is None for one in profiles[0].features["town"].categories)


def test_coverage_tells_of_no_few_customers() -> None:
    known = np.repeat([1.0, np.nan] * 4, [100, 0, 95, 5, 5, 95, 90, 10])
    profiles = profile_segments({"x": known, "y": np.ones(400)}, np.repeat([0, 1, 2, 3], 100))
    assert [row.features["x"].coverage for row in profiles] == [1.0, None, None, 0.9]
    small = profile_segments({"x": np.ones(109)}, np.repeat([0, 1], [100, 9]))[1]
    assert small.features["x"].coverage is None


def test_outer_quantiles_are_of_more_than_the_outermost_customer() -> None:
    features, labels = shop((60, 20))
    quantiles = profile_segments(features, labels)[1].features["revenue"].quantiles
    assert [share for share, value in quantiles.items() if value is None] == [0.05, 0.95]


def test_rare_categories_are_neither_counted_nor_named() -> None:
    towns = ["Ulm"] * 70 + ["Bonn"] * 45 + [f"hamlet {i}" for i in range(9)]
    profiles = profile_segments({"town": towns, "x": np.arange(124.0)}, np.arange(124) % 2)
    assert [one.value for one in profiles[0].features["town"].categories] == ["Ulm", "Bonn", "(other values)"]
    assert "hamlet" not in repr(profiles) + str(profiles.to_frame().to_dicts())


def test_ids_are_in_no_profile_and_no_note() -> None:
    table = pl.DataFrame({"client": [f"secret-{i}" for i in range(60)], "visits": np.arange(60) % 7})
    profiles = profile_segments(table, np.arange(60) % 2)
    said = repr(profiles) + profiles._repr_html_() + str(profiles.columns()) + str(profiles.to_frame().to_dicts())
    assert "secret" not in said + str(profiles.notes)
    assert profiles.notes == (
        "Column 'client' of features is read as ids, since all its values differ. "
        "Give customer_column= for another column.",
    )


def test_whole_numbers_that_all_differ_are_taken_for_ids_only_in_front() -> None:
    table = pl.DataFrame({"visits": np.arange(60) % 7, "number": np.arange(60)})
    assert list(profile_segments(table, np.arange(60) % 2)[0].features) == ["visits", "number"]
    assert list(profile_segments(table, np.arange(60) % 2, customer_column="number")[0].features) == ["visits"]


def test_categories_are_text_never_markup_or_formula() -> None:
    towns = ['=HYPERLINK("x")'] * 40 + ["<b>Bonn</b>"] * 40 + ["two\nlines\u202e"] * 40
    profiles = profile_segments({"<i>town</i>": towns}, np.repeat([0, 1, 2], 40))
    page = profiles._repr_html_()
    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;b&gt;Bonn&lt;/b&gt;" in page
    assert "two lines" in profiles[2].name
    assert "\u202e" not in repr(profiles)
    assert not any(text.startswith("=") for text in profiles.to_frame()["category"].drop_nulls())


@pytest.mark.parametrize(
    ("count", "size", "words"),
    [
        (0, 60, "0%"),
        (5, 60, "<17%"),  # at most 9 of 60, and 10 of 60 are 16.7 %
        (55, 60, ">83%"),
        (30, 60, "50%"),
        (60, 60, "100%"),
        (3, 5_000, "<0.2%"),
        (49_995, 50_000, ">99.9%"),
        (5, 15, None),
        (3, 5, None),
    ],
)
def test_shares_of_small_cells_are_bounds(count: int, size: int, words: str | None) -> None:
    assert share_words(count, size, "en") == words


@given(st.integers(0, 60), st.integers(20, 60))
def test_bounds_hold_the_share_and_do_not_depend_on_a_small_count(count: int, size: int) -> None:
    count = min(count, size)
    low, high = share_bounds(np.array([count]), np.array([size]))
    assert low[0] <= count / size <= high[0]
    assert (low[0] == high[0]) == (shown_share(count, size) is not None)
    if 0 < count < 10:
        assert share_words(count, size, "en") == share_words(1, size, "en")


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6))
def test_a_hidden_size_does_not_follow_from_the_total(sizes: list[int]) -> None:
    shown = shown_sizes(sizes)
    assert not any(size is not None and 0 < size < 10 for size in shown)
    hidden = [size for size, value in zip(sizes, shown, strict=True) if value is None]
    assert len(hidden) != 1 or not any(value for value in shown)


def test_small_sizes_are_hidden_in_the_long_form() -> None:
    frame = profile_segments({"x": np.arange(109.0)}, np.repeat([0, 1, 2], [60, 40, 9])).to_frame()
    sizes = frame.filter(pl.col("statistic") == "size")
    assert sizes["value"].to_list() == [60, None, None]
    assert sizes["hidden"].to_list() == [None, ">=10", "<10"]


@pytest.mark.parametrize(("count", "words"), [(0, "0 rows"), (1, "<10 rows"), (9, "<10 rows"), (10, "10 rows")])
def test_small_counts_in_sentences(count: int, words: str) -> None:
    assert few(count, "row") == words
    assert with_count(count, ["{count} row", "{count} rows"], "en") == words


def test_bounds_in_texts_and_files() -> None:
    assert [bound_words(9), bound_words(43)] == ["<10", ">=10"]
    assert [bound_text(9), bound_text(43)] == ["<10", "≥10"]
    assert [at_least(260, "en"), at_least(1_269, "en")] == ["≥260", "≥1,260"]


@pytest.mark.slow
def test_title_and_report_give_no_small_difference() -> None:
    """Two customers of 152 returned everything: the report beside the title must not say 152."""
    log = clean_log(150)
    returned = log.head(2).with_columns(customer_id=pl.lit(999) + pl.int_range(2), amount=pl.lit(-5.0))
    result = quick_fit(pl.concat([log, returned]), as_of="2024-11-01")
    assert "3 segments of 150 customers" in repr(result)
    assert "rows of ≥150 customers" in repr(result.data_report)
    assert result.data_report.logs[0].customers == 152


def test_report_alone_gives_no_small_difference_to_a_fit() -> None:
    """Of 153 customers, 2 returned an order and 1 has a refund of all that was paid under another order number."""
    log = clean_log(150)
    few = log.head(2).with_columns(customer_id=pl.lit(999) + pl.int_range(2), order_id=-1 - pl.int_range(2))
    refunds = pl.concat([few, few.with_columns(amount=-pl.col("amount"))])
    apart = log.head(1).with_columns(customer_id=pl.lit(777, pl.Int64), order_id=pl.lit(-8, pl.Int64))
    apart = pl.concat([apart, apart.with_columns(amount=-pl.col("amount"), order_id=pl.lit(-9, pl.Int64))])
    report = data_report(pl.concat([log, refunds, apart], how="vertical_relaxed"), as_of="2024-11-01")
    assert "rows of ≥150 customers" in repr(report)
    assert report.logs[0].customers == 153


def test_report_of_two_logs_gives_no_small_difference() -> None:
    people = pl.DataFrame({"customer_id": range(153), "age": [30, 40, 50] * 51})
    report = repr(data_report(clean_log(150), customers=people, as_of="2024-11-01"))
    assert "rows of ≥150 customers" in report
    assert "customers: ≥150 rows of ≥150 customers" in report
    assert "150 customers" in repr(data_report(clean_log(150), customers=people.head(150), as_of="2024-11-01"))


def test_title_and_report_of_a_ready_table() -> None:
    table = pl.DataFrame({"customer_id": range(203), "visits": [*range(200), None, None, None]})
    result = quick_fit(features=table)
    assert "≥200 rows of ≥200 customers" in repr(result.data_report)
