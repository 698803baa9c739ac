"""The rhythm of a base with a season, in days that count by how much customers order on them."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from custseg import Orders
from custseg.feature_table import FeatureTable, Season
from custseg.features import build_features

EPOCH = date(1970, 1, 1)
AS_OF = date(2024, 10, 1)
GUESTS = 60
"""Each comes on one day of January or February in three years; the last of them came in two years only."""


def guests(years: tuple[int, ...] = (2022, 2023, 2024)) -> pl.DataFrame:
    visits = [(f"g{i:02}", date(year, 1 + i % 2, 3 + i % 25)) for year in years for i in range(GUESTS)]
    return pl.DataFrame(visits[:-1], schema=["customer_id", "ordered_at"], orient="row")


@pytest.fixture(scope="module")
def table() -> FeatureTable:
    return build_features(Orders(guests(), order=None, amount=None), as_of=AS_OF, families=["rfm", "rhythm"])


def test_figures_have_the_season_and_its_gap(table: FeatureTable) -> None:
    season: Season = table.figures["rhythm"].season
    assert (season.first, season.n_parts, season.share) == (0, 4, 1.0)
    assert season.gap == season.other_gap == pytest.approx(365, abs=3)
    assert table["season_share"].tolist() == [1.0] * GUESTS


def test_nobody_is_overdue_before_the_next_season(table: FeatureTable) -> None:
    assert (table["recency_days"] > 200).all()
    assert (table["overdue_ratio"][:-1] <= 1).all()
    # The last one stayed away: a year and what was left of the season before.
    assert table["overdue_ratio"][-1] > 1


def test_expressions_equal_the_arrays(table: FeatureTable) -> None:
    season, today = table.figures["rhythm"].season, (AS_OF - EPOCH).days
    n_gaps, last = table["order_days"] - 1, today - table["recency_days"]
    shares = season.own_shares(table["season_share"], table["order_count"])
    silence = season.elapsed(last, np.full(GUESTS, float(today)), own_shares=shares)
    span = season.elapsed(last - table["recency_span_days"], last, own_shares=shares)
    ratios = silence / ((span + 2 * season.gap) / (n_gaps + 2))
    waits = ~season.has_lasted(last, today)
    assert waits.tolist() == [True] * (GUESTS - 1) + [False]
    assert table["overdue_ratio"] == pytest.approx(np.where(waits, np.fmin(ratios, 1), ratios))


def test_orders_of_past_seasons_do_not_thin_out(table: FeatureTable) -> None:
    """Since January 2022 there were three seasons: g00 came on the third day of each.

    The second half of the 1002 days began on 18 May 2023, and holds one whole season of 60 days of the 176 days since
    the first visit: log(1.5 / (3 · 60/176 + ½)) - log(2.5 / (3 · 116/176 + ½)).
    """
    part = 60 / 176
    expected = np.log(1.5 / (3 * part + 0.5)) - np.log(2.5 / (3 * (1 - part) + 0.5))
    assert table["trend"][0] == pytest.approx(expected, abs=0.02)
    assert table["trend"][0] > np.log(1.5 / 2.5) / 2


def test_one_season_is_none() -> None:
    log = Orders(guests((2022, 2023)), order=None, amount=None)
    table = build_features(log, as_of="2023-01-20", families=["rhythm"])
    assert table.figures["rhythm"].season is None
    assert "season_share" not in table.names
