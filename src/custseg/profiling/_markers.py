"""What sets a segment apart: the features with the largest effects, redundant ones folded into one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from custseg._texts import LANGUAGES
from custseg.profiling._text import clean, in_language, percent_text, value_text
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.measures._privacy import SMALLEST
from custseg.profiling.measures._ranked import Ranked
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.naming import _words as words

_MOST = 5
_NEGLIGIBLE = 0.147
_REDUNDANT = 0.8
_HEAD_START = 0.2
"""Of features that made the segments: a reader looks for them first."""


@dataclass(frozen=True)
class Marker:
    """A feature that sets a segment apart.

    Attributes
    ----------
    feature : str
        Its name.
    category : str or None
        The category that does, for a feature of categories.
    effect : Effect
        Cliff's delta, or the difference of shares.
    texts : mapping of str to str
        In words with numbers, by language, as in ``order_count 9 (others 2)``: the medians; where these are
        equal, how many lie beyond them; the shares for a category.
    folded : tuple of str
        Features that say the same: their ranks correlate at 0.8 or more with this one's.
    """

    feature: str
    category: str | None
    effect: Effect
    texts: Mapping[str, str]
    folded: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.texts["en"]


@dataclass(frozen=True)
class Candidate:
    """A feature or category of one segment with an effect that is clearly not 0."""

    feature: str
    effect: Effect
    share: CategoryShare | None = None


@dataclass(eq=False)
class Likeness:
    """Rank correlations of features and categories, computed when they are asked for."""

    table: ProfileTable
    ranked: Mapping[str, Ranked]
    inside: NDArray[np.bool_]
    _known: dict[frozenset[tuple[str, str | None]], float] = field(default_factory=dict)
    _columns: dict[tuple[str, str | None], NDArray[np.float32]] = field(default_factory=dict)

    def redundant(self, one: Candidate, other: Candidate) -> bool:
        """Whether both say nearly the same of the customers."""
        keys = [(c.feature, c.share.value if c.share else None) for c in (one, other)]
        pair = frozenset(keys)
        if pair not in self._known:
            self._known[pair] = abs(float(self._column(keys[0]) @ self._column(keys[1])))
        return self._known[pair] >= _REDUNDANT

    def _column(self, key: tuple[str, str | None]) -> NDArray[np.float32]:
        """The ranks, or who has the category; centered and of length 1."""
        name, category = key
        if category is None:
            return self.ranked[name].places
        if key not in self._columns:
            column = self.table.categories[name]
            known = self.inside & (column.codes >= 0)
            has = (column.codes == column.values.index(category)) & known
            spread = np.where(known, has - has[known].mean(), 0.0)
            self._columns[key] = (spread / (np.linalg.norm(spread) or 1.0)).astype(np.float32)
        return self._columns[key]


def markers(
    candidates: Sequence[Candidate], likeness: Likeness, *, preferred: Collection[str]
) -> list[tuple[Candidate, tuple[str, ...]]]:
    """The strongest candidates, each with the features folded into it.

    Of features that say the same, one that is `preferred` (clustered on) speaks for all, else one that has words of
    its own, else the strongest.
    """
    left = sorted(candidates, key=lambda one: -abs(one.effect.value) - _HEAD_START * (one.feature in preferred))
    found: list[tuple[Candidate, tuple[str, ...]]] = []
    while left and len(found) < _MOST:
        same = [one for one in left if one is left[0] or likeness.redundant(left[0], one)]
        speaker = min(same, key=lambda one: (one.feature not in preferred, one.feature not in words.TRAITS))
        same += [one for one in left if one not in same and likeness.redundant(speaker, one)]
        left = [one for one in left if one not in same]
        found.append((speaker, tuple(dict.fromkeys(one.feature for one in same if one.feature != speaker.feature))))
    return found


def clear(effect: Effect | None) -> bool:
    """Whether an effect is more than negligible, and its interval lies on one side of 0."""
    return effect is not None and abs(effect.value) >= _NEGLIGIBLE and effect.low * effect.high > 0


def marker_texts(
    candidate: Candidate,
    segment: int,
    table: ProfileTable,
    *,
    ranked: Ranked | None,
    labels: NDArray[np.intp],
) -> dict[str, str]:
    """The marker in words with numbers, by language."""
    name = clean(candidate.feature)
    if candidate.share is not None:
        shares = percent_text(candidate.share.share), percent_text(candidate.share.others_share)
        lead = f"{name} {clean(candidate.share.value)}:"
        return {language: _beside(lead, shares, language) for language in LANGUAGES}
    assert ranked is not None
    unit = table.described[candidate.feature].unit
    medians = float(ranked.quantiles[segment][2]), float(ranked.others_medians[segment])
    texts = value_text(medians[0], unit), value_text(medians[1], unit)
    if texts[0] != texts[1]:
        return {language: _beside(name, texts, language) for language in LANGUAGES}
    groups = labels == segment, (labels >= 0) & (labels != segment)
    beyond = _beyond(table.values(candidate.feature), medians[1], groups, above=candidate.effect.value > 0)
    if beyond is None:
        return {language: _beside(name, texts, language) for language in LANGUAGES}
    form = words.ABOVE if candidate.effect.value > 0 else words.BELOW
    own, others = map(percent_text, beyond)
    return {
        language: _beside(f"{name} {form[language].format(in_language(texts[1], language))}", (own, others), language)
        for language in LANGUAGES
    }


def _beside(lead: str, numbers: tuple[str, str], language: str) -> str:
    own, others = (in_language(number, language) for number in numbers)
    return f"{lead} {own} ({words.OTHERS[language].format(others)})"


def _beyond(
    values: NDArray[np.float64], bound: float, groups: tuple[NDArray[np.bool_], NDArray[np.bool_]], *, above: bool
) -> tuple[float, float] | None:
    """Shares of members and of others beyond the bound; None where a cell would be small."""
    known = ~np.isnan(values)
    beyond = values > bound if above else values < bound
    shares = []
    for group in groups:
        n, hits = int((group & known).sum()), int((group & beyond).sum())
        if 0 < hits < SMALLEST or 0 < n - hits < SMALLEST:
            return None
        shares.append(hits / n)
    return shares[0], shares[1]
