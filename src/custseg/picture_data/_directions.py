"""Two perpendicular directions in which the centers of segments differ most: between-class principal components.

Principal components of customers would show the columns with most noise where segments differ in few of many columns;
discriminant directions are not perpendicular and stretch the space, so that distances on a map would not be those of
the clustering.
"""

from __future__ import annotations

import numpy as np

from custseg._numerics import Floats, Integers

NOTHING = 1e-9
"""Share of the squared differences between customers below which a difference is rounding error."""


def directions(X: Floats, labels: Integers) -> Floats:
    """The two directions as columns, shape (n_columns, 2); signs are arbitrary.

    Where the centers lie on one line, or there is one segment, the remaining directions are those in which the
    customers differ most.

    References
    ----------
    Dolédec, S. and Chessel, D. (1987). Rythmes saisonniers et composantes stationnelles en milieu aquatique. Acta
    Oecologica, Oecologia Generalis 8(3), 403-426 (between-class analysis).
    """
    centered = X - X.mean(axis=0)
    negligible = NOTHING * float((centered**2).sum())
    between = _main_axes(weighted_centers(centered, labels), negligible)[:, :2]
    missing = 2 - between.shape[1]
    if not missing:
        return between
    remaining = centered - centered @ between @ between.T
    further = _main_axes(remaining, negligible)[:, :missing]
    # In fewer dimensions than two, any perpendicular direction does.
    complete = np.linalg.qr(np.column_stack([between, further, np.eye(X.shape[1])]))[0][:, : between.shape[1] + missing]
    complete[:, : between.shape[1]] = between
    return np.asarray(complete, dtype=np.float64)


def weighted_centers(centered: Floats, labels: Integers) -> Floats:
    """The mean of each segment times the root of its size: their sum of squares is that between the segments."""
    return np.array(
        [centered[labels == label].sum(axis=0) / np.sqrt((labels == label).sum()) for label in np.unique(labels)]
    )


def _main_axes(rows: Floats, negligible: float) -> Floats:
    """The principal axes of rows around 0 as columns, the largest first, without those of negligible squares."""
    values, vectors = np.linalg.eigh(rows.T @ rows)
    axes: Floats = vectors[:, values > negligible][:, ::-1]
    return axes
