"""Each word of a name is one by which readers tell the segment from the others, and none is untrue of its members."""

import numpy as np
import pytest

from custseg.profiling import Profiles, profile_segments
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming.traits.columns._value_words import bound_words


def names(profiles: Profiles) -> list[str]:
    return [row.name for row in profiles.segments]


@pytest.mark.parametrize(
    ("column", "low", "high", "expected"),
    [
        ("visits", [1, 2], (10, 30), ["fewer visits than others", "more visits than others"]),
        ("tickets", [0], (5, 20), ["no tickets", "with tickets"]),
        ("price", [99], (301, 401), ["low price", "high price"]),
    ],
)
def test_low_end_of_a_count_is_no_code(column: str, low: list[int], high: tuple[int, int], expected: list[str]) -> None:
    table = {column: np.concatenate([np.resize(low, 200), np.resize(np.arange(*high), 100)])}
    assert names(profile_segments(table, np.repeat([0, 1], [200, 100]))) == expected


def test_who_has_a_value_is_told_from_who_has_a_code() -> None:
    days = np.concatenate([np.full(200, -1), np.resize(np.arange(4, 14), 100)])
    named = names(profile_segments({"contact_days": days}, np.repeat([0, 1], [200, 100])))
    assert named == ["contact_days: code -1", "contact_days 4+"]


def test_most_who_have_few_are_one_level_however_these_differ() -> None:
    nights = np.concatenate(
        [np.resize([1, 2, 3], 180), np.resize(np.arange(10, 17), 56), np.resize(np.arange(17, 25), 56)]
    )
    named = names(profile_segments({"nights": nights}, np.repeat([0, 1, 2], [180, 56, 56])))
    assert named == ["fewer nights than others", "nights 10–16", "more nights than others"]


def test_ten_nights_are_not_low_beside_one() -> None:
    nights = np.concatenate([np.full(180, 1), np.resize(np.arange(10, 17), 56), np.resize(np.arange(17, 25), 56)])
    named = names(profile_segments({"nights": nights}, np.repeat([0, 1, 2], [180, 56, 56])))
    assert named == ["fewer nights than others", "nights 10–16", "more nights than others"]


