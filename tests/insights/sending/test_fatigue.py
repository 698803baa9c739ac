import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from custseg.insights.sending._fatigue import DAY, fatigue_of, levels


def test_mails_of_the_week_by_hand() -> None:
    days = [0, 3, 6, 7, 20, 5]
    owners = np.array([1, 1, 1, 1, 1, 2])
    # The mail of day 7 no longer has that of day 0 in its seven days.
    assert levels(owners, np.array(days) * DAY, days=7).tolist() == [1, 2, 3, 3, 1, 1]
    assert levels(np.array([], np.int64), np.array([], np.int64), days=7).tolist() == []


@examples(40)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), min_size=1, max_size=30))
def test_levels_are_counts(rows: list[tuple[int, int]]) -> None:
    owners, days = (np.array(column) for column in zip(*rows, strict=True))
    expected = [sum(o == owner and day - 7 < d <= day for o, d in rows) for owner, day in rows]
    assert levels(owners, days * DAY, days=7).tolist() == expected


def planted(factor: float, *, seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """20 mails each at levels 1 to 5; clicks of the third and later mails of a week are rarer by the factor."""
    rng = np.random.default_rng(seed)
    mails = 1 + rng.integers(0, 5, (n, 20))
    clicks = rng.random((n, 20)) < rng.beta(2, 8, n)[:, None] * np.where(mails >= 3, factor, 1.0)
    return np.repeat(np.arange(n), 20), mails.ravel(), clicks.ravel().astype(float)


def test_planted_fatigue_is_found() -> None:
    fatigue = fatigue_of(*planted(0.4, seed=0), seed=0)
    # From the second mail on clicks are rarer too, since the third and later ones are among them.
    assert fatigue.level in (2, 3)
    assert fatigue.levels[1].high < 1


def test_eager_customers_with_many_mails_are_no_fatigue() -> None:
    rng = np.random.default_rng(0)
    rate = np.repeat([0.3, 0.05], 200)
    mails = np.where(np.arange(400)[:, None] < 200, 1, 1 + rng.integers(0, 5, (400, 20)))
    clicks = rng.random((400, 20)) < rate[:, None]
    fatigue = fatigue_of(np.repeat(np.arange(400), 20), mails.ravel(), clicks.ravel().astype(float), seed=0)
    assert fatigue.level is None
    assert fatigue.observed == 5


def test_ratio_by_hand() -> None:
    # Each of 20 customers clicks 1 of 2 single mails and 0 of 2 that were second: 0 of 20 expected.
    owners, mails = np.repeat(np.arange(20), 4), np.tile([1, 1, 2, 2], 20)
    fatigue = fatigue_of(owners, mails, np.tile([1.0, 0, 0, 0], 20), seed=0)
    second = fatigue.levels[0]
    assert (second.ratio, second.low) == (0, 0)
    assert second.high == pytest.approx(-np.log(0.025) / 10)
    assert fatigue.level == 2


def test_few_clicks_are_not_enough() -> None:
    fatigue = fatigue_of(np.repeat(np.arange(9), 2), np.tile([1, 2], 9), np.tile([1.0, 0.0], 9), seed=0)
    assert (fatigue.level, fatigue.observed) == (None, 1)
    assert not any(level.is_enough for level in fatigue.levels)
