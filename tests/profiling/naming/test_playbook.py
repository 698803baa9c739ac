import tomllib
from importlib.resources import files

import numpy as np
import polars as pl
import pytest

from custseg._privacy import shown_count
from custseg.profiling import SegmentProfile, profile_segments
from custseg.profiling.naming._playbook import _reach_words
from custseg.texts import LANGUAGES


def champions(discount: float | None, **more: object) -> SegmentProfile:
    """The better half of a shop: recent, frequent, high spend."""
    labels = np.repeat([0, 1], 50)
    table = {
        "recency_days": np.where(labels == 0, 5.0, 200.0),
        "order_count": np.where(labels == 0, 20.0, 2.0),
        "revenue": np.where(labels == 0, 900.0, 30.0),
        **more,
    }
    if discount is not None:
        table["discount_share"] = np.where(labels == 0, discount, 0.0)
    profile = profile_segments(table, labels)[0]
    assert profile.key == "champions"
    return profile


@pytest.mark.parametrize(
    ("discount", "words"),
    [
        (0.05, "Do not give regular discounts: they mostly pay the full price."),
        (0.3, "Do not raise their discounts further: reward with service instead."),
        (None, "Do not give regular discounts before you know whether they need them."),
    ],
)
def test_advice_depends_on_the_segments_own_facts(discount: float | None, words: str) -> None:
    assert champions(discount).advice.dont[0] == words


def test_reachable_customers_stand_beside_the_size() -> None:
    flags = pl.Series([True] * 30 + [False] * 20 + [True] * 50)
    profile = champions(None, contactable_email=flags.to_numpy())
    assert profile.reachable == {"email": 30}
    assert profile.advice.channel.endswith("; email reaches 30 of 50")
    assert profile.playbook["ru"].channel.endswith("; эл. почта: доступны 30 из 50")
    assert profile.advice.dont[-1] == "Do not contact customers on a channel that does not reach them."


def test_channel_that_reaches_all_needs_no_warning() -> None:
    lines = champions(None, contactable_email=[True] * 100).advice.dont
    assert not any("does not reach" in line for line in lines)


def test_cadence_follows_the_own_gap_where_it_is_long() -> None:
    often = champions(None, gap_days_mean=np.full(100, 7.0))
    assert often.advice.cadence == "Weekly at most, always with something of their own"
    seldom = champions(None, gap_days_mean=np.full(100, 151.0))
    assert seldom.advice.cadence == "At most once between two orders: there are usually 151 days between them"
    assert seldom.playbook["ru"].cadence.endswith("обычно между ними проходит 151 день")


def test_nobody_who_visits_is_asked_why_they_do_not_order() -> None:
    labels, spread = np.repeat([0, 1], 60), np.tile(np.linspace(0, 9, 60), 2)
    table = {"recency_days": 150 + spread, "order_count": np.ones(120)}
    table["days_since_visit"] = np.where(labels == 0, 3.0, 90.0) + spread
    lines = profile_segments(table, labels)[0].advice.do
    assert any(line.startswith("Write soon") for line in lines)
    assert not any("kept them from" in line for line in lines)


def test_consent_rules_over_contact_and_unknown_is_no_yes() -> None:
    contactable = [True] * 20 + [None] * 30 + [True] * 50
    consent = [False] * 10 + [None] * 10 + [True] * 12 + [None] * 18 + [True] * 50
    profile = champions(None, contactable_email=contactable, consent_email=consent, consent_sms=consent)
    assert profile.reachable == {"email": 22, "sms": 12}


def test_channel_that_reaches_few_is_told_without_a_number() -> None:
    profile = champions(None, consent_sms=np.arange(100) % 50 < 3)
    assert profile.reachable == {"sms": None}
    assert profile.advice.channel.endswith("; SMS reaches <10 of 50")


def test_nothing_is_said_of_channels_where_the_segment_itself_is_small() -> None:
    table = {"contactable_email": [True] * 40 + [False] * 8, "x": range(48)}
    small = profile_segments(table, np.repeat([0, 1], [40, 8]))[1]
    assert small.reachable == {"email": None}
    assert "reaches" not in small.advice.channel


