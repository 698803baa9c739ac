"""Texts that differ by case and by spaces at the end alone."""

from __future__ import annotations

from pathlib import Path

from custseg.exports.bi._same_to_power_bi import colliding, count_colliding


def test_groups_of_equal_texts() -> None:
    assert colliding(["aB", "x", "Ab", "Straße", " x", "STRASSE ", "z"]) == [["aB", "Ab"], ["Straße", "STRASSE "]]


def test_counts_over_parts(tmp_path: Path) -> None:
    # Both of 300 pairs, one part each, and one text of three.
    parts = [[f"Aß{n}" for n in range(300)], [f"aSS{n} " for n in range(300)], ["b", "B", "c"], ["b "]]
    assert count_colliding(parts, tmp_path) == 603


def test_different_texts_are_none(tmp_path: Path) -> None:
    assert count_colliding([["b"], [" b", "c"]], tmp_path) == 0
