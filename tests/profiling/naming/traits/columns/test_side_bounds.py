"""A word is true beside the other segments, or a range is said: twelve orders are not many beside fifty."""

import numpy as np
import pytest

from custseg.profiling import profile_segments
from custseg.profiling.naming._joined_names import joined
from custseg.profiling.naming.traits._words import Trait
from custseg.texts import LANGUAGES

LABELS = np.repeat([0, 1, 2], 60)
SPREAD = np.tile(np.arange(60.0) // 20 - 1, 3)


def names(language: str = "en", **typical: tuple[float, float, float]) -> list[str]:
    """Names of three segments around typical values."""
    table = {name: np.array(values)[LABELS] + SPREAD for name, values in typical.items()}
    return [row.name for row in profile_segments(table, LABELS, language=language)]


def test_twelve_orders_are_not_many_beside_fifty() -> None:
    assert names(order_count=(2, 12, 50)) == ["few orders", "11–13 orders", "30+ orders"]
    assert names("ru", order_count=(2, 12, 50))[1] == "11–13 заказов"


def test_three_orders_are_not_few_beside_one() -> None:
    labels = np.repeat([0, 1, 2], 60)
    table = {"order_count": np.array([1.0, 3.0, 30.0])[labels]}
    assert [row.name for row in profile_segments(table, labels)][:2] == ["one order", "3 orders"]


def test_recent_is_nobody_later_than_most() -> None:
    assert "recent" not in names(recency_days=(5, 50, 7))[1]


@pytest.mark.parametrize("column", ["income", "visits"])
def test_end_of_a_column_is_low_or_high_and_the_next_one_a_range(column: str) -> None:
    labels = np.repeat([0, 1, 2, 3], 60)
    values = {column: np.array([10.0, 40.0, 200.0, 900.0])[labels] + np.tile(np.arange(60.0) % 7, 4),
              "other": np.array([1.0, 9.0, 5.0, 3.0])[labels] + np.tile(np.arange(60.0) % 3, 4)}  # fmt: skip
    first = [row.name for row in profile_segments(values, labels)]
    assert first[1].startswith(f"{column} ")
    assert "–" in first[1]


def test_what_is_said_of_two_columns_is_said_once() -> None:
    both = [
        Trait(name, {"en": f"low {name}", "ru": f"{name}: ниже"}, (), {}, 0.9, 0.1, True, 1.0, 0)
        for name in ("tea", "jam")
    ]
    assert joined(both) == {"en": "low tea and jam", "ru": "tea, jam: ниже"}


def test_names_are_short_and_repeat_no_word() -> None:
    for language in LANGUAGES:
        for name in names(language, income=(10, 50, 90), visits=(90, 5, 50), spend=(200, 900, 20)):
            assert len(name) <= 40
            words = name.split()
            assert max(words.count(word) for word in words if word != "·") == 1


def test_days_are_the_largest_number_people_say_that_tells_nearly_as_well() -> None:
    # Who left 147 days ago did not leave a week ago, although others were there three days ago.
    labels = np.repeat([0, 1], 60)
    table = {"days_since_visit": np.where(labels == 0, 130.0, 2.0) + np.tile(np.arange(60.0), 2) % 30}
    assert profile_segments(table, labels)[0].name == "no visit for 120+ days"


def test_ranges_below_zero_have_no_dash() -> None:
    table = {"change": np.array([-90.0, -20.0, 60.0])[LABELS] + SPREAD}
    middle = profile_segments(table, LABELS).segments[1]
    assert middle.names["en"].startswith("change from −") or middle.names["en"].startswith("change from -")
    assert middle.names["ru"].startswith("change от ")


def test_time_and_amount_of_one_event_are_not_both_said() -> None:
    labels = np.repeat([0, 1], 60)
    table = {"logins": np.where(labels == 0, 0.0, 40.0) + np.tile(np.arange(60.0) % 3, 2) * (labels == 1),
             "last_login_days": np.where(labels == 0, 200.0, 2.0) + np.tile(np.arange(60.0) % 20, 2)}  # fmt: skip
    name = profile_segments(table, labels)[0].name
    assert name.count("login") == 1
