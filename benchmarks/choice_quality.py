"""How often does the choice find the right number of groups, and how often does it find groups where there are none?

Parts: planted Gaussian mixtures (limits: 95 right of 100; with a heavy-tailed column or at 4 sigma 80), tables
without groups (limit: 5 natural of 100), and labelled sets of many shapes, where the choice that knows nothing stands
beside k-means, a mixture and HDBSCAN that are told the true number.

    python benchmarks/choice_quality.py --part planted --count 100 --processes 4
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import warnings
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from _shapes import SHAPES, planted
from scipy.stats import norm, rankdata
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from custseg import DataError, Orders
from custseg.clustering import select_clustering
from custseg.features import build_features
from custseg.preparation import plan_preparation

PLANTED = {
    "planted": (planted(5.0), 0.95),
    "planted-heavy": (planted(5.0, heavy=True), 0.8),
    "planted-close": (planted(4.0), 0.8),
}
LEAST_NATURAL = 0.05
# Of the shapes some have small groups, and many of them.
SHAPE_NUMBERS, SHAPE_MIN_SIZE = range(2, 33), 0.02
DATA = Path(os.environ.get("CUSTSEG_DATA") or Path(__file__).parents[2] / "shared" / "data")


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
    families = {feature.name for feature in table.described if feature.family in {"rfm", "rhythm"}}
    return prepared(table, [name for name in table.numeric_names() if name in families])


def prepared(table, names: list[str]) -> np.ndarray:
    """The columns of those who bought, as a fit sees them."""
    bought = table.values("order_count") > 0
    values = {name: table.values(name)[bought] for name in names}
    return plan_preparation(values).matrix(values)


def online_retail() -> np.ndarray:
    """Recency, frequency and money of Online Retail."""
    names = {"customer": "CustomerID", "order": "InvoiceNo", "date": "InvoiceDate"}
    orders = Orders(DATA / "online_retail.parquet", **names, quantity="Quantity", price="UnitPrice")
    return prepared(build_features(orders, as_of="2011-12-10"), ["recency_days", "order_count", "revenue"])


def null_tables() -> dict[str, Callable[[np.random.Generator], np.ndarray]]:
    """Tables without groups, by name."""
    tables = {"gaussian": gaussian, "uniform": uniform, "log-normal": tied_log_normal, "shop": shop}
    if (DATA / "online_retail.parquet").exists():
        tables["copula"] = partial(copula, of=online_retail())
    else:
        print(f"no Online Retail in {DATA}: set CUSTSEG_DATA for the copula")
    return tables


def planted_found(seed: int, *, part: str) -> tuple[int, int]:
    """The true number and the chosen one."""
    X, y = PLANTED[part][0](np.random.default_rng(seed))
    return len(np.unique(y)), select_clustering(X, min_size=0.03, n_jobs=1).best.n_clusters


def verdict(table: tuple[str, np.ndarray]) -> tuple[str, str]:
    """What the choice says of a table."""
    name, X = table
    return name, select_clustering(X, n_jobs=1).verdict


def told(X: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """Labels of each method that is told the number; HDBSCAN takes the setting that comes nearest to it."""
    found = {
        "k-means": KMeans(k, n_init=10, random_state=0).fit_predict(X),
        "mixture": GaussianMixture(k, n_init=3, random_state=0).fit_predict(X),
        "HDBSCAN": np.zeros(len(X), dtype=int),
    }
    for numbers in (k, None):
        try:
            choice = select_clustering(X, methods="hdbscan", n_clusters=numbers, min_size=SHAPE_MIN_SIZE, n_jobs=1)
        except DataError:
            continue
        rows = [row for row in choice.candidates if row.meets_min_size]
        found["HDBSCAN"] = min(rows, key=lambda row: abs(row.n_clusters - k)).labels
        break
    return found


def shape_scores(name: str) -> tuple[str, int, str, dict[str, float]]:
    """True number, what was chosen, and the adjusted Rand index of all."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = SHAPES[name](np.random.default_rng(0))
    k, real = len(np.unique(y[y >= 0])), y >= 0
    best = select_clustering(X, n_clusters=SHAPE_NUMBERS, min_size=SHAPE_MIN_SIZE, n_jobs=1).best
    labelings = {"the choice": best.labels, **told(X, k)}
    scores = {method: float(adjusted_rand_score(y[real], labels[real])) for method, labels in labelings.items()}
    return name, k, f"{best.method} {best.n_clusters}", scores


def planted_part(part: str, seeds: range, mapped) -> None:
    """The share with the right number."""
    found = mapped(partial(planted_found, part=part), seeds)
    for seed, (true, chosen) in zip(seeds, found, strict=True):
        if true != chosen:
            print(f"  seed {seed}: {true} groups, {chosen} chosen")
    right = sum(true == chosen for true, chosen in found)
    print(f"{part}: right in {right} of {len(found)} (limit {PLANTED[part][1]:.0%})")


def null_part(seeds: range, mapped) -> None:
    """The share of tables without groups that are called natural."""
    tables = [(name, make(np.random.default_rng(seed))) for name, make in null_tables().items() for seed in seeds]
    found = mapped(verdict, tables)
    for name in dict.fromkeys(name for name, _ in tables):
        verdicts = [said for which, said in found if which == name]
        print(f"  {name}: " + ", ".join(f"{said} {verdicts.count(said)}" for said in sorted(set(verdicts))))
    natural = sum(said == "natural" for _, said in found)
    print(f"null: natural in {natural} of {len(found)} (limit {LEAST_NATURAL:.0%})")


def shapes_part(names: list[str], mapped) -> None:
    """Adjusted Rand of each set, and the means."""
    found = mapped(shape_scores, names)
    methods = list(found[0][3])
    print(f"  {'':16s} true  {'chosen':20s}" + "".join(f"{method:>12s}" for method in methods))
    for name, k, chosen, scores in found:
        print(f"  {name:16s} {k:4d}  {chosen:20s}" + "".join(f"{scores[method]:12.3f}" for method in methods))
    means = {method: np.mean([scores[method] for *_, scores in found]) for method in methods}
    print(f"shapes: mean of {len(found)}, " + ", ".join(f"{method} {mean:.3f}" for method, mean in means.items()))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=[*PLANTED, "null", "shapes"], nargs="+")
    parser.add_argument("--count", type=int, default=100, help="mixtures; tables in all; sets of points")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        mapped = partial(pool.map, chunksize=1)
        for part in options.part or [*PLANTED, "null", "shapes"]:
            if part in PLANTED:
                planted_part(part, range(options.count), mapped)
            elif part == "null":
                null_part(range(max(1, options.count // 5)), mapped)
            else:
                shapes_part(list(SHAPES)[: options.count], mapped)


if __name__ == "__main__":
    main()
