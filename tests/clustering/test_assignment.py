import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from custseg.clustering import nearest_centres

tables = arrays(float, st.tuples(st.integers(1, 30), st.just(3)), elements=st.floats(-4, 4))
centres = arrays(float, st.tuples(st.integers(1, 6), st.just(3)), elements=st.floats(-4, 4))


def test_nearest_centre_by_hand() -> None:
    X = np.array([[0.0, 0.0], [3.0, 1.0], [2.0, 5.0]])
    two = np.array([[0.0, 1.0], [4.0, 1.0]])
    assert nearest_centres(X, two).tolist() == [0, 1, 0]  # 4 + 16 = 4 + 16: the first one in a tie


@given(tables, centres)
def test_nearest_centre_has_the_smallest_distance(X: np.ndarray, centres: np.ndarray) -> None:
    squared = ((X[:, None, :] - centres) ** 2).sum(axis=2)
    chosen = squared[np.arange(len(X)), nearest_centres(X, centres)]
    assert np.allclose(chosen, squared.min(axis=1), atol=1e-12)


@given(tables, centres)
def test_row_has_the_same_label_alone_or_among_others(X: np.ndarray, centres: np.ndarray) -> None:
    together = nearest_centres(X, centres)
    alone = [int(nearest_centres(X[i : i + 1], centres)[0]) for i in range(len(X))]
    assert together.tolist() == alone
    assert nearest_centres(X[::-1], centres).tolist() == alone[::-1]
