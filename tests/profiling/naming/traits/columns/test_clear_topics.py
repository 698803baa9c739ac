"""The topic of a column is read from its name only where that leaves no doubt."""

import pytest

from custseg.profiling.naming.traits.columns._clear_topics import clear_topic_of, is_sensitive, is_unknown


@pytest.mark.parametrize(
    "name",
    [
        "repair_bills", "repair_visits", "room_hours", "mileage_thousand_km", "claims", "fuel_cost", "account_balance",
        "order_errors_fixed_free", "order_lead_time", "visit_duration", "days_between_orders", "returned_books",
        "return_visits", "returning_customers", "complaints_resolved", "no_complaints", "without_debt", "paid_invoices",
        "days_since_last_claim", "days_since_last_repair", "days_since_birth", "months_since_launch", "credit_limit",
        "predicted_spend", "competitor_spend", "response_time", "campaign", "accepts_cookies", "application_count",
        "seats_booked", "free_minutes", "discount_card", "credit_rating", "customer_rating", "emergency_contact",
        "стаж_вождения", "возврат_налога", "расходы_на_ремонт", "длительность_визита", "акции_шт",
        "оценка_недвижимости", "absences", "days_to_year_end", "лимит_кредита", "занятость", "скидочная_карта",
        "доход_от_аренды",
    ],
)  # fmt: skip
def test_name_that_leaves_doubt_has_no_topic(name: str) -> None:
    assert clear_topic_of(name) is None


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("no_of_visits", "frequency"),
        ("orders_last_year", "frequency"),
        ("Anzahl_orders", "frequency"),
        ("visitCount", "frequency"),
        ("частота_визитов", "frequency"),
        ("число заказов за год", "frequency"),
        ("annual_spend", "money"),
        ("сумма_покупок", "money"),
        ("late_orders", "complaint"),
        ("late_payments", "late_payment"),
        ("unpaid_invoices", "debt"),
        ("unpaid_fees", "debt"),
        ("late_fees", "fine"),
        ("promoter_score", "nps"),
        ("MntFishProducts", "product"),
        ("mobile_app_orders", "digital"),
        ("visits_missed", "missed"),
        ("term_deposit", "wealth"),
        ("years_with_us", "tenure"),
        ("days_since_signup", "tenure"),
        ("days_since_last_visit", "recency"),
        ("days_without_visit", "recency"),
        ("дней_без_заказа", "recency"),
        ("days_since_last_complaint", "complaint"),
    ],
)
def test_all_words_decide_what_a_column_is_about(name: str, topic: str) -> None:
    best = clear_topic_of(name)
    assert best is not None
    assert best.key == topic


def test_name_and_label_must_agree() -> None:
    assert clear_topic_of("arrears", ["unpaid invoices"]) is not None
    assert clear_topic_of("arrears", ["orders"]) is None
    assert clear_topic_of("orders", ["orders of competitors"]) is None
    labelled = clear_topic_of("x1", ["income", "доход"])
    assert labelled is not None
    assert labelled.key == "income"


@pytest.mark.parametrize("name", ["doctor_visits", "kids_at_home", "семья", "religion", "chronic_orders"])
def test_health_faith_and_family_have_no_topic(name: str) -> None:
    assert is_sensitive(name)
    assert clear_topic_of(name) is None


def test_category_that_says_nothing() -> None:
    assert all(map(is_unknown, ["Other", "unknown", "прочее", "-"]))
    assert not any(map(is_unknown, ["email", "магазин"]))
