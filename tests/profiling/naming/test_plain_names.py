"""Names, descriptions and advice as a colleague says them: by values, orders before money, answers in full."""

import numpy as np
import pytest

from custseg._column_kinds import is_counted_name, is_demographic_name, is_sensitive_name
from custseg.profiling import Profiles, profile_segments

THREE = np.repeat([0, 1, 2], 100)
SPREAD = np.tile(np.linspace(0, 5, 100), 3)


def names(profiles: Profiles, language: str = "en") -> list[str]:
    return [row.names[language] for row in profiles.segments]


def answers(*usual: float, labels: np.ndarray = THREE) -> np.ndarray:
    """Nine in ten give the usual answer of their segment, the others one next to it, or the lowest."""
    column = np.array(usual, dtype=float)[labels]
    column[::10] = np.where(column[::10] > 1, column[::10] - 1, 2)
    return column


@pytest.mark.parametrize("values", [[3, 6, 12], [1, 6, 12], [20, 5, 10]])
def test_steps_of_few_values_are_named_by_these(values: list[int]) -> None:
    profiles = profile_segments({"bags": np.array(values, float)[THREE]}, THREE)
    assert names(profiles) == names(profiles, "ru") == [f"bags {value}" for value in values]


def test_middle_of_a_scale_is_not_rated_low() -> None:
    """Of 1 to 5 the middle is 3, so that 1 to 3 is no bad rating, and 4 to 5 a good one."""
    mixed = np.resize([1.0, 2.0, 3.0, 2.0, 3.0], 100)
    table = {name: np.r_[mixed, answers(1, 5, 4)[100:]] for name in ("staff", "food", "decor")}
    profiles = profile_segments(table, THREE)
    assert {trait.kind for trait in profiles[0].traits} == {"middle"}
    assert not any("rate low" in line for line in profiles[0].advice.do)


def test_nothing_is_put_right_that_many_do_not_rate() -> None:
    """Of parents and others: three in ten of the first segment have no opinion of the workshops."""
    table = {name: answers(4, 5, 3) for name in ("staff", "food", "decor")} | {"workshops": answers(1, 5, 4)}
    assert any("rate low" in line for line in profile_segments(table, THREE)[0].advice.do)
    table["workshops"][np.arange(300) % 10 < 3] = np.nan
    assert not any("rate low" in line for line in profile_segments(table, THREE)[0].advice.do)


@pytest.mark.parametrize("name", ["kids_workshops", "children's menu", "дети: оценка занятий"])
def test_what_is_offered_to_children_is_not_about_a_person(name: str) -> None:
    assert not is_sensitive_name(name)
    assert not is_demographic_name(name)


@pytest.mark.parametrize("name", ["likes the cafe", "trusts our advice"])
def test_sentence_is_no_number_of_things(name: str) -> None:
    assert not is_counted_name(name)
    assert is_counted_name("visits a month")


def test_answers_to_a_label_of_several_words_are_not_counted() -> None:
    labels = {"q1": "likes coffee", "q2": "likes tea", "q3": "likes milk"}
    table = {name: answers(*usual) for name, usual in {"q1": (1, 5, 4), "q2": (5, 1, 4), "q3": (5, 4, 1)}.items()}
    rows = profile_segments(table, THREE, column_labels=labels).segments
    assert all(" answer “likes " in row.descriptions["en"] for row in rows)
    assert all("ответ на «likes " in row.descriptions["ru"] for row in rows)


def test_long_name_says_once_with_whom_it_compares() -> None:
    labels = {"a": {"en": "visits to the pool", "ru": "доход семьи"}, "b": {"en": "nights at sea", "ru": "средний чек"}}
    table = {"a": np.array([20.0, 60, 61])[THREE] + SPREAD, "b": np.array([60.0, 20, 61])[THREE] + SPREAD[::-1]}
    for language, object_of in (("en", " than others"), ("ru", " обычного")):
        profiles = profile_segments(table, THREE, column_labels=labels, language=language)
        compared = [name for name in names(profiles, language) if "ниже" in name or "выше" in name or "fewer" in name]
        assert all(name.count(object_of) == 1 or len(name) <= 40 for name in compared)
    assert names(profile_segments({"visits": table["a"].round()}, THREE))[0] == "fewer visits than others"


