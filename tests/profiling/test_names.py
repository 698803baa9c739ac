import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custseg.profiling import LANGUAGES, UNCLUSTERED, Profiles, profile_segments
from custseg.profiling._names import _meets, _mid_ranks
from custseg.profiling._words import ARCHETYPES, Archetype

KNOWN = {names for archetype in ARCHETYPES for names in archetype.names.values()}
NOBODY = UNCLUSTERED["prospects"]
# Per kind of customer the recency, age, number of orders and revenue that are typical of it.
KINDS = {
    "Champions": (5, 300, 20, 900),
    "One-time buyers": (200, 200, 1, 20),
    "New": (8, 10, 1, 25),
    "At risk": (250, 400, 6, 220),
}


def shop(labels: np.ndarray, seed: int = 0, kinds: tuple[str, ...] = tuple(KINDS)) -> dict[str, np.ndarray]:
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
    profiles: Profiles = profile_segments(values, labels, language=language, unclustered=NOBODY)
    return [row.name for row in profiles.segments]


def earns(archetype: Archetype, values: dict[str, np.ndarray], members: np.ndarray) -> bool:
    """At least 60 % of the members meet the condition, and twice the share among the others."""
    ranks = {name: _mid_ranks(column) for name, column in values.items()}
    meets = np.logical_and.reduce([_meets(term, values, ranks) for term in archetype.terms])
    return bool(meets[members].mean() >= 0.6 and meets[members].mean() >= 2 * meets[~members].mean())


def test_clear_kinds_get_their_names() -> None:
    labels = np.repeat([0, 1, 2, 3], [40, 30, 20, 20])
    assert named(shop(labels), labels) == list(KINDS)


def test_clear_kinds_get_their_names_in_russian() -> None:
    labels = np.repeat([0, 1, 2, 3], [40, 30, 20, 20])
    assert named(shop(labels), labels, "ru") == ["Чемпионы", "Разовые покупатели", "Новички", "В зоне риска"]


@given(st.integers(0, 200))
def test_shuffled_labels_earn_no_known_name(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1, 2, 3], 60)
    names = named(shop(labels, seed), rng.permutation(labels))
    assert KNOWN.isdisjoint(names)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(2, 8))
def test_known_names_are_earned_and_all_names_are_unique(seed: int, n_segments: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(n_segments), rng.integers(0, n_segments, 120)])
    kinds = rng.choice(list(KINDS), n_segments)
    values = shop(labels, seed, tuple(kinds))
    for language in LANGUAGES:
        names = named(values, labels, language)
        assert len(set(names)) == n_segments
        for segment, name in enumerate(names):
            if name in KNOWN:
                archetype = next(a for a in ARCHETYPES if a.names[language] == name)
                assert earns(archetype, values, labels == segment)


def test_segment_is_described_where_it_earns_no_name() -> None:
    labels = np.repeat([0, 1], 50)
    values = {
        "recency_days": np.tile([10.0, 300.0], 50),
        "order_count": np.where(labels == 0, 2.0, 3.0),
        "revenue": np.where(labels == 0, 10.0, 50.0),
    }
    assert named(values, labels) == [
        "quiet lately · few orders · low spend",
        "quiet lately · many orders · high spend",
    ]


def test_one_order_is_said_before_few_orders() -> None:
    labels = np.repeat([0, 1], [50, 50])
    values = {"order_count": np.where(labels == 0, 1.0, 4.0), "visits": np.tile([1.0, 2.0], 50)}
    assert named(values, labels) == ["one order", "many orders"]


def test_unknown_features_are_described_by_their_own_name() -> None:
    labels = np.repeat([0, 1], [4, 3])
    values = {"Milk": np.array([1.0, 2, 1, 2, 9, 8, 9]), "Fresh": np.array([5.0, 6, 5, 6, 5, 6, 5])}
    assert named(values, labels) == ["low Milk", "high Milk"]
    assert named(values, labels, "ru") == ["мало: Milk", "много: Milk"]


def test_segments_that_do_not_differ_say_so_and_stay_unique() -> None:
    labels = np.tile([0, 1, 2], 20)
    values = {"visits": np.repeat(np.arange(20.0), 3)}
    names = named(values, labels)
    assert names == [
        "like the average customer",
        "like the average customer · group 2",
        "like the average customer · group 3",
    ]
    assert named(values, labels, "ru")[1] == "как средний клиент · группа 2"


def test_more_traits_are_told_where_three_are_not_unique() -> None:
    labels = np.repeat([0, 1, 2], 20)
    low, high = np.arange(20.0), np.arange(100.0, 120.0)
    same = np.concatenate([high, high, low])
    values = {"a": same, "b": same, "c": same, "d": np.concatenate([low, high, high])}
    assert named(values, labels)[:2] == ["low d · high a · high b", "high a · high b · high c"]


def test_single_segment_is_everyone() -> None:
    labels = np.zeros(5, dtype=int)
    assert named({"visits": np.arange(5.0)}, labels) == ["All customers"]
    assert named({"visits": np.arange(5.0)}, labels, "ru") == ["Все клиенты"]


def test_feature_without_values_earns_nothing_and_is_not_mentioned() -> None:
    labels = np.repeat([0, 1], 30)
    values = shop(labels, kinds=("Champions", "One-time buyers"))
    values["age_days"] = values["recency_days"] = np.full(60, np.nan)
    assert named(values, labels) == ["many orders · high spend", "one order · low spend"]


@pytest.mark.parametrize("archetype", ARCHETYPES, ids=lambda archetype: archetype.names["en"])
def test_every_known_name_is_in_both_languages_and_used_once(archetype: Archetype) -> None:
    assert set(archetype.names) == set(LANGUAGES)
    assert sum(other.names == archetype.names for other in ARCHETYPES) == 1
