"""Which cluster a row belongs to: one rule for the fit and for every later row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def nearest_centres(X: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.intp]:
    """The nearest centre of each row, the first one in a tie.

    Each distance is summed row by row from plain differences, so that a row gets the same label alone
    or among a million others; a matrix product would not promise that.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
        The rows.
    centres : ndarray of shape (n_clusters, n_columns)
        The centres.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        Labels from 0 to n_clusters - 1.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import nearest_centres
    >>> nearest_centres(np.array([[0.2], [4.0], [2.5]]), np.array([[0.0], [5.0]])).tolist()
    [0, 1, 0]
    """
    distances = np.empty((len(X), len(centres)))
    for j, centre in enumerate(centres):
        distances[:, j] = sum((X[:, i] - value) ** 2 for i, value in enumerate(centre))
    labels: NDArray[np.intp] = distances.argmin(axis=1)
    return labels
