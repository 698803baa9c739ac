import numpy as np
import pytest

from custseg.preparation._latent_classes import LatentClasses, _Design, fit_latent_classes, rows_to_learn_from


def two_kinds(n: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One number two standard deviations apart, two flags of which each kind mostly has one, and the kinds."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 2, n)
    numbers = (rng.normal(size=n) + 3 * kinds)[:, None]
    codes = (rng.random((n, 2)) < np.where(kinds == 1, 0.9, 0.1)[:, None]).astype(float)
    return numbers, codes, kinds


def test_two_planted_kinds() -> None:
    numbers, codes, kinds = two_kinds()
    classes, posterior = fit_latent_classes(numbers, codes, [2, 2])
    assert len(classes.shares) == 2
    assert abs(np.corrcoef(posterior.argmax(axis=1), kinds)[0, 1]) > 0.95
    assert sorted(classes.means[0]) == pytest.approx([0, 3], abs=0.3)
    assert sorted(classes.levels[0][1]) == pytest.approx([0.1, 0.9], abs=0.07)
    assert classes.variances == pytest.approx(np.ones(1), abs=0.2)


def test_log_likelihood_worked_by_hand() -> None:
    classes = LatentClasses(
        np.array([0.5, 0.5]), np.array([[0.0, 1.0]]), np.array([1.0]), [np.array([[0.8, 0.4], [0.2, 0.6]])], bic=0.0
    )
    posterior, likelihood = _Design(np.array([[1.0], [np.nan]]), np.array([[np.nan], [1.0]]), [2]).expected(classes)
    # The first row has the number alone, the second one the category alone.
    near, far = 1.0, np.exp(-0.5)
    assert posterior[0] == pytest.approx([far / (near + far), near / (near + far)])
    assert posterior[1] == pytest.approx([0.25, 0.75])
    expected = np.log(0.5 * (near + far) / np.sqrt(2 * np.pi)) + np.log(0.5 * (0.2 + 0.6))
    assert likelihood == pytest.approx(expected)


def test_no_step_lowers_the_penalized_likelihood_by_more_than_the_prior() -> None:
    numbers, codes, _ = two_kinds(seed=3)
    design = _Design(numbers, codes, [2, 2])
    start = design.started(3, np.random.default_rng(1))
    likelihoods = [design.climbed(start, steps)[1] for steps in (0, 1, 2, 4, 8, 16)]
    assert np.diff(likelihoods).min() > -0.5


def test_rows_to_learn_from_do_not_depend_on_their_order() -> None:
    numbers, codes, _ = two_kinds(40)
    numbers[3] = np.nan
    order = np.random.default_rng(0).permutation(40)
    first, second = rows_to_learn_from(numbers, codes), rows_to_learn_from(numbers[order], codes[order])
    assert np.array_equal(numbers[first], numbers[order][second], equal_nan=True)
    many = np.arange(12_000.0)[:, None]
    assert len(rows_to_learn_from(many, many[:, :0])) == 5_000
