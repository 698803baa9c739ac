"""Names are earned, true, unique, and the same for the same segments."""

import re
from dataclasses import replace

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from custseg.profiling import profile_segments
from custseg.profiling.measures._table import read_table
from custseg.profiling.naming._archetype_match import usable
from custseg.profiling.naming._archetypes import builtin_archetypes
from custseg.profiling.naming._joined_names import LONGEST_NAME
from custseg.texts import LANGUAGES

KNOWN = {name for archetype in builtin_archetypes() for name in archetype.names.values()}
# Per kind of customer the recency, age, number of orders and revenue that are typical of it.
KINDS = {
    "Champions": (5, 300, 20, 900),
    "One-time buyers": (200, 200, 1, 20),
    "New": (8, 10, 1, 25),
    "At risk": (250, 400, 6, 120),
    "Can't lose them": (240, 420, 14, 1_500),
}
FOUR = tuple(KINDS)[:4]


def shop(labels: np.ndarray, seed: int = 0, kinds: tuple[str, ...] = FOUR) -> dict[str, np.ndarray]:
    """Customers around the kind that their label stands for."""
    noise = np.random.default_rng(seed).uniform(0.8, 1.2, (4, len(labels)))
    recency, age, count, revenue = np.array([KINDS[kinds[label]] for label in labels]).T * noise
    return {
        "recency_days": recency.round(),
        "age_days": age.round(),
        "order_count": np.maximum(count.round(), 1),
        "revenue": revenue,
    }


def named(values: dict[str, np.ndarray], labels: np.ndarray, language: str = "en") -> list[str]:
    return [row.name for row in profile_segments(values, labels, language=language).segments]


def test_clear_kinds_get_their_names_in_both_languages() -> None:
    labels = np.repeat(np.arange(5), [50, 60, 40, 40, 30])
    values = shop(labels, kinds=tuple(KINDS))
    assert named(values, labels) == list(KINDS)
    russian = ["Чемпионы", "Разовые покупатели", "Новички", "В зоне риска", "Нельзя потерять"]
    assert named(values, labels, "ru") == russian


@pytest.mark.slow
@given(st.integers(0, 200))
def test_shuffled_labels_earn_no_known_name(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1, 2, 3], 60)
    assert KNOWN.isdisjoint(named(shop(labels, seed), rng.permutation(labels)))


@pytest.mark.slow
def test_small_shuffled_segments_earn_no_known_name() -> None:
    labels = np.repeat([0, 1, 2, 3], [200, 100, 20, 10])
    earned = [named(shop(labels, seed), np.random.default_rng(seed).permutation(labels)) for seed in range(100)]
    assert sum(not KNOWN.isdisjoint(names) for names in earned) <= 2


@examples(60)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_known_names_are_earned_and_all_names_are_unique(seed: int, n_segments: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.repeat(np.arange(n_segments), 12), rng.integers(0, n_segments, 120)])
    profiles = profile_segments(shop(labels, seed, tuple(rng.choice(list(KINDS), n_segments))), labels)
    for language in LANGUAGES:
        assert len({row.names[language] for row in profiles}) == n_segments
    for row in profiles:
        assert (row.name.split(" · ")[0] in KNOWN) == (row.evidence is not None)
        if row.evidence:
            assert row.evidence.members >= max(0.6, 2 * row.evidence.others)


def test_evidence_is_counted_by_hand() -> None:
    labels = np.repeat([0, 1], [50, 150])
    discount = np.where(np.arange(200) < 40, 0.6 + np.arange(200) / 100, 0.1)  # 40 of 50 members
    discount[60:75] = 0.7  # 15 of 150 others
    evidence = profile_segments({"discount_share": discount}, labels)[0].evidence
    assert evidence is not None
    assert (evidence.members, evidence.others) == (0.8, 0.1)
    assert (evidence.archetype, evidence.condition["ru"]) == ("discount_driven", "discount_share не меньше 50\xa0%")


@pytest.mark.parametrize(
    ("members", "others", "earns"), [(30, 15, True), (29, 0, False), (30, 60, False), (40, 60, True)]
)
def test_name_needs_60_percent_and_twice_the_others(members: int, others: int, earns: bool) -> None:
    labels = np.repeat([0, 1], [50, 150])
    discount = np.zeros(200)
    discount[:members] = np.linspace(0.5, 1, members)
    discount[50 : 50 + others] = 0.9
    assert (profile_segments({"discount_share": discount}, labels)[0].key == "discount_driven") == earns


