from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.inspection.columns._dates import date_readings, number_of_time

DAYS = st.lists(st.dates(date(1970, 1, 1), date(2068, 12, 31)), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("values", "patterns"),
    [
        (["2024-05-01", "2024-05-31"], [""]),
        (["2024-05-01 10:00:00", "2024-05-31 09:30:00.5"], [""]),
        (["2024-05-01T10:00:00Z"], [""]),
        (["2024-05-01 10:00:00 +0200", "2024-05-02 10:00:00 UTC"], [""]),
        (["31.12.2024", "01.02.2024"], ["%d.%m.%Y"]),
        (["12/31/2024", "1/2/2024"], ["%m/%d/%Y"]),
        (["03.04.2024", "05.06.2024"], ["%d.%m.%Y", "%m.%d.%Y"]),
        (["31-12-24"], ["%d-%m-%y", "%y-%m-%d"]),
        (["2024/05/31 10:00"], ["%Y/%m/%d %H:%M"]),
        (["20240531"], ["%Y%m%d"]),
        (["12/31/2024 1:05 PM"], ["%m/%d/%Y %I:%M %p"]),
        (["31.12.2024, 10:15"], ["%d.%m.%Y, %H:%M"]),
        (["31 Dec 2024", "01 Jan 2025"], ["%d %b %Y"]),
        (["December 31, 2024"], ["%B %d, %Y"]),
        (["Dec 31, 2024, 10:15:00"], ["%b %d, %Y, %H:%M:%S"]),
        (["31.02.2024"], []),
        (["12.5", "13.75"], []),
        (["red", "blue"], []),
        (["0000-00-00", "2024-05-01"], [""]),
    ],
)
def test_pattern_is_that_of_the_values(values: list[str], patterns: list[str]) -> None:
    assert [reading.pattern for reading in date_readings(values)] == patterns


@pytest.mark.parametrize("pattern", ["%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y"])
@given(days=DAYS)
def test_true_pattern_is_among_the_readings(pattern: str, days: list[date]) -> None:
    assert pattern in [reading.pattern for reading in date_readings([day.strftime(pattern) for day in days])]


@given(days=DAYS)
def test_days_and_months_are_told_apart_only_where_a_day_is_above_12(days: list[date]) -> None:
    readings = date_readings([day.strftime("%d.%m.%Y") for day in days])
    assert (len(readings) == 1) == any(day.day > 12 for day in days)


def test_a_few_odd_values_lower_the_share() -> None:
    days = [(date(2024, 1, 1) + timedelta(days=i)).strftime("%d.%m.%Y") for i in range(99)]
    [reading] = date_readings([*days, "soon"])
    assert (reading.pattern, reading.share) == ("%d.%m.%Y", 0.99)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (["1714521600", "1714608000"], "unix"),
        (["1714521600000"], "unix_ms"),
        (["1714521600000000"], "unix_us"),
        (["45413", "45413.5"], "excel"),
        (["17"], ""),
        (["1714521600", "x"], ""),
    ],
)
def test_numbers_that_are_times_have_a_format(values: list[str], name: str) -> None:
    assert number_of_time(values) == name


def test_two_digits_in_front_may_be_the_year() -> None:
    """What varies less is the year; where neither does, both readings stand."""
    days = [date(2024, 1, 1) + timedelta(days=3 * i) for i in range(60)]
    assert [one.pattern for one in date_readings(f"{day:%y-%m-%d}" for day in days)] == ["%y-%m-%d"]
    assert [one.pattern for one in date_readings(f"{day:%d.%m.%y}" for day in days)] == ["%d.%m.%y"]
    assert {one.pattern for one in date_readings(["24-01-23"])} == {"%d-%m-%y", "%y-%m-%d"}


def test_month_in_front_between_hyphens() -> None:
    assert [one.pattern for one in date_readings(["Jan-05-24", "May-17-24"])] == ["%b-%d-%y"]
