"""How long does a new user wait for the first segments?

A fresh process fits 2,000 customers of the seeded shop with an empty cache of numba; a second one finds the compiled
loops there. Imports that the fit triggers count, those of `custseg` and the start of Python do not. Limit: 8 s for
the first fit on two cores, median of three. Beside it the loop of a notebook, in a fresh process too: scikit-learn's
k-means and silhouette for 2 to 10 clusters of the same customers.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from _measure import parse_options

LIMIT = 8.0
FIT = """
import builtins, json, sys, threading, time
from custseg import Orders, fit_segments
from custseg.datasets import make_shop

shop = make_shop(2_000, random_state=0)
imports, plain, here = [], builtins.__import__, threading.local()

def timed(*arguments, **keywords):
    inside, here.inside = getattr(here, "inside", False), True
    start = time.perf_counter()
    try:
        return plain(*arguments, **keywords)
    finally:
        here.inside = inside
        if not inside:
            imports.append(time.perf_counter() - start)

def seconds():
    orders = Orders(shop.orders, cancelled="cancelled", discount="discount") if DESCRIBED else shop.orders
    start, used = time.perf_counter(), time.process_time()
    fit_segments(orders, as_of=shop.as_of)
    return time.perf_counter() - start, time.process_time() - used

class Compiling:
    def __init__(self):
        self.lock, self.active, self.start, self.seconds, self.loops = threading.Lock(), 0, 0.0, 0.0, set()

    def __call__(self, compiled):
        def timed_compile(loop, kind):
            with self.lock:
                self.start = self.start if self.active else time.perf_counter()
                self.active += 1
                self.loops.add(loop)
            try:
                return compiled(loop, kind)
            finally:
                with self.lock:
                    self.active -= 1
                    self.seconds += 0.0 if self.active else time.perf_counter() - self.start
        return timed_compile

builtins.__import__ = timed
start, used, compiling = time.perf_counter(), time.process_time(), Compiling()
from numba.core.dispatcher import Dispatcher
Dispatcher.compile = compiling(Dispatcher.compile)
begun = time.perf_counter() - start, time.process_time() - used
total, processor = (sum(pair) for pair in zip(begun, seconds()))
builtins.__import__ = plain
loops = sum(loop.__module__.startswith("custseg") for loop in compiling.loops)
print(json.dumps({
    "total": total, "import": sum(imports), "compile": compiling.seconds, "loops": loops,
    "processor": processor, "second fit": seconds()[0],
}))
"""
LOOP = """
import json, time
import numpy as np
X = np.load(PATH)
start, used = time.perf_counter(), time.process_time()
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
for k in range(2, 11):
    silhouette_score(X, KMeans(k, n_init=10, random_state=0).fit_predict(X))
print(json.dumps({"total": time.perf_counter() - start, "processor": time.process_time() - used}))
"""


def fresh(code: str, cache: str, **names: object) -> dict[str, float]:
    """What the code prints in a process of its own."""
    head = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    run = subprocess.run(
        [sys.executable, "-c", head + code], env=environment, capture_output=True, text=True, check=True
    )
    seconds: dict[str, float] = json.loads(run.stdout)
    return seconds


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def first_and_second(runs: int, *, described: bool) -> tuple[dict[str, float], dict[str, float]]:
    """The fit in processes without compiled loops, and in the next ones, which load them."""
    cold, warm = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as cache:
            cold.append(fresh(FIT, cache, DESCRIBED=described))
            warm.append(fresh(FIT, cache, DESCRIBED=described))
    return medians(cold), medians(warm)


def notebook(runs: int) -> dict[str, float]:
    """The loop on recency, number of orders and revenue, as logarithms of mean 0 and variance 1."""
    import numpy as np

    from custseg.datasets import make_shop
    from custseg.features import build_features

    shop = make_shop(2_000, random_state=0)
    table = build_features(shop.orders, as_of=shop.as_of)
    values = [table.values(name) for name in ("recency_days", "order_count", "revenue")]
    X = np.column_stack([np.log1p(np.maximum(column, 0)) for column in values])
    X = X[np.isfinite(X).all(axis=1)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "X.npy")
        np.save(path, (X - X.mean(axis=0)) / X.std(axis=0))
        return medians([fresh(LOOP, folder, PATH=str(path)) for _ in range(runs)])


def print_row(name: str, seconds: Mapping[str, float], peer: float) -> None:
    """One line of the table."""
    parts = [seconds.get(part) for part in ("import", "compile")]
    rest = seconds["total"] - sum(part or 0.0 for part in parts)
    cells = [f"{part:9.2f}" if part is not None else f"{'':9}" for part in (seconds["total"], *parts, rest)]
    print(f"  {name:<34}{''.join(cells)}{seconds['processor']:11.2f}{seconds['total'] / peer:8.2f} ×")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    options = parse_options(parser, runs=1)
    loop = notebook(options.runs)
    heads = ("seconds", "import", "compile", "rest", "processor", "ratio")
    print(f"\n2,000 customers, {os.cpu_count()} cores, medians of {options.runs} fresh processes\n")
    print(f"  {'':<34}{''.join(head.rjust(9) for head in heads[:4])}{heads[4]:>11}{heads[5]:>10}")
    print_row("a notebook's loop", loop, loop["total"])
    for described in (False, True):
        kind = "orders described" if described else "plain table"
        cold, warm = first_and_second(options.runs, described=described)
        print_row(f"first fit, {kind}", cold, loop["total"])
        print_row(f"the next process, {kind}", warm, loop["total"])
        verdict = "met" if cold["total"] <= LIMIT else "MISSED"
        print(f"  {cold['loops']:.0f} loops; a second fit {cold['second fit']:.2f} s; limit {LIMIT:g} s: {verdict}")


if __name__ == "__main__":
    main()