def test_of_two_that_earn_a_name_the_one_that_goes_farthest_has_it() -> None:
    labels = np.repeat([0, 1, 2, 3], [30, 12, 60, 40])
    values = shop(labels, kinds=("Champions", "Champions", "One-time buyers", "New"))
    for name in ("revenue", "order_count"):
        values[name][labels == 1] *= 2
    assert named(values, labels)[:2] == ["Loyal", "Champions"]
    for name in ("revenue", "order_count"):
        values[name][labels == 0] *= 4
    assert named(values, labels)[:2] == ["Champions", "Loyal"]


def test_condition_speaks_of_the_stricter_of_two_bounds() -> None:
    labels = np.repeat(np.arange(4), 50)
    evidence = profile_segments(shop(labels), labels)[2].evidence
    assert evidence is not None
    assert evidence.condition["en"].startswith("age_days at most 12 (lowest 25% of all), order_count at most 2")


def test_lifetime_names_are_not_given_by_a_window_or_of_doubtful_features() -> None:
    table = read_table({"order_count": [0, 1], "emails_clicked": [1, 1]}, None, customer_column=None, caller="f")
    keys = [one.key for one in usable(builtin_archetypes(), table)]
    assert keys == ["readers", "prospects"]
    assert usable(builtin_archetypes(), replace(table, windowed=True)) == []
    described = {name: replace(one, doubtful=True) for name, one in table.described.items()}
    assert usable(builtin_archetypes(), replace(table, described=described)) == []


def test_segment_is_described_where_it_earns_no_name() -> None:
    labels = np.repeat([0, 1], 50)
    spread = np.tile(np.arange(50.0), 2)
    values = {
        "order_count": np.where(labels == 0, 2.0, 4.0),
        "revenue": np.where(labels == 0, 10.0, 50.0) + spread / 100,
    }
    assert named(values, labels) == ["few orders · low spend", "3+ orders · high spend"]


def customers(labels: np.ndarray, seed: int = 0, **typical: tuple[float, ...]) -> dict[str, np.ndarray]:
    """Columns around the typical values of each segment."""
    rng = np.random.default_rng(seed)
    return {
        name: np.array(values)[labels] * rng.uniform(0.8, 1.2, len(labels)).round(3) for name, values in typical.items()
    }


@pytest.mark.parametrize("seed", range(5))
def test_champions_are_not_named_beside_recent_customers_who_spend_far_more(seed: int) -> None:
    labels = np.repeat([0, 1, 2], [60, 60, 120])
    table = customers(labels, seed, recency_days=(8, 25, 200), order_count=(25, 14, 2), revenue=(400, 5_000, 40))
    profiles = profile_segments(table, labels)
    # Nor is either of them the loyal one beside the other, who is loyal as well.
    assert [row.key for row in profiles][:2] == ["described", "described"]
    table["revenue"][labels == 1] /= 20
    assert profile_segments(table, labels)[0].key == "champions"


def test_spend_that_another_segment_exceeds_is_said_by_its_range() -> None:
    labels = np.repeat([0, 1, 2], [100, 60, 30])
    table = customers(labels, revenue=(20, 200, 900)) | {"returns": np.where(labels == 2, 0.0, 1.0)}
    assert [name.split(" · ")[0] for name in named(table, labels)] == [
        "low spend",
        "spend 150–250",
        "high spend",
    ]
    russian = [name.split(" · ")[0] for name in named(table, labels, "ru")]
    assert russian == ["низкие траты", "траты 150–250", "высокие траты"]


@pytest.mark.parametrize("seed", range(5))
def test_who_orders_once_a_year_has_not_been_away_for_long(seed: int) -> None:
    labels = np.repeat([0, 1], [160, 40])
    table = customers(
        labels, seed, recency_days=(290, 700), order_count=(4, 4), overdue_ratio=(0.8, 2), revenue=(90, 90)
    )
    profiles = profile_segments(table, labels)
    assert [row.name for row in profiles] == ["within their usual gap", "last order 540+ days ago"]
    assert not any("kept them from ordering" in line for line in profiles[0].advice.do)
    assert sum("kept them from ordering" in line for line in profiles[1].advice.do) == 1
    late = customers(labels, seed, recency_days=(290, 700), order_count=(4, 4), overdue_ratio=(2, 4), revenue=(90, 90))
    assert any("kept them from ordering" in line for line in profile_segments(late, labels)[0].advice.do)


def test_who_is_within_the_own_rhythm_is_not_at_risk() -> None:
    labels = np.repeat([0, 1], [100, 60])
    table = customers(labels, recency_days=(20, 250), order_count=(3, 6), revenue=(60, 40))
    assert profile_segments(table, labels)[1].key == "at_risk"
    table["overdue_ratio"] = np.where(labels == 1, 0.9, 0.5)
    assert profile_segments(table, labels)[1].evidence is None
    table["overdue_ratio"] = np.where(labels == 1, 3.0, 0.5)
    assert profile_segments(table, labels)[1].key == "at_risk"


