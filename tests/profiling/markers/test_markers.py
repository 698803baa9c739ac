import re

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.feature_table import Feature, FeatureTable
from custseg.logs import Orders
from custseg.profiling import Marker, profile_segments

RNG = np.random.default_rng(0)
LABELS = np.repeat([0, 1], [100, 300])


NAMED = {0: {"en": "a", "ru": "а"}}
"""A name that says nothing, and leaves the choice of bounds to the markers."""


def markers(
    clustered_on: tuple[str, ...] = (), given_names: dict[int, dict[str, str]] | None = None, **values: object
) -> tuple[Marker, ...]:
    return profile_segments(values, LABELS, clustered_on=clustered_on, given_names=given_names)[0].markers


def test_largest_effects_come_first_and_small_ones_not_at_all() -> None:
    noise = RNG.normal(size=(3, 400))
    found = markers(none=noise[0], some=noise[1] + (LABELS == 0), much=noise[2] - 3 * (LABELS == 0))
    assert [marker.feature for marker in found] == ["much", "some"]
    assert found[0].effect.value < -0.9


def test_features_that_say_the_same_are_folded_into_one() -> None:
    orders = RNG.poisson(np.where(LABELS == 0, 9, 3)).astype(float)
    days = np.maximum(orders - (RNG.random(400) < 0.1), 0)
    [marker] = markers(order_days=days, order_count=orders)
    assert (marker.feature, marker.folded) == ("order_count", ("order_days",))  # it has words of its own
    # The name says "many orders", though the segments were made of the days.
    [marker] = markers(order_days=days, order_count=orders, clustered_on=("order_days",))
    assert (marker.feature, marker.folded) == ("order_count", ("order_days",))
    [marker] = markers(rides=orders, tips=days, clustered_on=("tips",))
    assert (marker.feature, marker.folded) == ("tips", ("rides",))


def test_median_of_a_few_others_is_not_compared_but_that_few_have_a_value() -> None:
    values = {"sessions": [20] * 30 + [25] * 30 + [0] * 100}
    values["days_since_visit"] = [1, 4, 7] * 20 + [30, 40] * 5 + [None] * 90
    found = profile_segments(pl.DataFrame(values), [0] * 60 + [1] * 100)
    of_days = [marker for row in found for marker in row.markers if marker.feature == "days_since_visit"]
    of_days += [marker for row in found for marker in row.markers if "days_since_visit" in marker.folded]
    assert of_days
    assert not any(re.search(r"days_since_visit \d", marker.texts["en"]) for marker in of_days)


def test_marker_says_whether_there_is_a_value_where_most_others_have_none() -> None:
    values = {"x": [1.0, 2.0] * 50 + [3.0] * 30 + [None] * 270}
    first, second = profile_segments(pl.DataFrame(values), LABELS)
    assert [marker.texts["en"] for marker in first.markers] == ["x known: 100% (others 10%)"]
    assert [marker.texts["en"] for marker in second.markers] == ["x missing: 90% (others 0%)"]
    assert second.markers[0].texts["ru"] == "x — нет данных: 90\xa0% (остальные 0\xa0%)"


def test_columns_that_correlate_by_the_segments_alone_are_not_folded() -> None:
    noise = RNG.normal(size=(2, 400))
    found = markers(age=np.where(LABELS == 0, 70, 30) + noise[0], card_payments=np.where(LABELS == 0, 3, 25) + noise[1])
    assert {marker.feature for marker in found} == {"age", "card_payments"}


def test_medians_that_are_nearly_equal_are_not_compared() -> None:
    days = np.concatenate([np.tile([3, 4, 4, 5], 25), np.tile([5], 195), np.tile([160, 170, 180], 35)])
    [marker] = markers(days_since_order=days)
    assert marker.texts["en"] == "days_since_order at most 4: 75% (others 0%)"


def test_category_is_folded_into_the_number_that_it_is_made_of() -> None:
    age = np.where(LABELS == 0, 20.0, 50.0)
    found = markers(age=age, band=np.where(age < 30, "young", "old"))
    assert len(found) == 1
    assert {found[0].feature, *found[0].folded} == {"age", "band"}


