"""Advice is made of what sets a segment apart, by what its columns are about."""

import tomllib
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from custseg.profiling import profile_segments
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming._topics import trait_lines
from custseg.profiling.naming.traits._words import Trait
from custseg.texts import LANGUAGES

NO_PLAY, ASK = "No standard play fits.", "Decide with someone who knows these customers what that calls for."
TOPICS = tomllib.loads(files("custseg.profiling.naming").joinpath("data", "topics.toml").read_text("utf-8"))
LABELS = np.repeat([0, 1], 60)
SPREAD = np.tile(np.linspace(0, 5, 60), 2)


def advised(name: str, first: object, second: object, language: str = "en") -> list[str]:
    """What to do with the first of two segments that differ in one column."""
    column = [first] * 60 + [second] * 60
    if isinstance(first, float):
        column = (np.array(column) + np.tile(np.linspace(0, 0.5, 60), 2)).tolist()
    [row, _] = profile_segments({name: column}, LABELS, language=language, clustered_on=[name])
    return list(row.advice.do)


def trait(name: str, kind: str) -> Trait:
    """Clear words on a column."""
    words = dict.fromkeys(LANGUAGES, f"{kind} {name}")
    return Trait(name, words, (), words, 0.95, 0.02, True, 1.0, 0, kind=kind)


def no_share(_: object) -> float:
    """No member meets a term."""
    return 0.0


def every_share(_: object) -> float:
    """All members meet every term."""
    return 1.0


def steps(name: str, language: str = "en") -> list[list[str]]:
    """What to do with the four steps of a column, the lowest first."""
    table = {name: np.array([10.0, 50, 90, 130])[np.repeat([0, 1, 2, 3], 60)] + np.tile(np.arange(60) / 10, 4)}
    rows = profile_segments(table, np.repeat([0, 1, 2, 3], 60), language=language)
    return [list(row.advice.do) for row in rows]


def test_customers_on_a_step_of_spend_are_led_to_the_next_one() -> None:
    lowest, second, third, highest = steps("annual_spend")
    assert lowest[0].startswith("Serve them by the cheapest channel")
    assert second[0].startswith("Suggest a small addition")
    next_step = "Reward them for reaching the next step: annual_spend at least 100 (now annual_spend 70 to under 100)."
    assert third[-1] == next_step
    assert [line[:23] for line in highest] == ["Give them somebody to t"]


def test_steps_of_interest_in_mail_get_fewer_or_the_first_mails() -> None:
    lowest, low, high, highest = steps("email_engagement")
    assert lowest[0].startswith("Pause the mails to them")
    assert low == ["Write to them less often, and try another channel or subject (low email_engagement)."]
    assert high == ["Tell them news by email first: they read it (high email_engagement)."]
    assert "ask them for an answer" in highest[0]


def test_steps_of_a_column_that_says_nothing_are_one_honest_sentence() -> None:
    lines = steps("x17")
    assert lines[0] == [f"{NO_PLAY} What sets them apart: lowest x17. {ASK}"]
    assert all(len(line) == 1 for line in lines)
    assert steps("x17", "ru")[1][0].startswith("Готового решения для них нет. Чем они отличаются: x17")


