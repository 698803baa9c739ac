from custseg.clustering import Reassignment
from custseg.picture_data import SizeChange, size_changes


def moves(*pairs: tuple[int, int, int]) -> list[Reassignment]:
    return [Reassignment(origin, target, float(count), 1.0) for origin, target, count in pairs]


def test_customers_are_counted_where_they_came_from() -> None:
    changes = size_changes({0: 100, 1: 50, 2: 50}, moves((0, 1, 20), (0, 2, 12)))
    assert changes == (SizeChange(0, 132, 100), SizeChange(1, 30, 50), SizeChange(2, 38, 50))


def test_few_reassigned_customers_cannot_be_counted() -> None:
    changes = size_changes({0: 100, 1: 52}, moves((0, 1, 3)))
    assert changes == (SizeChange(0, 100, 100, is_bound=True), SizeChange(1, 40, 52, is_bound=True))


def test_a_small_change_does_not_follow_from_the_others() -> None:
    # 0 gives 20 to 1 and 5 to 2: without a bound for 1, the 5 would be 25 less 20.
    changes = size_changes({0: 100, 1: 50, 2: 50}, moves((0, 1, 20), (0, 2, 5)))
    assert changes == (
        SizeChange(0, 125, 100),
        SizeChange(1, 30, 50, is_bound=True),
        SizeChange(2, 40, 50, is_bound=True),
    )


def test_a_segment_of_few_customers_has_no_size_before() -> None:
    changes = size_changes({0: 100, 1: 30}, moves((0, 1, 25)))
    assert changes == (SizeChange(0, 120, 100, is_bound=True), SizeChange(1, None, 30))


def test_merged_clusters_are_one_row_without_a_number() -> None:
    assert size_changes({0: 60, 1: 40}, moves((-1, 0, 15), (-1, 0, 12))) == (
        SizeChange(0, 33, 60),
        SizeChange(1, 40, 40),
        SizeChange(None, 27, 0),
    )


def test_nothing_changed_without_reassignments() -> None:
    assert size_changes({0: 60, 5: 7}, []) == (SizeChange(0, 60, 60), SizeChange(5, None, None))
