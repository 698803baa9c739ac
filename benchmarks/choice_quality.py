"""How often does the choice find the right number of groups, and how often does it find groups where there are none?

Parts: planted Gaussian mixtures (limits: 95 right of 100; with a heavy-tailed column or at 4 sigma 80), tables
without groups (limit: 5 natural of 100), two real shops from five seeds and in as many orders of their rows (limits:
the same choice of 4 to 8, stability 0.75), a shop whose six kinds are known (limit: adjusted Rand 0.8), and labeled
sets of many shapes, where the choice that knows nothing stands beside k-means, a mixture and HDBSCAN that are told the
true number.

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

from custseg import DataError, Orders, fit_segments
from custseg.clustering import AUTO_NUMBERS, ClusteringChoice, select_clustering
from custseg.datasets import make_shop
from custseg.features import build_features
from custseg.preparation import compress_tails, fit_preparation

PLANTED = {
    "planted": (planted(5.0), 0.95),
    "planted-heavy": (planted(5.0, heavy=True), 0.8),
    "planted-close": (planted(4.0), 0.8),
}
PARTS = [*PLANTED, "null", "logs", "kinds", "shapes"]
LEAST_NATURAL = 0.05
# Of the shapes some have small groups, and many of them.
SHAPE_NUMBERS, SHAPE_MIN_SIZE = range(2, 33), 0.02
SHAPE_METHODS = ("the choice", "k-means", "mixture", "HDBSCAN")
RFM = ["recency_days", "order_count", "revenue"]
LOGS = {
    "CDNOW": ("cdnow_sample.csv", {"customer": "id", "order": None, "date": "date", "amount": "spent"}, "1998-07-01"),
    "Online Retail": (
        "online_retail.parquet",
        {
            "customer": "CustomerID",
            "order": "InvoiceNo",
            "date": "InvoiceDate",
            "quantity": "Quantity",
            "price": "UnitPrice",
        },
        "2011-12-10",
    ),
}
LOG_SEEDS, LEAST_STABLE = range(5), 0.75
LEAST_KINDS_FOUND = 0.8
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
    return prepared(table, order_features(table))


def order_features(table) -> list[str]:
    """Names of all numbers that an order log gives."""
    families = {feature.name for feature in table.described if feature.family in {"rfm", "rhythm"}}
    return [name for name in table.numeric_names() if name in families]


def prepared(table, names: list[str]) -> np.ndarray:
    """The columns of customers with a purchase, standardized."""
    bought = table.values("order_count") > 0
    values = {name: table.values(name)[bought] for name in names}
    return fit_preparation(values).matrix(values)


def log_table(log: str, columns: str) -> np.ndarray:
    """Recency, frequency and money of a real shop, or all order features."""
    file, words, as_of = LOGS[log]
    table = build_features(Orders(DATA / file, **words), as_of=as_of)
    return prepared(table, RFM if columns == "R, F, M" else order_features(table))


def null_tables() -> dict[str, Callable[[np.random.Generator], np.ndarray]]:
    """Tables without groups, by name."""
    tables = {"gaussian": gaussian, "uniform": uniform, "log-normal": tied_log_normal, "shop": shop}
    if (DATA / "online_retail.parquet").exists():
        tables["copula"] = partial(copula, of=log_table("Online Retail", "R, F, M"))
    else:
        print(f"no Online Retail in {DATA}: set CUSTSEG_DATA for the copula")
    return tables


def choose(X: np.ndarray, *, min_size: float = 0.05, **options: object) -> ClusteringChoice:
    """The choice for rows prepared as `fit_segments` prepares them, with heavy tails compressed."""
    return select_clustering(compress_tails(X, min_size=min_size), min_size=min_size, n_jobs=1, **options)


def planted_found(seed: int, *, part: str) -> tuple[int, int]:
    """The true number and the chosen one."""
    X, y = PLANTED[part][0](np.random.default_rng(seed))
    return len(np.unique(y)), choose(X, min_size=0.03).best.n_clusters


def verdict(table: tuple[str, np.ndarray]) -> tuple[str, str]:
    """What the choice says of a table."""
    name, X = table
    return name, choose(X).verdict


def logs_chosen(which: tuple[str, str, int]) -> tuple[str, int, float, float]:
    """Method, number, stability and smallest share, with the rows in an order of their own."""
    log, columns, seed = which
    X = np.random.default_rng(seed).permutation(log_table(log, columns))
    best = choose(X, n_clusters=AUTO_NUMBERS, random_state=seed).best
    return best.method, best.n_clusters, best.stability, best.smallest_share


def kinds_found(which: tuple[str, int]) -> tuple[int, float]:
    """Segments of the seeded shop, and their agreement with its kinds."""
    columns, seed = which
    made = make_shop(1_500, seed)
    orders = Orders(made.orders, cancelled="cancelled", discount="discount")
    table = build_features(orders, as_of=made.as_of)
    names = None if columns == "R, F, M" else table.numeric_names()
    found = fit_segments(features=table, columns=names).assignments.join(made.kinds, on="customer_id")
    found = found.filter(pl.col("segment").is_not_null())
    return found["segment"].n_unique(), float(adjusted_rand_score(found["kind"], found["segment"]))


def told(X: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """Labels of each method that is told the number; HDBSCAN takes the setting that comes nearest to it."""
    found = {
        "k-means": KMeans(k, n_init=10, random_state=0).fit_predict(X),
        "mixture": GaussianMixture(k, n_init=3, random_state=0).fit_predict(X),
        "HDBSCAN": np.zeros(len(X), dtype=int),
    }
    for numbers in (k, None):
        try:
            choice = choose(X, methods="hdbscan", n_clusters=numbers, min_size=SHAPE_MIN_SIZE)
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
    best = choose(X, n_clusters=SHAPE_NUMBERS, min_size=SHAPE_MIN_SIZE).best
    labelings = {"the choice": best.labels, **told(X, k)}
    scores = {method: float(adjusted_rand_score(y[real], labels[real])) for method, labels in labelings.items()}
    return name, k, f"{best.method} {best.n_clusters}", scores


def planted_part(part: str, seeds: range, mapped) -> None:
    """The share with the right number."""
    right = 0
    for seed, (true, chosen) in zip(seeds, mapped(partial(planted_found, part=part), seeds), strict=True):
        right += true == chosen
        if true != chosen:
            print(f"  seed {seed}: {true} groups, {chosen} chosen", flush=True)
    print(f"{part}: right in {right} of {len(seeds)} (limit {PLANTED[part][1]:.0%})", flush=True)


def null_part(seeds: range, mapped) -> None:
    """The share of tables without groups that are called natural."""
    tables = [(name, make(np.random.default_rng(seed))) for name, make in null_tables().items() for seed in seeds]
    found = list(mapped(verdict, tables))
    for name in dict.fromkeys(name for name, _ in tables):
        verdicts = [said for which, said in found if which == name]
        print(f"  {name}: " + ", ".join(f"{said} {verdicts.count(said)}" for said in sorted(set(verdicts))))
    natural = sum(said == "natural" for _, said in found)
    print(f"null: natural in {natural} of {len(found)} (limit {LEAST_NATURAL:.0%})")


def logs_part(mapped) -> None:
    """What is chosen of two real shops."""
    tables = [(log, columns) for log in LOGS if (DATA / LOGS[log][0]).exists() for columns in ("R, F, M", "all")]
    found = mapped(logs_chosen, [(*table, seed) for table in tables for seed in LOG_SEEDS])
    for log, columns in tables:
        rows = [next(found) for _ in LOG_SEEDS]
        chosen = sorted({f"{method} {k}" for method, k, *_ in rows})
        stable, share = (min(row[place] for row in rows) for place in (2, 3))
        print(
            f"  {log}, {columns}: {' or '.join(chosen)}, stability at least {stable:.2f} (limit {LEAST_STABLE}), "
            f"smallest {share:.1%}",
            flush=True,
        )


def kinds_part(seeds: range, mapped) -> None:
    """Agreement with the six kinds of the seeded shop."""
    for columns in ("R, F, M", "all"):
        found = list(mapped(kinds_found, [(columns, seed) for seed in seeds]))
        told = ", ".join(f"{score:.2f} ({k})" for k, score in found)
        mean = np.mean([score for _, score in found])
        print(f"kinds, by {columns}: mean {mean:.2f} (limit {LEAST_KINDS_FOUND}); {told}", flush=True)


def shapes_part(names: list[str], mapped) -> None:
    """Adjusted Rand of each set, and the means."""
    print(f"  {'':16s} true  {'chosen':20s}" + "".join(f"{method:>12s}" for method in SHAPE_METHODS))
    found = []
    for name, k, chosen, scores in mapped(shape_scores, names):
        found.append([scores[method] for method in SHAPE_METHODS])
        print(f"  {name:16s} {k:4d}  {chosen:20s}" + "".join(f"{score:12.3f}" for score in found[-1]), flush=True)
    means = zip(SHAPE_METHODS, np.mean(found, axis=0), strict=True)
    print(f"shapes: mean of {len(found)}, " + ", ".join(f"{method} {mean:.3f}" for method, mean in means), flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, nargs="+")
    parser.add_argument(
        "--count", type=int, default=100, help="mixtures; tables in all; ten times the shops; sets of points"
    )
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        mapped = pool.imap
        for part in options.part or PARTS:
            if part in PLANTED:
                planted_part(part, range(options.count), mapped)
            elif part == "null":
                null_part(range(max(1, options.count // 5)), mapped)
            elif part == "logs":
                logs_part(mapped)
            elif part == "kinds":
                kinds_part(range(max(1, options.count // 10)), mapped)
            else:
                shapes_part(list(SHAPES)[: options.count], mapped)


if __name__ == "__main__":
    main()