def test_texts_hold_medians_with_units() -> None:
    [marker] = markers(order_count=np.where(LABELS == 0, 9, 2))
    assert marker.texts == {"en": "order_count 9 (others 2)", "ru": "order_count 9 (остальные 2)"}
    assert str(marker) == "order_count 9 (others 2)"


def test_marker_is_printed_in_the_language_of_its_profile() -> None:
    orders = {"order_count": np.where(LABELS == 0, 9, 2)}
    [marker] = profile_segments(orders, LABELS, language="ru")[0].markers
    assert str(marker) == "order_count 9 (остальные 2)"


def test_texts_count_where_medians_are_equal() -> None:
    visits = np.zeros(400)
    visits[:45], visits[100:130] = 3, 3  # 45 of 100 members, 30 of 300 others
    [marker] = markers(visits=visits)
    assert marker.texts == {
        "en": "visits 3: 45% (others 10%)",
        "ru": "visits 3: 45\xa0% (остальные 10\xa0%)",
    }


def test_texts_of_categories_hold_shares() -> None:
    region = np.where(np.arange(400) % 100 < np.where(LABELS == 0, 70, 20), "north", "south")
    [marker] = markers(region=region)
    assert (marker.feature, marker.category) == ("region", "north")
    assert marker.texts["en"] == "region north: 70% (others 20%)"


@pytest.mark.slow
def test_shares_are_written_as_percentages_where_the_unit_is_known() -> None:
    from custseg import fit_segments
    from custseg.datasets import make_shop

    shop = make_shop(400, 0)
    orders = Orders(shop.orders, discount="discount")
    columns = ["discount_share", "recency_days"]
    profiles = fit_segments(orders, as_of=shop.as_of, columns=columns, method="kmeans", n_segments=3).profiles
    texts = [marker.texts["en"] for row in profiles for marker in row.markers if marker.feature == "discount_share"]
    assert texts
    assert all("%" in text for text in texts)


def test_flags_are_said_by_their_shares() -> None:
    vip = np.concatenate([np.arange(100) < 80, np.arange(300) < 60]).astype(float)
    [marker] = markers(vip=vip)
    assert marker.texts["en"] == "vip: yes 80% (others 20%)"
    [marker] = markers(vip=1 - vip)
    assert marker.texts == {"en": "vip: no 80% (others 20%)", "ru": "vip: нет 80\xa0% (остальные 20\xa0%)"}


def shares(value: float, rest: float, *, members: float, others: float) -> np.ndarray:
    """A column in which these shares of members and others have the value, and all others the rest."""
    rank = np.concatenate([np.arange(100) / 100, np.arange(300) / 300])
    return np.where(rank < np.where(LABELS == 0, members, others), value, rest)


def test_small_difference_of_medians_is_no_marker() -> None:
    # A third of a standard deviation is a Cliff's delta of 0.19, one and a half are 0.71.
    score = np.random.default_rng(0).normal(0, 6, len(LABELS))
    visits = np.where(LABELS == 0, 9, 2)
    assert [marker.feature for marker in markers(visits=visits, score=score + 2.0 * (LABELS == 0))] == ["visits"]
    large = markers(visits=visits, score=score + 9.0 * (LABELS == 0))
    assert [marker.feature for marker in large] == ["visits", "score"]


def test_share_that_most_members_do_not_have_is_not_said() -> None:
    # Under 50: a quarter of the members and a tenth of the others; above, nobody differs.
    rank = np.concatenate([np.arange(100) / 100, np.arange(300) / 300])
    emails = np.where(rank < np.where(LABELS == 0, 0.25, 0.1), 40, 100 + 90 * rank) + 10 * rank
    assert not any("25%" in marker.texts["en"] for marker in markers(emails=emails))


@pytest.mark.parametrize("code", [-1, 999])
def test_members_without_a_code_are_beyond_a_cut(code: int) -> None:
    rank = np.concatenate([np.arange(100) / 100, np.arange(300) / 300])
    pdays = np.where(rank < np.where(LABELS == 0, 0.02, 0.7), code, 100 + 200 * rank).round()
    [marker] = markers(pdays=pdays)
    assert marker.texts["en"].endswith(" (others 30%)")
    assert ("under" in marker.texts["en"]) == (code == 999)


