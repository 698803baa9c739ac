"""The season of the base in words: its months, whether it is on, and when to write before it."""

from __future__ import annotations

import numpy as np

from custseg._privacy import share_words
from custseg.feature_table import OF_SEASON, PARTS, YEAR
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._table import SEASON_SHARE, ProfileTable
from custseg.texts import amount, text

SEASON = "{season}"
"""Stands for the months of the season in texts."""
_QUARTERS = 4
_GAP = "gap_days_mean"
"""Missing for who ordered on one day alone, which says nothing about when in the year a customer orders."""
_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_AHEAD = 2
"""Half-months before the season to write in."""


def season_span(table: ProfileTable, language: str) -> str:
    """The months of the season, such as "December–March", or its first and last day where these are within a month.

    Empty where the base has none.
    """
    if (season := table.season) is None:
        return ""
    start, end = season.first, season.first + season.n_parts - 1
    if start % 2 == 0 and end % 2 == 1:
        form, first, last = "span", _month(start, language), _month(end, language)
    else:
        form, first = "span_of_dates", _date(start, 16 if start % 2 else 1, language)
        last = _date(end, _LAST_DAYS[end % PARTS // 2] if end % 2 else 15, language)
    return first if first == last else str(_words(language)[form]).format(first=first, last=last)


def season_play(table: ProfileTable, language: str) -> str:
    """When to write to those who order in the season; empty where the base has none."""
    if (season := table.season) is None:
        return ""
    month = _month(season.first - _AHEAD, language)
    form = _words(language)["write_now" if _quarters_since_start(table) < season.length else "write_before"]
    return str(form).format(season=season_span(table, language), month=month)


def season_sentence(statistics: ColumnStatistics, language: str) -> str:
    """How many of those who ordered on several days order in the season, when it is, and when the last one ended."""
    table = statistics.table
    if (season := table.season) is None:
        return ""
    has_gaps = ~np.isnan(table.values(_GAP)) & (statistics.labels >= 0)
    shares = table.values(SEASON_SHARE)[has_gaps]
    share = share_words(int((shares >= OF_SEASON).sum()), len(shares), language)
    if share is None:
        return ""
    passed = _quarters_since_start(table)
    is_on = passed < season.length
    days = round((passed if is_on else passed - season.length) / _QUARTERS)
    form = _words(language)[("on" if is_on else "over") if days else ("just_on" if is_on else "just_over")]
    return str(form).format(share=share, season=season_span(table, language), days=amount(days, "days", language))


def _quarters_since_start(table: ProfileTable) -> float:
    """Quarters of a day from the last start of the season to the snapshot, less than a year."""
    assert table.season is not None
    return float((table.day * _QUARTERS + table.season.offset) % YEAR)


def _month(half: int, language: str) -> str:
    """The month of a half-month, which may be before or after the year."""
    return str(_words(language)["months"][half % PARTS // 2])


def _date(half: int, day: int, language: str) -> str:
    """A day of the month of a half-month."""
    words = _words(language)
    return str(words["date"]).format(day=day, month=words["months_of_dates"][half % PARTS // 2])


def _words(language: str) -> dict[str, str]:
    words: dict[str, str] = text(language, "profiling", "season")
    return words
