"""The time since something in a given table is said as people say it: "no flight for 270+ days"."""

import numpy as np
import pytest

from custseg.profiling import Profiles, profile_segments
from custseg.profiling.naming.traits.columns._column_topics import topic_of
from custseg.profiling.naming.traits.columns._last_times import last_time_of

LABELS = np.repeat([0, 1], 60)


def profiled(name: str, low: float, high: float, **options: object) -> Profiles:
    """Two segments that differ in one column."""
    values = np.array([low, high])[LABELS] + np.tile(np.arange(60) // 20, 2)
    return profile_segments({name: values}, LABELS, **options)


@pytest.mark.parametrize(
    ("name", "event", "unit"),
    [
        ("days_since_flight", "flight", "day"),
        ("DaysSinceLastLogin", "login", "day"),
        ("last_visit_days", "visit", "day"),
        ("last_purchase_days_ago", "purchase", "day"),
        ("days_from_last_visit", "visit", "day"),
        ("months_since_claim", "claim", "month"),
        ("weeks_since_last_ski_day", "ski day", "week"),
        ("visit_recency", "visit", None),
    ],
)
def test_event_and_unit_are_read_from_the_name(name: str, event: str, unit: str | None) -> None:
    time = last_time_of(name)
    assert time is not None
    assert (time.events["en"], time.unit, time.is_once) == (event, unit, False)


@pytest.mark.parametrize(
    "name", ["flights_last_12m", "visits_last_90_days", "customer_since_year", "revenue_since_2020", "recency_score"]
)
def test_other_columns_are_no_time_since_something(name: str) -> None:
    assert last_time_of(name) is None


def test_times_are_said_in_numbers_of_days_that_people_say() -> None:
    assert [row.name for row in profiled("days_since_flight", 5, 300)] == [
        "flight in the last 14 days",
        "no flight for 270+ days",
    ]
    assert [row.name for row in profiled("weeks_since_flight", 1, 40)] == [
        "flight in the last 4 weeks",
        "no flight for 39+ weeks",
    ]
    assert [row.name for row in profiled("days_since_flight", 5, 50)] == [
        "flight in the last 14 days", "no flight for 30+ days",
    ]  # fmt: skip
    assert [row.name for row in profiled("days_since_flight", 400, 900)] == [
        "flight in the last 540 days", "no flight for 730+ days",
    ]  # fmt: skip


def test_what_happens_once_is_not_missed() -> None:
    names = [row.name for row in profiled("days_since_signup", 5, 900)]
    assert names == ["signup in the last 14 days", "signup 730+ days ago"]
    names = [row.name for row in profiled("months_inactive", 0, 30)]
    assert names == ["active in the last 3 months", "inactive for 24+ months"]


def test_russian_says_what_the_russian_label_says() -> None:
    def names(label: str | None) -> list[str]:
        labels = {} if label is None else {"days_since_flight": label}
        return [row.name for row in profiled("days_since_flight", 5, 300, language="ru", column_labels=labels)]

    assert names("дней с последнего полёта") == ["после полёта до 14 дней", "нет полёта 270+ дней"]
    assert names(None) == ["days_since_flight не больше 13", "days_since_flight 270+"]


def test_label_in_another_language_stays_as_it_is() -> None:
    labels = {"days_since_flight": "Letzter Flug (Tage)"}
    assert [row.name for row in profiled("days_since_flight", 5, 300, column_labels=labels)] == [
        "Letzter Flug up to 13", "Letzter Flug 270+",
    ]  # fmt: skip


def test_recent_complaint_is_settled_and_no_reason_for_praise() -> None:
    topic = topic_of("days_since_complaint")
    assert topic is not None
    assert topic.key == "complaint"
    recent, _ = profiled("days_since_complaint", 5, 300)
    assert recent.advice.do[0].startswith("Settle what went wrong")


def test_customers_who_are_gone_are_called_so_first() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 100)
    table = {
        "loans_per_month": np.where(labels == 0, 0, rng.lognormal(1.5, 0.3, 300)),
        "days_since_loan": np.where(labels == 0, 500, 10) * rng.lognormal(0, 0.2, 300),
        "fees": np.array([1.0, 2.0, 9.0])[labels] * rng.lognormal(0, 0.3, 300),
    }
    names = [row.name for row in profile_segments(table, labels)]
    assert "no loan for 365+ days" in names[0]
    assert not any("no loan for" in name for name in names[1:])
