"""Order logs of shops with several planted kinds of customers, for `choice_quality.py`.

Every customer has a first order; further orders are a Poisson process until the customer stops. Within a kind the
customers differ in rate (coefficient of variation 0.32), order value (log-normal, 0.25) and dates (log-normal, 0.2).
The kinds were chosen by what k-means finds that is told their number, without looking at what the choice finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from _choice_report import Mapped, Measure, five_seeds
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from custseg import Orders, fit_segments

NUMBERS_OF_KINDS = (3, 4, 6, 8)
AS_OF = date(2025, 1, 1)
CUSTOMERS, MIN_SHARE = 2_000, 0.07


@dataclass(frozen=True)
class Kind:
    """How the customers of a kind buy: days since the first order and since they stopped, orders per 30 days, value."""

    name: str
    since: float
    until: float
    rate: float
    value: float


KINDS = (
    Kind("frequent, small orders", 500, 0, 6.0, 8),
    Kind("frequent, large orders", 500, 0, 6.0, 150),
    Kind("occasional", 600, 60, 0.5, 60),
    Kind("new", 20, 0, 0.5, 40),
    Kind("new, large order", 25, 0, 0.5, 800),
    Kind("one order long ago", 400, 400, 0.0, 40),
    Kind("one large order long ago", 450, 450, 0.0, 900),
    Kind("frequent, stopped", 900, 400, 5.0, 40),
)


def planted_shop(n_kinds: int, seed: int) -> tuple[pl.DataFrame, np.ndarray]:
    """An order log, and the kind of each customer: so many kinds drawn from the list, each at least 7 % of all."""
    rng = np.random.default_rng([n_kinds, seed])
    kinds = [KINDS[j] for j in rng.permutation(len(KINDS))[:n_kinds]]
    shares = MIN_SHARE + rng.dirichlet(np.full(n_kinds, 2.0)) * (1 - MIN_SHARE * n_kinds)
    kind = rng.permutation(np.repeat(np.arange(n_kinds), np.ceil(shares * CUSTOMERS).astype(int)))[:CUSTOMERS]
    since, until, rate, value = np.array([(k.since, k.until, k.rate, k.value) for k in kinds]).T

    spread = np.exp(rng.normal(0, 0.2, (2, CUSTOMERS)))
    first = since[kind] * spread[0]
    last = np.minimum(until[kind] * spread[1], first)
    rates = rate[kind] * rng.gamma(10.0, 0.1, CUSTOMERS)
    values = value[kind] * np.exp(rng.normal(0, 0.25, CUSTOMERS))

    further = rng.poisson(rates * (first - last) / 30)
    customer = np.repeat(np.arange(CUSTOMERS), further + 1)
    is_first = np.append(True, customer[1:] != customer[:-1])
    ago = np.where(is_first, first[customer], rng.uniform(last[customer], first[customer]))
    log = pl.DataFrame(
        {
            "customer_id": customer,
            "order_id": np.arange(len(customer)),
            "ordered_at": [AS_OF - timedelta(days=int(days)) for days in np.ceil(ago).clip(1)],
            "amount": np.round(rng.gamma(4.0, values[customer] / 4) + 0.01, 2),
        }
    )
    return log, kind


def told_agreement(log: pl.DataFrame, kind: np.ndarray) -> float:
    """Agreement of k-means on the logarithms of recency, orders and revenue, told the number, with the kinds."""
    recency = (pl.lit(AS_OF) - pl.col("ordered_at").max()).dt.total_days().alias("recency")
    table = log.group_by("customer_id").agg(recency, pl.len().alias("orders"), pl.col("amount").sum())
    table = table.sort("customer_id").drop("customer_id")
    X = StandardScaler().fit_transform(np.log1p(table.to_numpy().astype(float)))
    labels = KMeans(len(np.unique(kind)), n_init=10, random_state=0).fit_predict(X)
    return float(adjusted_rand_score(kind, labels))


def shop_found(task: tuple[int, int]) -> tuple[int, str, float, float]:
    """The chosen number, the choice in words, its agreement with the kinds, and that of k-means told the number."""
    log, kind = planted_shop(*task)
    result = fit_segments(Orders(log), as_of=AS_OF)
    best = result.choice.best
    labels = result.assignments.sort("customer_id")["segment"].to_numpy()
    score = float(adjusted_rand_score(kind, labels))
    return best.n_clusters, f"{best.method}, {result.choice.verdict}", score, told_agreement(log, kind)


def planted_shops(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """Is the number of segments that of the planted kinds? A constant answer is right in a quarter."""
    tasks = [(n_kinds, seed) for n_kinds in NUMBERS_OF_KINDS for seed in five_seeds(count)]
    results = list(mapped(shop_found, tasks))
    for (n_kinds, seed), (number, words, score, told) in zip(tasks, results, strict=True):
        yield (
            f"{n_kinds} kinds, seed {seed}: {number} segments ({words}), adjusted Rand {score:.2f}; "
            f"k-means told the number {told:.2f}"
        )
    right = np.mean([n_kinds == result[0] for (n_kinds, _), result in zip(tasks, results, strict=True)])
    mean, told = np.mean([result[2:] for result in results], axis=0)
    lowest = min(result[3] for result in results)
    note = f"mean adjusted Rand {mean:.2f}; told the number {told:.2f}, lowest {lowest:.2f}"
    yield Measure("planted-shops", float(right), note)
