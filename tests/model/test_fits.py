"""What a model stores of how it was fitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from logs import clean_log
from quick import quick_fit

from custseg.model import FitOptions


@pytest.mark.parametrize(
    ("given", "repeated"),
    [(4, range(4, 5)), (range(2, 5), range(2, 5)), (range(2, 7, 2), range(2, 7, 2)), (None, None)],
)
def test_number_of_segments_is_repeated(given: Any, repeated: range | None) -> None:
    numbers = None if given is None else tuple(given if isinstance(given, range) else [given])
    arguments: Mapping[str, Any] = FitOptions(None, numbers, 0.05, (5, 6, 7), 0).arguments()
    assert arguments["n_segments"] == repeated


@pytest.mark.slow
def test_options_of_a_fit_are_stored() -> None:
    model = quick_fit(clean_log(120), n_segments=3, min_size=15, random_state=7, columns=["revenue"], prefer=4).model
    assert model.options == FitOptions(("revenue",), (3,), 15, (4,), 7)
    assert (model.next_number, model.refits) == (3, ())
