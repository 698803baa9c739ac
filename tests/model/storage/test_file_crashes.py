"""A model file is the old or the new model, whatever happens while it is saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from disturbances import disturbed, fast_folder, killed_at_random
from logs import clean_log
from quick import quick_fit

from custseg import SegmentModel


@pytest.fixture(scope="module")
def model() -> SegmentModel:
    return quick_fit(clean_log(120)).model


@pytest.mark.parametrize("mode", ["kill", "fail", "full"])
def test_every_file_operation_may_fail(model: SegmentModel, mode: str) -> None:
    new = model.renamed({0: "Regulars"})
    with fast_folder() as folder:
        model.save(folder / "model.json")
        outcomes = disturbed(
            mode,
            folder,
            lambda: new.save(folder / "model.json"),
            reader=lambda: SegmentModel.load(folder / "model.json") in (model, new) or pytest.fail("another model"),
        )
    assert set(outcomes) <= {"old", "new"}
    assert outcomes["old"] >= 2


@pytest.mark.slow
def test_random_kills_leave_a_model(model: SegmentModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model.json")
    assert killed_at_random("model", tmp_path / "models", kills=30) == {"whole": 30, "repaired": 30}
