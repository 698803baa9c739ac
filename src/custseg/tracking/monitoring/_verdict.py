"""The verdict of a comparison and the reason for it in words."""

from __future__ import annotations

from collections.abc import Sequence

from custseg.texts import LANGUAGES, counted, number, printable, text
from custseg.tracking.monitoring._drift_result import DriftRow
from custseg.tracking.monitoring._shares import Words

_OWN = ("segments", "feature")
_MOST_NAMED = 3
# A silhouette varies from sample to sample by up to twice its standard error (see `silhouettes`).
_ERRORS, _LEAST_LOSS = 4.0, 0.05


def verdict_and_reasons(
    rows: Sequence[DriftRow], *, gain: float | None, gain_before: float | None, error: float
) -> tuple[str, Words]:
    """The verdict, and the changes that led to it, the largest first."""
    changed = sorted((row for row in rows if row.level != "none"), key=lambda row: -row.psi)
    lost = _lost(gain, gain_before, error)
    is_major = any(row.level == "major" and row.kind in _OWN for row in changed)
    verdict = "refit" if is_major or lost == "all" else "watch" if changed or lost else "keep"
    return verdict, {language: _reason(rows, changed, lost, language=language) for language in LANGUAGES}


def _lost(gain: float | None, gain_before: float | None, error: float) -> str:
    """How much of the separation is lost: "" for what chance explains, or less than half."""
    if gain is None or gain_before is None or gain_before <= 0:
        return ""
    if gain_before - gain <= max(_LEAST_LOSS, _ERRORS * error) or gain > gain_before / 2:
        return ""
    return "all" if gain <= 0 else "half"


def _reason(rows: Sequence[DriftRow], changed: Sequence[DriftRow], lost: str, *, language: str) -> str:
    words = text(language, "drift", "reasons")
    if not changed and not lost:
        largest = max(rows, key=lambda row: row.psi)
        return str(words["none"]).format(label=_label(largest, language), **_figures(largest, language))
    sentences = []
    for row in changed[:_MOST_NAMED]:
        label, difference = _label(row, language), _capitalized(row.difference[language])
        sentences.append(words["changed"].format(label=label, difference=difference, **_figures(row, language)))
    if further := len(changed) - len(sentences):
        sentences.append(counted(further, words["further"], language))
    if lost:
        sentences.append(words[f"lost_{lost}"])
    return " ".join(map(_capitalized, sentences))


def _capitalized(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _label(row: DriftRow, language: str) -> str:
    """What was compared, in words."""
    label = printable(row.label[language])
    return str(text(language, "drift", "reasons", "recent")).format(label=label) if row.kind == "recent" else label


def _figures(row: DriftRow, language: str) -> dict[str, str]:
    return {name: number(getattr(row, name), language, digits=2) for name in ("psi", "band")}