def test_consent_is_to_be_checked_where_nothing_is_known_of_it() -> None:
    assert champions(None).advice.channel.endswith("; check consent first")


def test_pressure_and_returns_are_warned_of_in_any_segment() -> None:
    profile = champions(None, send_pressure_ratio=np.full(100, 2.0), return_share=np.full(100, 0.4))
    assert any("half as much again" in line for line in profile.advice.dont)
    assert any("Help them choose" in line for line in profile.advice.do)


def test_own_play_takes_the_place_of_the_builtin_one() -> None:
    own = {
        "described": {
            "do": [{"en": "Call them.", "ru": "Звоните."}],
            "cadence": {"en": "Daily", "ru": "Ежедневно"},
        }
    }
    profile = profile_segments({"visits": [1, 2] * 30 + [8, 9] * 20}, [0] * 60 + [1] * 40, playbook=own)[0]
    assert (profile.advice.do, profile.advice.dont, profile.advice.cadence) == (("Call them.",), (), "Daily")
    assert profile.playbook["ru"].do == ("Звоните.",)


def test_line_takes_the_place_of_the_one_before_it() -> None:
    """A quantile is one of all customers: half of them have nine visits or more."""
    texts = [{"en": f"Line {i}.", "ru": f"Строка {i}."} for i in (1, 2)]
    when = [{"feature": "visits", "operator": ">=", "quantile": 0.5}]
    own = {"described": {"do": [{**texts[0], "when": when}, {**texts[1], "otherwise": True}]}}
    rows = profile_segments({"visits": [1, 2] * 30 + [9, 10] * 30}, [0] * 60 + [1] * 60, playbook=own).segments
    assert [row.advice.do for row in rows] == [("Line 2.",), ("Line 1.",)]


def test_every_row_has_a_play_in_both_languages() -> None:
    rows = profile_segments({"visits": np.arange(100.0)}, [0] * 50 + [1] * 42 + [2] * 5 + [-1] * 3)
    for row in rows:
        for language in LANGUAGES:
            assert row.playbook[language].do
            assert row.playbook[language].channel


def test_line_holds_for_most_members_and_not_for_the_median_alone() -> None:
    spread = np.tile(np.linspace(0, 9, 60), 2)
    half = np.where(np.arange(120) % 60 < 33, 0.9, 0.0)
    table = {"recency_days": 20 + spread, "order_count": 2.0 + spread, "peak_share": half}
    [first, _] = profile_segments(table, np.repeat([0, 1], 60))
    assert first.medians["peak_share"] == 0.9
    assert not any("season" in line for line in first.advice.do)


def test_members_without_a_value_are_not_counted_among_those_of_whom_a_line_speaks() -> None:
    spread = np.tile(np.linspace(0, 9, 60), 2)
    rate = np.where(np.arange(120) % 60 < 33, 0.9, np.nan)
    table = {"recency_days": 20 + spread, "order_count": 2.0 + spread, "cart_abandon_rate": rate}
    assert not any("cart" in line for line in profile_segments(table, np.repeat([0, 1], 60))[0].advice.do)


def test_advice_prints_in_its_language() -> None:
    advice = champions(0.05).playbook["ru"]
    assert str(advice).startswith("Что делать:\n  Покажите, что цените их")
    assert "\nЧего избегать:\n  Не давайте постоянных скидок" in str(advice)
    assert str(advice).endswith("Как часто: Не чаще раза в неделю и всегда с чем-то особенным")
    assert str(champions(0.05).advice).startswith("What to do:\n  Recognize them")


@pytest.mark.parametrize(("orders", "words"), [(1.0, "the second order"), (2.0, "two orders are not a habit")])
def test_new_customers_have_placed_their_first_order(orders: float, words: str) -> None:
    labels = np.repeat([0, 1], 50)
    table = {"recency_days": np.where(labels == 0, 8.0, 200.0), "age_days": np.where(labels == 0, 10.0, 400.0),
             "order_count": np.where(labels == 0, orders, 9.0), "revenue": np.arange(100.0)}  # fmt: skip
    profile = profile_segments(table, labels)[0]
    assert profile.key == "new"
    assert profile.advice.do[0] == "Thank them for their first order and ask how it went."
    assert words in profile.advice.do[1]


