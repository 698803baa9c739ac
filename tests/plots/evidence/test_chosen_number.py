import numpy as np
import pytest
from matplotlib.container import ErrorbarContainer
from readable_pictures import assert_readable, words_of

from custseg.clustering import ClusteringChoice, select_clustering
from custseg.plots import plot_choice


@pytest.fixture(scope="module")
def choice() -> ClusteringChoice:
    X = np.random.default_rng(0).normal(size=(120, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 40, axis=0)
    return select_clustering(X, methods="kmeans", n_clusters=range(2, 5))


@pytest.mark.slow
def test_dots_are_the_criterion_and_lines_its_range(choice: ClusteringChoice) -> None:
    dots, _, lines = next(bars for bars in plot_choice(choice).containers if isinstance(bars, ErrorbarContainer))
    series = choice.plot()["methods"]["kmeans"]
    assert dots.get_xdata().tolist() == series["n_clusters"] == [2, 3, 4]
    assert dots.get_ydata().tolist() == series["criterion"]
    ends = np.array([line[:, 1] for line in lines[0].get_segments()])
    assert ends == pytest.approx(np.column_stack([series["low"], series["high"]]))


@pytest.mark.parametrize(("n_clusters", "axis"), [(3, "separation"), (4, "silhouette gain")])
def test_what_decided_is_drawn(choice: ClusteringChoice, n_clusters: int, axis: str) -> None:
    assert plot_choice(choice.select("kmeans", n_clusters)).get_ylabel() == axis


def test_chosen_number_is_named_and_the_reason_written(choice: ClusteringChoice) -> None:
    axes = plot_choice(choice)
    assert next(line for line in axes.lines if line.get_markersize() == 13).get_xdata() == [3]
    words = words_of(axes.get_figure())
    assert {"chosen", "chance", "k-means", "3 segments: groups that exist", "100%"} <= set(words)
    assert any(choice.reason in word for word in words)


@pytest.mark.slow
def test_samples_are_left_out_where_one_number_was_tried() -> None:
    X = np.random.default_rng(0).normal(size=(60, 2))
    axes = plot_choice(select_clustering(X, methods="kmeans", n_clusters=3))
    assert not any("share of samples" in word for word in words_of(axes.get_figure()))
    assert_readable(axes.get_figure())


def test_one_segment_with_all_customers_is_marked_at_zero(choice: ClusteringChoice) -> None:
    axes = plot_choice(choice.single_cluster())
    ring = next(line for line in axes.lines if line.get_markersize() == 13)
    assert (ring.get_xdata(), ring.get_ydata()) == ([1], [0.0])
    assert_readable(axes.get_figure())


def test_one_segment_that_was_requested_can_be_drawn() -> None:
    X = np.random.default_rng(0).normal(size=(60, 2))
    assert_readable(plot_choice(select_clustering(X, methods="kmeans", n_clusters=1)).get_figure())


def test_something_else_is_refused() -> None:
    with pytest.raises(TypeError, match="plot_choice: result must be a Segmentation or a ClusteringChoice, got int"):
        plot_choice(3)
