"""Parts of `choice_quality.py` on simulated tables: planted groups, none, half random ones, and two far groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial

import numpy as np
import polars as pl
from _choice_logs import LOGS, chosen
from _choice_report import Mapped, Measure
from _choice_shops import order_features, prepared_log
from _shapes import planted
from scipy.stats import norm, rankdata
from sklearn.metrics import adjusted_rand_score

from custseg import Orders
from custseg.clustering import select_clustering
from custseg.features import build_features
from custseg.preparation import compress_tails, fit_preparation

PLANTED = {
    "planted": planted(5.0),
    "planted-heavy": planted(5.0, heavy=True),
    "planted-close": planted(4.0),
}
PEAK_AGREEMENT, FAR_AGREEMENT = 0.9, 0.99
HALF_RANDOM_ROWS = (1_500, 1_000, 600, 300)
FAR_ROWS, FAR_MIN_SIZE = 1_500, 0.005
RANDOM_COLUMNS: Mapping[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "uniform": lambda rng, n: rng.uniform(0, 365, n),
    "normal": lambda rng, n: rng.normal(100, 15, n),
    "exponential": lambda rng, n: rng.exponential(50, n),
    "counts": lambda rng, n: 1.0 + rng.poisson(3, n),
}


def planted_found(seed: int, *, kind: str) -> tuple[int, int]:
    """The true number and the chosen one."""
    X, y = PLANTED[kind](np.random.default_rng(seed))
    X = compress_tails(X, min_size=0.03)
    return len(np.unique(y)), select_clustering(X, min_size=0.03, n_jobs=1).best.n_clusters


def planted_part(kind: str, count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """The share of mixtures in which the number is right."""
    seeds = range(count)
    results = list(mapped(partial(planted_found, kind=kind), seeds))
    wrong = [f"seed {seed}: {true} groups, {k} chosen" for seed, (true, k) in enumerate(results) if true != k]
    yield from wrong
    yield Measure(kind, 1 - len(wrong) / count, f"of {count}, seeds 0 to {count - 1}")


def gaussian(rng: np.random.Generator) -> np.ndarray:
    """One cloud with correlations."""
    return rng.normal(size=(1_000, 4)) @ rng.normal(size=(4, 4))


def uniform(rng: np.random.Generator) -> np.ndarray:
    """A box."""
    return rng.uniform(size=(1_000, 3))


def tied_log_normal(rng: np.random.Generator) -> np.ndarray:
    """Long tails, and 60 % of the rows with one value in one of the columns."""
    X = rng.lognormal(size=(1_000, 3))
    X[rng.uniform(size=len(X)) < 0.6, 1] = 1.0
    return X


def copula(rng: np.random.Generator, *, of: np.ndarray) -> np.ndarray:
    """The marginals and rank correlations of a table, in one cloud."""
    n, d = of.shape
    correlations = np.corrcoef(norm.ppf((rankdata(of, axis=0) - 0.5) / n).T)
    levels = norm.cdf(rng.multivariate_normal(np.zeros(d), correlations, n))
    places = np.minimum((levels * n).astype(int), n - 1)
    return np.take_along_axis(np.sort(of, axis=0), places, axis=0)


def shop(rng: np.random.Generator) -> np.ndarray:
    """All order features of a shop whose customers differ by degrees alone: rates are gamma, orders Poisson."""
    n, days = 1_200, 365
    first, mean = rng.integers(0, 300, n), np.exp(rng.normal(3.5, 0.5, n))
    rates = rng.gamma(1.0, 1 / 60, n)
    later = rng.poisson(rates * (days - first))
    customer = np.repeat(np.arange(n), later + 1)
    is_first = np.append(True, customer[1:] != customer[:-1])
    when = np.where(is_first, first[customer], rng.integers(first[customer], days))
    start = date(2024, 1, 1)
    log = pl.DataFrame(
        {
            "customer_id": customer,
            "ordered_at": [start + timedelta(days=int(day)) for day in when],
            "amount": np.round(rng.gamma(4.0, mean[customer] / 4) + 1, 2),
        }
    )
    orders = Orders(log, customer="customer_id", date="ordered_at", amount="amount", order=None)
    table = build_features(orders, as_of=start + timedelta(days=days))
    return fit_preparation(values := {name: table.values(name) for name in order_features(table)}).matrix(values)


def sparse_log_normal(rng: np.random.Generator) -> np.ndarray:
    """500 × 15, independent, 6.6 % of the cells 0, so that most rows have a pattern of zeros of their own."""
    X = rng.lognormal(3.0, 1.0, (500, 15))
    X[rng.uniform(size=X.shape) < 0.066] = 0.0
    return X


def spending(rng: np.random.Generator) -> np.ndarray:
    """2,240 × 22 sums of log-normal amounts in categories: their numbers are Poisson, and a customer's size gamma."""
    size = rng.gamma(1.5, 1 / 1.5, (2_240, 1))
    purchases = rng.poisson(size * rng.uniform(0.7, 8.0, 22))
    amounts = rng.lognormal(3.0, 0.8, (purchases.sum(),))
    return np.bincount(np.repeat(np.arange(purchases.size), purchases.ravel()), amounts, purchases.size).reshape(
        purchases.shape
    )


def counts(rng: np.random.Generator) -> np.ndarray:
    """1,500 × 5 counts, rare and frequent ones, of customers of different activity."""
    return rng.poisson(rng.gamma(2.0, 0.5, (1_500, 1)) * [0.3, 1.0, 3.0, 8.0, 20.0]).astype(float)


