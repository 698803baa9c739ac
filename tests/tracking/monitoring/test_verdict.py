"""When a model is kept, watched and refitted."""

from __future__ import annotations

import pytest

from custseg.tracking.monitoring._drift_result import DriftRow
from custseg.tracking.monitoring._verdict import verdict_and_reasons


def row(kind: str, psi: float, band: float = 0.05, feature: str = "revenue") -> DriftRow:
    words = {"en": f"{feature} of all", "ru": f"{feature} всех"}
    return DriftRow(kind, feature, words, psi, band, 200, 200, difference={"en": "here", "ru": "здесь"})


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([row("feature", 0.09)], "keep"),
        ([row("feature", 0.3, band=0.4)], "keep"),
        ([row("feature", 0.1)], "watch"),
        ([row("feature", 0.25)], "refit"),
        ([row("segments", 0.25)], "refit"),
        ([row("recent", 0.9)], "watch"),
        ([row("outliers", 0.9), row("feature", 0.0)], "watch"),
    ],
)
def test_verdict_by_the_conventional_bounds(rows: list[DriftRow], verdict: str) -> None:
    assert verdict_and_reasons(rows, gain=0.3, gain_before=0.3, error=0.01)[0] == verdict


@pytest.mark.parametrize(
    ("gain", "error", "verdict"),
    [(0.16, 0.01, "keep"), (0.14, 0.01, "watch"), (0.14, 0.05, "keep"), (-0.01, 0.01, "refit"), (None, 0.0, "keep")],
)
def test_verdict_by_the_separation(gain: float | None, error: float, verdict: str) -> None:
    assert verdict_and_reasons([row("feature", 0)], gain=gain, gain_before=0.3, error=error)[0] == verdict


def test_model_without_a_gain_has_none_to_lose() -> None:
    assert verdict_and_reasons([row("feature", 0)], gain=-0.2, gain_before=-0.1, error=0.01)[0] == "keep"


def test_reason_names_the_largest_changes_first() -> None:
    rows = [row("feature", 0.15, feature="a"), row("recent", 0.4, feature="b")]
    rows += [row("feature", 0.2, feature="c"), row("feature", 0.11, feature="d")]
    _, reasons = verdict_and_reasons(rows, gain=None, gain_before=None, error=0.0)
    places = [reasons["en"].index(text) for text in ("b of all", "c of all", "a of all", "1 more comparison shows")]
    assert places == sorted(places)
    assert (
        "There is a shift in b of all in the orders of the last weeks: PSI 0.4; chance alone gives up to 0.05. Here."
        in reasons["en"]
    )


def test_reason_to_keep_names_the_largest_index() -> None:
    _, reasons = verdict_and_reasons(
        [row("feature", 0.02), row("segments", 0.01)], gain=None, gain_before=None, error=0
    )
    assert "The largest is in revenue of all: PSI 0.02" in reasons["en"]
    assert "Самый большой — revenue всех" in reasons["ru"]


def test_reason_to_keep_says_that_it_is_about_the_last_weeks() -> None:
    _, reasons = verdict_and_reasons([row("recent", 0.02)], gain=None, gain_before=None, error=0)
    assert "revenue of all in the orders of the last weeks: PSI 0.02" in reasons["en"]
    assert "revenue всех по заказам последних недель: индекс" in reasons["ru"]
