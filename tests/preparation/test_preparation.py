import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import skew

from custseg import DataError
from custseg.preparation import ColumnPlan, Preparation, fit_preparation

Floats = NDArray[np.float64]

amounts = st.floats(-1e9, 1e9).map(lambda x: round(x, 2) + 0.0)
columns = st.lists(amounts, min_size=3, max_size=40, unique=True).map(np.array)


def only(plan: Preparation) -> ColumnPlan:
    [column] = plan.columns
    return column


def logged(scale: float = 1.0) -> ColumnPlan:
    """A plan that takes the log and leaves its result as it is."""
    return ColumnPlan("revenue", "log1p", scale=scale, fill=0.0, center=0.0, spread=1.0)


def skewed(n: int = 200, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).lognormal(3, 1.2, n)


def test_symmetric_column_is_standardized_as_it_is() -> None:
    column = np.array([10.0, 20.0, 30.0])
    plan = fit_preparation({"recency_days": column})
    assert only(plan).transform == "none"
    assert only(plan).center == 20
    expected = [-np.sqrt(1.5), 0, np.sqrt(1.5)]  # (10 - 20) / sqrt(200 / 3)
    assert plan.matrix({"recency_days": column})[:, 0] == pytest.approx(expected)


def test_skewed_counts_take_log1p() -> None:
    column = np.array([1.0, 1, 1, 1, 3, 7, 63])
    plan = fit_preparation({"order_count": column})
    assert (only(plan).transform, only(plan).scale) == ("log1p", 1.0)
    twos = np.log(2) * np.array([1, 1, 1, 1, 2, 3, 6])
    expected = (twos - twos.mean()) / twos.std()
    assert plan.matrix({"order_count": column})[:, 0] == pytest.approx(expected)


def test_weakest_symmetric_log_is_taken() -> None:
    column = np.append(np.random.default_rng(0).gamma(1.0, 30.0, 2_000), np.zeros(50))
    plan = fit_preparation({"revenue": column})
    assert only(plan).scale > np.quantile(column[column > 0], 0.05)
    assert skew(plan.matrix({"revenue": column})[:, 0]) == pytest.approx(0.0, abs=0.01)


def test_heavier_tail_takes_the_strongest_log() -> None:
    column = np.append(skewed(2_000), np.zeros(50))
    assert only(fit_preparation({"revenue": column})).scale == np.quantile(column[column > 0], 0.05)


def test_logarithm_sets_in_gradually() -> None:
    # Powers of one column: the skewness rises from below 1 to above 1.1.
    column = np.random.default_rng(0).gamma(9.0, 1.0, 5_000)
    skews, after = [], []
    for power in np.linspace(1.3, 1.8, 26):
        values = column**power
        matrix = fit_preparation({"revenue": values}).matrix({"revenue": values})
        skews.append(skew(values))
        after.append(skew(matrix[:, 0]))
    assert skews[0] < 1 < 1.1 < skews[-1]
    assert after[0] > 0.8
    assert abs(after[-1]) < 0.2  # the strongest logarithm
    between = [value for value, before in zip(after, skews, strict=True) if 1.0 < before < 1.1]
    assert len(between) >= 3
    assert all(0 < value < 1 for value in between)
    assert between == sorted(between, reverse=True)


def test_values_near_the_largest_number_have_a_logarithm() -> None:
    column = np.random.default_rng(0).gamma(1.0, 1.0, 500)
    column *= 1.7e308 / column.max()
    plan = fit_preparation({"revenue": column})
    assert np.isfinite(only(plan).scale)
    assert np.isfinite(plan.matrix({"revenue": column})).all()


def test_barely_skewed_column_hardly_changes() -> None:
    column = np.random.default_rng(0).gamma(4.0, 1.0, 50_000)
    assert 1 < skew(column) < 1.02
    plan = fit_preparation({"recency_days": column})
    matrix = plan.matrix({"recency_days": column})[:, 0]
    assert only(plan).transform == "log1p"
    assert np.corrcoef(matrix, column)[0, 1] > 0.99