@pytest.fixture
def once_and_again() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Customers with one order, of 100, 800 and 1,500 days ago, and such with eight orders."""
    labels = np.repeat([0, 1, 2, 3], 60)
    spread = np.tile(np.linspace(-40, 40, 60).round(), 4)
    days = np.array([100.0, 800.0, 1_500.0, 50.0])[labels] + spread
    orders = np.array([1.0, 1.0, 1.0, 8.0])[labels]
    return {"recency_days": days, "order_count": orders, "revenue": orders * (50 + spread)}, labels


def test_one_time_buyers_are_none_beside_other_segments_with_one_order(
    once_and_again: tuple[dict[str, np.ndarray], np.ndarray],
) -> None:
    table, labels = once_and_again
    profiles = profile_segments(table, labels)
    assert "one_time" not in [row.key for row in profiles]
    assert len({row.name for row in profiles}) == 4
    alone = np.isin(labels, [0, 3])
    pair = profile_segments({name: column[alone] for name, column in table.items()}, labels[alone])
    assert pair[0].key == "one_time"


def test_days_since_an_order_are_said_in_words_of_their_own(
    once_and_again: tuple[dict[str, np.ndarray], np.ndarray],
) -> None:
    table, labels = once_and_again
    middle = profile_segments(table, labels)[1]
    assert middle.name.startswith("last order ")
    assert middle.names["ru"].startswith("не заказывали ")


def test_orders_of_a_month_ago_are_no_silence() -> None:
    for days, words in (((7, 90), "заказ 7–90 дней назад"), ((365, 730), "не заказывали 365–730 дней")):
        terms = tuple(Term("recency_days", sign, float(day)) for sign, day in zip((">=", "<"), days, strict=True))
        assert bound_words(terms) == {"en": f"last order {days[0]}–{days[1]} days ago", "ru": words}


@pytest.mark.parametrize("label", ["share_of_spend_on_delivery_to_lockers", "Share of spend on delivery to lockers"])
def test_labels_are_never_cut_inside_a_word(label: str) -> None:
    named = names(profile_segments({label: np.arange(100.0)}, np.repeat([0, 1], 50)))
    words = set(label.split())
    for name in named:
        assert set(name.replace("…", "").removeprefix("low ").removeprefix("high ").split()) <= words


def test_features_have_a_short_name_in_names() -> None:
    labels = np.repeat([0, 1], 50)
    table = {"order_count": np.full(100, 9.0), "gap_cv": np.arange(100.0), "order_value_shrunk": np.arange(100.0) ** 2}
    for row in profile_segments(table, labels, clustered_on=list(table)):
        assert all("…" not in name for name in row.names.values())


def test_missing_values_do_not_name_a_segment_that_behaves_in_its_own_way() -> None:
    labels = np.repeat([0, 1, 2], [150, 100, 20])
    logins = np.concatenate([np.resize([0, 1, 2], 150), np.arange(60, 160), np.resize([0, 1, 2], 20)])
    score = np.concatenate([np.full(150, np.nan), np.resize([6, 7, 8, 9], 100), np.resize([1, 2, 3], 20)])
    score[:20] = 5.0
    first = profile_segments({"logins": logins, "score": score}, labels)[0]
    assert "logins" in first.name


def test_none_of_something_comes_before_what_is_missing_because_of_it() -> None:
    labels = np.repeat([0, 1], [60, 100])
    table = {
        "sessions": np.where(labels == 0, 20.0, 0.0),
        "days_since_visit": np.where(labels == 0, np.arange(160.0) % 10, np.nan),
    }
    assert names(profile_segments(table, labels))[1] == "sessions 0 · days_since_visit unknown"


def test_word_as_true_of_the_neighbor_is_not_in_the_name() -> None:
    labels = np.repeat([0, 1, 2], 100)
    days = np.where(labels == 0, 20.0, np.where(labels == 1, 30.0, 200.0)) + np.tile(np.arange(100.0) / 10, 3)
    plan = np.concatenate([np.arange(100) < 67, np.arange(100) < 64, np.zeros(100, dtype=bool)])
    table = {"days": days, "plan": np.where(plan, "pro", "starter")}
    assert all("plan pro" not in row.name for row in profile_segments(table, labels))


def test_average_is_not_said_where_it_is_as_true_of_another_segment() -> None:
    labels = np.repeat([0, 1, 2], 100)
    rng = np.random.default_rng(0)
    table = {
        "recency_days": np.where(labels == 2, 300.0, 20.0) + rng.uniform(0, 10, 300),
        "order_count": np.array([5, 7, 6])[labels] + rng.integers(0, 5, 300).astype(float),
    }
    assert all("average number" not in row.name for row in profile_segments(table, labels))


def test_loyal_is_nobody_where_others_who_keep_their_rhythm_spend_far_more() -> None:
    labels = np.repeat([0, 1, 2], [100, 80, 120])
    spread = np.tile(np.linspace(0.9, 1.1, 20), 15)
    table = {
        "recency_days": np.array([4.0, 2.0, 150.0])[labels] * spread,
        "order_count": (np.array([45.0, 80.0, 5.0])[labels] * spread).round(),
        "overdue_ratio": np.array([0.5, 0.5, 6.0])[labels] * spread,
        "revenue": np.array([4_000.0, 900.0, 300.0])[labels] * spread,
    }
    assert profile_segments(table, labels)[1].key != "loyal"
    table["revenue"] = np.array([700.0, 900.0, 300.0])[labels] * spread
    table["order_count"] = (np.array([8.0, 80.0, 5.0])[labels] * spread).round()
    assert profile_segments(table, labels)[1].key in ("loyal", "champions")


def test_long_names_of_columns_do_not_choose_the_traits() -> None:
    labels, rng = np.repeat([0, 1, 2], 100), np.random.default_rng(0)
    first, second = rng.normal(np.array([[50, 90, 20], [20, 25, 80]])[:, labels], 5)
    columns = "urgent_visits", "fear_visits"
    profiles = profile_segments(dict(zip(columns, (first, second), strict=True)), labels)
    assert {trait.feature for trait in profiles.segments[2].traits} == set(columns)
    # Of names that would be too long words are left out, and no others come in.
    columns = "urgent_before_the_first_appointment", "fear_before_the_first_appointment"
    long = profile_segments(dict(zip(columns, (first, second), strict=True)), labels)
    for row, short_row in zip(long.segments, profiles.segments, strict=True):
        words = {(trait.position, trait.kind) for trait in row.traits}
        assert words <= {(trait.position, trait.kind) for trait in short_row.traits}
        assert len(row.name) <= 60


def test_none_of_it_is_said_as_such() -> None:
    labels = np.repeat([0, 1], 100)
    fees = np.concatenate([np.r_[np.zeros(95), [10.0] * 5], np.linspace(100, 900, 100)])
    assert names(profile_segments({"private_fees": fees}, labels)) == ["no private_fees", "with private_fees"]


def test_labels_of_one_language_do_not_change_the_traits_or_enter_the_other() -> None:
    labels, rng = np.repeat([0, 1, 2], 100), np.random.default_rng(0)
    table = {
        "h_kids": rng.normal(np.array([0, 5, 40])[labels], 1).clip(0) + 0.5,
        "h_series": rng.normal(np.array([9, 50, 20])[labels], 4).clip(0),
        "n_profiles": rng.integers(1, 3, 300) + 2.0 * (labels == 2),
    }
    plain = profile_segments(table, labels)
    russian = {"h_kids": "часы детских программ", "h_series": "часы сериалов", "n_profiles": "профили"}
    labeled = profile_segments(table, labels, column_labels=russian, language="ru")
    assert [row.names["en"] for row in labeled.segments] == names(plain)


def test_category_that_most_have_rather_than_one_that_few_have() -> None:
    labels = np.repeat([0, 1], 100)
    device = np.array(["phone"] * 63 + ["tablet"] * 27 + ["desktop"] * 10 + ["desktop"] * 70 + ["phone"] * 30)
    profiles = profile_segments({"device": device, "x": np.tile(np.arange(100.0), 2)}, labels)
    assert names(profiles)[0] == "device phone"


def test_types_are_labels_and_no_steps() -> None:
    labels = np.repeat([0, 1], 100)
    table = {"dwelling_type": np.concatenate([np.resize([1.0, 2], 100), np.resize([3.0, 4, 5], 100)]),
             "power": np.concatenate([np.linspace(0, 9, 100), np.linspace(20, 29, 100)])}  # fmt: skip
    assert names(profile_segments(table, labels)) == ["low power", "high power"]


@pytest.mark.parametrize(
    ("rods", "expected"),
    [
        ([5.0, 10.0, 20.0], "rods 10"),
        ([5.0, np.arange(14.0, 24), 60.0], "rods 14–23"),
    ],
)
def test_range_is_of_the_values_that_members_have(rods: list[float | np.ndarray], expected: str) -> None:
    table = {"rods": np.concatenate([np.resize(values, 60) for values in rods])}
    assert names(profile_segments(table, np.repeat([0, 1, 2], 60)))[1] == expected


def docked(*amounts: float, language: str = "en") -> list[str]:
    """Names of segments of 60 customers who have about so much of something, a few of them nothing."""
    spread = np.where(np.arange(60) % 12 == 0, 0, np.arange(60) % 20 / 40 + 0.75)
    table = {"dry_dock_gbp": np.concatenate([amount * spread for amount in amounts])}
    profiles = profile_segments(table, np.repeat(np.arange(len(amounts)), 60), language=language)
    return names(profiles)


def test_having_any_is_said_where_hardly_any_others_have() -> None:
    assert docked(0, 600, 0)[1] == "with dry_dock_gbp"
    assert docked(0, 600, 0, language="ru")[1] == "dry_dock_gbp: есть"


def test_having_none_is_said_where_nearly_all_others_have() -> None:
    assert docked(600, 0, 650)[1] == "no dry_dock_gbp"
    assert docked(600, 0, 650, language="ru")[1] == "dry_dock_gbp: нет"


def test_how_much_is_said_where_two_segments_have_some() -> None:
    assert not any("with" in name for name in docked(0, 300, 900, 0))


@pytest.mark.parametrize(("lowest", "expected"), [(60.0, "more passages than others"), (10.0, "passages 14+")])
def test_more_is_said_only_with_a_bound_near_the_members(lowest: float, expected: str) -> None:
    """The gap begins at 3; 5 % of 10 to 99 is 14, far below the median of 55, and of 60 to 99 it is 62."""
    passages = np.concatenate([np.resize([1.0, 2], 120), np.arange(lowest, 100)])
    profile = profile_segments({"passages": passages}, np.repeat([0, 1], [120, len(passages) - 120]))[1]
    assert profile.name == expected
    assert float(profile.traits[0].terms[0].value or 0) > 10


def test_who_has_not_ordered_for_a_year_is_not_late() -> None:
    labels = np.repeat([0, 1], 60)
    spread = np.tile(np.arange(60.0), 2)
    table = {
        "recency_days": np.where(labels == 1, 500, 30) + spread,
        "overdue_ratio": np.where(labels == 1, 5, 0.5) + spread / 100,
        "order_count": np.full(120, 6.0),
    }
    assert names(profile_segments(table, labels))[1] == "last order 365+ days ago"


def test_middle_of_recency_is_a_range_of_days() -> None:
    days = np.concatenate([np.resize([5.0, 400.0], 60), np.resize(np.arange(60.0, 110), 60), np.resize([8.0, 500], 60)])
    profiles = profile_segments(
        {"recency_days": days, "order_count": np.repeat([1.0, 4.0, 9.0], 60)}, np.repeat([0, 1, 2], 60)
    )
    assert any("last order" in name for name in names(profiles)[1:2])
    assert not any("average" in name for name in names(profiles))