def test_word_that_is_as_true_of_the_others_does_not_set_a_segment_apart() -> None:
    labels = np.repeat([0, 1], 60)
    # All have been customers for more than a year.
    table = customers(labels, age_days=(600, 1_500))
    assert named(table, labels) == ["joined later than most", "joined earlier than most"]


def test_words_that_hold_for_different_members_make_no_name_together() -> None:
    labels = np.repeat([0, 1], 100)
    # Seven in ten members are high in each column, but only four in ten in both.
    high = {"a": np.arange(100) < 70, "b": np.arange(100) >= 30}
    spread = np.tile(np.linspace(0, 1, 100), 2)
    table = {name: np.concatenate([members * 10.0, np.zeros(100)]) + spread for name, members in high.items()}
    row = profile_segments(table, labels)[0]
    assert len(row.traits) == 1
    assert row.traits[0].members >= 0.6


@pytest.mark.parametrize("seed", range(5))
def test_second_step_is_not_low_where_most_are_below_it(seed: int) -> None:
    labels = np.repeat([0, 1, 2, 3], [420, 120, 100, 60])
    names = named(customers(labels, seed, mrr=(20, 60, 150, 500)), labels)
    assert re.fullmatch("mrr (40|45|50)–75", names.pop(1))
    assert names == ["lowest mrr", "high mrr", "highest mrr"]


@pytest.mark.parametrize("seed", range(5))
def test_four_years_are_not_younger(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1], [100, 300])
    few = named({"age": rng.normal(np.array([35.0, 39.0])[labels], 7).round()}, labels)
    assert not any("younger" in name or "older" in name for name in few)
    assert named({"age": rng.normal(np.array([25.0, 45.0])[labels], 7).round()}, labels) == ["younger", "older"]


def test_average_is_said_only_where_it_is_needed() -> None:
    labels = np.repeat([0, 1], 400)
    spread = np.tile(np.arange(400.0), 2)
    values = {"recency_days": 100 + spread, "order_count": 5 + spread % 7, "revenue": labels * 500 + spread}
    assert named(values, labels) == ["low spend", "high spend"]


def test_words_are_true_in_absolute_terms() -> None:
    labels = np.repeat([0, 1], 60)
    spread = np.tile(np.linspace(0, 20, 60), 2)

    def first_words(recency: tuple[float, float]) -> list[str]:
        return [name.split(" · ")[0] for name in named({"recency_days": np.array(recency)[labels] + spread}, labels)]

    assert first_words((10, 200)) == ["recent", "last order 180+ days ago"]
    assert first_words((70, 95)) == ["last order under 90 days ago", "last order 90+ days ago"]
    # Nobody has ordered for a year: the more recent half is not "recent", and no half is "average".
    assert first_words((400, 450)) == ["last order under 450 days ago", "last order 450+ days ago"]


def test_seven_orders_are_not_few() -> None:
    labels = np.repeat([0, 1], 50)
    values = {"order_count": np.where(labels == 0, 7.0, 20.0), "visits": np.tile(np.arange(50.0), 2)}
    assert named(values, labels) == ["up to 9 orders", "10+ orders"]


def test_high_spend_needs_money() -> None:
    labels = np.repeat([0, 1], 60)
    returned = {"revenue": np.where(labels == 0, -50.0, 0.0), "visits": np.tile([1.0, 2.0], 60)}
    assert "high spend" not in named(returned, labels)


def test_one_order_is_said_where_most_have_one() -> None:
    labels = np.repeat([0, 1], [50, 50])
    values = {"order_count": np.where(labels == 0, 1.0, 6.0), "visits": np.tile([1.0, 2.0], 50)}
    assert named(values, labels) == ["one order", "many orders"]
    values["order_count"][:25] = 2.0
    assert named(values, labels)[0] == "few orders"


def test_unknown_features_are_described_by_their_own_name() -> None:
    labels = np.repeat([0, 1], [40, 30])
    values = {"Debt": np.arange(70.0), "Fresh": np.tile([5.0, 6], 35)}
    assert named(values, labels) == ["low Debt", "high Debt"]
    assert named(values, labels, "ru") == ["Debt: ниже обычного", "Debt: выше обычного"]


