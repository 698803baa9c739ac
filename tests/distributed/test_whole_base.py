from __future__ import annotations

from typing import Any

import pytest

from custseg.distributed import NO_SEGMENT, RETURNED, WholeBase


def whole_base(**changes: Any) -> WholeBase:
    fields: dict[str, Any] = {
        "features": None,
        "n_sample": 500,
        "n_customers": 1_000,
        "n_clustered": 800,
        "min_size": 100,
        "sizes": {0: 600, 1: 200, NO_SEGMENT: 191, RETURNED: 9},
        "revenue": {0: 30.0, 1: 60.0, NO_SEGMENT: 10.0, RETURNED: -500.0},
        "reassignments": (),
        "passes": 2,
    }
    return WholeBase(**fields | changes)


def test_shares_are_of_clustered_customers() -> None:
    assert [whole_base().share(label) for label in (0, 1, 2, NO_SEGMENT)] == [0.75, 0.25, 0.0, None]


def test_revenue_is_shared_among_groups_of_ten_or_more() -> None:
    base = whole_base()
    # The nine with returned orders are not shown, and their refunds count nowhere: 30 + 60 + 10 is the whole.
    assert [base.revenue_share(label) for label in (0, 1, NO_SEGMENT)] == [0.3, 0.6, 0.1]
    assert base.revenue_share(RETURNED) is None


@pytest.mark.parametrize("revenue", [{}, {0: 0.0, 1: 0.0}, {0: -3.0, 1: 1.0}])
def test_without_revenue_there_is_no_share(revenue: dict[int, float]) -> None:
    assert whole_base(revenue=revenue).revenue_share(0) is None


def test_the_note_says_what_is_of_the_sample() -> None:
    [note] = whole_base().notes("en")
    assert "500 customers, drawn at random from 1,000 customers" in note
    [russian] = whole_base().notes("ru")
    assert "500 клиентов" in russian


def test_a_sample_of_all_needs_no_note() -> None:
    assert whole_base(n_sample=1_000).notes("en") == []
