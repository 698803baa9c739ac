"""The words for a column fit what its numbers are: scores, ratings, counts, few values, codes."""

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest

from custseg.feature_table import Feature, FeatureTable
from custseg.profiling import Profiles, profile_segments

LABELS = np.repeat([0, 1, 2], 60)


def profiled(language: str = "en", **values: tuple[float, ...]) -> Profiles:
    """Three segments, each with the given values in turn."""
    columns = {name: np.concatenate([np.resize(group, 60) for group in groups]) for name, groups in values.items()}
    return profile_segments(columns, LABELS, language=language, clustered_on=list(columns))


def names(language: str = "en", **values: tuple[float, ...]) -> list[str]:
    return [row.name for row in profiled(language, **values)]


def test_best_score_of_recency_is_that_of_customers_who_ordered_lately() -> None:
    profiles = profiled(recency=((5, 5, 4), (2, 3), (1,)))
    assert [row.name.split(" · ")[0] for row in profiles] == [
        "high score of recency", "middling score of recency", "low score of recency",
    ]  # fmt: skip
    assert profiles[0].advice.do[0].startswith("Ask them now whether they are satisfied")
    assert profiles[2].advice.do[0].startswith("Remind them once")


def test_days_since_the_last_order_are_no_score() -> None:
    profiles = profiled(recency=((5, 8), (60, 70), (300, 310)))
    assert profiles[0].name == "recency under 50"
    assert profiles[0].advice.do[0].startswith("Ask them now whether they are satisfied")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["children 0", "children 1–2", "children 3+"]),
        ("ru", ["children 0", "children 1–2", "children 3+"]),
    ],
)
def test_few_values_are_said_by_their_number(language: str, expected: list[str]) -> None:
    assert names(language, children=((0,), (1, 2), (3, 4))) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["fewer seats than others", "seats 30–50", "more seats than others"]),
        ("ru", ["seats: мало", "seats 30–50", "seats: много"]),
    ],
)
def test_steps_of_one_column_are_named_in_its_order(language: str, expected: list[str]) -> None:
    steps = (tuple(range(1, 9)), tuple(range(30, 50)), tuple(range(200, 300)))
    blurred = (tuple(range(5, 60)), tuple(range(40, 90)), tuple(range(80, 140)))
    assert names(language, employees=blurred, seats=steps) == expected


def test_code_is_named_by_its_value_and_never_high() -> None:
    agents = ((-1,), (1, 9, 14, 1, 9), (240,))
    assert names(agent=agents, price=((10, 11), (50, 51), (30, 31)))[2].startswith("agent 240")
    assert not any("high agent" in name for name in names(agent=agents))


def test_questions_on_one_scale_are_spoken_of_as_ratings() -> None:
    high, low, middle = (5, 5, 4), (1, 1, 2), (3, 3, 2)
    profiles = profiled(service=(high, low, middle), quality=(high, low, low), delivery=(high, high, low))
    assert profiles[1].advice.do[0].startswith("Put right what they rate low")


def test_question_to_which_nobody_gave_the_worst_answer_is_one_of_them() -> None:
    profiles = profiled(service=((5, 5, 4), (1, 1, 2), (3, 3, 2)), quality=((5, 4), (3, 5), (4, 3)),
                        delivery=((5, 3), (2, 4), (5, 3)))  # fmt: skip
    assert profiles[1].advice.do[0].startswith("Put right what they rate low")


def test_three_of_five_is_not_rated_low() -> None:
    profiles = profiled(service=((5, 5, 4), (3, 3, 3), (1, 2, 1)), quality=((5, 4), (3, 3), (2, 1)),
                        delivery=((5, 4), (3, 3), (1, 2)))  # fmt: skip
    assert not any("rate low" in line for line in profiles[1].advice.do)
    assert any("rate low" in line for line in profiles[2].advice.do)


def test_code_among_amounts_is_neither_low_nor_high() -> None:
    logins = ((-1,), tuple(range(8)), tuple(range(40, 70)))
    profiles = profiled(days_since_login=logins, balance=((1, 9), (1, 8), (1, 9)))
    assert [row.name for row in profiles] == [
        "days_since_login: code -1", "days_since_login 0–7", "high days_since_login",
    ]  # fmt: skip
    assert profiles[1].traits[0].condition["en"] == "days_since_login 0 to 7"
    assert not any("while they are around" in line for line in profiles[0].advice.do)


def test_question_with_the_name_of_an_amount_is_a_rating_among_others() -> None:
    high, low, middle = (8, 9, 10), (1, 2, 3), (5, 6, 5)
    assert names(price=(high, low, middle), delivery=(high, low, low), service=(low, high, low))[0].startswith("price ")
    assert "or more" not in names(price=(high, low, middle), delivery=(high, low, low), service=(low, high, low))[0]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["fewer days with a visit than others", "more days with a visit than others"]),
        ("ru", ["дней с визитами: мало", "дней с визитами: много"]),
    ],
)
def test_days_with_a_visit_are_counted(language: str, expected: list[str]) -> None:
    days = np.concatenate([np.resize((1, 2, 3), 60), np.resize((40, 45, 50), 60)])
    frame = pl.DataFrame({"customer_id": range(120), "active_days": days})
    described = (Feature("active_days", "days", "web", 1, absent=0),)
    table = FeatureTable(nw.from_native(frame), described, nw.to_native)
    profiles = profile_segments(table, np.repeat([0, 1], 60), clustered_on=["active_days"], language=language)
    assert [row.name for row in profiles] == expected


def test_answers_on_a_scale_are_said_by_their_values() -> None:
    """Nobody gave the staff a 1, and most gave the middle one a 3."""
    questions = {
        "q_staff": ((2, 3, 3, 3), (4, 5, 5), (5,)),
        "q_room": ((1, 2, 3), (3, 4), (5, 4)),
        "q_food": ((5, 4), (1, 2), (3, 4)),
    }
    profiles = profiled(**questions, recommend_0_10=((4, 5, 6), (7, 8), (9, 10)))
    words = " · ".join(row.name for row in profiles)
    assert "low" not in words
    assert "high" not in words
    assert {trait.scale for row in profiles for trait in row.traits if trait.feature.startswith("q_")} <= {"rating"}


@pytest.mark.parametrize(
    ("name", "english", "russian"),
    [
        ("visits_a_month", ["fewer visits_a_month than others", "more visits_a_month than others"], ["мало", "много"]),
        ("payment_term_days", ["low payment_term_days", "high payment_term_days"], ["ниже обычного", "выше обычного"]),
    ],
)
def test_things_are_few_or_many(name: str, english: list[str], russian: list[str]) -> None:
    few, many = (tuple(value + 0.5 for value in range(*ends)) for ends in ((1, 20), (140, 170)))
    assert names(**{name: (few, few, many)})[2] == english[1]
    assert names(**{name: (few, many, many)})[0] == english[0]
    assert names("ru", **{name: (few, few, many)})[2] == f"{name}: {russian[1]}"
    assert names("ru", **{name: (few, many, many)})[0] == f"{name}: {russian[0]}"
