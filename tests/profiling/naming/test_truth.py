"""What names say is true: each word holds for most members by its stated bounds, on tables of many kinds."""

import operator
from collections.abc import Callable
from functools import cache
from itertools import combinations, permutations

import numpy as np
import pytest
from effort import seeds

from custseg._privacy import SMALLEST_GROUP
from custseg.clustering import MinSizeKMeans
from custseg.profiling import Profiles, SegmentProfile, profile_segments
from custseg.texts import LANGUAGES

Column = Callable[[np.random.Generator, np.ndarray], np.ndarray]

COMPARISONS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "==": operator.eq,
               "!=": operator.ne}  # fmt: skip
# Columns by the segment that each customer was drawn from, in different order for each column.
COLUMNS: dict[str, Column] = {
    "income": lambda rng, g: rng.normal(20 + 8 * g, 4),
    "balance": lambda rng, g: rng.lognormal(5 + 0.4 * g, 1),
    "wine": lambda rng, g: np.where(rng.random(len(g)) < 0.15 + 0.12 * g, rng.lognormal(3, 1, len(g)), 0),
    "parcels": lambda rng, g: rng.poisson(0.1 + 0.4 * g).astype(float),
    "rating": lambda rng, g: np.clip(np.round(rng.normal(2 + 0.7 * g, 0.8)), 1, 5),
    "app": lambda rng, g: (rng.random(len(g)) < 0.05 + 0.18 * g).astype(float),
    "age": lambda rng, g: np.where(rng.random(len(g)) < 0.05 + 0.18 * g, np.nan, rng.normal(40, 10, len(g))),
    "noise": lambda rng, g: rng.uniform(size=len(g)),
    "recency_days": lambda rng, g: rng.exponential(20 * (1 + 2 * g)).round(),
    "order_count": lambda rng, g: 1.0 + rng.poisson(1.5 * g),
    "revenue": lambda rng, g: rng.gamma(2, 40 * (1 + g)) - 20 * (g == 0),
    "discount_share": lambda rng, g: rng.beta(1 + g, 4),
    "days_since_visit": lambda rng, g: rng.exponential(15 * (1 + 2 * g)).round(),
    "plan": lambda rng, g: np.array(["basic", "plus", "max"])[
        np.clip(np.round(rng.normal(g / 2, 0.5)), 0, 2).astype(int)
    ],
}