def test_rate_of_orders_is_said_as_days_for_one_order() -> None:
    rate = np.where(LABELS == 0, 0.0744, 0.71) + np.tile(np.arange(4) / 1e6, 100)  # 30 / 0.0744 = 403, 30 / 0.71 = 42
    frame = pl.DataFrame({"customer_id": range(400), "orders_per_30d": rate})
    feature = Feature("orders_per_30d", "orders per 30 days", "recency")
    [marker] = profile_segments(FeatureTable(nw.from_native(frame), (feature,), nw.to_native), LABELS)[0].markers
    assert marker.texts == {"en": "one order in 403 days (others 42)", "ru": "один заказ за 403 дня (остальные 42)"}


def test_medians_below_one_have_two_digits() -> None:
    rate = np.where(LABELS == 0, 0.3064, 0.0213) + np.tile(np.arange(4) / 1e6, 100)
    [marker] = markers(orders_per_day=rate)
    assert marker.texts["en"] == "orders_per_day 0.31 (others 0.021)"


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (shares(0, 2, members=0.9, others=0.6), "x 0: 90% (others 60%)"),
        (shares(5, 3, members=0.9, others=0.6), "x 5: 90% (others 60%)"),
        (shares(0, 4, members=0.55, others=0.9), "x 4: 45% (others 10%)"),
    ],
)
def test_share_at_an_end_of_the_range(column: np.ndarray, words: str) -> None:
    [marker] = markers(x=column)
    assert marker.texts["en"] == words


def test_range_of_one_value_is_the_value() -> None:
    others = np.where(np.arange(300) % 2, 0.05, 0.4) + np.arange(300) / 10_000
    [marker] = markers(share_late=np.concatenate([np.full(100, 0.2), others]))
    assert marker.texts["en"] == "share_late 20%: 100% (others 0%)"


def test_share_beyond_the_cut_that_sets_apart_most() -> None:
    column = shares(2, 1, members=0.9, others=0.6)
    column[60:80], column[250:270] = 3, 3
    [marker] = markers(x=column)
    assert marker.texts["en"] == "x at least 2: 90% (others 60%)"