@pytest.mark.parametrize(
    ("column", "english", "russian"),
    [
        (
            "MntWine",
            ["little MntWine", "MntWine 30–35", "much MntWine"],
            ["MntWine: мало", "MntWine 30–35", "MntWine: много"],
        ),
        (
            "age",
            ["younger", "age 40–50", "older"],
            ["моложе других", "age 40–50", "старше других"],
        ),
        ("usual_hour", ["usual_hour 0–4", "usual_hour 10–14", "usual_hour 20–24"], None),
        ("rating", ["rating 1", "rating 3", "rating 4–5"], None),
    ],
)
def test_columns_are_spoken_of_as_people_do(column: str, english: list[str], russian: list[str] | None) -> None:
    labels = np.repeat([0, 1, 2], 60)
    values = {
        "MntWine": np.array([2.0, 30.0, 90.0])[labels] + np.tile(np.arange(60) / 20, 3),
        "age": np.array([20.0, 40.0, 70.0])[labels] + np.tile(np.arange(60) / 20, 3),
        "usual_hour": np.array([0.0, 10.0, 20.0])[labels] + np.tile(np.arange(5.0), 36),
        "rating": np.array([1.0, 3.0, 5.0])[labels] - np.where(np.arange(180) == 150, 1.0, 0.0),
    }
    assert named({column: values[column]}, labels) == english
    assert russian is None or named({column: values[column]}, labels, "ru") == russian


def test_years_are_earlier_and_later() -> None:
    labels = np.repeat([0, 1], 60)
    since = np.where(labels == 0, 1990.0, 2010.0) + np.tile(np.arange(10.0), 12)
    assert named({"customer_since_year": since}, labels) == [
        "customer_since_year 1999 or earlier",
        "customer_since_year 2000 or later",
    ]


def test_steps_of_a_score_without_a_unit_people_know_are_named_in_its_order() -> None:
    labels = np.repeat([0, 1, 2], 60)
    points = np.array([0.001, 0.5, 20.0])[labels] * np.tile(np.linspace(1, 2, 60), 3)
    assert named({"engagement": points}, labels) == ["low engagement", "middling engagement", "high engagement"]


def test_name_is_longer_rather_than_true_of_another_segment() -> None:
    labels = np.repeat([0, 1, 2, 3], 60)
    push, tickets = (labels > 1).astype(float), np.tile([1.0, 1.0, 2.0], 80) * (labels % 2)
    names = named({"push_notifications": push, "number_of_support_tickets": tickets}, labels)
    assert names[3] == "push_notifications: yes · number_of_support_tickets 1+"


def test_segments_that_do_not_differ_say_so_and_stay_unique() -> None:
    labels = np.tile([0, 1, 2], 200)
    values = {"visits": np.repeat(np.arange(200.0), 3)}
    assert named(values, labels) == [
        "like the average customer",
        "like the average customer · group 2",
        "like the average customer · group 3",
    ]
    assert named(values, labels, "ru")[1] == "как средний клиент · группа 2"


def test_segments_too_small_to_tell_claim_no_likeness() -> None:
    labels = np.tile([0, 1], 12)
    assert named({"visits": np.repeat(np.arange(12.0), 2)}, labels)[0] == "no clear difference"


def test_more_traits_are_told_where_three_are_not_unique() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 40)
    up, down = {0, 1}, {2}
    values = {name: rng.normal(size=120) + 5 * np.isin(labels, list(up)) for name in "abc"}
    values["d"] = rng.normal(size=120) + 5 * np.isin(labels, list({1} | down))
    names = named(values, labels)
    assert len(set(names)) == 3
    assert all("group" not in name for name in names)


def test_single_segment_is_everyone() -> None:
    assert named({"visits": np.arange(50.0)}, np.zeros(50, dtype=int)) == ["All customers"]
    assert named({"visits": np.arange(50.0)}, np.zeros(50, dtype=int), "ru") == ["Все клиенты"]


def test_descriptor_names_a_segment_that_nothing_else_sets_apart() -> None:
    labels = np.repeat([0, 1], 60)
    sex = np.where(labels == 0, "f", "m")
    profiles = profile_segments({"visits": np.tile(np.arange(60.0), 2), "sex": sex}, labels, descriptors=["sex"])
    assert [row.name for row in profiles] == ["sex f", "sex m"]
    visits = {"visits": np.arange(120.0), "sex": sex}
    assert named(visits, labels) == ["fewer visits than others · sex f", "more visits than others · sex m"]
    assert [row.name for row in profile_segments(visits, labels, descriptors=["sex"])] == [
        "fewer visits than others",
        "more visits than others",
    ]


