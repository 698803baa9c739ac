import pytest

# Before 1.7 scikit-learn hands its checks over in a way that pytest warns of.
pytest.importorskip("sklearn", minversion="1.7", reason="the checks of scikit-learn before 1.7 warn under pytest 9")

from every_method import estimators
from sklearn.utils.estimator_checks import parametrize_with_checks


@parametrize_with_checks(
    [
        *estimators(3),
    ]
)
def test_keeps_the_contract_of_scikit_learn(estimator, check):
    check(estimator)