@given(st.integers(0, 10_000))
def test_no_marker_is_empty(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = {
        "flag": (rng.random(400) < np.where(LABELS == 0, *rng.random(2))).astype(float),
        "count": rng.poisson(np.where(LABELS == 0, *rng.exponential(1, 2))).astype(float),
        "money": np.where(rng.random(400) < np.where(LABELS == 0, *rng.random(2)), rng.lognormal(3, 1, 400), 0.0),
        "stars": np.clip(np.round(rng.normal(np.where(LABELS == 0, *rng.uniform(1, 6, 2)), 1)), 1, 5),
    }
    for marker in markers(**values):
        figures = re.findall(r"[<>]?[\d.,]+%?", marker.texts["en"])
        assert figures[-2] != figures[-1], marker.texts


def test_median_at_an_end_of_the_range_is_said_by_its_share() -> None:
    members, others = np.repeat([5, 1, 2, 3, 4], [53, 12, 12, 12, 11]), np.repeat([1, 3, 5], [200, 70, 30])
    [marker] = markers(given_names=NAMED, stars=np.concatenate([members, others]).astype(float))
    assert marker.texts["en"] == "stars 5: 53% (others 10%)"  # not "stars 5 (others 1)"


def test_median_that_nearly_all_members_have_stays() -> None:
    [marker] = markers(orders=np.where(LABELS == 0, 1, np.arange(400) % 7 + 3))
    assert marker.texts["en"] == "orders 1 (others 6)"


def test_zeros_set_apart_more_than_small_amounts() -> None:
    money = np.tile([*range(1, 21)], 20).astype(float)
    money[:97] = 0  # 97 of 100 members
    money[100:280] = 0  # 180 of 300 others
    [marker] = markers(fish=money)
    assert marker.texts["en"] == "fish 0: >90% (others 60%)"


def test_code_is_said_as_a_code() -> None:
    days = np.arange(400) % 200 + 1.0
    days[:96], days[100:220] = -1, -1  # 96 of 100 members, 120 of 300 others
    [marker] = markers(pdays=days)
    assert marker.texts == {
        "en": "pdays: code -1: >90% (others 40%)",
        "ru": "pdays: код -1: >90\xa0% (остальные 40\xa0%)",
    }


def test_medians_leave_codes_out() -> None:
    days = np.where(LABELS == 0, 100, 20) + np.arange(400) % 10.0
    days[::4] = -1  # the same share of both
    [marker] = markers(pdays=days)
    assert marker.texts["en"] == "pdays 105 (others 25)"


def test_flag_with_few_exceptions_has_a_bound() -> None:
    vip = np.concatenate([np.arange(100) < 97, np.arange(300) < 4]).astype(float)
    [marker] = markers(vip=vip)
    assert marker.texts["en"] == "vip: yes >90% (others <4%)"


def test_category_with_few_exceptions_has_a_bound() -> None:
    plan = np.where(np.arange(400) < 95, "gold", "basic")
    plan[100:160] = "gold"
    [marker] = markers(plan=plan)
    assert marker.texts["en"] == "plan gold: >90% (others 20%)"


def test_every_tier_of_one_column_has_a_marker() -> None:
    rng = np.random.default_rng(1)
    tiers = np.repeat(np.arange(5), 60)
    points = tiers * 1000.0 + rng.normal(0, 250, 300)
    profiles = profile_segments({"points": points}, tiers, clustered_on=["points"])
    assert all(row.markers for row in profiles)


def test_shares_on_several_segments_give_no_small_cell_away() -> None:
    vip = np.zeros(300)
    vip[:4], vip[100:180], vip[200:290] = 1, 1, 1  # 4, 80 and 90 of 100 customers each
    rows = profile_segments({"vip": vip}, np.repeat([0, 1, 2], 100))
    texts = [marker.texts["en"] for row in rows for marker in row.markers]
    assert texts[0] == "vip: no >90% (others 15%)"
    assert "vip: yes 80% (others 48%)" in texts  # with 5 in place of 4: (5 + 90) / 200


@pytest.mark.slow
def test_random_text_columns_give_no_marker() -> None:
    """Of 40 tables of 100 text columns without any relation to the segments, at most 2 give a marker."""
    with_markers = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        columns = {f"t{i}": rng.choice(list("abcd"), 200) for i in range(100)}
        profiles = profile_segments(columns, np.arange(200) % 2, descriptors=list(columns))
        with_markers += any(row.markers for row in profiles)
    assert with_markers <= 2


def test_real_difference_of_a_descriptor_is_a_marker_among_many() -> None:
    rng = np.random.default_rng(0)
    columns = {f"t{i}": rng.choice(list("abcd"), 400) for i in range(50)}
    columns["town"] = np.where(rng.random(400) < np.where(LABELS == 0, 0.7, 0.3), "Ulm", "Bonn")
    found = profile_segments(columns, LABELS, descriptors=list(columns))[0].markers
    assert [marker.feature for marker in found] == ["town"]


def test_years_have_no_thousands_separator() -> None:
    years = np.where(LABELS == 0, 1950, 1990) + np.arange(400) % 9
    [marker] = markers(birth_year=years)
    assert marker.texts["en"] == "birth_year 1954 (others 1994)"


def test_codes_of_places_are_categories() -> None:
    codes = np.where(np.arange(400) % 10 < np.where(LABELS == 0, 7, 2), 10115, 80331)
    codes[::10] = 20095
    found = markers(postcode=codes)
    assert found[0].category == "10115"


def test_cut_is_as_near_the_members_as_holds_for_three_quarters() -> None:
    orders = np.repeat([1, 2, 5, 1, 2, 7, 8, 9, 10, 12], [55, 33, 12, 75, 15, 42, 42, 42, 42, 42]).astype(float)
    [marker] = markers(given_names=NAMED, orders=orders)
    assert marker.texts["en"] == "orders at most 4: 88% (others 30%)"  # not "orders under 7: 100% (others 30%)"


def test_share_is_of_the_bounds_in_the_name() -> None:
    orders = np.repeat([1, 2, 5, 1, 2, 7, 8, 9, 10, 12], [55, 33, 12, 75, 15, 42, 42, 42, 42, 42]).astype(float)
    row = profile_segments({"orders": orders}, LABELS)[0]
    assert (row.name, str(row.markers[0])) == ("orders up to 5", "orders at most 5: 100% (others 30%)")
    assert row.description == "All of them have at most 5 orders (others 30%)."


def test_column_that_most_members_lack_is_no_marker() -> None:
    values = np.where(LABELS == 0, 90.0, 10.0) + np.arange(400) % 7
    values[:60] = np.nan  # 60 of 100 members
    assert [marker.texts["en"] for marker in markers(values=values)] == ["values missing: 60% (others 0%)"]
    values[:20] = 93
    assert next(marker.texts["en"] for marker in markers(values=values)) == (
        "values 93 (others 13; for the 60% with a known value)"
    )


@pytest.mark.slow
def test_shrunken_features_are_markers_only_if_clustered_on() -> None:
    from custseg import fit_segments
    from custseg.datasets import make_shop

    shop = make_shop(400, 0)
    result = fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=4)
    shrunk = {feature.name for feature in result.features.described if feature.shrunk}
    assert {"expected_gap_days", "overdue_ratio", "order_value_shrunk"} <= shrunk
    assert not shrunk & {marker.feature for row in result.profiles for marker in row.markers}