def test_reach_of_a_small_group_discloses_no_remainder() -> None:
    words = [_reach_words({"email": shown_count(n, 15)}, 15, "en") for n in (3, 14)]
    assert words == [[], []]
    assert "<10 of 50" in _reach_words({"email": shown_count(3, 50)}, 50, "en")[0]


def test_weekly_customers_who_are_silent_for_weeks_are_late() -> None:
    labels = np.repeat([0, 1], 50)
    table = {"recency_days": np.where(labels == 0, 50.0, 5.0), "order_count": np.tile([9.0, 12.0], 50),
             "gap_days_mean": np.full(100, 7.0), "overdue_ratio": np.where(labels == 0, 7.0, 0.7)}  # fmt: skip
    late, current = (list(row.advice.do) for row in profile_segments(table, labels))
    assert late[0] == "Remind them now: they are late by their own rhythm."
    assert not any("while they are around" in line or "regular customers" in line for line in late)
    assert any("while they are around" in line for line in current)


def test_play_without_a_line_that_applies_says_so() -> None:
    labels, spread = np.repeat([0, 1], 60), np.tile(np.linspace(0, 9, 60), 2)
    [first, _] = profile_segments({"room_hours": np.where(labels == 0, 90.0, 10.0) + spread}, labels)
    assert first.advice.do == (
        "No standard play fits. What sets them apart: high room_hours. Decide with someone who knows these customers "
        "what that calls for.",
    )
    assert first.playbook["ru"].do[0].startswith("Готового решения для них нет. Чем они отличаются: room_hours: выше")


def test_own_play_whose_lines_do_not_apply_says_so() -> None:
    never = [{"feature": "visits", "operator": ">", "value": 1_000}]
    own = {"described": {"do": [{"en": "Call them.", "ru": "Звоните.", "when": never}]}}
    profile = profile_segments({"visits": [1, 2] * 30 + [8, 9] * 20}, [0] * 60 + [1] * 40, playbook=own)[0]
    assert profile.advice.do[0].startswith("No standard play fits.")


def mailed(clicked: float, opened: float, **more: object) -> dict[str, object]:
    """60 customers with one order long ago, who click and open so many of 26 mails, beside 60 who do neither."""
    is_first = np.arange(120) < 60
    return {"recency_days": np.where(is_first, 500.0, 10.0) + np.tile(np.linspace(0, 9, 60), 2),
            "order_count": np.where(is_first, 1.0, 9.0), "revenue": np.where(is_first, 30.0, 300.0),
            "emails_delivered": np.full(120, 26.0), "emails_opened": np.where(is_first, opened, 1.0),
            "emails_clicked": np.where(is_first, clicked, 0.0),
            "days_since_click": np.where(is_first & (clicked > 0), 20.0, np.nan), **more}  # fmt: skip


def test_readers_are_not_taken_off_the_list() -> None:
    labels = np.repeat([0, 1], 60)
    reader = profile_segments(mailed(clicked=8.0, opened=22.0), labels)[0]
    assert reader.key == "one_time"
    assert reader.advice.do[0].startswith("Offer a second order by mail")
    assert reader.advice.dont[0].startswith("Do not take them off the list")
    assert reader.advice.channel.startswith("Mail, which they read")
    assert reader.advice.cadence == "As now, as long as they click"
    silent = profile_segments(mailed(clicked=0.0, opened=3.0), labels)[0].advice
    assert (silent.channel, silent.cadence) == ("Mail; check consent first", "Two tries at most, then stop")


