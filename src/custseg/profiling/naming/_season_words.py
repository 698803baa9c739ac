"""The season of the base in words: its months, whether it is on, and when to write before it."""

from __future__ import annotations

from custseg._privacy import share_words
from custseg.feature_table import OF_SEASON, PARTS, YEAR
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._table import SEASON_SHARE, ProfileTable
from custseg.texts import amount, text

SEASON = "{season}"
"""Stands for the months of the season in texts."""
_QUARTERS = 4
_AHEAD = 2
"""Half-months before the season to write in."""


def season_months(table: ProfileTable, language: str) -> str:
    """The months in which the season begins and ends, such as "December–March"; empty where the base has none."""
    if (season := table.season) is None:
        return ""
    first, last = (_month(part, language) for part in (season.first, season.first + season.n_parts - 1))
    return first if first == last else str(_words(language)["span"]).format(first=first, last=last)


def season_play(table: ProfileTable, language: str) -> str:
    """When to write to those who order in the season; empty where the base has none."""
    if (season := table.season) is None:
        return ""
    month = _month(season.first - _AHEAD, language)
    form = _words(language)["write_now" if _quarters_since_start(table) < season.length else "write_before"]
    return str(form).format(season=season_months(table, language), month=month)


def season_sentence(statistics: ColumnStatistics, language: str) -> str:
    """How many of the clustered customers order in the season, which months it has, and when the last one ended."""
    table = statistics.table
    if (season := table.season) is None:
        return ""
    shares = table.values(SEASON_SHARE)[statistics.labels >= 0]
    share = share_words(int((shares >= OF_SEASON).sum()), len(shares), language)
    if share is None:
        return ""
    passed = _quarters_since_start(table)
    is_on = passed < season.length
    days = round((passed if is_on else passed - season.length) / _QUARTERS)
    form = _words(language)[("on" if is_on else "over") if days else ("just_on" if is_on else "just_over")]
    return str(form).format(share=share, season=season_months(table, language), days=amount(days, "days", language))


def _quarters_since_start(table: ProfileTable) -> float:
    """Quarters of a day from the last start of the season to the snapshot, less than a year."""
    assert table.season is not None
    return float((table.day * _QUARTERS + table.season.offset) % YEAR)


def _month(part: int, language: str) -> str:
    """The month of a half-month, which may be before or after the year."""
    return str(_words(language)["months"][part % PARTS // 2])


def _words(language: str) -> dict[str, str]:
    words: dict[str, str] = text(language, "profiling", "season")
    return words
