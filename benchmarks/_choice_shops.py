"""Parts of `choice_quality.py` on order logs: the same answer next month, for other customers, seeds and sizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise, product

import numpy as np
import polars as pl
from _choice_logs import DATED, LOGS, RFM, bought, chosen, log_table, present, shop_block, shop_values
from _choice_report import Mapped, Measure, five_seeds, tenths
from sklearn.metrics import adjusted_rand_score

from custseg import Orders, fit_segments
from custseg.clustering import AUTO_NUMBERS, select_clustering
from custseg.datasets import make_shop
from custseg.features import build_features
from custseg.preparation import compress_tails, fit_preparation

SAMPLE_SHARE = 0.8
SIZES = (5_000, 20_000, 200_000, 1_000_000)
BLOCK_ROWS = 50_000
# The snapshot, and the end of the period whose revenue the segments are to separate.
PERIODS = {
    "Online Retail": ("2011-09-01", "2011-12-01"),
    "Complete Journey": ("2017-10-01", "2018-01-01"),
    "CDNOW": ("1997-10-01", "1998-07-01"),
}
ORDER_FAMILIES = ("rfm", "rhythm")


def sample_chosen(task: tuple[str, str, int, int]) -> tuple[str, int]:
    """Verdict and number of segments of a sample of the customers of a shop at a date."""
    log, as_of, sample, seed = task
    values = bought(log_table(log, as_of), RFM)
    n = len(values[RFM[0]])
    rows = np.random.default_rng(sample).choice(n, size=round(SAMPLE_SHARE * n), replace=False)
    choice = chosen({name: column[rows] for name, column in values.items()}, random_state=seed)
    return choice.verdict, choice.best.n_clusters


def counted(items: Sequence[object]) -> str:
    """How often each occurs, the most frequent first."""
    return ", ".join(f"{item} × {n}" for item, n in Counter(items).most_common())


def steady(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """Does a shop keep its number of segments from month to month, from seed to seed, and for most customers?"""
    samples, seeds, logs = tenths(count), five_seeds(count), present(DATED)
    cells = [(log, as_of) for log in logs for as_of in LOGS[log].dates]
    tasks = [(*cell, *pair) for cell in cells for pair in product(samples, seeds)]
    results = mapped(sample_chosen, tasks)
    yield f"{len(samples)} samples (seeds 0 to {samples[-1]}) × {len(seeds)} random states, by shop and date"
    for log in logs:
        numbers: list[int] = []
        for as_of in LOGS[log].dates:
            of_date = [next(results) for _ in product(samples, seeds)]
            numbers += [number for _, number in of_date]
            said = counted([verdict for verdict, _ in of_date])
            yield f"{log}, {as_of}: {counted([number for _, number in of_date])} segments; {said}"
        usual = Counter(numbers).most_common(1)[0][0]
        gaps = np.abs(np.array(numbers) - usual)
        yield Measure(f"steady {log} same", float((gaps == 0).mean()), f"most frequent number {usual}")
        yield Measure(f"steady {log} near", float((gaps <= 1).mean()))


def consensus_of(task: tuple[str, str, int | None]) -> tuple[int, float]:
    """The number of a shop or of one of its samples, and the share of the resamples that select it."""
    log, as_of, sample = task
    values = bought(log_table(log, as_of), RFM)
    n = len(values[RFM[0]])
    if sample is not None:
        rows = np.random.default_rng(1_000 + sample).choice(n, size=round(SAMPLE_SHARE * n), replace=False)
        values = {name: column[rows] for name, column in values.items()}
    choice = chosen(values)
    return choice.best.n_clusters, choice.consensus.share(choice.best.n_clusters)


def consensus(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """Does the share of the resamples that select the number agree with 20 true samples of customers?"""
    samples = range(max(2, min(20, count // 5)))
    logs = present(tuple(PERIODS))
    tasks = [(log, PERIODS[log][0], sample) for log in logs for sample in (None, *samples)]
    results = mapped(consensus_of, tasks)
    differences = []
    for log in logs:
        number, share = next(results)
        true_share = float(np.mean([next(results)[0] == number for _ in samples]))
        differences.append(abs(share - true_share))
        yield f"{log}: {number} segments, {share:.0%} of resamples, {true_share:.0%} of {len(samples)} samples"
    yield Measure("consensus", max(differences))


def fitted_rules(log: str) -> list[tuple[str, int, float]]:
    """Each date of a shop, its number of segments, and the agreement with the rule of the date before."""
    tables = [log_table(log, as_of) for as_of in LOGS[log].dates]
    models = [fit_segments(features=table).model for table in tables]
    agreements = [float("nan")]
    for (before, after), table in zip(pairwise(models), tables[1:], strict=True):
        labels = before.labels(table), after.labels(table)
        inside = (labels[0] >= 0) & (labels[1] >= 0)
        agreements.append(float(adjusted_rand_score(labels[0][inside], labels[1][inside])))
    return [(*row, a) for *row, a in zip(LOGS[log].dates, [len(m.names) for m in models], agreements, strict=True)]


def next_month(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """Do the rules of two neighboring dates assign the customers of the later date alike?"""
    logs = present(DATED)
    agreements = []
    for log, rows in zip(logs, mapped(fitted_rules, logs), strict=True):
        yield f"{log}: " + "; ".join(f"{as_of} {k} segments" for as_of, k, _ in rows)
        yield f"{log}: agreement " + ", ".join(f"{score:.3f}" for *_, score in rows[1:])
        agreements += [score for *_, score in rows[1:]]
    if agreements:
        yield Measure("next-month", float(np.median(agreements)), f"lowest {min(agreements):.3f}")


def size_chosen(values: dict[str, np.ndarray]) -> str:
    """Method, number and verdict; all threads."""
    choice = chosen(values, n_jobs=None)
    return f"{choice.best.method} {choice.best.n_clusters}, {choice.verdict}"


def rows(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """Does the number of segments depend on the number of rows? Samples of one shop of a million customers."""
    sizes = [size for size in SIZES if size <= count * SIZES[-1] // 100] or SIZES[:1]
    yield f"one shop, seeds 0 to {max(1, sizes[-1] // BLOCK_ROWS) - 1} of its blocks of {BLOCK_ROWS:,} customers"
    blocks = list(mapped(shop_block, range(max(1, sizes[-1] // BLOCK_ROWS))))
    answers = []
    for size in sizes:
        answers.append(size_chosen(shop_values(blocks, size)))
        yield f"{size:,} customers: {answers[-1]}"
    numbers = [answer.partition(",")[0].rpartition(" ")[2] for answer in answers]
    yield Measure("rows", len(set(numbers)), f"numbers {', '.join(numbers)}")


def explained(outcome: np.ndarray, labels: np.ndarray) -> float:
    """η²: the share of the variance of an outcome that lies between the segments."""
    means = {label: outcome[labels == label].mean() for label in np.unique(labels)}
    between = sum((labels == label).sum() * (mean - outcome.mean()) ** 2 for label, mean in means.items())
    return float(between / ((outcome - outcome.mean()) ** 2).sum())


def later_explained(log: str) -> tuple[str, int, float]:
    """The chosen number of segments, customers, and η² of the logarithm of their later net revenue."""
    as_of, end = PERIODS[log]
    result = fit_segments(features=log_table(log, as_of))
    segments = result.assignments.with_columns(pl.col("customer_id").cast(pl.String))
    later = (
        LOGS[log]
        .amounts()
        .filter(pl.col("date").is_between(date.fromisoformat(as_of), date.fromisoformat(end), closed="left"))
        .group_by("customer")
        .agg(pl.col("money").sum())
        .collect()
    )
    joined = segments.join(later, left_on="customer_id", right_on="customer", how="left")
    joined = joined.filter(pl.col("segment").is_not_null()).with_columns(pl.col("money").fill_null(0.0).clip(0.0))
    outcome, labels = np.log1p(joined["money"].to_numpy()), joined["segment"].to_numpy()
    best = result.choice.best
    return f"{best.method} {best.n_clusters}, {result.choice.verdict}", len(joined), explained(outcome, labels)


def eta(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """How well do the segments separate the revenue of the next period?"""
    logs = present(tuple(PERIODS))
    for log, (choice, n, share) in zip(logs, mapped(later_explained, logs), strict=True):
        yield Measure(f"eta {log}", share, f"{choice}; {n:,} customers")


def kinds_found(task: tuple[str, int]) -> tuple[int, float]:
    """The number of segments of the seeded shop, and their agreement with its kinds."""
    columns, seed = task
    shop = make_shop(1_500, seed)
    table = build_features(Orders(shop.orders, cancelled="cancelled", discount="discount"), as_of=shop.as_of)
    names = None if columns == "R, F, M" else table.numeric_names()
    joined = fit_segments(features=table, columns=names).assignments.join(shop.kinds, on="customer_id")
    joined = joined.filter(pl.col("segment").is_not_null())
    return joined["segment"].n_unique(), float(adjusted_rand_score(joined["kind"], joined["segment"]))


def kinds(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """Agreement with the six kinds of the seeded shop."""
    seeds = five_seeds(count)
    for columns in ("R, F, M", "all"):
        results = list(mapped(kinds_found, [(columns, seed) for seed in seeds]))
        each = ", ".join(f"{score:.2f} with {k}" for k, score in results)
        yield Measure(f"kinds {columns}", float(np.mean([score for _, score in results])), each)


def prepared_log(log: str, columns: str) -> np.ndarray:
    """Recency, frequency and money of a real shop, or all order features, as `fit_segments` standardizes them."""
    table = log_table(log, LOGS[log].end, ORDER_FAMILIES)
    values = bought(table, RFM if columns == "R, F, M" else order_features(table))
    return fit_preparation(values).matrix(values)


def order_features(table) -> list[str]:
    """Names of all numbers that an order log gives."""
    families = {feature.name for feature in table.described if feature.family in ORDER_FAMILIES}
    return [name for name in table.numeric_names() if name in families]


def log_chosen(task: tuple[str, str, int]) -> tuple[str, float, float]:
    """Method and number, stability and smallest share, with the rows in an order of their own."""
    log, columns, seed = task
    X = np.random.default_rng(seed).permutation(prepared_log(log, columns))
    X = compress_tails(X, min_size=0.05)
    best = select_clustering(X, n_clusters=AUTO_NUMBERS, min_size=0.05, random_state=seed, n_jobs=1).best
    return f"{best.method} {best.n_clusters}", best.stability, best.smallest_share


def logs(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """What is chosen of two real shops, from several seeds and in as many orders of their rows."""
    seeds = five_seeds(count)
    cells = [(log, columns) for log in present(DATED) for columns in ("R, F, M", "all")]
    results = mapped(log_chosen, [(*cell, seed) for cell in cells for seed in seeds])
    stabilities = []
    for log, columns in cells:
        of_cell = [next(results) for _ in seeds]
        stabilities.append(min(stability for _, stability, _ in of_cell))
        smallest = min(share for *_, share in of_cell)
        answers = " or ".join(sorted({answer for answer, *_ in of_cell}))
        yield f"{log}, {columns}: {answers}, stability at least {stabilities[-1]:.2f}, smallest {smallest:.1%}"
    if stabilities:
        yield Measure("logs", min(stabilities))