def test_clicks_of_most_are_not_said_of_those_who_have_clicked() -> None:
    """Who has never clicked has no days since a click, and is not among those of whom the line speaks."""
    clicked = mailed(clicked=8.0, opened=22.0)
    clicked["days_since_click"] = np.where(np.arange(120) < 50, 20.0, np.nan)
    line = "Do not take them off the list: most have clicked in a mail within half a year."
    assert line in profile_segments(clicked, np.repeat([0, 1], 60))[0].advice.dont


@pytest.mark.parametrize(
    ("channel", "orders", "words"),
    [
        ("web", 2.0, "web, which most of them prefer"),
        ("web", 1.0, "As for all customers"),
        ("dine-in", 2.0, "As for all customers"),
    ],
)
def test_preferred_channel_is_of_more_than_one_order_and_reaches_customers(
    channel: str, orders: float, words: str
) -> None:
    labels, spread = np.repeat([0, 1], 60), np.tile(np.linspace(0, 9, 60), 2)
    table = {"recency_days": np.where(labels == 0, 150.0, 10.0) + spread, "order_count": np.where(labels, 5.0, orders),
             "preferred_channel": np.where(labels == 0, channel, "phone")}  # fmt: skip
    row = profile_segments(table, labels, archetypes=NO_NAME)[0]
    assert row.advice.channel == f"{words}; check consent first"


def test_mail_is_no_channel_of_those_who_open_none() -> None:
    unread = np.repeat([0.0, 5.0], 50)
    delivered = np.full(100, 26.0)
    row = champions(None, emails_delivered=delivered, emails_opened=unread)
    assert row.advice.channel.startswith("App, a note in the parcel")
    assert "Do not count on mail: they open 0% of it, the others 19%." in row.advice.dont
    few = champions(None, emails_delivered=np.full(100, 2.0), emails_opened=unread)
    assert few.advice.channel.startswith("Personal mail")
    nobody = champions(None, emails_delivered=delivered, emails_opened=np.zeros(100))
    assert not any("count on mail" in line for line in nobody.advice.dont)


def test_members_of_whom_clicks_speak_are_told_news_by_mail() -> None:
    clicks = {"emails_clicked": np.repeat([9.0, 0.0], 50), "days_since_click": np.repeat([20.0, np.nan], 50)}
    line = "Tell them news by mail first: they click on it more than others."
    assert line in champions(None, **clicks).advice.do
    left = champions(None, **clicks, unsubscribed=np.array([True] * 50 + [False] * 50))
    assert line not in left.advice.do
    everybody = {name: np.full(100, column[0]) for name, column in clicks.items()}
    assert line not in champions(None, **everybody).advice.do


def test_news_by_mail_is_said_once() -> None:
    """The name speaks of interest in mail, and the clicks call for the same advice."""
    labels, spread = np.repeat([0, 1], 60), np.tile(np.linspace(0, 9, 60), 2)
    table = {"emails_clicked": np.where(labels == 0, 9.0, 0.0), "days_since_click": np.where(labels == 0, 20.0, np.nan),
             "order_count": np.full(120, 4.0), "engagement_email": np.where(labels, 5.0, 80.0) + spread}  # fmt: skip
    for language, word in (("en", "news by"), ("ru", "О новом сообщайте")):
        row = profile_segments(table, labels)[0]
        assert "interested in mail" in row.name
        assert sum(word in line for line in row.playbook[language].do) == 1


@pytest.mark.parametrize(("orders", "words"), [(1.0, "the second order"), (2.0, "the next order")])
def test_promising_with_two_orders_have_had_the_second(orders: float, words: str) -> None:
    entries = tomllib.loads(files("custseg.profiling.naming").joinpath("data", "archetypes.toml").read_text("utf-8"))
    labels, spread = np.repeat([0, 1], 60), np.tile(np.linspace(0, 9, 60), 2)
    table = {"recency_days": np.where(labels == 0, 5.0, 200.0) + spread,
             "order_count": np.where(labels == 0, orders, 9.0),
             "revenue": np.where(labels == 0, 90.0, 60.0) + spread}  # fmt: skip
    profiles = profile_segments(table, labels, archetypes={"promising": entries["promising"]})
    assert profiles[0].key == "promising"
    assert any(words in line for line in profiles[0].advice.dont)


