"""Names against what happened."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from custseg.proof.out_of_time._checked_names import segment_outcomes


def outcomes(means: dict[str, list[float]], name: str = "ordered") -> dict[str, Any]:
    """The verdict on a segment of each archetype with these outcomes."""
    keys = list(means)
    rows = [SimpleNamespace(segment=i, name=key, key=key) for i, key in enumerate(keys)]
    labels = np.repeat(np.arange(len(keys)), [len(values) for values in means.values()])
    outcome = np.concatenate([np.array(values, dtype=float) for values in means.values()])
    found = segment_outcomes(
        SimpleNamespace(segments=rows),
        labels,
        outcome,
        name=name,
        is_yes_no=True,
        seed=0,  # type: ignore[arg-type]
        language="en",
    )
    return {row.name: row for row in found}


def test_verdicts() -> None:
    rows = outcomes(
        {
            "champions": [1] * 190 + [0] * 10,
            "at_risk": [1] * 10 + [0] * 190,
            "lost": [1] * 90 + [0] * 10,
            "hibernating": [1] * 10 + [0] * 10,
            "seasonal": [1] * 10 + [0] * 90,
        }
    )
    verdicts = {name: row.verdict for name, row in rows.items()}
    assert verdicts == {
        "champions": "as named",
        "lost": "not as named",
        "hibernating": "unclear",
        "seasonal": "",
        "at_risk": "as named",
    }
    assert next(iter(verdicts)) == "champions"


def test_wilson_interval_of_a_share() -> None:
    row = outcomes({"lost": [0] * 50, "loyal": [1] * 50})["lost"]
    # 0 of 50: up to 1.96² / (50 + 1.96²) = 7.1 %.
    assert (row.mean, row.low) == (0, 0)
    assert row.high == pytest.approx(0.0713, abs=1e-4)


def test_small_segments_are_not_judged() -> None:
    row = outcomes({"lost": [1] * 9, "loyal": [0] * 50})["lost"]
    assert (row.mean, row.low, row.high, row.verdict) == (None, None, None, "unclear")


def test_what_a_few_customers_did_is_hidden() -> None:
    """5 of 100 acted, or all but 5: the share would tell how many, the verdict does not."""
    rows = outcomes({"lost": [1] * 5 + [0] * 95, "loyal": [1] * 95 + [0] * 5, "champions": [1] * 90 + [0] * 10})
    assert [(row.mean, row.low, row.high) for row in (rows["lost"], rows["loyal"])] == [(None, None, None)] * 2
    assert [rows[name].verdict for name in ("lost", "loyal")] == ["as named", "as named"]
    assert [rows[name].bound for name in ("lost", "loyal", "champions")] == ["<10%", ">90%", ""]
    assert rows["champions"].mean == 0.9


def test_names_promise_nothing_about_opens() -> None:
    assert outcomes({"lost": [1] * 50, "loyal": [0] * 50}, "opens_and_clicks")["lost"].expected == ""


def test_amounts_that_nobody_spent() -> None:
    """0 of 60 bought: the mean has no interval, and clearly fewer bought than the half of all."""
    rows = [SimpleNamespace(segment=i, name=key, key=key) for i, key in enumerate(["lost", "loyal"])]
    labels, outcome = np.repeat([0, 1], 60), np.concatenate([np.zeros(60), np.full(60, 5.0)])
    told = segment_outcomes(
        SimpleNamespace(segments=rows),  # type: ignore[arg-type]
        labels,
        outcome,
        name="revenue",
        is_yes_no=False,
        seed=0,
        language="en",
    )
    assert [(row.name, row.high, row.verdict) for row in told] == [
        ("loyal", None, "as named"),
        ("lost", None, "as named"),
    ]
