"""What a profile holds, from any table, and what cannot be profiled."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg import DataError
from custseg.datasets import make_shop
from custseg.features import build_features
from custseg.profiling import Profiles, profile_segments
from custseg.texts import LANGUAGES

LABELS = np.array([0] * 400 + [1] * 300 + [2] * 200 + [-1] * 100)


def table() -> pl.DataFrame:
    """1,000 customers in three segments, a hundred in none."""
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "client": [f"c{i}" for i in range(1_000)],
            "recency_days": np.where(np.arange(1_000) % 9 == 0, np.nan, rng.integers(0, 300, 1_000)),
            "revenue": rng.lognormal(3, 1, 1_000),
            "region": rng.choice(["north", "south", "west"], 1_000),
            "member": rng.random(1_000) < 0.4,
        }
    ).with_columns(pl.col("recency_days").fill_nan(None))


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    return profile_segments(table(), LABELS, size_weight="revenue", stability={0: 0.9, 1: 0.7, 2: 0.3})


def test_sizes_and_shares(profiles: Profiles) -> None:
    assert [(row.segment, row.size, row.share) for row in profiles] == [
        (0, 400, 4 / 9), (1, 300, 3 / 9), (2, 200, 2 / 9), (None, 100, None),
    ]  # fmt: skip
    revenue = table()["revenue"].to_numpy()
    expected = [revenue[label == LABELS].sum() / revenue.sum() for label in (0, 1, 2, -1)]
    assert [row.revenue_share for row in profiles] == pytest.approx(expected)
    assert [row.weight_share for row in profiles] == [row.revenue_share for row in profiles]


def test_quantiles_and_coverage_are_of_those_with_a_value(profiles: Profiles) -> None:
    values = table()["recency_days"].to_numpy()[:400]
    known = values[~np.isnan(values)]
    feature = profiles[0].features["recency_days"]
    assert feature.coverage == len(known) / 400
    assert list(feature.quantiles) == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert list(feature.quantiles.values()) == pytest.approx(np.quantile(known, list(feature.quantiles)).tolist())
    assert profiles[0].medians["recency_days"] == np.median(known)


def test_row_of_customers_in_none_is_told_and_not_compared(profiles: Profiles) -> None:
    last = profiles[-1]
    assert last.name == "In no segment"
    assert last.medians["revenue"] == np.median(table()["revenue"].to_numpy()[900:])
    assert (last.effects, last.markers, last.nearest, last.rule) == ({}, (), None, None)
    assert [row.segment for row in profiles.segments] == [0, 1, 2]


def test_categories_have_shares_differences_and_lifts(profiles: Profiles) -> None:
    region = table()["region"].to_numpy()
    north = next(one for one in profiles[0].features["region"].categories if one.value == "north")
    share, others = (region[:400] == "north").mean(), (region[400:900] == "north").mean()
    assert (north.share, north.others_share) == (share, others)
    assert north.difference is not None
    assert north.lift is not None
    assert (north.difference.value, north.lift.value) == pytest.approx((share - others, share / others))
    assert {one.value for one in profiles[0].features["member"].categories} == {"yes", "no"}


def test_stability_is_read_in_hennigs_words() -> None:
    values = [0.59, 0.60, 0.74, 0.75, 0.84, 0.85]
    found = profile_segments({"x": np.arange(72.0)}, np.arange(72) % 6, stability=dict(enumerate(values)))
    words = [row.stability.texts["en"] for row in found if row.stability]
    assert words == ["dissolved", "a pattern", "a pattern", "stable", "stable", "very stable"]


def test_nearest_segment_is_the_one_that_overlaps_most() -> None:
    labels = np.repeat([0, 1, 2], 50)
    x = np.concatenate([np.arange(50.0), np.arange(25.0, 75.0), np.arange(500.0, 550.0)])
    rows = profile_segments({"x": x}, labels)
    assert [row.nearest for row in rows] == [1, 0, 1]
    # Of 2,500 pairs 300 favor the first, 25 are equal, 2,175 the second: 1 - 1,875 / 2,500.
    assert rows[0].overlap == rows[1].overlap == pytest.approx(1 - 0.75, abs=0.02)
    assert rows[2].overlap == 0


def test_segments_told_apart_by_one_feature_do_not_overlap() -> None:
    labels = np.repeat([0, 1], 50)
    rows = profile_segments({"same": np.tile(np.arange(50.0), 2), "apart": labels * 1.0}, labels)
    assert rows[0].overlap == 0


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=60).filter(lambda labels: max(labels) >= 0))
def test_every_customer_is_in_one_row(labels: list[int]) -> None:
    found = profile_segments({"revenue": np.arange(1.0, len(labels) + 1)}, labels)
    assert sum(row.size for row in found) == len(labels)
    assert sum(row.share or 0 for row in found) == pytest.approx(1)
    assert len({row.name for row in found}) == len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_in_the_asked_language_and_kept_in_both(language: str) -> None:
    for row in profile_segments(table(), LABELS, language=language):
        assert row.name == row.names[language]
        assert row.description == row.descriptions[language]
        assert row.advice == row.playbook[language]
        assert set(row.names) == set(row.playbook) == set(LANGUAGES)


def test_markers_follow_the_language(profiles: Profiles) -> None:
    for row in profiles.in_language("ru").segments:
        assert [str(marker) for marker in row.markers] == [marker.texts["ru"] for marker in row.markers]


def test_tables_of_every_kind_give_the_same_profiles(as_kind: Callable[[pl.DataFrame], object], kind: str) -> None:
    given = as_kind(table())
    found = profile_segments(given, LABELS)
    assert found == profile_segments(table(), LABELS)
    columns = found.to_frame()
    assert len(columns) > 0 if kind not in ("duckdb", "polars lazy") else columns is not None


@pytest.mark.slow
def test_mapping_and_feature_table_are_taken() -> None:
    shop = make_shop(300, 0)
    features = build_features(shop.orders, as_of=shop.as_of)
    kinds = dict(shop.kinds.iter_rows())
    labels = [kinds.get(one) for one in features.ids.to_list()]
    found = profile_segments(features, labels)
    assert [row.segment for row in found] == [*sorted(set(kinds.values())), None]
    columns = {name: features.values(name) for name in features.numeric_names()}
    assert [row.name for row in profile_segments(columns, labels)] == [row.name for row in found]
    assert found[0].features["recency_days"].unit == "days"


def test_long_form_holds_every_figure_once(profiles: Profiles) -> None:
    frame = profiles.to_frame()
    assert frame.columns == ["segment", "name", "feature", "category", "statistic", "value", "hidden"]
    assert frame.select("segment", "feature", "category", "statistic").is_duplicated().sum() == 0
    one = frame.filter(segment=0, feature="revenue", statistic="q50")["value"].item()
    assert one == profiles[0].medians["revenue"]
    assert {"size", "share", "stability", "overlap", "effect_low", "lift_high"} <= set(frame["statistic"])


def test_wide_form_has_a_row_per_segment(profiles: Profiles) -> None:
    wide = pl.DataFrame(profiles.columns())
    assert wide["size"].to_list() == [400, 300, 200, 100]
    assert {"markers", "do", "dont", "channel", "cadence", "median_revenue"} <= set(wide.columns)


def test_days_of_the_overview_are_in_the_case_that_the_words_need() -> None:
    orders = {"recency_days": [121, 131, 141] * 20, "order_count": [1, 2, 2] * 20}
    russian = str(profile_segments(orders, [0, 1] * 30, language="ru").overview)
    assert russian.startswith("Половина клиентов заказывала в последние 131 день")


def test_typical_values_of_a_given_table_show_their_scale() -> None:
    rank = np.arange(100)
    table = {
        "engagement": rank / 10,  # 0 to 9.9
        "share_opened": rank / 100,
        "spend": np.where(rank < 80, 0, rank),
        "pdays": np.where(rank < 70, -1, rank + 30),
        "app_user": rank % 4 == 0,
    }
    table = {name: np.asarray(values, dtype=float) for name, values in table.items()}
    assert profile_segments(table, [0, 1] * 50).overview == (
        "Medians, with the range of nine in ten customers: engagement 4.95 (0.49 to 9.4), share_opened 50% "
        "(5% to 94%). Shares of customers: spend 0 for 80%, pdays code -1 for 70%, app_user yes for 25%."
    )
    russian = str(profile_segments(table, [0, 1] * 50, language="ru").overview)
    assert "engagement 4,95 (от 0,49 до 9,4)" in russian
    assert "Доли клиентов: spend: 0 у 80\u00a0%, pdays: код -1 у 70\u00a0%" in russian


def test_overview_says_which_columns_it_leaves_out() -> None:
    labels = np.repeat([0, 1], 50)
    table = {f"n{number}": labels * number + np.tile(np.arange(50.0), 2) for number in range(7)}
    assert str(profile_segments(table, labels).overview).endswith(". Also in the table: n0, n1.")
    wide = {f"n{number:02}": labels * number + np.tile(np.arange(50.0), 2) for number in range(12)}
    assert str(profile_segments(wide, labels).overview).endswith(". Further columns in the table: 7.")


def test_overview_says_the_categories_that_were_clustered_on() -> None:
    table = {"building": np.repeat(["flats", "office", "hotel", "school", "barn"], [40, 30, 15, 10, 5]),
             "lifts": np.arange(100.0)}  # fmt: skip
    overview = profile_segments(table, np.repeat([0, 1], 50), clustered_on=["lifts", "building"]).overview
    assert overview.endswith("Shares of customers: building (flats 40%, office 30%, hotel 15%).")


def test_overview_of_whole_numbers_has_whole_ends() -> None:
    ages = np.concatenate([np.arange(20.0, 80), np.arange(3.0, 43)])  # 5 and 95 of 100 values: 7 and 74
    assert "ages 36 (7 to 74)" in profile_segments({"ages": ages}, np.repeat([0, 1], 50)).overview


def test_overview_of_flags_speaks_of_no_medians() -> None:
    overview = profile_segments({"lessons": np.arange(100.0) % 2}, [0] * 50 + [1] * 50).overview
    assert overview == "Shares of customers: lessons yes for 50%."


def test_rules_are_put_in_and_shown(profiles: Profiles) -> None:
    ruled = profiles.with_rules({1: "IF recency_days < 30"})
    assert [row.rule for row in ruled] == [None, "IF recency_days < 30", None, None]
    assert "IF recency_days < 30" in repr(ruled)
    assert "IF recency_days &lt; 30" in ruled._repr_html_()
    assert "rule" in ruled.columns()


def test_renamed_profiles_have_the_name_in_every_language(profiles: Profiles) -> None:
    renamed = profiles.renamed({1: "Stars"})
    assert (renamed[1].name, renamed[1].names) == ("Stars", {"en": "Stars", "ru": "Stars"})
    assert renamed[0].name == profiles[0].name


def test_feature_that_nobody_has_is_told_apart_from_zero() -> None:
    found = profile_segments({"nothing": [math.nan] * 40, "unknown": [None] * 40, "x": range(40)}, np.arange(40) % 2)
    for name in ("nothing", "unknown"):
        feature = found[0].features[name]
        assert (feature.coverage, set(feature.quantiles.values()), feature.effect) == (0.0, {None}, None)


def test_category_of_100_000_values_is_no_trouble() -> None:
    values = np.char.add("v", np.arange(100_000).astype(str)).astype(object)
    values[:300] = "common"
    found = profile_segments({"x": np.arange(100_000) % 7, "free text": values}, np.arange(100_000) % 3)
    categories = found[0].features["free text"].categories
    assert [(one.value, round(one.share or 0, 3)) for one in categories] == [
        ("(other values)", 0.997),
        ("common", 0.003),
    ][::-1]


def test_dates_and_lists_are_left_out_and_told() -> None:
    given = table().with_columns(day=pl.lit("2024-05-01").str.to_date())
    found = profile_segments(given, LABELS)
    assert "day" not in found[0].features
    assert found.notes[-1] == "Left out, since it holds neither numbers nor text nor booleans: day."


def test_one_segment_only() -> None:
    [row] = profile_segments(table(), np.zeros(1_000, dtype=int))
    assert (row.name, row.share, row.nearest, row.markers) == ("All customers", 1.0, None, ())
    assert row.features["revenue"].effect is None


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ({"language": "de"}, ValueError, r"language must be one of \['en', 'ru'\], got 'de'"),
        ({"descriptors": ["regoin"]}, DataError, "names columns that features lacks: 'regoin' Did you mean"),
        ({"descriptors": {"age": [1.0] * 999}}, DataError, "one row per customer .* got 999 rows"),
        ({"descriptors": {"region": ["x"] * 1_000}}, DataError, r"descriptors and features both have \['region'\]"),
        ({"size_weight": "region"}, DataError, "size_weight must name a numeric column, got 'region'"),
        ({"size_weight": [1.0]}, DataError, r"size_weight must hold one number per customer \(1,000\)"),
        ({"size_weight": [math.inf] * 1_000}, DataError, "size_weight holds infinite values"),
        ({"stability": {9: 0.5}}, ValueError, r"stability has segments \[9\] that labels lack"),
        ({"stability": {0: 1.5}}, ValueError, "stability must lie between 0 and 1, got 1.5 for segment 0"),
        ({"stability": 0.5}, TypeError, "stability must map segments to Jaccard similarities, got float"),
        ({"clustered_on": "revenue"}, TypeError, "clustered_on must be a list of features"),
        ({"clustered_on": ["revenu"]}, DataError, r"clustered_on names \['revenu'\], which the table lacks"),
        ({"unclustered": {"en": "x"}}, TypeError, "unclustered must have a name in each of"),
        ({"customer_column": "nobody"}, DataError, r"lacks column 'nobody' \(customer_column=\)"),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_used_are_told(
    arguments: dict[str, object], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=f"profile_segments: .*{words}"):
        profile_segments(table(), LABELS, **arguments)


@pytest.mark.parametrize(
    ("features", "kind", "words"),
    [
        ({"x": [1.0, math.inf]}, DataError, "column 'x' holds infinite values"),
        ({"x": [1, 2], "y": [1]}, DataError, "the columns of features must be of one length"),
        ({"x": [[1], [2]]}, DataError, "must be of one length, got shapes"),
        ({1: [1, 2]}, TypeError, "the names of features must be text"),
        ({}, DataError, "features has no columns"),
        ({"x": np.array(["a", 1], dtype=object)}, DataError, "a column of features mixes types"),
        ([1, 2], TypeError, "the table must be"),
        (pl.DataFrame({"customer_id": [1, 2]}), DataError, "and a column beside the ids"),
    ],
)
def test_tables_that_cannot_be_profiled_are_told(features: object, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        profile_segments(features, [0, 1])


def test_descriptors_with_ids_in_another_order_are_told() -> None:
    given = table()
    more = given.select("client", age=pl.int_range(1_000)).reverse()
    with pytest.raises(DataError, match="ids of descriptors are not those of features in the same order"):
        profile_segments(given, LABELS, descriptors=more, customer_column="client")
    assert (
        profile_segments(given, LABELS, descriptors=more.reverse(), customer_column="client").tests[0].feature == "age"
    )


@pytest.mark.slow
def test_shop_with_events_tells_who_can_be_reached(tmp_path: Path) -> None:
    shop = make_shop(400, 0)
    features = build_features(shop.orders, shop.events, shop.customers, as_of=shop.as_of)
    row = profile_segments(features, np.zeros(len(features), dtype=int))[0]
    assert set(row.reachable) == {"email", "sms"}
    assert 0 < (row.reachable["email"] or 0) < row.size


def test_profile_by_name(profiles: Profiles) -> None:
    names = profiles._ipython_key_completions_()
    assert [profiles[name] for name in names] == list(profiles)
    with pytest.raises(DataError, match=r"Profiles: there is no segment 'Nobody'\. Names are \["):
        profiles["Nobody"]


def test_shares_said_as_bounds_are_explained_below_the_table() -> None:
    labels, spread = np.repeat([0, 1], 60), np.tile(np.arange(60), 2)
    exact = profile_segments({"vip": np.where(spread < 15, 1 - labels, labels)}, labels)
    bounded = profile_segments({"vip": np.where(spread < 6, 1 - labels, labels)}, labels, language="ru")
    assert "75% (others 25%)" in repr(exact)
    assert not repr(exact).endswith("customers.")
    assert (
        repr(bounded).splitlines()[-1].strip() == "Знак > или < перед долей: точная доля описала бы меньше 10 клиентов."
    )


def test_marker_longer_than_a_line_breaks_between_words() -> None:
    gaps = np.array([math.nan, 97.5, 98.5] * 20 + [40.5, 41.5, 42.5] * 20)
    table = {"gap_days_mean": gaps, "order_count": np.where(np.isnan(gaps), 1.0, 3.0)}
    labels = {"gap_days_mean": "average gap between orders"}
    printed = str(profile_segments(table, np.repeat([0, 1], 60), column_labels=labels))
    marker = "average gap between orders 98 (others 41.5; for the 67% who ordered on two days or more)"
    assert marker not in printed
    assert marker in " ".join(printed.split())
