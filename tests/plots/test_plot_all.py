import pytest
from readable_pictures import awkward_result, one_column_result, reassigned_result

from custseg.plots import plot_all

REASONS = ["choice", "silhouette", "stability"]


def test_the_usual_pictures_of_a_log() -> None:
    of_segments = ["segments", "profile", "snake", "map", "rfm_grid"]
    assert list(plot_all(awkward_result("two"))) == [*of_segments, *REASONS]


@pytest.mark.slow
def test_pictures_that_a_result_has_no_data_for_are_left_out() -> None:
    assert list(plot_all(one_column_result(2))) == ["segments", "profile", "snake", *REASONS]
    assert list(plot_all(one_column_result(1))) == ["segments"]


@pytest.mark.slow
def test_reassigned_customers_have_a_picture() -> None:
    of_segments = ["segments", "profile", "snake", "map", "minimum_size"]
    assert list(plot_all(reassigned_result())) == [*of_segments, *REASONS]