def test_smallest_scale_where_no_log_is_strong_enough() -> None:
    sizes = 1.3 ** (np.arange(41.0) ** 1.5)  # skewed even as logarithms
    plan = fit_preparation({"revenue": np.concatenate([sizes, np.zeros(30)])})
    # Ten of 41 values are below the scale: 10/41 of the 40 steps between them are 9.76 steps.
    tenth, eleventh = 1.3 ** (9**1.5), 1.3 ** (10**1.5)
    assert only(plan).scale == pytest.approx(tenth + (400 / 41 - 9) * (eleventh - tenth))


def test_log_is_left_alone_where_it_would_skew_more() -> None:
    left = 100 - np.array([1.0, 1, 1, 2, 2, 30])
    assert only(fit_preparation({"age_days": left})).transform == "none"


@given(columns)
def test_signed_log_is_odd(x: Floats) -> None:
    assert np.array_equal(logged(5).standardized(-x), -logged(5).standardized(x))


@given(columns)
def test_signed_log_is_monotone(x: Floats) -> None:
    x = np.sort(x)
    assert (np.diff(logged(5).standardized(x)) > 0).all()


def test_signed_log_is_continuous_at_zero() -> None:
    around = logged().standardized(np.array([-1e-9, 0.0, 1e-9]))
    assert around == pytest.approx([-1e-9, 0, 1e-9], rel=1e-6)


@pytest.mark.parametrize("unit", [100, 0.001, 92.5])
@pytest.mark.parametrize("with_refunds", [False, True])
def test_matrix_does_not_depend_on_the_unit_of_money(unit: float, with_refunds: bool) -> None:
    money = skewed()
    money[:3] *= -1 if with_refunds else 1
    first = fit_preparation({"revenue": money}).matrix({"revenue": money})
    other = fit_preparation({"revenue": money * unit}).matrix({"revenue": money * unit})
    assert other == pytest.approx(first, abs=1e-9)


@given(st.permutations(range(30)))
def test_plan_does_not_depend_on_the_order_of_customers(order: list[int]) -> None:
    money = skewed(30)
    assert fit_preparation({"revenue": money[order]}) == fit_preparation({"revenue": money})


@given(columns)
def test_matrix_is_finite_within_bounds_and_monotone(x: Floats) -> None:
    x = np.sort(x)
    matrix = fit_preparation({"revenue": x}).matrix({"revenue": x})
    assert np.isfinite(matrix).all()
    assert np.abs(matrix).max() <= 4
    assert (np.diff(matrix[:, 0]) >= 0).all()


@given(st.lists(amounts, min_size=1, max_size=5), st.lists(st.booleans(), min_size=200, max_size=200))
def test_new_customers_go_through_the_same_numbers(new: list[float], chosen: list[bool]) -> None:
    known = {"revenue": skewed(), "age_days": np.arange(200.0)}
    plan = fit_preparation(known)
    part = {name: column[chosen] for name, column in known.items()}
    assert np.array_equal(plan.matrix(part), plan.matrix(known)[chosen])
    alone = plan.matrix({"revenue": np.array(new), "age_days": np.zeros(len(new))})
    assert np.isfinite(alone).all()


def test_values_are_clipped_and_counted() -> None:
    column = np.concatenate([np.tile([-1.0, 1.0], 200), [40, -40, 60, -60]])
    plan = fit_preparation({"trend": column})
    matrix = plan.matrix({"trend": column})
    assert only(plan).clipped == 4
    assert matrix[-4:, 0].tolist() == [4, -4, 4, -4]
    assert plan.notes() == ["<10 customers lie beyond 4 standard deviations on trend, clipped to that bound."]


def test_missing_values_are_filled_with_the_median_and_counted() -> None:
    values = {"gap_days_mean": np.array([1.0, 2, 3, 4, 5, np.nan, np.nan]), "age_days": np.arange(7.0)}
    plan = fit_preparation(values)
    assert (plan.columns[0].fill, plan.columns[0].missing) == (3.0, 2)
    assert plan.matrix(values)[5:, 0].tolist() == [0, 0]
    assert plan.notes() == ["<10 missing values of gap_days_mean taken as the median, 3."]


def test_median_in_place_of_a_missing_value_is_written_in_its_unit() -> None:
    values = {"yoga_share": np.array([0.1, 0.31437, 0.9, np.nan]), "age_days": np.arange(4.0)}
    plan = fit_preparation(values)
    [note] = plan.notes(units={"yoga_share": "share"})
    assert note.endswith("taken as the median, 31%.")