def test_interval_of_whole_numbers_has_no_open_end() -> None:
    tier = np.repeat([1, 2, 3, 4, 5], 60)
    profiles = profile_segments({"tier": tier}, tier - 1, clustered_on=["tier"])
    assert "under" not in " ".join(marker.texts["en"] for row in profiles for marker in row.markers)


def test_member_between_two_groups_of_others_is_said_by_its_range() -> None:
    complaints = np.concatenate([np.arange(100) % 2 + 1, np.where(np.arange(300) < 150, 0, 4 + np.arange(300) % 3)])
    [marker] = markers(complaints=complaints)
    assert marker.texts["en"] == "complaints 1 to 2: 100% (others 0%)"
    assert marker.effect.value == 1


def test_bounds_of_a_range_are_round() -> None:
    rng = np.random.default_rng(0)
    km = np.concatenate([rng.uniform(16.3, 48.7, 100), rng.uniform(1, 13.1, 150), rng.uniform(52.2, 300, 150)])
    [marker] = markers(km=km)
    assert marker.texts["en"] == "km 15 to under 50: 100% (others 0%)"


def test_range_that_one_bound_nearly_replaces_is_none() -> None:
    visits = np.concatenate([np.full(100, 5.0), np.repeat([1.0, 2.0, 9.0], [140, 140, 20])])
    [marker] = markers(visits=visits)
    assert marker.texts["en"] == "visits 5 (others 2)"


def test_descriptor_comes_before_a_weaker_clustered_column() -> None:
    rng = np.random.default_rng(0)
    income = np.where(LABELS == 0, 90_000.0, 30_000.0) + rng.normal(0, 9_000, 400)
    visits = rng.poisson(np.where(LABELS == 0, 9, 5)).astype(float)
    found = profile_segments({"visits": visits}, LABELS, descriptors={"income": income}, clustered_on=["visits"])
    assert [marker.feature for marker in found[0].markers] == ["income", "visits"]


@pytest.mark.parametrize("words", [("Y", "N"), ("да", "нет"), ("True", "FALSE"), ("t", "f")])
def test_text_of_yes_and_no_is_a_flag(words: tuple[str, str]) -> None:
    card = np.where(np.arange(400) % 10 < np.where(LABELS == 0, 9, 2), *words)
    [marker] = markers(card=card)
    assert marker.texts["en"] == "card: yes 90% (others 20%)"


def test_sexes_are_no_answers() -> None:
    sex = np.where(np.arange(400) % 10 < np.where(LABELS == 0, 9, 2), "F", "M")
    assert markers(sex=sex)[0].category == "F"