def test_two_columns_with_the_same_line_share_it() -> None:
    traits = [trait(name, "high") for name in ("arrears", "unpaid_invoices")]
    [line] = trait_lines(traits, share=no_share)["en"]
    assert line.endswith("(high arrears and unpaid_invoices).")


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("contact_channel", ("sms", "post"), "Reach them there first"),
        ("NumDealsPurchases", (9.0, 1.0), "Tie a discount to something"),
        ("funnel_stage", ("cart", "visit"), "Answer what holds them back"),
        ("stage", ("trial", "paid"), "Offer the next step"),
        ("TotalCharges", (900.0, 20.0), "Reward them with service"),
        ("Recency", (300.0, 5.0), "Remind them once"),
        ("missed_appointments", (4.0, 0.0), "Remind them shortly before each date"),
        ("logins_30d", (90.0, 2.0), "Thank them, and ask what they value most"),
        ("savings_balance", (9_000.0, 20.0), "Give them an adviser"),
        ("call_minutes", (528.0, 40.0), "Offer them the larger package"),
        ("usual_hour", (8.0, 19.0), "Write, and plan what you offer, for the time"),
        ("доход", (20.0, 90.0), "Start with the affordable choice"),
        ("app_user", (0, 1), "Reach them by phone"),
        ("open_balance", (900.0, 20.0), "Agree with them on how they pay"),
        ("задолженность", (900.0, 20.0), "Agree with them on how they pay"),
        ("emergency_visits", (4.0, 0.0), "Suggest regular dates"),
        ("cancelled_bookings", (4.0, 0.0), "Ask why they cancel"),
        ("peak_hour_share", (60.0, 2.0), "Write, and plan what you offer, for the time"),
        ("weekend_share", (60.0, 30.0), "Write, and plan what you offer, for the time"),
        ("расход газа", (900.0, 20.0), "Offer what is made for high use"),
        ("books_via_portal", (1, 0), "Tell them what they gain by ordering from you directly"),
        ("customer_portal", (1, 0), "Speak to them on the site or in the app"),
        ("auto_renew", ("no", "yes"), "Call or write before the current term ends"),
        ("автопродление", ("нет", "да"), "Call or write before the current term ends"),
        ("auto_renew", (0, 1), "Call or write before the current term ends"),
        ("regular_donor", ("no", "yes"), "Invite them to give regularly"),
        ("newsletter", (False, True), "Ask for permission to write"),
        ("days_to_renewal", (9.0, 200.0), "Write or call before it ends"),
        ("contract_months_left", (1.0, 20.0), "Write or call before it ends"),
        ("unused_vouchers", (6.0, 0.0), "Tell them what they still have"),
        ("баллы_неисп", (900.0, 20.0), "Tell them what they still have"),
        ("usage_trend", (-0.9, 0.3), "Ask now what has changed"),
        ("contract_type", ("monthly", "annual"), "Offer them a longer term"),
        ("late_payments", (5.0, 0.0), "Remind them a few days before"),
        ("days_to_payment", (60.0, 14.0), "Remind them a few days before an invoice is due"),
        ("обращения_в_поддержку", (9.0, 0.0), "Look at what they ask for help with"),
        ("жалобы", (9.0, 0.0), "Settle what went wrong"),
        ("sms_optout", (1, 0), "Leave them out of the mailings or calls"),
        ("months_since_last_gift", (40.0, 1.0), "Remind them once"),
        ("pass_type", ("single", "yearly"), "Show what a plan or pass would save them"),
    ],
)
def test_advice_speaks_of_what_sets_the_segment_apart(name: str, values: tuple[object, object], words: str) -> None:
    assert any(line.startswith(words) for line in advised(name, *values))


def test_missing_values_are_to_be_asked_for() -> None:
    table = {"age": np.where(LABELS == 0, np.nan, 40.0), "visits": np.tile(np.arange(60.0), 2)}
    [row, _] = profile_segments(table, LABELS)
    assert row.advice.do[0] == "Ask for “age” at the next contact, and do not guess until then (age unknown)."
    assert row.playbook["ru"].do[0].endswith("(age: нет данных).")


def test_column_that_says_nothing_gets_no_line_beside_one_that_does() -> None:
    spread = np.tile(np.linspace(0, 5, 60), 2)
    table = {"x17": np.where(LABELS == 0, 90.0, 10) + spread, "income": np.where(LABELS == 0, 90.0, 10) + spread[::-1]}
    lines = profile_segments(table, LABELS)[0].advice.do
    assert any(line.startswith("Show the better version first") for line in lines)
    assert not any(line.startswith(NO_PLAY) for line in lines)