def test_missing_values_move_neither_center_nor_spread() -> None:
    full = skewed(50)
    holes = np.concatenate([full, np.full(20, np.nan)])
    with_holes, without = (only(fit_preparation({"revenue": x})) for x in (holes, full))
    assert (with_holes.center, with_holes.spread) == (without.center, without.spread)


def test_missing_value_of_a_new_customer_is_the_median_of_the_fit() -> None:
    plan = fit_preparation({"revenue": skewed()})
    filled = plan.matrix({"revenue": np.array([np.nan, float(np.median(skewed()))])})
    assert filled[0] == filled[1]


def test_useless_columns_are_dropped_with_the_reason() -> None:
    n = 400
    plan = fit_preparation(
        {
            "revenue": skewed(n),
            "constant": np.full(n, 7.0),
            "nearly": np.append(np.zeros(n - 3), [1.0, 2.0, 3.0]),
            "empty": np.full(n, np.nan),
            "holes": np.where(np.arange(n) % 5 < 3, np.nan, np.arange(n)),
        }
    )
    assert plan.names == ["revenue"]
    assert {name: reason.text() for name, reason in plan.dropped.items()} == {
        "constant": "all of its values are equal",
        "nearly": "99.2% of its values are equal",
        "empty": "all of its values are missing",
        "holes": "60% of its values are missing",
    }
    assert "Not used: holes, since 60% of its values are missing." in plan.notes()


def test_notes_in_russian_with_labels() -> None:
    values = {"x": np.append(np.arange(19.0), np.nan), "same": np.ones(20), "y": np.arange(20.0)}
    assert fit_preparation(values).notes("ru", {"x": "визиты", "same": "страна"}) == [
        "Не используется страна: все значения одинаковы.",
        "<10 пропусков (визиты) заменены медианой, 9.",
    ]


def test_column_that_is_half_missing_or_99_percent_equal_is_kept() -> None:
    half = np.where(np.arange(200) < 100, np.nan, np.arange(200))
    nearly = np.append(np.zeros(198), [1.0, 2.0])
    assert fit_preparation({"half": half, "nearly": nearly}).names == ["half", "nearly"]


def test_nothing_is_counted_as_filled_for_who_has_no_value_in_a_kept_column() -> None:
    nan = np.nan
    kept = np.array([1.0, 2, 3, 4, 5, nan])
    dropped = np.array([nan, nan, nan, nan, nan, 1.0])
    plan = fit_preparation({"kept": kept, "dropped": dropped})
    assert (plan.names, only(plan).missing) == (["kept"], 0)


def test_no_column_left_names_the_reasons() -> None:
    words = r"rfm: no column is left .*\(a: all of its values are equal; b: all of its values are missing\)"
    with pytest.raises(DataError, match=words):
        fit_preparation({"a": np.ones(3), "b": np.full(3, np.nan)}, "rfm")


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_values_are_refused(value: float) -> None:
    good = {"revenue": skewed(5), "age_days": np.arange(5.0)}
    bad = good | {"revenue": np.array([1, 2, value, value, 5])}
    words = r"fit: infinite values in 'revenue' \(2 values\)"
    with pytest.raises(DataError, match=words):
        fit_preparation(bad, "fit")
    with pytest.raises(DataError, match=words):
        fit_preparation(good).matrix(bad, "fit")


def test_customers_with_negative_revenue_stay_near_the_others() -> None:
    money = skewed(2000)
    money[:16] = -np.linspace(5, 20_000, 16)
    plan = fit_preparation({"revenue": money})
    z = plan.matrix({"revenue": money})[:, 0]
    assert (np.abs(z[:16]) <= 4).all()
    assert only(plan).clipped == (np.abs(only(plan).standardized(money)) > 4).sum() > 0
    assert (z[:16] < np.quantile(z[16:], 0.05)).all()


def test_weights_multiply_the_finished_columns() -> None:
    """They change neither what is clipped nor where a tail begins."""
    values = {"a": np.append(np.arange(50.0), 1e6), "b": np.arange(51.0)}
    plan = fit_preparation(values, min_size=5)
    weighted = plan.with_weights({"a": 2.0})
    assert np.array_equal(weighted.matrix(values), plan.matrix(values) * [2.0, 1.0])
    assert weighted.is_beyond_tails(values).tolist() == plan.is_beyond_tails(values).tolist()
