"""`prove`: planted and shuffled outcomes, what it refuses, and that the future cannot leak."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from logs import clean_log

from custseg import Customers, DataError
from custseg.datasets import make_shop
from custseg.goals import Goal
from custseg.proof import Proof, prove

DAYS = 60


@cache
def shop(seed: int = 0, customers: int = 250) -> Any:
    return make_shop(customers, seed)


def proof_of(orders: Any = None, **arguments: Any) -> Proof:
    options = {"goal": "repeat_purchase", "as_of": shop().as_of, "horizon_days": DAYS}
    return prove(
        shop().orders if orders is None else orders, **{**options, "method": "kmeans", "n_segments": 4, **arguments}
    )


def exchanged(orders: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The orders of the horizon dealt out at random among the customers known before."""
    is_later = pl.col("ordered_at") >= shop().as_of - timedelta(days=DAYS)
    before = orders.filter(~is_later)
    known = before["customer_id"].drop_nulls().unique().sort()
    dealt = np.random.default_rng(seed).permutation(known.to_numpy())
    later = orders.filter(is_later).with_columns(pl.col("customer_id").replace(known, dealt))
    return pl.concat([before, later])


@cache
def proof() -> Proof:
    return proof_of()


@pytest.mark.slow
def test_planted_outcome_is_found_and_a_shuffled_one_is_not() -> None:
    assert proof().is_shown
    assert not proof_of(exchanged(shop().orders, 1)).is_shown


@pytest.mark.slow
def test_planted_and_shuffled_outcomes_of_many_shops() -> None:
    """Of outcomes that mean nothing one in a hundred passes; `benchmarks/out_of_time.py` counts a hundred shops."""
    proofs = [(proof_of(shop(seed).orders), proof_of(exchanged(shop(seed).orders, seed))) for seed in range(20)]
    assert all(planted.is_shown for planted, _ in proofs)
    assert sum(told.is_shown for _, told in proofs) <= 1


def test_what_a_proof_holds() -> None:
    kinds = [row.kind for row in proof().comparisons]
    assert kinds == ["segments", "grid", "codes", "plain_kmeans", "boosting"]
    assert proof().until - proof().cut == timedelta(days=DAYS)
    assert proof().result.as_of == proof().cut
    assert sum(row.customers for row in proof().segments) == proof().n_customers
    means = [row.mean for row in proof().segments if row.mean is not None]
    assert means == sorted(means, reverse=True)
    first = proof().comparisons[0]
    assert first.low < first.share < first.high
    assert first.n_groups == len(proof().result.profiles.segments)


@pytest.mark.slow
def test_outcome_is_that_of_the_period() -> None:
    """The orders of the period, counted from the log."""
    cut = proof().cut
    later = shop().orders.filter(pl.col("ordered_at") >= cut, ~pl.col("cancelled"))
    counts = later.group_by("customer_id", "order_id").agg(pl.col("amount").sum()).filter(pl.col("amount") > 0)
    members = pl.DataFrame(proof().result.assignments).filter(pl.col("segment").is_not_null())["customer_id"]
    total = counts.filter(pl.col("customer_id").is_in(members.implode())).height
    assert proof_of(described(shop().orders)).mean * len(members) == pytest.approx(total, rel=0.01)


def described(orders: pl.DataFrame) -> Any:
    from custseg import Orders

    return Orders(orders, cancelled="cancelled")


@pytest.mark.slow
def test_rows_at_or_after_as_of_change_nothing() -> None:
    orders = shop().orders
    later = orders.with_columns(pl.col("ordered_at") + timedelta(days=800), pl.col("order_id") + "x")
    assert repr(proof_of(pl.concat([orders, later]))) == repr(proof())


