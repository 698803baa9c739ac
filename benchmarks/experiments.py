"""How often intervals cover the truth and experiments without any effect show one.

    python benchmarks/experiments.py --part coverage
    python benchmarks/experiments.py --part no-effect
    python benchmarks/experiments.py --part t-tests

Seeds are 0 to runs - 1; the figures repeat exactly.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain

import numpy as np
import polars as pl
from _measure import parse_options
from scipy.stats import ttest_ind

from custseg._numerics import mean_interval, wilson_interval
from custseg.proof import split, uplift

LEVEL = 0.95


def money(n: int, share: float, spread: float, *, rng: np.random.Generator) -> np.ndarray:
    """Revenue of customers: most spend nothing, the others log-normal amounts."""
    return np.where(rng.random(n) < share, rng.lognormal(3, spread, n), 0.0)


def covered(ends: Callable[[np.random.Generator, int], tuple[float, float]], truth: float, runs: int) -> float:
    """Share of runs whose interval holds the truth."""
    hits = 0
    for seed in range(runs):
        low, high = ends(np.random.default_rng(seed), seed)
        hits += low <= truth <= high
    return hits / runs


def percentile(values: np.ndarray, seed: int) -> tuple[float, float]:
    """The percentile bootstrap, which is usual and too short for skewed money."""
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(0, len(values), len(values))].mean() for _ in range(1000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def coverage_of_rates(runs: int) -> Iterator[list[object]]:
    """Coverage of Wilson's interval."""
    for n, share in ((200, 0.05), (500, 0.01), (2000, 0.2)):
        hits = covered(partial(ends_of_rate, n=n, share=share), share, runs)
        yield [f"rate of {share:.0%}, {n:,} customers", "Wilson", hits]


def ends_of_rate(rng: np.random.Generator, seed: int, *, n: int, share: float) -> tuple[float, float]:
    """The interval of the rate of drawn customers."""
    low, high = wilson_interval(rng.binomial(n, share), n)
    return float(low), float(high)


def coverage_of_money(runs: int) -> Iterator[list[object]]:
    """Coverage of bootstrap intervals of mean revenue."""
    methods: dict[str, Callable[[np.ndarray, int], tuple[float, float]]] = {
        "bootstrap-t": lambda values, seed: mean_interval(values, seed=seed),
        "percentile": percentile,
    }
    for n, share, spread in ((300, 0.1, 1.0), (1000, 0.05, 1.0), (2000, 0.05, 1.2)):
        truth = float(share * np.exp(3 + spread**2 / 2))
        for name, method in methods.items():
            ends = partial(ends_of_money, method=method, n=n, share=share, spread=spread)
            yield [f"money, {share:.0%} buy, {n:,} customers", name, covered(ends, truth, runs)]


def ends_of_money(
    rng: np.random.Generator,
    seed: int,
    *,
    method: Callable[[np.ndarray, int], tuple[float, float]],
    n: int,
    share: float,
    spread: float,
) -> tuple[float, float]:
    """The interval of the mean revenue of drawn customers."""
    return method(money(n, share, spread, rng=rng), seed)


def experiment(seed: int, *, n: int, holdout: float, outcome: str, past: str | None) -> list[float]:
    """P-values of an experiment without effect: of all customers, and the smallest adjusted one of five segments."""
    rng = np.random.default_rng(seed)
    shares = np.repeat([0.3, 0.2, 0.1, 0.06, 0.03], n // 5)
    habit = rng.gamma(2, 0.5, n)
    acts = rng.random(n) < np.minimum(shares * habit, 1)
    earlier = sum((rng.random(n) < np.minimum(shares * habit, 1)).astype(int) for _ in range(2))
    customers = pl.DataFrame({"customer_id": np.arange(n), "name": np.repeat(list("abcde"), n // 5)})
    order_value = rng.lognormal(3, 1, n)
    results = pl.DataFrame(
        {"customer_id": np.arange(n), "acts": acts, "money": acts * order_value, "before": earlier * order_value}
    )
    groups = split(customers, by="name", holdout=holdout, salt=f"experiment {seed}")
    result = uplift(groups, results, by="name", outcome_column=outcome, past_column=past, random_state=seed)
    adjusted = [row.p_holm for row in result.segments if not np.isnan(row.p_holm)]
    return [result.overall.p_value, min(adjusted, default=1.0)]


def false_positives(runs: int) -> Iterator[list[object]]:
    """Share of experiments without effect that show one, by outcome and holdout."""
    for outcome, past in (("acts", None), ("money", None), ("acts", "before"), ("money", "before")):
        for holdout in (0.5, 0.2):
            p = np.array(
                [experiment(seed, n=2500, holdout=holdout, outcome=outcome, past=past) for seed in range(runs)]
            )
            name = f"{'rate' if outcome == 'acts' else 'money'}{', with CUPED' if past else ''}"
            yield [name, f"{holdout:.0%} held out", *(p < 1 - LEVEL).mean(axis=0).tolist()]


def plain_t_tests(runs: int) -> Iterator[list[object]]:
    """The same for money with Welch's t-test, which is usual and wrong where few customers are held out."""
    for n, holdout in ((1000, 0.1), (3000, 0.1), (3000, 0.5)):
        errors = 0
        for seed in range(runs):
            rng = np.random.default_rng(seed)
            values, is_held_out = money(n, 0.05, 1.0, rng=rng), rng.random(n) < holdout
            errors += ttest_ind(values[is_held_out], values[~is_held_out], equal_var=False).pvalue < 1 - LEVEL
        yield [f"money, t-test, {n:,} customers", f"{holdout:.0%} held out", errors / runs]


def show(rows: Iterable[list[object]]) -> None:
    """Print each row when it is there: a run takes long."""
    for row in rows:
        cells = [f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row]
        print("  " + "  ".join([cells[0].ljust(32), cells[1].ljust(14), *cells[2:]]), flush=True)


def main() -> None:
    """Print the table of one part, or of all."""
    parts = {
        "coverage": (
            "Coverage of 95 % intervals",
            lambda runs: chain(coverage_of_rates(runs), coverage_of_money(runs)),
        ),
        "no-effect": (
            "Experiments without any effect, 2,500 customers in five segments: share with p below .05,"
            "\nof all customers and of any segment (Holm)",
            false_positives,
        ),
        "t-tests": ("The same with Welch's t-test, if 5 % of the customers buy", plain_t_tests),
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=parts, help="by default all")
    parser.add_argument("--runs", type=int, default=1000, help="simulations with the seeds 0, 1, ... [default: 1000]")
    options = parse_options(parser, runs=30)
    print(f"{options.runs:,} runs, seeds 0 to {options.runs - 1}.")
    for name, (title, rows) in parts.items():
        if options.part in (None, name):
            print(f"\n{title}")
            show(rows(options.runs))


if __name__ == "__main__":
    main()