def test_label_is_read_where_the_name_of_the_column_says_nothing() -> None:
    table = {"x1": np.arange(120.0)}
    rows = profile_segments(table, LABELS, column_labels={"x1": "income"})
    assert rows[1].advice.do[0].startswith("Show the better version first")


def test_customers_who_have_been_away_are_not_invited_to_the_loyalty_program() -> None:
    spread = np.tile(np.linspace(0, 9, 60), 2)
    table = {"recency_days": 1_000 + 50 * (1 - LABELS) + spread, "order_count": np.where(LABELS == 0, 12.0, 2.0)}
    lines = profile_segments(table, LABELS)[0].advice.do
    assert any(line.startswith("Take those who do not answer off the list") for line in lines)
    assert not any("regular customers" in line or "second order" in line for line in lines)


def test_what_was_measured_is_not_asked_for() -> None:
    table = {"quiz_score": np.where(LABELS == 0, np.nan, 40.0), "level": np.tile(np.arange(60.0), 2)}
    line = profile_segments(table, LABELS)[0].advice.do[0]
    assert line == "Find out whether “quiz_score” does not apply to them or was not recorded (quiz_score unknown)."


def test_debts_are_settled_before_any_offer_or_praise() -> None:
    table = {name: np.where(LABELS == 0, 90.0, 10) + SPREAD[::step] for name, step in (("arrears", 1), ("spend", -1))}
    lines = profile_segments(table, LABELS)[0].advice.do
    assert lines[0].startswith("Agree with them on how they pay what is open")
    assert not any("Reward" in line for line in lines)


def test_fines_are_no_open_debt() -> None:
    assert advised("overdue_fines", 5.0, 0.0)[0].startswith("Remind them a few days before the date")
    assert advised("overdue_balance", 90.0, 10.0)[0].startswith("Agree with them on how they pay what is open")


@pytest.mark.parametrize("name", ["days_past_due", "overdue_invoices_days", "просроченный_долг", "просрочка_оплаты"])
def test_debts_are_of_money(name: str) -> None:
    assert advised(name, 60.0, 2.0)[0].startswith("Agree with them on how they pay what is open")


@pytest.mark.parametrize("name", ["overdue_days", "days_overdue", "дней_просрочки"])
def test_what_is_overdue_need_not_be_money(name: str) -> None:
    assert advised(name, 60.0, 2.0)[0].startswith("Settle with them what is overdue before you offer them anything")


def test_nothing_is_added_to_what_hardly_anybody_takes() -> None:
    low = np.where(LABELS == 0, 10.0, 100.0) + SPREAD
    few = np.where(LABELS == 0, 1.0, 20.0) + SPREAD / 5
    spending = profile_segments({"annual_spend": low}, LABELS)[0].advice.do
    assert spending[0].startswith("Suggest a small addition to what they take anyway")
    both = profile_segments({"annual_spend": low, "visits": few}, LABELS)[0].advice.do
    assert not any("take anyway" in line for line in both)
    assert both[0].startswith("Give them a reason for the next time")


def test_what_is_rated_low_is_put_right_first() -> None:
    table = {f"q_{name}": np.tile([5.0, 4.0, 5.0, 3.0, 2.0, 1.0], 20) for name in ("staff", "rooms", "food")}
    table["q_wait"] = np.where(LABELS == 0, 1.0 + (np.arange(120) % 2), 4.0 + (np.arange(120) % 2))
    table["likelihood_to_recommend"] = np.where(LABELS == 0, 5.0, 9.0) + (np.arange(120) % 2)
    assert profile_segments(table, LABELS)[0].advice.do[0].startswith("Put right what they rate low")


@pytest.mark.parametrize(
    "name",
    ["age", "birth_year", "kids_at_home", "gender", "пол", "religion", "chronic_visits", "doctor_visits", "семья"],
)
def test_nothing_is_advised_from_age_family_faith_or_health(name: str) -> None:
    for kind in ("low", "high", "yes", "no", "missing", "category"):
        lines = trait_lines([trait(name, kind)], share=no_share)["en"]
        assert lines == [] or (name in ("age", "birth_year") and kind == "missing")