@pytest.mark.slow
def test_segments_do_not_know_the_period() -> None:
    """The same segments, whatever happens after the cut."""
    before = shop().orders.filter(pl.col("ordered_at") < proof().cut)
    one_order = shop().orders.filter(pl.col("ordered_at") >= proof().cut, pl.col("customer_id").is_not_null()).head(40)
    other = proof_of(pl.concat([before, one_order]))
    assert pl.DataFrame(other.result.assignments).equals(pl.DataFrame(proof().result.assignments))
    assert other.share != proof().share


@pytest.mark.slow
def test_logs_that_end_early_are_named() -> None:
    """Nothing is known of the last 20 of 60 days."""
    late = proof_of(as_of=shop().as_of + timedelta(days=20))
    assert (proof().unseen_days, late.unseen_days) == (0, 20)
    assert "The logs end on 2025-07-01, 20 days before the end of the period" in late.sentence
    assert "The logs end" not in proof().sentence


@pytest.mark.slow
def test_attributes_without_dates_are_named() -> None:
    customers = Customers(shop().customers, numeric=["age"], category=["region"])
    told = proof_of(customers=customers, n_segments=3)
    assert told.left_out == ("age", "region")
    assert "nobody knows whether they were known then: ['age', 'region']" in told.sentence
    assert "age" not in told.result.features.names


@pytest.mark.slow
def test_sentence_in_both_languages() -> None:
    assert proof().sentence.startswith(f"{len(proof().segments)} segments explain ")
    assert "the number of orders over the next 60 days (95 % interval " in proof().sentence
    russian = proof_of(language="ru")
    assert russian.sentence.startswith("4 сегмента объясняют ")
    assert "за следующие 60 дн." in russian.sentence


def test_page_escapes_names() -> None:
    assert proof()._repr_html_().count("<table>") == 2
    assert all(line.strip() for line in proof().columns()["kind"])
    assert len(proof().segment_columns()["name"]) == len(proof().segments)


@pytest.mark.slow
def test_a_window_ends_at_the_cut() -> None:
    told = proof_of(window_days=120)
    assert np.nanmax(told.result.features.values("recency_days")) <= 120
    assert told.result.as_of == told.cut
    assert told.n_customers < proof().n_customers


@pytest.mark.slow
def test_without_a_goal_the_outcome_is_revenue() -> None:
    told = proof_of(goal=None, n_segments=3)
    assert (told.goal, told.outcome) == (None, "revenue")


@pytest.mark.slow
def test_yes_and_no_is_a_share_of_deviance() -> None:
    told = proof_of(goal=Goal("again", outcome="ordered"), n_segments=3)
    assert told.is_yes_no
    assert 0 < told.mean < 1
    assert all(0 <= row.low <= row.mean <= row.high <= 1 for row in told.segments if row.mean is not None)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"horizon_days": 400}, DataError, "the horizon of 400 days is as long as the log or longer: it has 300 days"),
        ({"horizon_days": 0}, ValueError, "prove: horizon_days must be"),
        ({"features": clean_log()}, TypeError, "features= cannot be used: a ready table does not say when"),
        ({"goal": "email_engagement"}, DataError, "outcome 'opens_and_clicks' needs events"),
        ({"as_of": "2025-06-01"}, DataError, "the outcome 'orders' is 0 for all customers in the horizon"),
        ({"language": "fr"}, ValueError, "prove: language must be one of"),
    ],
)
def test_bad_input(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    options = {"goal": "repeat_purchase", "as_of": "2024-10-27", "horizon_days": 60, "n_segments": 2}
    with pytest.raises(error, match=words):
        prove(clean_log(), **{**options, **arguments})


def test_tables_are_those_that_are_printed() -> None:
    head, *lines = repr(proof()).splitlines()
    assert proof().headline == head
    comparisons, segments = proof().tables()
    assert [row[0] for row in comparisons][:2] == ["way", "the segments"]
    assert len(segments) == 1 + len(proof().segments)
    assert all(cell in " ".join(lines) for row in (*comparisons, *segments) for cell in row)
