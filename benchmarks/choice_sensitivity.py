"""What does each constant of the choice change? The figures with the constant lower, as it is, and higher.

Every table is fitted and measured once, and the decision alone is repeated for each value. A smaller
`--count` has fewer tables, seeds and samples, 100 has all. Tables of public sets and real shops need the folder
`CUSTSEG_DATA` (by default `../shared/data` beside the repository), and their columns are empty without it.

    python benchmarks/choice_sensitivity.py --count 20 --processes 2
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from _choice_sensitivity_tables import COLUMNS, Outcome, Table, Task
from _measure import parse_options
from sklearn.metrics import adjusted_rand_score

from custseg.clustering._methods import get_method, method_names
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._consensus import counted_numbers, decide_by_consensus, resampled_evidence
from custseg.clustering.selection._decision import RULE, Thresholds
from custseg.clustering.selection._evidence import Evaluator
from custseg.clustering.selection._null_model import NullReference
from custseg.clustering.selection._search import Search
from custseg.clustering.selection._stages import Stages

VALUES = {
    "very_stable": (0.85, 0.95),
    "touching": (-0.35, -0.15),
    "separated": (0.05, 0.15),
    "recurring": (0.2, 0.4),
    "finer": (0.0, 0.2),
    "stable": (0.7, 0.8),
    "dissolved": (0.5, 0.7),
}
# Everything that a value above may select has to be measured.
LOOSEST = replace(RULE, touching=min(VALUES["touching"]))


@dataclass(frozen=True)
class Variant:
    """A constant with another value, or fewer draws."""

    name: str
    value: str
    rule: Thresholds = RULE
    share_of_draws: float = 1.0
    n_resamples: int | None = None


def variants() -> list[Variant]:
    """The rule as it is, and with one constant changed."""
    changed = [
        Variant(f"`{name}`", f"{value:g}", replace(RULE, **{name: value}))
        for name, values in VALUES.items()
        for value in values
    ]
    fewer = [Variant("pairs of halves, null draws", "6, 10", share_of_draws=0.5)]
    resamples = [Variant("resamples", str(n), n_resamples=n) for n in (0, 5)]
    return [Variant("the rule as it is", ""), *changed, *fewer, *resamples]


def measured(table: Table) -> Search:
    """The search of a table, with all that any of the values may select."""
    methods = [get_method(name) for name in method_names(auto=True)]
    evaluator = Evaluator.of(table.X, seed=0, min_size=table.min_size)
    search = Search(table.X, evaluator, table.numbers, False, Stages(n_jobs=1), rule=LOOSEST)
    search.run(methods)
    return search


def fewer_draws(rows: Sequence[Candidate], null: NullReference, share: float) -> tuple[list[Candidate], NullReference]:
    """The same evidence from the first of the draws; the similarity of single clusters stays."""
    n_null = round(share * len(null.silhouettes))
    null = replace(null, silhouettes=null.silhouettes[:n_null], separations=null.separations[:n_null])
    fewer = []
    for row in rows:
        if row.draws is not None:
            draws, n_pairs = row.draws, round(share * len(row.draws.separations) / 2)
            draws = replace(
                draws,
                separations=draws.separations[: 2 * n_pairs],
                stability=draws.stability[:n_pairs],
            )
            stability = float(draws.stability.mean()) if len(draws.stability) else None
            halves = float(np.median(draws.separations))
            row = null.with_gain(replace(row, draws=draws, stability=stability, separation_in_halves=halves))
        fewer.append(row)
    return fewer, null


def outcomes(task: Task) -> list[Outcome]:
    """What each variant selects of one table."""
    table = task.table()
    search = measured(table)
    evidence = [row for row, _ in (*search.tried, *search.infeasible)], search.null
    resamples = resampled_evidence(*evidence)
    selected = []
    for variant in variants():
        rows, null, drawn = *evidence, resamples
        if variant.share_of_draws < 1:
            rows, null = fewer_draws(*evidence, variant.share_of_draws)
            drawn = resampled_evidence(rows, null)
        consensus = counted_numbers(
            drawn[: variant.n_resamples], table.request, refit=search.in_sample, rule=variant.rule
        )
        decision = decide_by_consensus(rows, null, table.request, consensus=consensus, rule=variant.rule)
        labels = np.zeros(len(table.X), dtype=int) if decision.is_single else decision.best.labels
        scores = [float(adjusted_rand_score(y[y >= 0], labels[y >= 0])) for y in table.truths]
        selected.append(Outcome(int(labels.max()) + 1, decision.verdict, max(scores, default=np.nan)))
    return selected


def lines(count: int, pool) -> Iterator[str]:
    """The table in Markdown, a row per variant and a column per kind of tables."""
    tasks = {title: column.tasks(count) for title, column in COLUMNS.items()}
    for title, of_column in tasks.items():
        yield f"{title}: {len(of_column)} tables"
    every = [task for of_column in tasks.values() for task in of_column]
    results = iter(pool.imap(outcomes, every))
    selected = {title: [next(results) for _ in of_column] for title, of_column in tasks.items()}
    yield ""
    yield f"| constant | value | {' | '.join(COLUMNS)} |"
    yield f"|---|---|{'---:|' * len(COLUMNS)}"
    for index, variant in enumerate(variants()):
        cells = [
            column.figure(tasks[title], [of_task[index] for of_task in selected[title]]) if tasks[title] else ""
            for title, column in COLUMNS.items()
        ]
        yield f"| {variant.name} | {variant.value} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20, help="tables of a kind")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parse_options(parser, count=1, processes=2)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for line in lines(options.count, pool):
            print(line, flush=True)
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
