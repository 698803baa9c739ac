import numpy as np
import pytest

from custseg.errors import DataError
from custseg.features import circular


def test_quarters_of_a_day_by_hand() -> None:
    sine, cosine = circular([0, 6, 12, 18, 24, -6], period=24)
    assert sine == pytest.approx([0, 1, 0, -1, 0, -1])
    assert cosine == pytest.approx([1, 0, -1, 0, 1, 0])


def test_distance_is_that_of_the_shorter_way() -> None:
    points = np.column_stack(circular(np.arange(24), 24))
    distances = np.linalg.norm(points[:, None] - points[None, :], axis=2)
    hours = np.abs(np.subtract.outer(np.arange(24), np.arange(24)))
    assert distances == pytest.approx(2 * np.sin(np.pi * np.minimum(hours, 24 - hours) / 24))


def test_missing_values_stay_missing() -> None:
    sine, cosine = circular([None, 3, float("nan")], 12)
    assert np.isnan(sine).tolist() == np.isnan(cosine).tolist() == [True, False, True]


@pytest.mark.parametrize("values", [["9:30"], ["a", 1], [True, False], [None, "x"], [[1, 2]], [float("inf")], 5.0])
def test_values_must_be_one_column_of_numbers(values: object) -> None:
    with pytest.raises(DataError, match="circular: values must"):
        circular(values, 24)


@pytest.mark.parametrize(
    ("period", "error"), [("24", TypeError), (True, TypeError), (0, ValueError), (np.inf, ValueError)]
)
def test_period_must_be_a_positive_number(period: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="circular: period must be"):
        circular([1, 2], period)