def standardized(make: Callable[[np.random.Generator], np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """A table in units of its own, prepared as `fit_segments` prepares it."""
    values = {f"column {j}": column for j, column in enumerate(make(rng).T)}
    return fit_preparation(values).matrix(values)


def null_tables() -> dict[str, Callable[[np.random.Generator], np.ndarray]]:
    """Tables without groups, by name."""
    tables = {"gaussian": gaussian, "uniform": uniform, "log-normal": tied_log_normal, "shop": shop}
    if LOGS["Online Retail"].path.exists():
        tables["copula"] = partial(copula, of=prepared_log("Online Retail", "R, F, M"))
    wide = {"500 × 15 with zeros": sparse_log_normal, "2,240 × 22 with zeros": spending, "counts": counts}
    return tables | {name: partial(standardized, make) for name, make in wide.items()}


def verdict(X: np.ndarray) -> tuple[str, str]:
    """What the choice says of a table: the verdict, and the method with its number."""
    choice = select_clustering(compress_tails(X, min_size=0.05), n_jobs=1)
    return choice.verdict, f"{choice.best.method} {choice.best.n_clusters}"


def null(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """The share of tables without groups that are called natural."""
    seeds = range(max(1, count // 5))
    tables = [(name, make(np.random.default_rng(seed))) for name, make in null_tables().items() for seed in seeds]
    results = list(mapped(verdict, [X for _, X in tables]))
    for name in dict.fromkeys(name for name, _ in tables):
        of_name = [said for (which, _), said in zip(tables, results, strict=True) if which == name]
        verdicts = [said for said, _ in of_name]
        natural = [choice for said, choice in of_name if said == "natural"]
        each = ", ".join(f"{said} {verdicts.count(said)}" for said in sorted(set(verdicts)))
        yield f"{name}: {each}" + (f" ({', '.join(natural)})" if natural else "")
    share = np.mean([said == "natural" for said, _ in results])
    yield Measure("null", float(share), f"of {len(results)}, seeds 0 to {seeds[-1]}")


def half_random(seed: int) -> tuple[dict[str, np.ndarray], np.ndarray, str]:
    """One column with two peaks 5 to 10 standard deviations apart, and one to three random columns of one kind."""
    rng = np.random.default_rng(seed)
    n = HALF_RANDOM_ROWS[seed // len(RANDOM_COLUMNS) % len(HALF_RANDOM_ROWS)]
    apart = rng.uniform(5, 10)
    peak = (rng.uniform(size=n) < rng.uniform(0.3, 0.7)).astype(int)
    kind = list(RANDOM_COLUMNS)[seed % len(RANDOM_COLUMNS)]
    values = {"two peaks": 100 + 10 * (apart * peak + rng.normal(size=n))}
    for j in range(int(rng.integers(1, 4))):
        values[f"random {j}"] = RANDOM_COLUMNS[kind](rng, n)
    return values, peak, kind


def half_random_verdict(seed: int) -> tuple[str, str, str, float]:
    """The kind of the random columns, the verdict, the choice, and its agreement with the two peaks."""
    values, peak, kind = half_random(seed)
    choice = chosen(values)
    best = choice.best
    described = f"{len(peak):,} rows, {len(values) - 1} {kind}, {best.method} {best.n_clusters}"
    return kind, choice.verdict, described, float(adjusted_rand_score(peak, best.labels))


def half_random_part(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """The share called natural although they are cut across the random columns.

    The two peaks are the only groups. Natural segments that do not agree with them (adjusted Rand below 0.9) have cut
    a peak in two, and only a random column, or the middle of a peak, can have been cut.
    """
    results = list(mapped(half_random_verdict, range(count)))
    across = []
    for seed, (_, said, described, score) in enumerate(results):
        if said == "natural" and score < PEAK_AGREEMENT:
            across.append(seed)
            yield f"seed {seed}: natural across, {described}, adjusted Rand {score:.2f}"
    for kind in dict.fromkeys(which for which, *_ in results):
        of_kind = [(said, score) for which, said, _, score in results if which == kind]
        verdicts = [said for said, _ in of_kind]
        peaks = sum(score >= PEAK_AGREEMENT for _, score in of_kind)
        each = ", ".join(f"{said} {verdicts.count(said)}" for said in sorted(set(verdicts)))
        yield f"{kind}: {each}; the two peaks themselves in {peaks} of {len(of_kind)}"
    yield Measure("half-random", len(across) / count, f"of {count}, seeds 0 to {count - 1}")


def far_found(seed: int, *, count: int) -> tuple[float, int, float, str]:
    """The share of the larger group, the chosen number, the agreement and the verdict."""
    rng = np.random.default_rng(seed)
    share = 0.5 + 0.49 * seed / max(1, count - 1)
    y = np.repeat([0, 1], [round(share * FAR_ROWS), FAR_ROWS - round(share * FAR_ROWS)])
    angle = rng.uniform(0, 2 * np.pi)
    X = rng.normal(size=(FAR_ROWS, 2)) + 10 * y[:, None] * [np.cos(angle), np.sin(angle)]
    choice = chosen({"x": X[:, 0], "y": X[:, 1]}, min_size=FAR_MIN_SIZE)
    return share, choice.best.n_clusters, float(adjusted_rand_score(y, choice.best.labels)), choice.verdict


def two(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """Two far groups, from halves to 99 to 1: the share in which exactly these are found."""
    results = list(mapped(partial(far_found, count=count), range(count)))
    right = 0
    for seed, (share, number, score, said) in enumerate(results):
        is_right = number == 2 and score >= FAR_AGREEMENT
        right += is_right
        if not is_right:
            yield f"seed {seed}, {share:.0%} in one: {number} segments, adjusted Rand {score:.2f}, {said}"
    natural = sum(said == "natural" for *_, said in results)
    yield Measure("two", right / count, f"natural {natural} of {count}, seeds 0 to {count - 1}")
