"""Draws docs/guides/choosing.png: two clusters with and without a sparse region between their dense halves."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial.distance import cdist

from custseg.clustering import select_clustering

COLORS = np.array(["#4C72B0", "#DD8452"])
TARGET = Path(__file__).parents[1] / "guides" / "choosing.png"
NEIGHBORS = 5


def tables() -> dict[str, np.ndarray]:
    """Two groups far from each other, two that touch, and one that k-means cuts in two."""
    rng = np.random.default_rng(3)

    def groups(*centers: float) -> np.ndarray:
        return np.concatenate([rng.normal((center, 0), 1, (250, 2)) for center in centers])

    return {
        "far from each other": groups(0, 7),
        "touching": groups(0, 3.4),
        "one group, cut in two": rng.normal(0, (2.2, 1), (500, 2)),
    }


def weakest_step(X: np.ndarray, labels: np.ndarray, is_dense: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best path from one dense half to the other as a list of rows, and the position of its longest step."""
    core = np.sort(cdist(X, X), axis=1)[:, NEIGHBORS]
    reach = np.maximum(cdist(X, X), np.maximum(core[:, None], core))
    np.fill_diagonal(reach, 0)
    tree = minimum_spanning_tree(reach)
    lengths = tree.toarray() + tree.toarray().T
    best, shortest = np.empty(0, dtype=int), np.inf
    for start in np.flatnonzero(is_dense & (labels == 0)):
        _, before = breadth_first_order(lengths, start, directed=False)
        for end in np.flatnonzero(is_dense & (labels == 1)):
            path = [end]
            while path[-1] != start:
                path.append(before[path[-1]])
            longest = lengths[path[:-1], path[1:]].max()
            if longest < shortest or (longest == shortest and len(path) < len(best)):
                best, shortest = np.array(path), longest
    return best, lengths[best[:-1], best[1:]]


def draw(axes: Axes, X: np.ndarray, title: str) -> None:
    """The dense halves in full color, and the best path between them with its longest step."""
    choice = select_clustering(X, methods="kmeans", n_clusters=2, min_size=0.05)
    row = choice.best
    # The left one is blue in every panel.
    labels = row.labels if X[row.labels == 0, 0].mean() < X[row.labels == 1, 0].mean() else 1 - row.labels
    core = np.sort(cdist(X, X), axis=1)[:, NEIGHBORS]
    is_dense = np.zeros(len(X), dtype=bool)
    for cluster in (0, 1):
        members = np.flatnonzero(labels == cluster)
        is_dense[members[np.argsort(core[members], kind="stable")][: (len(members) + 1) // 2]] = True
    axes.scatter(*X[~is_dense].T, c=COLORS[labels[~is_dense]], s=9, linewidths=0, alpha=0.35)
    axes.scatter(*X[is_dense].T, c=COLORS[labels[is_dense]], s=13, linewidths=0)
    path, steps = weakest_step(X, labels, is_dense)
    axes.plot(*X[path].T, color="black", linewidth=1)
    longest = int(np.argmax(steps))
    axes.plot(*X[path[longest : longest + 2]].T, color="black", linewidth=3.5)
    words = f"separation {row.separation:.2f}\nstability {row.stability:.2f}\n{choice.verdict}"
    axes.text(0.03, 0.97, words, transform=axes.transAxes, va="top", fontsize=12, linespacing=1.4)
    axes.set(title=title, xticks=[], yticks=[], ylim=(-3.4, 5.6), aspect="auto")


def main() -> None:
    """Write the picture."""
    figure, panels = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
    for axes, (title, X) in zip(panels, tables().items(), strict=True):
        draw(axes, X, title)
    figure.savefig(TARGET, dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    main()