def test_middle_level_comes_before_a_descriptor() -> None:
    labels = np.repeat([0, 1, 2], 60)
    values = {"a": np.array([10.0, 50, 90])[labels] + np.tile(np.arange(60.0) / 10, 3)}
    meals = {"meal": np.array(["RO", "HB", "AI"])[labels]}
    names = [row.name for row in profile_segments(values, labels, descriptors=meals)]
    assert names == ["low a", "a 50–60", "high a"]


def test_segment_without_values_is_named_by_that() -> None:
    labels = np.repeat([0, 1], 60)
    values = {"age": np.where(labels == 0, np.nan, 40.0), "visits": np.tile(np.arange(60.0), 2)}
    assert named(values, labels)[0] == "age unknown"
    assert named(values, labels, "ru")[0] == "age: нет данных"


@pytest.mark.parametrize("change", ["shuffled", "in cents", "resampled"])
def test_same_segments_keep_their_names(change: str) -> None:
    rng = np.random.default_rng(5)
    labels = np.repeat(np.arange(5), [200, 150, 100, 100, 80])
    values = shop(labels, kinds=tuple(KINDS))
    rows = np.arange(len(labels))
    if change == "shuffled":
        rows = rng.permutation(rows)
    if change == "resampled":
        rows = np.where(rng.random(len(rows)) < 0.1, rng.integers(0, len(rows), len(rows)), rows)
    other = {name: column[rows] for name, column in values.items()}
    if change == "in cents":
        other["revenue"] = other["revenue"] * 100
    assert named(other, labels[rows]) == named(values, labels)


def test_flag_is_named_where_most_members_agree() -> None:
    labels = np.repeat([0, 1, 2], 100)
    vip = np.concatenate([np.arange(100) < 70, np.arange(100) < 45, np.arange(100) < 5]).astype(float)
    names = named({"vip": vip, "visits": np.tile(np.arange(100.0), 3)}, labels)
    assert (names[0], names[2]) == ("vip: yes", "vip: no")
    assert "vip" not in names[1]  # 45 of 100 are neither most nor few


@pytest.mark.parametrize("seed", range(20))
def test_five_tiers_of_one_column_are_named_in_their_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    order = rng.permutation(5)
    labels = rng.integers(0, 5, 600)
    values = {"income": rng.normal(20 + 15 * order[labels], 3), "age": rng.normal(40, 10, 600)}
    names = np.array(named(values, labels))[np.argsort(order)]
    assert re.fullmatch(r"income 4\d(\.\d+)?–5\d(\.\d+)?", names[2])
    ends = [0, 1, 3, 4]
    assert list(names[ends]) == [f"{level} income" for level in ("lowest", "low", "high", "highest")]
    russian = np.array(named(values, labels, "ru"))[np.argsort(order)]
    assert re.fullmatch(r"income 4\d(,\d+)?–5\d(,\d+)?", russian[2])
    levels = ("ниже всех", "ниже обычного", "выше обычного", "выше всех")
    assert list(russian[ends]) == [f"income: {level}" for level in levels]


def test_middle_of_everything_is_said_by_its_ranges() -> None:
    rng = np.random.default_rng(0)
    centers = np.array([[20, 20], [20, 80], [50, 50], [80, 20], [80, 80]])
    labels = rng.integers(0, 5, 500)
    income, score = rng.normal(centers[labels], 6).T
    assert named({"income": income, "score": score}, labels) == [
        "low income and score",
        "low income · high score",
        "income and score 39–61",
        "high income · low score",
        "high income and score",
    ]


def test_step_that_is_above_most_customers_is_not_called_low() -> None:
    # The second of three steps, but above the many who have none.
    labels = np.repeat([0, 1, 2], [300, 60, 60])
    wine = np.concatenate([np.zeros(300), np.linspace(20, 30, 60), np.linspace(80, 90, 60)])
    fish = np.concatenate([np.linspace(0, 90, 300), np.linspace(5, 10, 60), np.linspace(70, 80, 60)])
    names = named({"wine": wine, "fish": fish}, labels)
    assert names[0].split(" · ")[0] == "no wine"
    assert "little wine" not in names[1]


def test_units_in_parentheses_are_left_out_of_names() -> None:
    labels = np.repeat([0, 1], 50)
    assert named({"Annual Income (k$)": np.arange(100.0)}, labels) == ["low Annual Income", "high Annual Income"]


def test_names_of_several_traits_are_short() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 400)
    columns = {f"spending {j}": rng.normal(5 * ((labels >> j % 2) & 1)) for j in range(6)}
    for row in profile_segments(columns, labels):
        assert all(len(name) <= LONGEST_NAME[language] for language, name in row.names.items() if " · " in name)
