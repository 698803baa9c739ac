import numpy as np
import pytest

from custseg.clustering import silhouettes
from custseg.clustering.validation._silhouette_quantiles import SHARES, silhouette_quantiles


def test_quantiles_are_those_of_the_silhouettes_of_each_cluster() -> None:
    X = np.random.default_rng(0).normal(size=(100, 2)) + np.repeat([[0, 0], [6, 0]], [60, 40], axis=0)
    labels = np.repeat([0, 1], [60, 40])
    widths = silhouettes(X, labels).widths[0]
    for cluster, row in enumerate(silhouette_quantiles(X, labels)):
        members = widths[labels == cluster]
        assert row.cluster == cluster
        assert row.mean == pytest.approx(members.mean())
        assert row.quantiles == pytest.approx(np.quantile(members, SHARES))


def test_rows_nearer_to_the_other_cluster_are_counted() -> None:
    # Ten rows of the first cluster lie within the second, and ten of twenty are at least ten.
    X = np.repeat([[0.0], [10.0], [10.5]], [10, 10, 30], axis=0) + np.arange(50)[:, None] / 1000
    first, second = silhouette_quantiles(X, np.repeat([0, 1], [20, 30]))
    assert first.below_zero == (0.5, 0.5)
    assert second.below_zero == (0, 0)


@pytest.mark.parametrize(("size", "n_quantiles"), [(9, None), (20, 0), (21, 19)])
def test_small_clusters_disclose_no_single_row(size: int, n_quantiles: int | None) -> None:
    X = np.concatenate([np.arange(size), 1000 + np.arange(40)])[:, None].astype(float)
    rows = {row.cluster: row for row in silhouette_quantiles(X, np.repeat([0, 1], [size, 40]))}
    assert (len(rows[0].quantiles) if 0 in rows else None) == n_quantiles


def test_one_to_nine_rows_nearer_to_another_cluster_are_hidden() -> None:
    X = np.repeat([[0.0], [10.0], [10.5]], [20, 3, 30], axis=0) + np.arange(53)[:, None] / 1000
    assert silhouette_quantiles(X, np.repeat([0, 1], [23, 30]))[0].below_zero == (0, 9 / 23)
