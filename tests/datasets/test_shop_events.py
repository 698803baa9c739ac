from __future__ import annotations

import polars as pl
import pytest

from custseg.datasets import Shop

CANONICAL = {
    "sent", "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained",
    "visited", "viewed", "carted", "checkout", "ordered", "ad_clicked", "redeemed",
}  # fmt: skip
MAIL = ["customer_id", "channel", "campaign"]


def firsts(events: pl.DataFrame, name: str) -> pl.DataFrame:
    """The first such event of each customer, channel and campaign."""
    chosen = events.filter((pl.col("event") == name) & ~pl.col("machine"))
    return chosen.group_by(MAIL).agg(pl.col("occurred_at").min().alias(name))


def test_events_have_all_canonical_names_and_no_other(shop: Shop) -> None:
    assert set(shop.events["event"]) == CANONICAL


def test_events_span_the_last_year_in_order_of_time(shop: Shop) -> None:
    moments = shop.events["occurred_at"]
    assert moments.is_sorted()
    assert (shop.as_of - moments.min()).days <= 366
    assert 20 < shop.events.height / 2_000 < 50


@pytest.mark.parametrize(
    ("cause", "effect"),
    [
        ("sent", "delivered"),
        ("sent", "bounced"),
        ("delivered", "opened"),
        ("delivered", "clicked"),
        ("opened", "unsubscribed"),
        ("complained", "unsubscribed"),
    ],
)
def test_mail_events_follow_from_each_other(shop: Shop, cause: str, effect: str) -> None:
    mails = shop.events.filter(pl.col("channel").is_in(["email", "sms"]))
    pairs = firsts(mails, effect).join(firsts(mails, cause), on=MAIL, how="left")
    known = pairs if cause != "complained" else pairs.drop_nulls()
    assert known.height
    assert (known[effect] > known[cause]).all()
    assert known[cause].null_count() == 0


def test_clicks_on_mail_follow_a_human_open(shop: Shop) -> None:
    mails = shop.events.filter(pl.col("channel") == "email")
    pairs = firsts(mails, "clicked").join(firsts(mails, "opened"), on=MAIL, how="left")
    assert (pairs["clicked"] > pairs["opened"]).all()
    assert pairs["opened"].null_count() == 0


def test_nothing_is_sent_after_unsubscribing(shop: Shop) -> None:
    left = shop.events.filter(pl.col("event") == "unsubscribed").group_by("customer_id")
    left_at = left.agg(left_at=pl.col("occurred_at").min())
    sent = shop.events.filter(pl.col("event") == "sent").join(left_at, on="customer_id")
    assert left_at.height > 20
    assert (sent["occurred_at"] < sent["left_at"]).all()


def test_mail_goes_to_nobody_who_refused_it(shop: Shop) -> None:
    sent = shop.events.filter(pl.col("event") == "sent").join(shop.customers, on="customer_id")
    texts = sent.filter(pl.col("channel") == "sms")
    left = shop.events.filter(pl.col("event") == "unsubscribed")["customer_id"].to_list()
    refused = sent.filter((pl.col("channel") == "email") & ~pl.col("consent_email"))
    assert texts["consent_sms"].all()
    assert refused["customer_id"].is_in(left).all()


def test_ordered_events_are_online_orders_of_the_log(shop: Shop) -> None:
    ordered = shop.events.filter(pl.col("event") == "ordered").unique()
    online = shop.orders.filter(~pl.col("cancelled") & (pl.col("channel") != "store"))
    keys = ["customer_id", "ordered_at", "channel"]
    money = online.group_by(*keys, "order_id").agg(pl.col("amount").sum())
    matched = ordered.rename({"occurred_at": "ordered_at"}).join(money, on=keys)
    exact = matched.filter((pl.col("value") - pl.col("amount")).abs() < 0.005)
    assert exact.select(keys).unique().height == ordered.select("customer_id", "occurred_at").unique().height


def test_online_orders_come_from_a_cart_within_the_hour(shop: Shop) -> None:
    visits = shop.events.filter(pl.col("event").is_in(["carted", "ordered"]) & pl.col("value").is_not_null())
    both = visits.group_by("customer_id", "value").agg(
        carted=pl.col("occurred_at").filter(pl.col("event") == "carted").min(),
        ordered=pl.col("occurred_at").filter(pl.col("event") == "ordered").max(),
    )
    bought = both.filter(pl.col("ordered").is_not_null())
    assert (bought["carted"] < bought["ordered"]).all()
    assert both["ordered"].null_count() > 500, "carts left behind"


def test_machines_only_open_mail(shop: Shop) -> None:
    by_machine = shop.events.filter("machine")
    assert set(by_machine["event"]) == {"opened"}
    assert 0.2 < by_machine.height / (shop.events["event"] == "opened").sum() < 0.6


def test_engagement_depends_on_the_kind(shop: Shop) -> None:
    human = shop.events.filter(~pl.col("machine")).join(shop.kinds, on="customer_id")
    counts = human.group_by("kind", "event").len().pivot("event", index="kind", values="len")
    rates = {
        row["kind"]: (row["opened"] / row["delivered"], row["clicked"] / row["delivered"]) for row in counts.to_dicts()
    }
    redeemed = counts.sort("redeemed", descending=True, nulls_last=True)["kind"][0]
    assert rates["loyal"][0] > 2 * rates["one-time"][0]
    assert max(rates, key=lambda kind: rates[kind][1]) == "bargain hunter"
    assert redeemed == "bargain hunter"


def test_some_visitors_are_not_known(shop: Shop) -> None:
    unknown = shop.events.filter(pl.col("customer_id").is_null())
    assert set(unknown["event"]) == {"visited"}
    assert 0 < unknown.height < 0.02 * shop.events.height
