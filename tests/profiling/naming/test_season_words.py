"""What is said of customers of a base with a season: out of it nobody is overdue for having stayed away."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from custseg import Orders
from custseg.feature_table import FeatureTable
from custseg.features import build_features
from custseg.profiling import Profiles, profile_segments
from custseg.profiling.measures._table import read_table
from custseg.profiling.naming._own_rhythm import own_ratios
from custseg.profiling.naming._season_words import season_play, season_span

YEARLY, LATEST = 60, 40
"""Guests who came in each of three winters, and those who came in the last one for the first time."""


def visits() -> list[tuple[str, date]]:
    days = [timedelta(days=7 * i % 58) for i in range(YEARLY)]
    of_all = [(f"y{i:02}", date(year, 12, 4) + days[i]) for year in (2021, 2022, 2023) for i in range(YEARLY)]
    return [*of_all, *((f"z{i:02}", date(2024, 1, 2 + i % 25)) for i in range(LATEST))]


def table_at(as_of: str, *further: tuple[str, date]) -> FeatureTable:
    log = pl.DataFrame([*visits(), *further], schema=["customer_id", "ordered_at"], orient="row")
    return build_features(Orders(log, order=None, amount=None), as_of=as_of, families=["rfm", "rhythm"])


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    return profile_segments(table_at("2024-10-20"), np.repeat([0, 1], [YEARLY, LATEST]))


def test_overview_says_when_the_season_is(profiles: Profiles) -> None:
    assert "those who ordered again did so about once a year" in profiles.overview
    assert profiles.overview.endswith(
        "100% of those who ordered on several days order almost only in the season (December–January); "
        "the last one ended 262 days ago."
    )


def test_nobody_is_asked_why_they_stopped(profiles: Profiles) -> None:
    said = " ".join([row.name + " ".join((*row.advice.do, *row.advice.dont)) for row in profiles])
    assert not any(
        word in said for word in ("overdue", "stopped", "kept them from", "long", "thinning", "late by", "come back")
    )
    lines = [row.advice.do[0] for row in profiles]
    assert lines == ["Write before the season (December–January), in November: that is when your customers order."] * 2


def test_season_that_begins_within_a_month_has_dates() -> None:
    log = [(f"y{i:02}", date(year, 11, 18) + timedelta(days=i % 27)) for year in (2021, 2022, 2023) for i in range(60)]
    orders = Orders(pl.DataFrame(log, schema=["customer_id", "ordered_at"], orient="row"), order=None, amount=None)
    features = build_features(orders, as_of="2024-10-20", families=["rfm", "rhythm"])
    table = read_table(features, None, customer_column=None, caller="f")
    assert season_span(table, "en") == "16 November – 15 December"
    assert season_play(table, "en").startswith("Write before the season (16 November – 15 December), in October")


def test_single_orders_say_nothing_about_a_season() -> None:
    """A campaign each December brought customers who never ordered again."""
    once = [(f"o{year}{i:03}", date(year, 12, 1 + i % 28)) for year in (2021, 2022, 2023) for i in range(300)]
    again = [(f"x{i:02}", date(2021, 9, 1) + timedelta(days=i + 30 * k)) for i in range(60) for k in range(30)]
    orders = Orders(
        pl.DataFrame([*once, *again], schema=["customer_id", "ordered_at"], orient="row"), order=None, amount=None
    )
    table = build_features(orders, as_of="2024-10-20", families=["rhythm"])
    assert table.figures["rhythm"].season is None


def test_russian_has_months_that_need_no_case() -> None:
    row = profile_segments(table_at("2024-10-20"), np.repeat([0, 1], [YEARLY, LATEST]), language="ru")
    assert row.overview.endswith(
        "заказывают почти только в сезон (декабрь — январь); с конца последнего сезона прошло 262 дня."
    )
    assert "месяц для письма — ноябрь" in row[0].advice.do[0]


@pytest.mark.parametrize(("as_of", "words"), [("2024-12-20", "Write now, while"), ("2024-11-10", "Write before")])
def test_advice_knows_whether_the_season_is_on(as_of: str, words: str) -> None:
    table = read_table(table_at(as_of), None, customer_column=None, caller="f")
    assert season_span(table, "en") == "December–January"
    assert season_play(table, "en").startswith(words)


def test_who_stayed_away_for_a_season_is_overdue() -> None:
    """A guest of 2021 and 2022 who did not come in 2023 has been silent for twice the usual gap."""
    gone = [("zz", date(2021, 12, 5)), ("zz", date(2022, 12, 5))]
    table = read_table(table_at("2024-10-20", *gone), None, customer_column=None, caller="f")
    ratios = own_ratios(table)
    assert (ratios[:YEARLY] <= 1).all()
    assert ratios[-1] == pytest.approx(2, abs=0.1)


def test_those_of_the_season_are_seasonal_beside_others() -> None:
    days = [date(2021, 9, 1) + timedelta(days=30 * i) for i in range(38)]
    regular = [(f"x{i:02}", day + timedelta(days=i)) for i in range(8) for day in days]
    profiles = profile_segments(table_at("2024-10-20", *regular), np.repeat([2, 0, 1], [8, YEARLY, LATEST]))
    assert profiles[0].key == "seasonal"
    assert profiles[0].description.startswith("Order almost only in the season (")


def test_gaps_of_a_year_are_called_so() -> None:
    gaps = np.repeat([365.0, 30.0], 60) + np.tile(np.arange(60.0) / 6, 2)
    profiles = profile_segments({"gap_days_mean": gaps, "order_count": np.full(120, 3.0)}, np.repeat([0, 1], 60))
    assert [row.name for row in profiles] == ["order about once a year", "orders close together"]