def test_none_of_it_is_said_plainly_in_russian() -> None:
    checkups = np.r_[np.zeros(100), np.resize([1.0, 2, 3], 200)]
    label = {"checkups": {"en": "checkups a year", "ru": "осмотры в год"}}
    profiles = profile_segments({"checkups": checkups}, np.repeat([0, 1], [100, 200]), column_labels=label)
    assert "показатель «осмотры в год» равен 0" in profiles[0].descriptions["ru"]


def shop(recency: tuple[float, ...], orders: tuple[float, ...], money: tuple[float, ...]) -> dict[str, np.ndarray]:
    days, count = np.array(recency)[THREE] + SPREAD, np.array(orders)[THREE]
    age = np.where(count == 1, days, days + 150 * count + SPREAD)
    return {"recency_days": days, "order_count": count, "revenue": np.array(money)[THREE] + SPREAD, "age_days": age}


def test_one_order_long_ago_comes_before_bounds_of_money() -> None:
    row = profile_segments(shop((900, 500, 100), (1, 1, 6), (60, 60, 900)), THREE)[0]
    assert "last order" in row.name
    assert "spend" not in row.name
    assert "joined" not in row.name
    assert "age_days" not in [marker.feature for marker in row.markers]


def test_recent_are_only_those_of_whom_nearly_all_ordered_lately() -> None:
    table = {"recency_days": np.array([20.0, 400, 500])[THREE] + SPREAD}
    assert "recent" in profile_segments(table, THREE)[0].name
    table["recency_days"][:33] = np.linspace(65, 120, 33)
    assert "recent" not in profile_segments(table, THREE)[0].name


def test_line_of_the_larger_half_is_given_where_none_holds_for_most() -> None:
    """Of 100 one-time buyers 55 have been silent for more than a year, which is not most, and 45 have not."""
    table = shop((0, 20, 30), (1, 8, 9), (50, 500, 600))
    del table["age_days"]
    table["recency_days"][:100] = np.r_[np.linspace(300, 360, 45), np.linspace(370, 500, 55)]
    row = profile_segments(table, THREE)[0]
    assert row.key == "one_time"
    assert row.advice.do[0].startswith("Write once more with what is new")


def test_those_whose_one_order_was_large_are_called() -> None:
    """No letter to take them off the list: their order was worth more than two thirds have spent in all."""
    calls = "Call them and ask what they need next"
    for money, is_large in ((900, True), (60, False)):
        row = profile_segments(shop((600, 20, 30), (1, 8, 9), (money, 500, 600)), THREE)[0]
        assert row.key == "one_time"
        assert row.advice.do[0].startswith(calls if is_large else "Write once more")
        assert len(row.advice.do) == 1
        assert row.advice.channel.startswith("A call" if is_large else "Mail")


def test_same_answer_to_everything_is_said() -> None:
    table = {name: np.where(THREE == 0, 3.0, answers(1, *usual)) for name, usual in
             {"staff": (5, 2), "food": (5, 1), "decor": (2, 5)}.items()}  # fmt: skip
    rows = profile_segments(table, THREE).segments
    assert rows[0].description.endswith("Most of them gave the same answer to everything: 3.")
    assert rows[0].descriptions["ru"].endswith("на всё ответили одинаково: 3.")
    assert "same answer" not in rows[1].description


def test_question_that_nobody_of_a_segment_answers_has_words() -> None:
    table = {
        name: answers(*usual) for name, usual in {"staff": (4, 5, 1), "food": (5, 2, 4), "decor": (2, 1, 5)}.items()
    }
    table["workshops"] = np.where(THREE == 1, np.nan, answers(1, 5, 4))
    assert "workshops unknown" in profile_segments(table, THREE)[1].name
