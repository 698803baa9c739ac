"""Each step and threshold of the rule, on candidates made by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.metrics import adjusted_rand_score

from custseg.clustering import AUTO_NUMBERS, PREFERRED, Candidate, select_clustering
from custseg.clustering.selection._candidates import Draws
from custseg.clustering.selection._decision import RULE, Decision, Request, decide, decide_for, is_natural
from custseg.clustering.selection._null_model import NullReference

NUMBERS = tuple(range(2, 13))
# In null data separation is at most -0.5; in one draw of twenty the silhouette is 0.2 larger.
QUIET = NullReference(
    NUMBERS,
    np.array([[0.0] * len(NUMBERS)] * 18 + [[0.2] * len(NUMBERS)] * 2),
    np.full((20, len(NUMBERS)), -0.5),
)
SHARED = replace(QUIET, shared_values=True)
STEP = 1e-6


def candidate(k: int, **measures: Any) -> Candidate:
    """A k-means clustering without separation whose refits agree, with these measures."""
    usual = {
        "method": "kmeans",
        "meets_min_size": True,
        "smallest": 10,
        "smallest_share": 0.1,
        "silhouette": 0.3,
        "silhouette_error": 0.0,
        "silhouette_gain": 0.1,
        "silhouette_gain_error": 0.0,
        "separation": -1.0,
        "separation_in_halves": -1.0,
        "stability": 0.8,
        "stability_of_clusters": dict.fromkeys(range(k), measures.pop("weakest", 0.8)),
    }
    return Candidate(n_clusters=k, **{**usual, **measures})


def apart(k: int, separation: float, **measures: Any) -> Candidate:
    """A clustering of this separation."""
    return candidate(k, **{"separation": separation, "separation_in_halves": separation, **measures})


def decided(*rows: Candidate, null: NullReference = QUIET, numbers: Any = NUMBERS, **options: Any) -> Decision:
    return decide(rows, null, Request(numbers, **options))


def chosen(*rows: Candidate, null: NullReference = QUIET, numbers: Any = NUMBERS, **options: Any) -> tuple[int, str]:
    decision = decided(*rows, null=null, numbers=numbers, **options)
    return decision.best.n_clusters, decision.verdict


def test_of_very_stable_clusters_that_touch_the_finest_is_selected() -> None:
    rows = [apart(k, -0.2, stability=0.95) for k in (2, 4, 3)]
    assert chosen(*rows, candidate(9, silhouette_gain=0.9)) == (4, "natural")


def test_of_as_many_very_stable_clusters_the_more_stable_ones_are_selected() -> None:
    rows = [
        apart(3, 0.5, stability=stability, method=name) for name, stability in (("kmeans", 0.92), ("hdbscan", 0.97))
    ]
    assert decided(*rows).best is rows[1]
    assert decided(*rows).near_ties == ()


@pytest.mark.parametrize(
    "below",
    [
        {"stability": RULE.very_stable - STEP},
        {"weakest": RULE.dissolved - STEP},
        {"separation": RULE.touching},
        {"separation_in_halves": RULE.touching},
    ],
)
def test_touching_clusters_need_each_of_the_thresholds(below: dict[str, float]) -> None:
    just = {"stability": RULE.very_stable, "weakest": RULE.dissolved, "separation": RULE.touching + STEP}
    just["separation_in_halves"] = just["separation"]
    assert is_natural(candidate(3, **just), QUIET)
    assert not is_natural(candidate(3, **{**just, **below}), QUIET)


@pytest.mark.parametrize(
    "below",
    [
        {"stability": RULE.recurring - STEP},
        {"stability": None},
        {"separation": RULE.separated},
        {"separation_in_halves": RULE.separated},
        {"separation": None},
    ],
)
def test_separated_clusters_need_each_of_the_thresholds(below: dict[str, float]) -> None:
    just = {"stability": RULE.recurring, "weakest": 0.0, "separation": RULE.separated + STEP}
    just["separation_in_halves"] = just["separation"]
    assert is_natural(candidate(3, **just), QUIET)
    assert not is_natural(candidate(3, **{**just, **below}), QUIET)


def test_of_separated_clusters_stability_is_weighed_against_the_number() -> None:
    # 0.5 + 0.1 log 8 = 0.708 against 0.6 + 0.1 log 2 = 0.669 and 0.65 + 0.1 log 2 = 0.719.
    eight = apart(8, 0.3, stability=0.5)
    assert chosen(eight, apart(2, 0.3, stability=0.6)) == (8, "natural")
    assert chosen(eight, apart(2, 0.3, stability=0.65)) == (2, "natural")
    assert math.log(8 / 2) * RULE.finer == pytest.approx(0.1386, abs=1e-4)


def test_separated_clusters_come_before_a_larger_gain_and_after_very_stable_ones() -> None:
    gain, recurring = candidate(5, silhouette_gain=0.9), apart(6, 0.6, stability=0.4, silhouette_gain=-0.5)
    assert chosen(gain, recurring) == (6, "natural")
    assert chosen(gain, recurring, apart(2, 0.0, stability=0.92)) == (2, "natural")


def test_separation_that_chance_has_too_is_none() -> None:
    # One draw in twenty above 0.3 is within the 95th percentile, two are not.
    lucky = replace(QUIET, separations=np.where(np.arange(20)[:, None] < 2, 0.4, QUIET.separations))
    assert lucky.chance_separation(3) == pytest.approx(0.4)
    assert not is_natural(apart(3, 0.4, stability=0.95), lucky)
    assert is_natural(apart(3, 0.4 + STEP, stability=0.95), lucky)


def test_chance_is_that_of_as_many_clusters() -> None:
    separations = QUIET.separations.copy()
    separations[:, NUMBERS.index(3)] = 0.4
    of_three = replace(QUIET, separations=separations)
    assert not is_natural(apart(3, 0.3, stability=0.95), of_three)
    assert is_natural(apart(2, 0.3, stability=0.95), of_three)
    # Null data have no clustering into 20.
    assert is_natural(apart(20, 0.3, stability=0.95), of_three)


@pytest.mark.parametrize("row", [apart(3, 0.5, stability=0.95), apart(3, 0.5, stability=0.4)])
def test_between_shared_values_separation_needs_a_gain_above_chance(row: Candidate) -> None:
    level = SHARED.chance_gain(3)
    assert level == pytest.approx(0.2 - 0.02)
    assert not is_natural(replace(row, silhouette_gain=level), SHARED)
    assert is_natural(replace(row, silhouette_gain=level + STEP), SHARED)
    assert is_natural(replace(row, silhouette_gain=-0.5), QUIET)


def test_between_shared_values_separated_clusters_are_as_compact_as_reproducible_ones() -> None:
    compact = candidate(4, silhouette_gain=0.5, silhouette_gain_error=0.03)
    gap = apart(2, 0.5, stability=0.5, silhouette_gain_error=0.04)
    margin = 1.96 * 0.05
    for gain, number in ((0.5 - margin + STEP, 2), (0.5 - margin - STEP, 4)):
        row = replace(gap, silhouette_gain=gain)
        assert chosen(row, compact, null=SHARED)[0] == number
        assert chosen(row, compact)[0] == 2
        assert chosen(row, replace(compact, stability=0.7), null=SHARED)[0] == 2
    # Very stable clusters need not be.
    assert chosen(apart(2, 0.5, stability=0.95, silhouette_gain=0.2), compact, null=SHARED) == (2, "natural")


def test_one_cluster_is_not_natural() -> None:
    assert not is_natural(apart(1, math.inf, stability=1.0), QUIET)


def test_without_separation_the_largest_gain_of_stable_k_means_is_selected() -> None:
    rows = [candidate(k, silhouette_gain=gain) for k, gain in ((3, 0.1), (4, 0.3), (9, 0.2))]
    other = candidate(5, silhouette_gain=0.9, method="gaussian_mixture")
    assert chosen(*rows, other, candidate(8, silhouette_gain=0.9, stability=0.7)) == (4, "reproducible")


def test_without_k_means_the_other_methods_are_compared() -> None:
    rows = [candidate(k, silhouette_gain=gain, method="ward") for k, gain in ((3, 0.1), (4, 0.3))]
    assert chosen(*rows) == (4, "reproducible")


@pytest.mark.parametrize(
    "below",
    [
        {"stability": RULE.stable - STEP},
        {"stability": None},
        {"weakest": RULE.dissolved - STEP},
        {"silhouette_gain": -QUIET.level - STEP},
    ],
)
def test_reproducible_clusters_need_each_of_the_thresholds(below: dict[str, float]) -> None:
    just = {"stability": RULE.stable, "weakest": RULE.dissolved, "silhouette_gain": -QUIET.level}
    assert chosen(candidate(3, **just)) == (3, "reproducible")
    assert chosen(candidate(3, **{**just, **below})) == (3, "none")


def test_the_criterion_can_be_the_silhouette() -> None:
    rows = [candidate(2, silhouette=0.6, silhouette_gain=0.1), candidate(6, silhouette=0.3, silhouette_gain=0.3)]
    assert chosen(*rows) == (6, "reproducible")
    assert chosen(*rows, criterion="silhouette") == (2, "reproducible")


def near_ties(*numbers: int) -> list[Candidate]:
    """Clusterings whose gains the evidence does not distinguish; more clusters, less gain."""
    return [candidate(k, silhouette_gain=0.3 - k / 1000, silhouette_gain_error=0.05) for k in numbers]


def test_gains_that_do_not_differ_significantly_are_near_ties() -> None:
    # The standard deviation of the difference is 0.05: 0.03 of chance of the one, 0.04 of the rows of the other.
    top = candidate(3, silhouette_gain=0.3, silhouette_gain_error=0.03)
    near = candidate(5, silhouette_gain=0.3 - 1.96 * 0.05 + STEP, silhouette_error=0.04)
    assert decided(top, near).best is near
    assert decided(top, near).near_ties == (top,)
    assert decided(top, replace(near, silhouette_gain=near.silhouette_gain - 2 * STEP)).best is top


def with_draws(row: Candidate, *stability: float) -> Candidate:
    """The candidate with the agreement of each pair of refits."""
    none = np.empty(0)
    draws = Draws(none, none, np.array(stability))
    return replace(row, stability=float(np.mean(stability)), draws=draws)


def test_of_equally_useful_near_ties_the_most_clusters_as_stable_as_the_others_are_selected() -> None:
    five, six, seven = near_ties(5, 6, 7)
    # The stability of five spreads by 0.1: six is 0.09 below it, seven is 0.11 below.
    five = with_draws(five, 0.82, 0.92, 1.02)
    assert chosen(five, replace(six, stability=0.83), replace(seven, stability=0.81)) == (6, "reproducible")
    assert chosen(replace(five, draws=None), six, seven) == (5, "reproducible")
    # The spreads of both count: the hypotenuse of 0.1 and 0.1 is 0.14.
    assert chosen(five, with_draws(seven, 0.71, 0.81, 0.91)) == (7, "reproducible")


def test_stability_does_not_settle_what_usefulness_does() -> None:
    assert chosen(*near_ties(5), replace(near_ties(3)[0], stability=0.99))[0] == 5


@pytest.mark.parametrize(
    ("numbers", "number"),
    [((3, 5, 6, 7, 8), 7), ((2, 3, 4), 4), ((8, 9, 10), 8), ((2, 3, 8), 8), ((4, 8), 8), ((4, 6), 6)],
)
def test_of_near_ties_the_largest_preferred_number_or_the_nearest_is_selected(
    numbers: tuple[int, ...], number: int
) -> None:
    assert list(PREFERRED) == [5, 6, 7]
    assert chosen(*near_ties(*numbers)) == (number, "reproducible")


def test_other_numbers_can_be_preferred() -> None:
    rows = near_ties(3, 4, 5, 6, 7)
    assert chosen(*rows, preferred=(3,))[0] == 3
    assert chosen(*rows, preferred=(3, 4))[0] == 4
    assert chosen(*rows, preferred=(11,))[0] == 7


def test_preference_decides_near_ties_alone() -> None:
    clear = candidate(3, silhouette_gain=0.5)
    assert chosen(clear, *near_ties(6), preferred=(6,)) == (3, "reproducible")
    assert chosen(apart(2, 0.5, stability=0.95), *near_ties(6), preferred=(6,)) == (2, "natural")


def test_previous_number_is_kept_among_near_ties() -> None:
    rows = near_ties(3, 4, 5, 6, 7)
    assert chosen(*rows, previous=3)[0] == 3
    assert chosen(*rows, previous=3, preferred=(6,))[0] == 3
    assert chosen(*rows, previous=9)[0] == 7


def test_previous_number_is_left_where_another_is_clearly_better() -> None:
    rows = [candidate(3, silhouette_gain=0.5), candidate(4, silhouette_gain=0.1)]
    assert chosen(*rows, previous=4) == (3, "reproducible")
    assert chosen(apart(2, 0.5, stability=0.95), *rows, previous=4) == (2, "natural")


def test_previous_number_stays_stable_within_the_spread_of_its_draws() -> None:
    five, four = candidate(5), with_draws(candidate(4), 0.62, 0.72, 0.82)
    assert chosen(five, four)[0] == 5
    assert chosen(five, four, previous=4) == (4, "reproducible")
    assert "is needed" not in decided(five, four, previous=4).reason.text("en")
    assert chosen(five, with_draws(candidate(4), 0.71, 0.72, 0.73), previous=4)[0] == 5


def test_previous_number_is_a_near_tie_until_another_is_better_in_99_of_100_cases() -> None:
    # The standard deviation of the difference is 0.05.
    top = candidate(3, silhouette_gain=0.3, silhouette_gain_error=0.03)
    before = candidate(5, silhouette_gain=0.3 - 2.576 * 0.05 + STEP, silhouette_error=0.04)
    assert chosen(top, before)[0] == 3
    assert chosen(top, before, previous=5)[0] == 5
    assert chosen(top, replace(before, silhouette_gain=before.silhouette_gain - 2 * STEP), previous=5)[0] == 3


def test_previous_number_is_kept_where_it_is_natural_too() -> None:
    rows = [apart(k, 0.0, stability=0.95) for k in (3, 5)]
    assert chosen(*rows) == (5, "natural")
    assert chosen(*rows, previous=3) == (3, "natural")
    # Of a later step, or clearly less stable: another number is clearly better.
    assert chosen(*rows, apart(4, 0.5, stability=0.4), previous=4) == (5, "natural")
    assert chosen(rows[1], apart(3, 0.0, stability=0.92), previous=3) == (5, "natural")


def test_separation_of_a_cut_through_one_cloud_is_not_natural() -> None:
    cut, whole = apart(4, 0.2, stability=0.95), apart(2, 0.5, stability=0.95)
    assert chosen(cut, whole) == (4, "natural")
    assert chosen(replace(cut, separation_margin=-0.1), whole) == (2, "natural")
    assert chosen(replace(cut, separation_margin=0.1), whole) == (4, "natural")


def test_previous_number_is_as_compact_as_any_other() -> None:
    gap, compact = apart(2, 0.5, stability=0.5, silhouette_gain=0.2), candidate(4, silhouette_gain=0.5)
    assert chosen(gap, compact, null=SHARED) == (4, "reproducible")
    assert chosen(gap, compact, null=SHARED, previous=2) == (4, "reproducible")


@pytest.mark.parametrize(
    "options", [{"numbers": (4,), "n_clusters_fixed": True, "is_required": True}, {"numbers": (4, 5)}]
)
def test_previous_number_that_was_not_allowed_is_not_called_worse(options: dict[str, Any]) -> None:
    reason = decided(*near_ties(3, 4), previous=3, **options).reason
    assert "clearly worse" not in reason.text("en")


def test_allowed_numbers_go_before_the_previous_one() -> None:
    rows = near_ties(3, 4, 5)
    assert chosen(*rows, numbers=(4, 5), previous=3)[0] == 5


def test_nothing_stable_gives_the_largest_gain_of_all_methods() -> None:
    rows = [candidate(3, stability=0.4), candidate(4, stability=0.4, silhouette_gain=0.6, method="gaussian_mixture")]
    assert chosen(*rows) == (4, "none")
    assert chosen(*rows, is_required=True) == (4, "constructive")
    equal = [candidate(k, stability=0.4) for k in (4, 3)]
    assert chosen(*equal) == (3, "none")


def test_nothing_stable_is_one_segment_where_allowed() -> None:
    decision = decided(candidate(3, stability=0.4), or_single=True)
    assert (decision.verdict, decision.is_single, decision.near_ties) == ("none", True, ())
    assert not decided(candidate(3), or_single=True).is_single


def test_nothing_stable_gives_one_cluster_if_it_is_a_candidate() -> None:
    one = candidate(1, silhouette=0.0, silhouette_gain=0.0, stability=None)
    assert chosen(one, candidate(3, stability=0.4, silhouette_gain=0.9), numbers=(1, 3)) == (1, "none")
    assert chosen(one, candidate(3), numbers=(1, 3)) == (3, "reproducible")


def test_natural_clusters_of_another_number_are_told_or_selected() -> None:
    rows = [candidate(3, stability=0.4), apart(9, 0.5, stability=0.95), apart(2, 0.5, stability=0.4)]
    told = decided(*rows, numbers=(3, 4))
    assert (told.best.n_clusters, told.verdict, told.reason.natural_numbers) == (3, "none", (2, 9))
    assert chosen(*rows, numbers=(3, 4), or_any_natural=True, or_single=True) == (9, "natural")
    # A reproducible clustering of an allowed number is kept.
    assert chosen(candidate(3), *rows[1:], numbers=(3, 4), or_any_natural=True) == (3, "reproducible")


def test_any_number_is_allowed_without_numbers() -> None:
    decision = decided(candidate(3), apart(12, 0.5, stability=0.95), numbers=None)
    assert (decision.best.n_clusters, decision.reason.natural_numbers) == (12, ())


def test_candidate_below_the_minimum_size_is_not_selected() -> None:
    small = apart(4, 0.9, stability=1.0, meets_min_size=False)
    assert chosen(small, candidate(3)) == (3, "reproducible")
    assert decided(small, candidate(3), numbers=(3,)).reason.natural_numbers == ()


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (apart(3, 0.5, stability=0.95), "natural"),
        (candidate(3), "reproducible"),
        (candidate(3, stability=0.4), "constructive"),
        (candidate(3, method="gaussian_mixture"), "reproducible"),
    ],
)
def test_candidate_that_the_user_selects_has_its_own_verdict(row: Candidate, verdict: str) -> None:
    decision = decide_for(row, QUIET)
    assert (decision.best, decision.verdict, decision.is_single) == (row, verdict, False)


def test_two_is_among_the_usual_numbers() -> None:
    assert (AUTO_NUMBERS[0], AUTO_NUMBERS[-1]) == (2, 8)


def ring_around_cloud() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    turn = rng.uniform(0, 2 * np.pi, 180)
    ring = 10 * np.column_stack([np.cos(turn), np.sin(turn)])
    return np.vstack([ring + rng.normal(0, 0.4, (180, 2)), rng.normal(size=(120, 2))]), np.repeat([0, 1], [180, 120])


@pytest.mark.slow
@pytest.mark.parametrize("shape", [make_moons(300, noise=0.07, random_state=0), ring_around_cloud()])
def test_groups_of_any_shape_are_found_whole(shape: tuple[np.ndarray, np.ndarray]) -> None:
    X, groups = shape
    choice = select_clustering(X, n_clusters=range(2, 5))
    assert choice.verdict == "natural"
    assert adjusted_rand_score(groups, choice.best.labels) > 0.95


def test_gaps_of_a_reproducible_clustering_are_not_denied() -> None:
    gaps = apart(3, 0.05)
    assert decided(gaps).verdict == "reproducible"
    assert decided(gaps).reason.kind == "gaps_by_chance"
    assert decided(apart(3, 0.0)).reason.kind == "reproducible"
    assert decided(apart(3, 0.9, separation_margin=-0.1)).reason.kind == "gaps_by_chance"


WORTH = {2: 0.1, 3: 0.3, 4: 0.2, 5: 0.4}


def test_stable_number_that_is_worth_most_is_selected() -> None:
    rows = [candidate(2), candidate(3), candidate(4, silhouette_gain=0.5), candidate(5, stability=0.74)]
    assert chosen(*rows) == (4, "reproducible")
    assert chosen(*rows, worth=WORTH) == (3, "reproducible")
    assert decided(*rows, worth=WORTH).reason.worth == 0.3


def test_worth_goes_before_separated_clusters() -> None:
    rows = [apart(2, 0.5, stability=0.95), candidate(3), apart(5, 0.5, method="hdbscan", stability=0.95)]
    assert chosen(*rows) == (5, "natural")
    assert chosen(*rows, worth=WORTH) == (3, "reproducible")


def test_what_goes_before_worth() -> None:
    rows = [candidate(2), candidate(3), candidate(5)]
    assert chosen(*rows, worth=WORTH, previous=2)[0] == 2
    assert chosen(*rows, worth=WORTH, previous=4)[0] == 5
    assert chosen(*rows, worth=WORTH, numbers=(2, 3))[0] == 3


def test_without_a_stable_number_worth_decides_nothing() -> None:
    rows = [candidate(2, stability=0.5), candidate(3, stability=0.6, silhouette_gain=0.05)]
    assert decided(*rows, worth=WORTH, or_single=True).is_single
    assert decided(*rows, worth={}, or_single=True).reason.worth is None


def test_worth_is_checked() -> None:
    X = np.random.default_rng(0).normal(size=(30, 2))
    with pytest.raises(TypeError, match="worth must map numbers of clusters to numbers"):
        select_clustering(X, worth=[0.1])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="worth must be finite, got nan for 2 clusters"):
        select_clustering(X, worth={2: float("nan")})
