import pytest
from matplotlib.patches import Rectangle
from readable_pictures import awkward_result, words_of

from custseg import DataError
from custseg.plots import plot_rfm_grid


@pytest.mark.slow
def test_each_cell_with_customers_is_drawn_with_its_count() -> None:
    result = awkward_result("two")
    axes = plot_rfm_grid(result)
    cells = result.rfm_grid().cells
    assert len([patch for patch in axes.patches if isinstance(patch, Rectangle)]) == len(cells)
    written = words_of(axes.get_figure())
    for cell in cells:
        size = f"{cell.size} · {cell.share['en']}" if cell.share else str(cell.size)
        assert (size if cell.size else "<10") in written


def test_small_counts_and_the_segments_of_small_cells_are_not_written() -> None:
    axes = plot_rfm_grid(awkward_result("two"))
    numbers = [text.get_text().split(" ")[0] for text in axes.texts[:-1]]
    assert not any(number.isdigit() and 0 < int(number) < 10 for number in numbers)


@pytest.mark.slow
def test_scales_are_in_human_units() -> None:
    axes = plot_rfm_grid(awkward_result("two"))
    assert axes.get_yticklabels()[0].get_text() == "1"
    assert axes.get_xticklabels()[0].get_text().startswith("≥ ")
    assert axes.get_xlabel() == "days since last order"
    assert plot_rfm_grid(awkward_result("eight, Russian")).get_ylabel() == "число заказов"


def test_other_features_and_bins_can_be_drawn() -> None:
    axes = plot_rfm_grid(awkward_result("two"), frequency="revenue", bins=3)
    assert len(axes.get_yticks()) == 3
    assert axes.get_ylabel() == "revenue"


@pytest.mark.slow
def test_a_result_without_orders_is_refused() -> None:
    with pytest.raises(DataError, match="rfm_grid: the feature table lacks columns 'recency_days', 'order_count'"):
        plot_rfm_grid(awkward_result("giant"))
