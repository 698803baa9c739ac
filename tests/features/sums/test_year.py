"""Which bases have a season."""

import numpy as np
import pytest

from custseg.features.sums._year import season_of

FIRST = 19_358  # 2023-01-01
DAYS = np.arange(FIRST, FIRST + 3 * 365)
MONTHS = DAYS.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12


def winter(weight: float = 0.02) -> np.ndarray:
    """Orders a day: 10 from December to March, hardly any in the other months."""
    return np.where(np.isin(MONTHS, [11, 0, 1, 2]), 10.0, 10.0 * weight)


@pytest.mark.parametrize("weight", [0.0, 0.02, 0.2])
def test_winter_is_the_season_of_winter_guests(weight: float) -> None:
    season = season_of(DAYS, winter(weight), until=int(DAYS[-1]) + 1)
    assert season is not None
    assert (season.first, season.n_parts) == (22, 8)
    assert season.share == pytest.approx(4 / (4 + 8 * weight), abs=0.02)


@pytest.mark.parametrize(
    "counts",
    [
        np.full(len(DAYS), 5.0),
        np.where(MONTHS >= 10, 8.5, 5.0),  # a little more before the holidays
        5.0 * 1.005 ** (DAYS - FIRST),  # six times as many each year
        5.0 * 0.995 ** (DAYS - FIRST),
        winter() * (DAYS < FIRST + 300),  # one season, then hardly anything
    ],
)
def test_growth_and_decline_and_holidays_are_no_season(counts: np.ndarray) -> None:
    assert season_of(DAYS, counts, until=int(DAYS[-1]) + 1) is None


def test_one_season_is_not_known_to_come_back() -> None:
    """The log begins in January; of the second winter, from December, it must have two of four months."""
    for n_days, is_known in ((340, False), (370, False), (420, True)):
        season = season_of(DAYS[:n_days], winter()[:n_days], until=FIRST + n_days)
        assert (season is not None) == is_known


def test_few_customers_show_no_season() -> None:
    days = DAYS[winter() == 10.0][::8]
    assert season_of(days, np.ones(len(days)), until=int(DAYS[-1]) + 1) is None