def drawn(seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Two to seven columns, and segments: those the customers were drawn from, or those of k-means."""
    rng = np.random.default_rng(seed)
    n_segments, n = int(rng.integers(2, 7)), int(rng.choice([150, 400, 1_000]))
    source = rng.choice(n_segments, n, p=rng.dirichlet(np.full(n_segments, 3.0)))
    names = rng.choice(list(COLUMNS), int(rng.integers(2, 8)), replace=False).tolist()
    values = {name: COLUMNS[name](rng, rng.permutation(n_segments)[source]) for name in names}
    numbers = [np.nan_to_num(column) for column in values.values() if column.dtype.kind == "f"]
    if seed % 2 or not numbers:
        return values, source
    X = np.stack(numbers, axis=1)
    X = (X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-9)
    return values, MinSizeKMeans(n_segments, min_size=10, n_init=2, random_state=0).fit(X).labels_


def share(values: dict[str, np.ndarray], row: int, labels: np.ndarray, *, terms: tuple) -> float:
    """The share of the members that meet all terms, counted here."""
    members = labels == row
    holds = members.copy()
    for term in terms:
        column = values[term.feature]
        if term.operator == "missing":
            holds &= np.isnan(column)
        else:
            holds &= COMPARISONS[term.operator](column, term.value)
    return float(holds.sum() / members.sum())


@cache
def profiled(seed: int) -> tuple[dict[str, np.ndarray], np.ndarray, Profiles]:
    values, labels = drawn(seed)
    return values, labels, profile_segments(values, labels)


@pytest.mark.slow
@pytest.mark.parametrize("block", seeds(10, quick=1))
def test_every_word_holds_for_most_members(block: int) -> None:
    n_words = 0
    for seed in range(20 * block, 20 * block + 20):
        values, labels, profiles = profiled(seed)
        for row in profiles.segments:
            for trait in row.traits:
                members = share(values, row.segment, labels, terms=trait.terms)
                assert members >= 0.6, (seed, trait)
                assert members == pytest.approx(trait.members)
                assert trait.words["en"] in row.names["en"]
                n_words += 1
    assert n_words > 50


@pytest.mark.slow
@pytest.mark.parametrize("block", seeds(10, quick=1))
def test_words_of_a_name_hold_together(block: int) -> None:
    n_names = 0
    for seed in range(20 * block, 20 * block + 20):
        values, labels, profiles = profiled(seed)
        for row in profiles.segments:
            terms = tuple(term for trait in row.traits for term in trait.terms)
            assert share(values, row.segment, labels, terms=terms) >= 0.6, (seed, row.name)
            n_names += len(row.traits) > 1
    assert n_names > 10


@pytest.mark.slow
@pytest.mark.parametrize("block", seeds(10, quick=1))
def test_high_spend_is_true_beside_every_other_segment(block: int) -> None:
    n_names = 0
    for seed in range(20 * block, 20 * block + 20):
        values, labels, profiles = profiled(seed)
        for row in profiles.segments:
            if "high spend" not in row.name.split(" · ") and row.key != "champions":
                continue
            n_names += 1
            for rival in (one for one in profiles.segments if one.size >= SMALLEST_GROUP):
                mine, theirs = (values["revenue"][labels == one.segment] for one in (row, rival))
                assert np.mean(theirs) <= 1.25 * np.mean(mine), (seed, row.name, rival.name)
                assert np.median(theirs) <= 1.25 * np.median(mine), (seed, row.name, rival.name)
    assert n_names > 0


@pytest.mark.slow
@pytest.mark.parametrize("block", seeds(10, quick=1))
def test_low_and_high_are_on_their_side_of_the_middle_customer(block: int) -> None:
    for seed in range(20 * block, 20 * block + 20):
        values, labels, profiles = profiled(seed)
        for row in profiles.segments:
            for trait in (one for one in row.traits if one.kind in ("low", "high") and one.feature != "recency_days"):
                column = values[trait.feature]
                middle, median = np.nanmedian(column), np.nanmedian(column[labels == row.segment])
                assert median <= middle if trait.kind == "low" else median >= middle, (seed, row.name)


def is_told(values: dict[str, np.ndarray], labels: np.ndarray, pair: tuple[SegmentProfile, SegmentProfile]) -> bool:
    """Whether a word of one name holds for less than half of the members of the other."""
    return any(
        share(values, other.segment, labels, terms=trait.terms) < 0.5
        for row, other in (pair, pair[::-1])
        for trait in row.traits
    )


@pytest.mark.slow
@pytest.mark.parametrize("block", seeds(10, quick=1))
def test_words_tell_every_segment_from_every_other(block: int) -> None:
    n_pairs = confused = 0
    for seed in range(20 * block, 20 * block + 20):
        values, labels, profiles = profiled(seed)
        named = [row for row in profiles.segments if row.traits]
        for pair in combinations(named, 2):
            n_pairs += 1
            confused += not is_told(values, labels, pair)
    assert n_pairs > 50
    # Some segments of k-means differ in no column by more than a third of their members.
    assert confused <= 0.03 * n_pairs


@pytest.mark.slow
@pytest.mark.parametrize("block", seeds(4, quick=1))
def test_names_differ_and_none_is_part_of_another(block: int) -> None:
    alike = 0
    for seed in range(50 * block, 50 * block + 50):
        rows = profiled(seed)[2].segments
        for language in LANGUAGES:
            assert len({row.names[language] for row in rows}) == len(rows)
        words = [{trait.words["en"] for trait in row.traits} for row in rows]
        alike += any(one and one <= other for one in words for other in words if one is not other)
    # Some segments of k-means differ in nothing but a mixture of small differences.
    assert alike <= 3


@pytest.mark.slow
@pytest.mark.parametrize("block", seeds(10, quick=1))
def test_hardly_any_name_is_true_of_another_segment(block: int) -> None:
    n_pairs = as_true = 0
    for seed in range(20 * block, 20 * block + 20):
        values, labels, profiles = profiled(seed)
        for row, rival in permutations([row for row in profiles.segments if row.size >= SMALLEST_GROUP], 2):
            terms = [term for trait in row.traits for term in trait.terms]
            if terms:
                n_pairs += 1
                as_true += share(values, rival.segment, labels, terms=tuple(terms)) >= 0.6
    assert n_pairs > 50
    # Some segments lie within others in every column, and words must hold together for most of their own members.
    assert as_true <= 0.05 * n_pairs


@pytest.mark.slow
@pytest.mark.parametrize("block", seeds(10, quick=1))
def test_words_of_a_column_are_in_the_order_of_its_medians(block: int) -> None:
    for seed in range(20 * block, 20 * block + 20):
        values, labels, profiles = profiled(seed)
        spoken = [(row.segment, trait) for row in profiles.segments for trait in row.traits if trait.order is not None]
        for (segment, trait), (rival, word) in permutations(spoken, 2):
            if trait.feature == word.feature and trait.order < word.order:
                column = values[trait.feature]
                assert np.nanmedian(column[labels == segment]) <= np.nanmedian(column[labels == rival]), (trait, word)