NO_NAME = {
    "none": {
        "names": {"en": "-", "ru": "-"},
        "description": {"en": "-", "ru": "-"},
        "condition": [{"feature": "recency_days", "operator": ">=", "value": 1e9}],
    }
}


def dos(**columns: tuple[float, float]) -> list[str]:
    """What to do with the first of two segments that no archetype names, by the value of both in each column."""
    table = {name: np.repeat(values, 60) for name, values in columns.items()}
    return list(profile_segments(table, np.repeat([0, 1], 60), archetypes=NO_NAME)[0].advice.do)


@pytest.mark.parametrize(
    ("gap", "variation", "words"),
    [
        (100.0, 0.1, ["Write shortly before their next order is due: they keep to their own rhythm."]),
        (100.0, 1.0, ["Write before their usual gap between orders is over: most are still within it."]),
        (70.0, 1.0, []),  # the usual gap is over, and nobody is late yet
    ],
)
def test_rhythm_needs_even_gaps(gap: float, variation: float, words: list[str]) -> None:
    lines = dos(recency_days=(90, 5), gap_days_mean=(gap, 9), gap_cv=(variation, 1), order_count=(6, 9),
                order_days=(6, 9), overdue_ratio=(1, 0.5))  # fmt: skip
    assert [line for line in lines if "rhythm" in line or "usual gap" in line] == words


@pytest.mark.parametrize("n_orders", [1, 3])
def test_nobody_is_said_to_have_stopped_after_one_order(n_orders: float) -> None:
    lines = dos(recency_days=(300, 5), order_count=(n_orders, 9))
    assert lines[0].startswith("Ask what has kept them from ordering again")
    assert not any("stopped" in line for line in lines)


def test_worth_much_is_above_the_average_of_all() -> None:
    """Both spend more than a third segment with hardly any money; one far more than the mean, the other not."""
    labels, spread = np.repeat([0, 1, 2], [60, 60, 200]), np.linspace(0, 5, 320)
    table = {"recency_days": np.array([300.0, 10.0, 300.0])[labels] + spread, "order_count": np.full(320, 4.0)}
    for spend, is_much in ((60.0, False), (900.0, True)):
        table["revenue"] = np.array([spend, 500.0, 20.0])[labels] + spread
        lines = profile_segments(table, labels, archetypes=NO_NAME)[0].advice.do
        assert any("worth much" in line for line in lines) == is_much


def test_customers_of_whom_half_are_late_are_not_all_thanked() -> None:
    labels, spread = np.repeat([0, 1], 60), np.tile(np.linspace(0, 9, 60), 2)
    is_late = np.arange(120) % 2 == 0
    table = {"recency_days": np.where(labels == 0, np.where(is_late, 200.0, 20.0), 100.0) + spread,
             "order_count": np.where(labels == 0, 20.0, 2.0) + spread}  # fmt: skip
    lines = profile_segments(table, labels, archetypes=NO_NAME)[0].advice.do
    assert any(line.startswith("Thank those who still order") for line in lines)
    assert not any(line.startswith("Thank them") for line in lines)


@pytest.mark.parametrize(
    ("age", "cadence"), [(10.0, "Three to four messages"), (40.0, "Every two weeks"), (90.0, "Every two weeks")]
)
def test_first_month_is_over_for_those_who_came_before_it(age: float, cadence: str) -> None:
    labels = np.repeat([0, 1], 50)
    table = {"recency_days": np.where(labels == 0, age, 200.0), "age_days": np.where(labels == 0, age, 400.0),
             "order_count": np.where(labels == 0, 1.0, 9.0), "revenue": np.arange(100.0)}  # fmt: skip
    profile = profile_segments(table, labels)[0]
    assert profile.key == "new"
    assert profile.advice.cadence.startswith(cadence)
    assert profile.advice.do[0].startswith(
        "Thank them for their first order" if age <= 60 else "Ask whether their first"
    )
