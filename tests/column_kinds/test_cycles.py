import numpy as np
import pytest

from custseg._column_kinds import cycle_of

HOURS, WEEKDAYS, MONTHS = np.arange(24.0), np.arange(7.0), np.arange(1.0, 13.0)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("usual_hour", HOURS, (24, 23, 0)),
        ("HourOfDay", HOURS, (24, 23, 0)),
        ("\u0447\u0430\u0441 \u043f\u043e\u043a\u0443\u043f\u043a\u0438", HOURS, (24, 23, 0)),
        ("day_of_week", WEEKDAYS, (7, 6, 0)),
        ("weekday", WEEKDAYS + 1, (7, 7, 1)),
        ("\u0434\u0435\u043d\u044c_\u043d\u0435\u0434\u0435\u043b\u0438", WEEKDAYS + 1, (7, 7, 1)),
        ("birth_month", MONTHS, (12, 12, 1)),
        ("\u043c\u0435\u0441\u044f\u0446", MONTHS, (12, 12, 1)),
    ],
)
def test_name_and_range_of_values_make_a_cycle(name: str, values: np.ndarray, expected: tuple[int, int, int]) -> None:
    cycle = cycle_of(name, np.append(values, np.nan))
    assert cycle is not None
    assert (cycle.period, cycle.last, cycle.first) == expected


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("hours", HOURS),
        ("hours_watched", HOURS),
        ("visits_per_month", MONTHS),
        ("months_since_order", MONTHS),
        ("hour", HOURS + 10),
        ("usual_hour", HOURS[9:21]),  # nobody is near midnight
        ("month", np.array([np.nan])),
        ("tenure", MONTHS),
    ],
)
def test_counts_and_lengths_of_time_are_no_cycles(name: str, values: np.ndarray) -> None:
    assert cycle_of(name, values) is None