def test_what_something_is_counted_by_is_not_the_topic() -> None:
    of_guests, [of_visits] = (
        trait_lines([trait(name, "low")], share=no_share)["en"] for name in ("guests_per_visit", "visits_per_month")
    )
    assert of_guests == []
    assert of_visits.startswith("Give them a reason for the next time")


def test_customers_are_not_asked_about_figures_made_of_their_orders() -> None:
    assert trait_lines([trait("revenue", "middle")], share=no_share)["en"] == []


def test_more_returned_orders_alone_are_no_complaint() -> None:
    traits = [trait("returned_orders", "high"), trait("share_of_x", "high")]
    assert trait_lines(traits, share=no_share)["en"] == []


def test_nobody_is_asked_to_recommend_for_a_column_beside_a_low_name() -> None:
    low, known = (trait(name, kind) for name, kind in (("x17", "low"), ("visits", "high")))
    assert trait_lines([low], share=no_share, known=[known])["en"] == []
    assert "recommend" in trait_lines([trait("x17", "high")], share=no_share, known=[known])["en"][0]


def test_parents_are_written_to_where_most_are_children() -> None:
    table = {"age": np.where(LABELS == 0, 9.0, 40) + SPREAD}
    [children, adults] = profile_segments(table, LABELS)
    assert children.advice.do[0].startswith("Write to their parents")
    assert not any("parents" in line for line in adults.advice.do)


@pytest.mark.parametrize("name", ["payment_term_days", "отсрочка", "срок договора"])
def test_terms_agreed_on_call_for_nothing(name: str) -> None:
    [line] = advised(name, 60.0, 3.0)
    assert line.startswith(f"{NO_PLAY} What sets them apart: high {name}.")


@pytest.mark.parametrize("name", ["x17", "calls", "visits"])
def test_answer_yes_is_no_large_number(name: str) -> None:
    assert advised(name, 1, 0)[0].startswith(NO_PLAY)


def test_every_line_is_there_in_both_languages() -> None:
    for topic in TOPICS.values():
        for key, line in topic.items():
            if isinstance(line, dict) and line and key not in ("within", "values", "against"):
                assert set(line) == set(LANGUAGES)
                assert all("{traits}" in words for words in line.values())


@pytest.mark.parametrize("name", ["flights_last_12m", "purchases_last_year", "avg_ticket_price"])
def test_a_word_of_several_meanings_is_no_topic_alone(name: str) -> None:
    advice = " ".join(advised(name, 39.0, 3.0) + advised(name, 3.0, 39.0))
    assert "plan to come back" not in advice
    assert "gone wrong" not in advice
    assert "Write soon" not in advice


def test_days_since_the_last_time_are_recency() -> None:
    assert any("plan to come back" in line for line in advised("days_from_last_visit", 300.0, 3.0))


@pytest.mark.parametrize("name", ["last_gift_year", "year_joined"])
def test_late_calendar_year_is_no_long_time(name: str) -> None:
    years = np.concatenate([2021 + np.arange(60) % 5, 2008 + np.arange(60) % 8])
    [late, early] = profile_segments({name: years}, LABELS, clustered_on=[name])
    assert late.name == f"{name} 2020 or later"
    assert [row.advice.do[0][:22] for row in (late, early)] == [NO_PLAY] * 2


@pytest.mark.parametrize("topic", [key for key, topic in TOPICS.items() if "lowest" in topic or "highest" in topic])
def test_ends_of_several_steps_are_advised_otherwise_than_low_and_high(topic: str) -> None:
    for end, kind in (("lowest", "low"), ("highest", "high")):
        assert end not in TOPICS[topic] or TOPICS[topic][end] != TOPICS[topic][kind]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("avg_order_value", "Suggest a small addition"),
        ("hours_per_stay", NO_PLAY),
        ("car_age", NO_PLAY),
    ],
)
def test_columns_are_about_what_their_words_say_together(name: str, words: str) -> None:
    assert any(line.startswith(words) for line in advised(name, 2.0, 9.0))


