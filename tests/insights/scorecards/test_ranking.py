from dataclasses import replace

import numpy as np
import pytest

from custseg.insights.scorecards._display import ranking_sentence
from custseg.insights.scorecards._estimates import Figure, rate_figures
from custseg.insights.scorecards._ranking import difference_low, rank, shrink

Z = 1.959963984540054


def figure(value: float, error: float, *, is_enough: bool = True) -> Figure:
    low, high = value - Z * error, value + Z * error
    return Figure("click_rate", 1, 2, 2, value, low, high, low, high, 2.0, is_enough=is_enough, is_hidden=False)


def test_shrinkage_by_hand() -> None:
    # Errors 1, values 0 and 4: mean 2, Q = 8, τ² = (8 - 1) / (2 - 2/2) = 7, weight 7/8.
    values, ends, between = shrink([figure(0, 1), figure(4, 1)])
    assert between == pytest.approx(7)
    assert values == pytest.approx([2 - 7 / 4, 2 + 7 / 4])
    # Mean of weights 1/8 each has the error 2; (1 - 7/8) of it beside √(7/8).
    half = Z * np.hypot(np.sqrt(7 / 8), 2 / 8)
    assert ends[0] == pytest.approx([0.25 - half, 0.25 + half])


def test_values_within_chance_are_one_value() -> None:
    values, _, between = shrink([figure(1, 1), figure(2, 1)])
    assert between == 0
    assert values == pytest.approx([1.5, 1.5])


def test_difference_by_hand() -> None:
    assert difference_low(figure(4, 3), figure(1, 4)) == pytest.approx(3 - 2.2414027 * 5)


def test_winner_beats_all_others() -> None:
    ranking = rank(["a", "b", "c"], [figure(0, 1), figure(9, 1), figure(1, 1)])
    assert (ranking.winner, ranking.verdict) == ("b", "winner")
    assert [entry.name for entry in ranking.ranked] == ["b", "c", "a"]


def test_two_at_the_top_are_no_winner() -> None:
    ranking = rank(["a", "b", "c"], [figure(9, 1), figure(9.5, 1), figure(0, 1)])
    assert (ranking.winner, ranking.verdict) == (None, "no_clear_winner")


def test_groups_without_data_are_not_ranked() -> None:
    ranking = rank(["a", "b", "c"], [figure(0, 1), figure(99, 50, is_enough=False), figure(9, 1)])
    assert (ranking.winner, ranking.not_enough) == ("c", ("b",))
    assert rank(["a", "b"], [figure(0, 1), figure(9, 1, is_enough=False)]).verdict == "not_enough_data"
    assert rank([], []).verdict == "not_enough_data"


def test_ties_keep_their_order() -> None:
    names = ["d", "a", "c"]
    assert [entry.name for entry in rank(names, [figure(1, 1)] * 3).ranked] == names


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [[500, 500], [200, 400, 800, 300]])
def test_noise_has_no_winner(sizes: list[int]) -> None:
    winners = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        groups = []
        for size in sizes:
            total = 1 + rng.poisson(5, size)
            groups.append((rng.binomial(total, rng.beta(0.5, 4.5, size)), total))
        winners += rank(["a", "b", "c", "d"][: len(sizes)], rate_figures("click_rate", groups)).winner is not None
    assert winners <= 15


def test_uneven_errors_do_not_pull_a_value_out_of_its_interval() -> None:
    # Money: those who spend little have small errors, and would alone decide how far true values lie apart.
    figures = [figure(20, 1), figure(24, 1.5), figure(60, 6), figure(454, 53)]
    values, _, _ = shrink(figures)
    assert all(entry.low < value < entry.high for entry, value in zip(figures, values, strict=True))


def test_a_hidden_winner_has_no_value_in_words() -> None:
    figures = [figure(0, 1), replace(figure(9, 1), is_hidden=True)]
    sentence = ranking_sentence(rank(["a", "b"], figures), "Segments", "en")
    assert sentence.endswith("“b” works best.")
