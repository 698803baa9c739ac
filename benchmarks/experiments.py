"""How often intervals cover the truth and experiments without any effect show one.

Run: python benchmarks/experiments.py [runs, default 1000]. Seeds are 0 to runs - 1; the figures repeat exactly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import polars as pl

from custseg._numerics import mean_interval, wilson_interval
from custseg.proof import split, uplift
from custseg.texts import table

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
LEVEL = 0.95


def money(n: int, share: float, spread: float, rng: np.random.Generator) -> np.ndarray:
    """Revenue of customers: most spend nothing, the others log-normal amounts."""
    return np.where(rng.random(n) < share, rng.lognormal(3, spread, n), 0.0)


def covered(ends: Callable[[np.random.Generator, int], tuple[float, float]], truth: float) -> float:
    """Share of runs whose interval holds the truth."""
    hits = 0
    for seed in range(RUNS):
        low, high = ends(np.random.default_rng(seed), seed)
        hits += low <= truth <= high
    return hits / RUNS


def percentile(values: np.ndarray, seed: int) -> tuple[float, float]:
    """The percentile bootstrap, which is usual and too short for skewed money."""
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(0, len(values), len(values))].mean() for _ in range(1000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def coverage_rows() -> list[list[object]]:
    """Coverage of 95 % intervals by kind of outcome."""
    rows: list[list[object]] = []
    for n, share in ((200, 0.05), (500, 0.01), (2000, 0.2)):

        def wilson(rng: np.random.Generator, seed: int, n: int = n, share: float = share) -> tuple[float, float]:
            low, high = wilson_interval(rng.binomial(n, share), n)
            return float(low), float(high)

        rows.append([f"rate of {share:.0%}, {n:,} customers", "Wilson", covered(wilson, share)])
    for n, share, spread in ((300, 0.1, 1.0), (1000, 0.05, 1.0), (3000, 0.05, 1.2)):
        truth = share * np.exp(3 + spread**2 / 2)
        for name, method in (
            ("bootstrap-t", lambda values, seed: mean_interval(values, seed=seed)),
            ("percentile", percentile),
        ):

            def ends(
                rng: np.random.Generator, seed: int, n: int = n, share: float = share, spread: float = spread,
                method: Callable[[np.ndarray, int], tuple[float, float]] = method,
            ) -> tuple[float, float]:  # fmt: skip
                return method(money(n, share, spread, rng), seed)

            rows.append([f"money, {share:.0%} buy, {n:,} customers", name, covered(ends, float(truth))])
    return rows


def experiment(seed: int, *, n: int, holdout: float, outcome: str, past: str | None) -> list[float]:
    """P-values of an experiment without effect: of all customers, and the smallest adjusted one of five segments."""
    rng = np.random.default_rng(seed)
    shares = np.repeat([0.3, 0.2, 0.1, 0.06, 0.03], n // 5)
    habit = rng.gamma(2, 0.5, n)
    acts = rng.random(n) < np.minimum(shares * habit, 1)
    before = (rng.random(n) < np.minimum(shares * habit, 1)) + (rng.random(n) < np.minimum(shares * habit, 1))
    customers = pl.DataFrame({"customer_id": np.arange(n), "name": np.repeat(list("abcde"), n // 5)})
    results = pl.DataFrame(
        {"customer_id": np.arange(n), "acts": acts, "money": acts * rng.lognormal(3, 1, n), "before": before}
    )
    groups = split(customers, by="name", holdout=holdout, salt=f"experiment {seed}")
    result = uplift(groups, results, by="name", outcome_column=outcome, past_column=past, random_state=seed)
    adjusted = [row.p_holm for row in result.segments if not np.isnan(row.p_holm)]
    return [result.overall.p_value, min(adjusted, default=1.0)]


def false_positive_rows() -> list[list[object]]:
    """Share of experiments without effect that show one, by outcome and holdout."""
    rows: list[list[object]] = []
    for outcome, past in (("acts", None), ("money", None), ("acts", "before"), ("money", "before")):
        for holdout in (0.5, 0.1):
            p = np.array(
                [experiment(seed, n=5000, holdout=holdout, outcome=outcome, past=past) for seed in range(RUNS)]
            )
            name = f"{'rate' if outcome == 'acts' else 'money'}{', with CUPED' if past else ''}"
            rows.append([name, f"{holdout:.0%}", *(p < 1 - LEVEL).mean(axis=0).tolist()])
    return rows


if __name__ == "__main__":
    print(f"{RUNS:,} runs, seeds 0 to {RUNS - 1}.\n\nCoverage of 95 % intervals")
    print("\n".join(table([["outcome", "interval", "coverage"], *coverage_rows()], left=(0, 1))))
    print("\nExperiments without any effect, 5,000 customers in five segments: share with p below .05")
    heads = ["outcome", "held out", "all customers", "any segment (Holm)"]
    print("\n".join(table([heads, *false_positive_rows()], left=(0,))))
