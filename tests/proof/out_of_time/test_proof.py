"""The printed proof: verdicts on the grid, names that broke their promise, small groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from custseg.proof import Comparison, Proof, SegmentOutcome


def proof(**fields: Any) -> Proof:
    usual: dict[str, Any] = {
        "goal": "revenue",
        "outcome": "revenue",
        "is_yes_no": False,
        "cut": datetime(2024, 1, 1),
        "until": datetime(2024, 3, 31),
        "n_customers": 1_000,
        "mean": 20.0,
        "comparisons": (
            Comparison("segments", 4, 0.25, 0.247, 0.2, 0.3),
            Comparison("grid", 25, 0.2, 0.18, 0.15, 0.25, 0.01, 0.09),
            Comparison("boosting", None, 0.27, 0.27),
        ),
        "null_level": 0.008,
        "p_value": 0.005,
        "segments": (
            SegmentOutcome(1, "Loyal <b>", 700, 30.0, 25.0, 36.0, "above", "as named"),
            SegmentOutcome(0, "Lost", 9, None, None, None, "below", "unclear"),
        ),
        "left_out": (),
        "result": None,
    }
    return Proof(**{**usual, **fields})


def test_sentence_of_a_clear_result() -> None:
    assert proof().sentence == (
        "4 segments explain 25.0% of the differences in revenue over the next 90 days (95 % interval 20.0% to 30.0%); "
        "chance alone gives up to 0.8%. "
        "The usual 25 cells of recency and number of orders explain 20.0%, clearly less. "
        "About 27.0% is the limit for segments made of these columns (gradient boosting, on customers it has not seen)."
    )


@pytest.mark.parametrize(
    ("behind", "words"),
    [((-0.01, 0.09), "the difference is within the interval"), ((-0.09, -0.01), "clearly more")],
)
def test_verdict_on_the_grid(behind: tuple[float, float], words: str) -> None:
    first, grid, _ = proof().comparisons
    other = replace(grid, behind_low=behind[0], behind_high=behind[1])
    assert words in proof(comparisons=(first, other)).sentence


def test_nothing_is_promised_of_chance() -> None:
    told = proof(p_value=0.2)
    assert not told.is_shown
    assert told.sentence.endswith("no more than chance may give (0.8%): do not plan with them.")


def test_names_that_broke_their_promise() -> None:
    wrong = replace(proof().segments[0], verdict="not as named")
    assert proof(segments=(wrong,)).sentence.endswith("One name did not keep its promise: ['Loyal <b>'].")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "logs end on 2024-03-21, 10 days before"), ("ru", "за 10 дней")]
)
def test_logs_that_end_before_the_period(language: str, words: str) -> None:
    assert words in proof(unseen_days=10, language=language).sentence
    # Nine of 90 days without a row may be chance.
    assert "2024-03-22" not in proof(unseen_days=9, language=language).sentence


def test_small_groups_are_hidden() -> None:
    lines = repr(proof()).splitlines()
    assert next(line for line in lines if "Lost" in line).split()[:4] == ["0", "Lost", "<10", "–"]
    assert proof().segment_columns()["customers"] == [700, None]
    assert "Loyal &lt;b&gt;" in proof()._repr_html_()
