"""Parts of `choice_quality.py` on labeled sets of points: the project's own shapes, and a public battery."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from _choice_logs import DATA
from _choice_report import Mapped, Measure
from _shapes import SHAPES
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from custseg import DataError
from custseg.clustering import select_clustering
from custseg.preparation import compress_tails

# Of the shapes some have small groups, and many of them.
SHAPE_NUMBERS, SHAPE_MIN_SIZE = range(2, 33), 0.02
METHODS = ("the choice", "k-means", "mixture", "HDBSCAN")
BATTERY = DATA / "shapes"
BATTERY_NUMBERS, BATTERY_MIN_SIZE, BATTERY_ROWS = range(2, 21), 0.01, 1_500


def told(X: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """Labels of each method that is told the number; HDBSCAN takes the setting that comes nearest to it."""
    labels = {
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
        labels["HDBSCAN"] = min(rows, key=lambda row: abs(row.n_clusters - k)).labels
        break
    return labels


def shape_scores(name: str, *, with_told: bool) -> tuple[int, str, dict[str, float]]:
    """True number, what was chosen, and the adjusted Rand index of all."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = SHAPES[name](np.random.default_rng(0))
    X = compress_tails(X, min_size=SHAPE_MIN_SIZE)
    k, is_labeled = len(np.unique(y[y >= 0])), y >= 0
    best = select_clustering(X, n_clusters=SHAPE_NUMBERS, min_size=SHAPE_MIN_SIZE, n_jobs=1).best
    labelings = {"the choice": best.labels, **(told(X, k) if with_told else {})}
    scores = {
        method: float(adjusted_rand_score(y[is_labeled], labels[is_labeled])) for method, labels in labelings.items()
    }
    return k, f"{best.method} {best.n_clusters}", scores


def shapes(count: int, mapped: Mapped, *, with_told: bool = False) -> Iterator[str | Measure]:
    """Adjusted Rand of each set, and the means; the other methods only where they are told the number."""
    names = list(SHAPES)[:count]
    methods = METHODS if with_told else METHODS[:1]
    yield f"{'':16s} true  {'chosen':20s}" + "".join(f"{method:>12s}" for method in methods)
    rows = []
    results = mapped(partial(shape_scores, with_told=with_told), names)
    for name, (k, choice, scores) in zip(names, results, strict=True):
        rows.append([scores[method] for method in methods])
        yield f"{name:16s} {k:4d}  {choice:20s}" + "".join(f"{score:12.3f}" for score in rows[-1])
    means = dict(zip(methods, np.mean(rows, axis=0), strict=True))
    note = ", ".join(f"{method} {mean:.3f}" for method, mean in means.items() if method != "the choice")
    yield Measure("shapes", float(means["the choice"]), f"{len(names)} sets" + (f"; {note}" if note else ""))


def labeled_set(path: Path) -> tuple[np.ndarray, list[np.ndarray]]:
    """At most 1,500 rows of a set of the battery in one common unit, and its labelings; label 0 is noise."""
    X = np.loadtxt(path, ndmin=2)
    stem = path.name.removesuffix(".data.gz")
    labelings = [np.loadtxt(file, dtype=int) for file in sorted(path.parent.glob(f"{stem}.labels*.gz"))]
    rows = np.random.default_rng(0).permutation(len(X))[:BATTERY_ROWS]
    X = X - X.mean(axis=0)
    return (X / X.std())[rows], [labels[rows] for labels in labelings]


def set_scores(path: Path) -> tuple[list[int], str, int, float]:
    """True numbers, what was chosen with which verdict, its number, and the best adjusted Rand index."""
    X, labelings = labeled_set(path)
    choice = select_clustering(X, n_clusters=BATTERY_NUMBERS, min_size=BATTERY_MIN_SIZE, n_jobs=1)
    best = choice.best
    scores = [adjusted_rand_score(y[y > 0], best.labels[y > 0]) for y in labelings]
    numbers = [len(np.unique(y[y > 0])) for y in labelings]
    return numbers, f"{best.method} {best.n_clusters}, {choice.verdict}", best.n_clusters, float(max(scores))


def labelled(count: int, mapped: Mapped) -> Iterator[str | Measure]:
    """The public battery, where it is: the mean of the best agreement with one of the labelings, and right numbers.

    A number is right if one of the labelings has it.
    """
    paths = sorted(BATTERY.glob("*/*.data.gz"))[: None if count >= 100 else count]
    if not paths:
        yield f"no {BATTERY}: set CUSTSEG_DATA to a folder with the sets"
        return
    right, scores = 0, []
    for path, (numbers, words, chosen, score) in zip(paths, mapped(set_scores, paths), strict=True):
        right += chosen in numbers
        scores.append(score)
        name = f"{path.parent.name}/{path.name.removesuffix('.data.gz')}"
        wanted = "/".join(map(str, sorted(set(numbers))))
        yield f"{name:24s} {wanted:>8s}  {words:34s} {score:6.3f}"
    yield Measure("labelled score", float(np.mean(scores)), f"{len(paths)} sets")
    yield Measure("labelled right", right, f"of {len(paths)}")
