import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from custseg import DataError
from custseg.preparation import CategoryPlan, ClassScores, Preparation, fit_preparation

SCORES = ClassScores(slopes=((2.0, 0.0),), constants=((1.0, -1.0),), levels=(((0.5, 0.25), (-0.5, 4.0)),))
PLANS = [CategoryPlan("plan", ("a", "b"), has_other=False), CategoryPlan("region", ("n", "s", "w"), has_other=False)]


def planted(n: int = 400, seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Columns of three kinds: one number that separates one of them, two categories that separate all."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 3, n)
    visits = rng.normal(size=n) + 3 * (kinds == 2)
    plan = (rng.random(n) < np.array([0.1, 0.9, 0.5])[kinds]).astype(float)
    region = np.where(rng.random(n) < 0.8, kinds, rng.integers(0, 3, n)).astype(float)
    return {"visits": visits, "plan": plan, "region": region}, kinds


def fitted(values: dict[str, np.ndarray]) -> Preparation:
    return fit_preparation(values, categories=PLANS)


def test_scores_are_sums_worked_by_hand() -> None:
    numbers, codes = np.array([[3.0], [np.nan], [3.0]]), np.array([[1.0], [0.0], [np.nan]])
    # 2 * 3 + 1 - 0.5 and -1 + 4; a missing cell adds nothing.
    assert SCORES.of(numbers, codes).tolist() == [[6.5, 3.0], [0.5, 0.25], [7.0, -1.0]]
    assert SCORES.of(numbers, codes, weights=[2.0, 1.0]).tolist()[0] == [13.5, 2.0]
    assert SCORES.n_scores == 2


def test_categories_separate_what_numbers_cannot() -> None:
    values, kinds = planted()
    rows = fitted(values).matrix(values)
    together = adjusted_rand_score(kinds, KMeans(3, n_init=5, random_state=0).fit_predict(rows))
    alone = adjusted_rand_score(kinds, KMeans(3, n_init=5, random_state=0).fit_predict(values["visits"][:, None]))
    assert together > alone + 0.2


def test_inside_the_classes_scores_are_uncorrelated_with_variance_one() -> None:
    values, kinds = planted(1_000)
    rows = fitted(values).matrix(values)
    inside = rows - np.array([rows[kinds == kind].mean(axis=0) for kind in range(3)])[kinds]
    covariance = inside.T @ inside / len(rows)
    # The classes are those of the posterior and not the planted ones.
    assert covariance[0, 1] == pytest.approx(0, abs=0.3)
    assert np.diag(covariance) == pytest.approx([1, 1], abs=0.4)


def test_order_of_rows_does_not_matter() -> None:
    values, _ = planted()
    order = np.random.default_rng(1).permutation(400)
    moved = fitted({name: column[order] for name, column in values.items()})
    assert moved == fitted(values)


def test_customer_alone_has_the_same_scores() -> None:
    values, _ = planted()
    values["visits"][5], values["region"][5] = np.nan, np.nan
    preparation = fitted(values)
    alone = {name: column[5:6] for name, column in values.items()}
    assert np.array_equal(preparation.matrix(alone), preparation.matrix(values)[5:6])
    assert sum(preparation.parts(alone))[0] == pytest.approx(preparation.matrix(alone)[0])


def test_numbers_alone_are_prepared_as_before() -> None:
    values, _ = planted()
    numbers = {"visits": values["visits"]}
    assert fit_preparation(numbers).scores is None
    assert np.array_equal(
        fit_preparation(numbers, categories=[]).matrix(numbers), fit_preparation(numbers).matrix(numbers)
    )


def test_category_of_ids_is_left_out() -> None:
    values, _ = planted()
    ids = CategoryPlan("login", (), has_other=True)
    preparation = fit_preparation({**values, "login": np.zeros(400)}, categories=[*PLANS, ids])
    assert preparation.dropped["login"].kind == "all_rare"
    assert "Not used: login, since no category is held by ten customers" in " ".join(preparation.notes())


def test_one_category_alone_is_an_error() -> None:
    values, _ = planted()
    with pytest.raises(DataError, match=r"'plan' alone is no column to cluster on.*state the groups as rules"):
        fit_preparation({"plan": values["plan"]}, categories=PLANS[:1])


def test_missing_values_and_rare_categories_are_said() -> None:
    values, _ = planted()
    values["plan"][:12] = np.nan
    plans = [PLANS[0], CategoryPlan("region", ("n", "s"), has_other=True)]
    notes = fit_preparation(values, categories=plans).notes()
    assert "12 missing values of plan add nothing." in notes
    assert "2 categories of region count by themselves, all others as one." in notes
