"""What the name of a column says."""

import pytest

from custseg._column_kinds import (
    is_age_name,
    is_answer,
    is_birth_name,
    is_demographic_name,
    is_id_name,
    is_kind_name,
    is_money_name,
    is_outcome_name,
    is_plural_name,
    is_sensitive_name,
)


@pytest.mark.parametrize(
    "name", ["id", "ClientID", "customer_no", "card number", "email", "номер клиента", "Unnamed: 0"]
)
def test_ids(name: str) -> None:
    assert is_id_name(name)


@pytest.mark.parametrize("name", ["visits", "number_of_visits", "paid", "customer_age", "card_balance"])
def test_no_ids(name: str) -> None:
    assert not is_id_name(name)


@pytest.mark.parametrize("name", ["Response", "churned", "cluster", "AcceptedCmp3", "y", "target", "сегмент", "Отток"])
def test_outcomes(name: str) -> None:
    assert is_outcome_name(name)


@pytest.mark.parametrize("name", ["response_time", "churn_rate", "days_since_conversion", "class_size", "years"])
def test_no_outcomes(name: str) -> None:
    assert not is_outcome_name(name)


@pytest.mark.parametrize("name", ["Purchased", "has_bought", "bought_after_mailing", "accepted_offer", "Купил"])
def test_acts_alone_or_beside_a_campaign_or_a_later_time_are_outcomes(name: str) -> None:
    assert is_outcome_name(name)


@pytest.mark.parametrize("name", ["bought_online", "purchased_gift_card", "accepted_cookies", "купил_на_сайте"])
def test_what_customers_do_is_no_outcome(name: str) -> None:
    assert not is_outcome_name(name)


def test_births_and_ages() -> None:
    assert all(map(is_birth_name, ["Year_Birth", "birthdate", "dob", "дата рождения"]))
    assert all(map(is_age_name, ["age", "Customer Age", "age_at_signup", "Возраст", "Возраст клиента, лет"]))
    assert not any(map(is_age_name, ["age_days", "usage", "account_age", "page", "avg_lift_age_y", "Возраст машины"]))


@pytest.mark.parametrize(
    "name", ["age", "Gender", "Year_Birth", "Annual Income", "marital_status", "Город", "Доход семьи"]
)
def test_who_somebody_is(name: str) -> None:
    assert is_demographic_name(name)


@pytest.mark.parametrize(
    "name", ["visits", "age_days", "income_orders", "orders_per_household", "revenue", "дней с заказа"]
)
def test_what_somebody_does(name: str) -> None:
    assert not is_demographic_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("age", "Year_Birth", "Gender", "is_female", "Kidhome", "number_of_children", "HealthIssues", "SeniorCitizen"),
        *("Religion", "ethnicity", "Marital_Status", "zip_code", "Region", "latitude", "home_city", "Возраст", "Пол"),
        *("пол_клиента", "Регион", "дети", "вероисповедание", "состояние здоровья"),
    ],
)
def test_what_people_must_not_be_sorted_by_unasked(name: str) -> None:
    assert is_sensitive_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("visits", "income", "account_age", "age_days", "health_score", "kids_shoes_spent", "orders_per_city", "sexy"),
        *("store_region", "delivery_zip", "page", "usage", "tenure", "система_полива", "дней с заказа", "полка"),
    ],
)
def test_what_may_be_clustered_on(name: str) -> None:
    assert not is_sensitive_name(name)


def test_numbers_of_things_have_a_plural() -> None:
    assert all(map(is_plural_name, ["support_tickets", "visits a month", "parcels_ordered", "визитов в месяц"]))
    assert not any(map(is_plural_name, ["income", "status", "address_kind", "tnr_m", "средний чек", "доля"]))


def test_answers() -> None:
    assert all(map(is_answer, ["Yes", " no", "ДА"]))
    assert not is_answer("maybe")


def test_kinds_of_things_and_money_by_name() -> None:
    assert [name for name in ("dwelling_type", "тип_жилья", "n_type", "types", "typed") if is_kind_name(name)] == [
        "dwelling_type",
        "тип_жилья",
    ]
    assert [name for name in ("private_fees", "fee_days", "checks") if is_money_name(name)] == ["private_fees"]
