"""The tables of `choice_sensitivity.py`, and the figure that each kind of them gives."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from _choice_logs import DATA, LOGS, RFM, bought, log_table, prepared
from _choice_planted_shops import AS_OF, NUMBERS_OF_KINDS, planted_shop
from _choice_report import five_seeds
from _choice_shapes import BATTERY_MIN_SIZE, BATTERY_NUMBERS, labeled_set
from _choice_shops import SAMPLE_SHARE
from _choice_tables import PEAK_AGREEMENT, PLANTED, half_random, null_tables

from custseg import Orders
from custseg.clustering import AUTO_NUMBERS
from custseg.clustering.selection._decision import Request
from custseg.datasets import make_shop
from custseg.features import build_features
from custseg.preparation import compress_tails

BY_DEFAULT = Request(AUTO_NUMBERS, or_any_natural=True, or_single=True)


@dataclass(frozen=True)
class Table:
    """Rows, what is requested, and the true labels, of which there may be several; -1 is not compared."""

    X: np.ndarray
    request: Request
    min_share: float
    truths: Sequence[np.ndarray] = ()

    @property
    def numbers(self) -> Sequence[int]:
        return list(self.request.n_clusters_allowed)

    @property
    def min_size(self) -> int:
        return math.ceil(round(self.min_share * len(self.X), 9))


@dataclass(frozen=True)
class Outcome:
    """What was selected: the number of clusters, the verdict, and the best agreement with a truth."""

    number: int
    verdict: str
    score: float


@dataclass(frozen=True)
class Task:
    """Makes a table in the process that uses it; `right` are the true numbers, `group` says which tables belong."""

    table: Callable[[], Table]
    right: tuple[int, ...] = ()
    group: str = ""


@dataclass(frozen=True)
class Column:
    """Some tables, and a figure of what is selected of them."""

    tasks: Callable[[int], list[Task]]
    figure: Callable[[Sequence[Task], Sequence[Outcome]], str]


def planted_table(seed: int) -> Table:
    X, y = PLANTED["planted-close"](np.random.default_rng(seed))
    return Table(compress_tails(X, min_size=0.03), Request(range(2, 11)), 0.03, [y])


def planted_tasks(count: int) -> list[Task]:
    numbers = [len(np.unique(planted_table(seed).truths[0])) for seed in range(count)]
    return [Task(partial(planted_table, seed), (k,)) for seed, k in enumerate(numbers)]


def null_table(name: str, seed: int) -> Table:
    X = null_tables()[name](np.random.default_rng(seed))
    return Table(compress_tails(X, min_size=0.05), Request(range(2, 11)), 0.05)


def null_tasks(count: int) -> list[Task]:
    return [Task(partial(null_table, *pair)) for pair in product(null_tables(), range(max(1, count // 10)))]


def half_random_table(seed: int) -> Table:
    values, peak, _ = half_random(seed)
    return Table(prepared(values), BY_DEFAULT, 0.05, [peak])


def half_random_tasks(count: int) -> list[Task]:
    return [Task(partial(half_random_table, seed)) for seed in range(count)]


def set_table(path: Path) -> Table:
    X, labelings = labeled_set(path)
    return Table(X, Request(BATTERY_NUMBERS), BATTERY_MIN_SIZE, [np.where(y > 0, y, -1) for y in labelings])


def set_tasks(count: int) -> list[Task]:
    """All sets from a count of 40, and every second one of them at 20."""
    paths = sorted((DATA / "shapes").glob("*/*.data.gz"))[:: max(1, 40 // count)]
    numbers = [tuple(len(np.unique(y[y >= 0])) for y in set_table(path).truths) for path in paths]
    return [Task(partial(set_table, path), right) for path, right in zip(paths, numbers, strict=True)]


def kinds_table(seed: int) -> Table:
    shop = make_shop(1_500, seed)
    orders = Orders(shop.orders, cancelled="cancelled", discount="discount")
    table = build_features(orders, as_of=shop.as_of, families=["rfm"])
    joined = table.frame.join(shop.kinds, on="customer_id", how="left", maintain_order="left")
    kinds = joined.filter(pl.col("order_count") > 0)["kind"].rank("dense").to_numpy()
    return Table(prepared(bought(table, RFM)), BY_DEFAULT, 0.05, [kinds])


def kinds_tasks(count: int) -> list[Task]:
    return [Task(partial(kinds_table, seed)) for seed in five_seeds(count)]


def planted_shop_table(n_kinds: int, seed: int) -> Table:
    log, _ = planted_shop(n_kinds, seed)
    table = build_features(Orders(log), as_of=AS_OF, families=["rfm"])
    return Table(prepared(bought(table, RFM)), BY_DEFAULT, 0.05)


def planted_shop_tasks(count: int) -> list[Task]:
    pairs = product(NUMBERS_OF_KINDS, range(min(5, max(1, count // 10))))
    return [Task(partial(planted_shop_table, *pair), pair[:1]) for pair in pairs]


def log_sample(log: str, as_of: str, sample: int) -> Table:
    """The customers of a shop at a date, and for a sample above 0 a random 80 % of them."""
    values = bought(log_table(log, as_of), RFM)
    n = len(values[RFM[0]])
    rng = np.random.default_rng(sample)
    rows = rng.choice(n, size=round(SAMPLE_SHARE * n), replace=False) if sample else np.arange(n)
    return Table(prepared({name: column[rows] for name, column in values.items()}), BY_DEFAULT, 0.05)


def log_tasks(log: str, count: int) -> list[Task]:
    if not LOGS[log].path.exists():
        return []
    pairs = product(LOGS[log].dates, range(max(1, count // 7)))
    return [Task(partial(log_sample, log, *pair), group=log) for pair in pairs]


def share_right(tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> str:
    share = np.mean([outcome.number in task.right for task, outcome in zip(tasks, outcomes, strict=True)])
    return f"{share:.0%}"


def share_natural(tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> str:
    return f"{np.mean([outcome.verdict == 'natural' for outcome in outcomes]):.0%}"


def share_across(tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> str:
    across = [outcome.verdict == "natural" and outcome.score < PEAK_AGREEMENT for outcome in outcomes]
    return f"{np.mean(across):.0%}"


def mean_score(tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> str:
    return f"{np.mean([outcome.score for outcome in outcomes]):.2f}"


def score_and_right(tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> str:
    right = sum(outcome.number in task.right for task, outcome in zip(tasks, outcomes, strict=True))
    return f"{mean_score(tasks, outcomes)}; {right}"


def share_same(tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> str:
    """The most frequent number, and the share that have it."""
    number, n = Counter(outcome.number for outcome in outcomes).most_common(1)[0]
    return f"{number}: {n / len(outcomes):.0%}"


COLUMNS: dict[str, Any] = {
    "planted 4σ, right": Column(planted_tasks, share_right),
    "no groups, natural": Column(null_tasks, share_natural),
    "half-random, natural across": Column(half_random_tasks, share_across),
    "public sets, adjusted Rand; right": Column(set_tasks, score_and_right),
    "seeded shop, adjusted Rand": Column(kinds_tasks, mean_score),
    "planted shops, right": Column(planted_shop_tasks, share_right),
    "Online Retail, same": Column(partial(log_tasks, "Online Retail"), share_same),
    "CDNOW, same": Column(partial(log_tasks, "CDNOW"), share_same),
}
