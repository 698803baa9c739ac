"""A result of drift as text, HTML and columns."""

from __future__ import annotations

import polars as pl
import pytest

from custseg.tracking.monitoring._drift_result import Drift, DriftRow


def result(language: str = "en") -> Drift:
    label = {"en": "<b>age</b>", "ru": "возраст"}
    rows = (
        DriftRow("feature", "age", label, 0.3, 0.1, 200, 400, difference={"en": "up to 5: 9%", "ru": "до 5 – 9 %"}),
        DriftRow("segments", "segment", {"en": "sizes", "ru": "размеры"}, 0.01, 0.1, 200, 400, difference=label),
    )
    reasons, notes = {"en": "Because.", "ru": "Потому."}, {"en": ("A note.",), "ru": ("Примечание.",)}
    return Drift("refit", reasons, rows, 0.4, 0.5, 0.1, 0.2, None, None, notes=notes, language=language)


@pytest.mark.parametrize(
    ("psi", "band", "level"),
    [(0.3, 0.31, "none"), (0.09, 0.01, "none"), (0.1, 0.05, "moderate"), (0.25, 0.05, "major")],
)
def test_level(psi: float, band: float, level: str) -> None:
    assert DriftRow("feature", "age", {}, psi, band, 1, 1, difference={}).level == level


def test_text_says_verdict_and_figures() -> None:
    text = repr(result())
    assert text.startswith("Refit the model. Because.\n")
    assert "major   up to 5: 9%" in text
    assert "Silhouette 0.4, 0.5 at the fit; above data without structure by 0.1, 0.2 at the fit.\nA note." in text
    assert repr(result("ru")).startswith("Постройте модель заново. Потому.\n")


def test_html_is_escaped() -> None:
    page = result()._repr_html_()
    assert "&lt;b&gt;age" in page
    assert "<b>" not in page


def test_columns_make_a_frame() -> None:
    frame = pl.DataFrame(result().columns())
    assert frame["level"].to_list() == ["major", "none"]
    assert frame["n_now"].to_list() == [400, 400]