@pytest.mark.parametrize(
    ("name", "low", "high", "words"),
    [
        ("tenure_months", 2.0, 40.0, "Welcome them"),
        ("tenure_months", 40.0, 90.0, NO_PLAY),
        ("nps", 3.0, 9.5, "Call those you would miss most"),
        ("nps", 8.0, 9.5, NO_PLAY),
        ("days_to_renewal", 200.0, 300.0, NO_PLAY),
        ("night_share", 1.0, 30.0, NO_PLAY),
    ],
)
def test_low_is_low_in_human_terms(name: str, low: float, high: float, words: str) -> None:
    assert advised(name, low, high)[0].startswith(words)


def test_little_money_of_newcomers_calls_for_no_small_offer() -> None:
    traits = [trait("annual_spend", "low"), trait("tenure_months", "low")]
    [line] = trait_lines(traits, share=every_share)["en"]
    assert line.startswith("Welcome them")


def test_few_visits_of_those_who_use_the_app_are_no_lack_of_interest() -> None:
    traits = [trait("visits", "low"), trait("app_sessions", "high")]
    [line] = trait_lines(traits, share=every_share)["en"]
    assert line.startswith("Speak to them on the site or in the app")


@pytest.mark.parametrize("value", ["enterprise", "other", "unknown"])
def test_category_without_a_play_gives_no_line(value: str) -> None:
    assert advised("plan", value, "team")[0].startswith(NO_PLAY)


def test_returns_that_a_complaint_explains_get_no_line_of_their_own() -> None:
    traits = [trait("late_orders", "high"), trait("returned_items", "high")]
    [line] = trait_lines(traits, share=every_share)["en"]
    assert line.startswith("Settle what went wrong")


def test_who_would_recommend_is_asked_to_and_not_told_so() -> None:
    labels, spread = np.repeat([0, 1], 60), np.tile([0.0, 1.0], 60)
    table = {name: np.where(labels == 0, 4.0, 1.0) + spread for name in ("taste", "cleanliness")}
    table |= {"would_recommend": np.where(labels == 0, 4.0, 1.0) + spread}
    both = profile_segments(table, labels)
    lines = [list(row.advice.do) for row in both]
    assert not any("rate high" in line and "recommend" in line for line in lines[0])
    alone = [profile_segments({**table, "taste": spread + 3, "cleanliness": spread + 3}, labels)[row] for row in (0, 1)]
    assert alone[0].advice.do[0].startswith("Ask them to recommend you to others")
    assert alone[1].advice.do[0].startswith("Call those you would miss most")


def test_keeping_to_a_rhythm_is_not_having_come_lately() -> None:
    [line] = trait_lines([trait("overdue_ratio", "low")], share=every_share)["en"]
    assert line.startswith("Write before the gap that is usual for them is over")


def test_nothing_is_sold_to_those_who_claim_or_complain() -> None:
    """A claim may be no complaint, and is no ground for advice, but one against an offer."""
    held, claims = trait("number_of_policies", "low"), trait("claims_last_3_years", "high")
    assert trait_lines([held], share=every_share)["en"][0].startswith("Suggest the one thing")
    assert trait_lines([held, claims], share=every_share)["en"] == []
    assert trait_lines([held], share=every_share, known=[claims])["en"] == []
    one = replace(claims, kind="middle", terms=(Term(claims.feature, "==", 1.0),))
    assert trait_lines([held, one], share=every_share)["en"] == []
    for harmless in (replace(claims, kind="low"), replace(claims, is_clear=False, others=0.8)):
        assert trait_lines([held, harmless], share=every_share)["en"] != []
