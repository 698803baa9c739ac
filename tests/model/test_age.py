"""A stale model or log is refused with its age."""

from __future__ import annotations

import pytest
from logs import clean_log
from quick import quick_fit

from custseg import DataError, SegmentModel

LOG = clean_log(60)
LAST = "2024-10-27"


@pytest.fixture(scope="module")
def model() -> SegmentModel:
    return quick_fit(LOG, as_of=LAST).model


@pytest.mark.slow
def test_old_model(model: SegmentModel) -> None:
    with pytest.raises(DataError, match=r"as of 2024-10-27, 31 days before as_of, more than max_age_days=30. Refit it"):
        model.assign(LOG, as_of="2024-11-27", max_age_days=30)


@pytest.mark.slow
def test_old_log() -> None:
    model = quick_fit(LOG, as_of="2025-03-01").model
    with pytest.raises(DataError, match=r"the last row of the order log is \d+ days before as_of"):
        model.assign(LOG, as_of="2025-03-01", max_age_days=30)


def test_young_enough(model: SegmentModel) -> None:
    assert len(model.assign(LOG, as_of="2024-11-20", max_age_days=30)) == 60


def test_snapshot_before_the_fit(model: SegmentModel) -> None:
    with pytest.raises(ValueError, match="as_of is 2024-10-01, before the snapshot of the fit, 2024-10-27"):
        model.assign(LOG, as_of="2024-10-01")


def test_age_of_a_ready_table_needs_its_moment(model: SegmentModel) -> None:
    table = model.features_of({"orders": LOG}, as_of=LAST, caller="test").frame
    with pytest.raises(TypeError, match="max_age_days needs as_of="):
        model.assign(features=table, max_age_days=30)
    with pytest.raises(DataError, match="Refit it"):
        model.assign(features=table, as_of="2025-06-01", max_age_days=30)


@pytest.mark.parametrize(("days", "error"), [(-1, ValueError), (2.5, TypeError), ("30", TypeError)])
def test_bad_age(model: SegmentModel, days: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="assign: max_age_days must be"):
        model.assign(LOG, as_of=LAST, max_age_days=days)
