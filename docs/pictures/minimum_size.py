"""Draws docs/guides/minimum_size.png: the cells of k-means without and with a minimum size."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from scipy.optimize import linear_sum_assignment

from custseg.clustering import MinSizeKMeans

COLORS = ListedColormap(["#4C72B0", "#DD8452", "#55A868", "#8172B3"])
TARGET = Path(__file__).parents[1] / "guides" / "minimum_size.png"


def buyers() -> np.ndarray:
    """A crowd, two middles and a few heavy buyers, on two prepared columns."""
    rng = np.random.default_rng(7)
    groups = [((0, 0), 0.9, 300), ((3.2, 1), 0.8, 130), ((0.5, 3.4), 0.8, 110), ((6.2, 4.4), 0.5, 12)]
    return np.concatenate([rng.normal(center, spread, (size, 2)) for center, spread, size in groups])


def draw(axes: Axes, X: np.ndarray, model: MinSizeKMeans, *, title: str, like: MinSizeKMeans) -> None:
    """The rows over the cells that `predict` gives the plane; ringed rows were moved by the offsets."""
    # Clusters are numbered by size; colors go with those of the other picture.
    apart = ((model.cluster_centers_[:, None] - like.cluster_centers_) ** 2).sum(axis=2)
    color = linear_sum_assignment(apart)[1]
    low, high = X.min(axis=0) - 0.5, X.max(axis=0) + 0.5
    across, up = np.meshgrid(np.linspace(low[0], high[0], 700), np.linspace(low[1], high[1], 600))
    plane = model.predict(np.column_stack([across.ravel(), up.ravel()])).reshape(across.shape)
    axes.pcolormesh(across, up, color[plane], cmap=COLORS, vmin=0, vmax=3, alpha=0.25, rasterized=True)
    axes.scatter(*X.T, c=color[model.labels_], cmap=COLORS, vmin=0, vmax=3, s=9, linewidths=0)
    nearest = ((X[:, None] - model.cluster_centers_) ** 2).sum(axis=2).argmin(axis=1)
    moved = X[nearest != model.labels_]
    axes.scatter(*moved.T, s=34, facecolors="none", edgecolors="black", linewidths=0.8)
    axes.scatter(*model.cluster_centers_.T, marker="X", s=130, c="white", edgecolors="black", zorder=3)
    for center, size in zip(model.cluster_centers_, model.sizes_, strict=True):
        axes.annotate(f"{size}", center, xytext=(9, 7), textcoords="offset points", fontsize=11, fontweight="bold")
    axes.set(title=title, xticks=[], yticks=[], xlim=(low[0], high[0]), ylim=(low[1], high[1]))


def main() -> None:
    """Write the picture."""
    X = buyers()
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    free, bound = (MinSizeKMeans(4, min_size=least, random_state=0).fit(X) for least in (None, 60))
    draw(left, X, free, title="no minimum: the nearest center", like=free)
    draw(right, X, bound, title="at least 60: the nearest, less an offset", like=free)
    figure.savefig(TARGET, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