def test_feature_of_the_name_is_among_the_main_markers() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1, 2], 100)
    columns = {name: labels * 9.0 + rng.normal(0, 1, 300) for name in ("a", "b")}
    for row in profile_segments(columns, labels):
        named = {trait.feature for trait in row.traits}
        assert named <= {name for marker in row.main_markers for name in (marker.feature, *marker.folded)}


def test_points_that_nobody_can_read_are_no_bounds() -> None:
    rng = np.random.default_rng(0)
    points = np.where(rng.random(400) < np.where(LABELS == 0, 0.9, 0.3), rng.lognormal(-4, 2, 400), 0)
    frame = pl.DataFrame({"customer_id": range(400), "engagement_web": points})
    table = FeatureTable(nw.from_native(frame), (Feature("engagement_web", "points", "engagement"),), nw.to_native)
    texts = [marker.texts["en"] for row in profile_segments(table, LABELS) for marker in row.markers]
    assert texts
    assert not any(re.search(r"0\.0[0-4]", text) for text in texts)


@pytest.mark.parametrize(("name", "days"), [("visits_per_month", (600, 60)), ("orders_per_90d", (1_800, 180))])
def test_rate_of_a_given_table_is_said_as_days_for_one(name: str, days: tuple[int, int]) -> None:
    rate = np.where(LABELS == 0, 0.05, 0.5) + np.tile(np.arange(4) / 1e6, 100)
    [marker] = markers(**{name: rate})
    members, others = (f"{figure:,}" for figure in days)
    assert marker.texts["en"] == f"{name}: one in {members} days (others {others})"


def test_rate_of_more_than_one_stays_as_it_is() -> None:
    rate = np.where(LABELS == 0, 0.5, 3.5) + np.tile(np.arange(4) / 1e6, 100)
    assert markers(visits_per_month=rate)[0].texts["en"] == "visits_per_month 0.5 (others 3.5)"


def test_share_that_reads_like_that_of_the_others_is_no_marker() -> None:
    """Of 42 members 41 have no pass, which is said as ">77%": beside 77 % of the others this says nothing."""
    labels = np.repeat([0, 1], [42, 300])
    passes = np.concatenate([np.arange(42) < 1, np.arange(300) < 69]).astype(float)
    assert [m for m in profile_segments({"pass": passes}, labels)[0].markers if m.feature == "pass"] == []
    few = np.concatenate([np.arange(42) < 1, np.arange(300) < 150]).astype(float)
    assert [str(m) for m in profile_segments({"pass": few}, labels)[0].markers] == ["pass: no >76% (others 50%)"]


def test_nearly_all_others_beyond_the_cut_too_is_no_marker() -> None:
    """ "At least 2" of ratings from 1 to 5 is true of 85 % of the others as well."""
    members = np.tile([2.0, 3.0, 4.0, 5.0, 5.0], 20)
    others = np.concatenate([np.repeat(1.0, 45), np.tile([2.0, 3.0, 4.0, 5.0, 5.0], 51)])
    assert markers(rating=np.concatenate([members, others])) == ()


def test_claim_of_a_name_is_said_as_near_the_members_as_it_tells_them_apart() -> None:
    """All of the recent ones spent 500 or more, not only the 20 of the archetype."""
    labels = np.repeat([0, 1, 2], 60)
    spread = np.tile(np.linspace(0, 9, 60), 3)
    own = {
        "named": {
            "names": {"en": "Recent", "ru": "Недавние"},
            "description": {"en": "x", "ru": "y"},
            "condition": [{"feature": "recency_days", "operator": "<=", "value": 60},
                          {"feature": "revenue", "operator": ">=", "value": 20}],
        }
    }  # fmt: skip
    table = {"recency_days": np.array([10.0, 200.0, 300.0])[labels] + spread,
             "revenue": np.array([500.0, 10.0, 480.0])[labels] + spread}  # fmt: skip
    row = profile_segments(table, labels, archetypes=own)[0]
    assert row.name == "Recent"
    [spend] = [str(marker) for marker in row.markers if marker.feature == "revenue"]
    assert spend == "revenue 504 (others 250)"
