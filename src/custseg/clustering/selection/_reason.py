"""Why a clustering was selected: data, two plain sentences and further remarks in each language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from custseg.clustering._methods import get_method
from custseg.texts import localized, percent, plural_form, text

# Fewer segments than most people expect.
_FEW = 2
# Numbers that differ by more are not called equally good.
_CLOSE = 3
# So many other numbers are listed in the advice.
_MOST_LISTED = 3
# Adjusted Rand index below which refits do not agree, not even in part.
_NO_AGREEMENT = 0.3
# Clusters with gaps between them are selected whether refits agree or not.
_NATURAL = ("separated", "touching")
_CONTINUOUS = ("reproducible", "partly_touching", "mostly_touching", "narrow_gaps")
"""Kinds of clusters without gaps that are wide enough."""


@dataclass(frozen=True)
class Reason:
    """The content of the sentences.

    Attributes
    ----------
    kind : str
        Key of the first sentence in the catalogs.
    method : str
        The method of the candidate.
    n_clusters : int
        Its number of clusters.
    stability : float or None
        Mean adjusted Rand index of refits on halves; None if not measured.
    required_stability : float
        The stability from which a clustering is stable.
    natural_numbers : tuple of int
        Numbers of natural clusters that were not allowed.
    near_numbers : tuple of int
        Other numbers that the evidence hardly distinguishes from the selected one.
    preferred : tuple of int
        The preferred numbers, if they decided among these.
    previous : int or None
        The number of an earlier choice, if one was given.
    previous_excluded : int or None
        The number of an earlier choice that was not among the numbers to choose from.
    votes : tuple of int
        In how many resamples the number is selected, and the number of resamples.
    leading : tuple of int
        The most frequent numbers, where none is selected in most resamples.
    worth : float or None
        Share of the later outcome that this number of segments explained, if that decided.
    gaps : tuple of int
        Between how many pairs of segments fewer customers lie than inside both, and the number of pairs.
    """

    kind: str
    method: str
    n_clusters: int
    stability: float | None
    required_stability: float
    natural_numbers: tuple[int, ...] = ()
    near_numbers: tuple[int, ...] = ()
    preferred: tuple[int, ...] = ()
    previous: int | None = None
    previous_excluded: int | None = None
    votes: tuple[int, int] = (0, 0)
    leading: tuple[int, ...] = ()
    worth: float | None = None
    gaps: tuple[int, int] = (0, 0)

    def with_valleys(self, n_valleys: int, n_pairs: int) -> Reason:
        """The reason for clusters without wide gaps, of which so many pairs have fewer rows between than inside."""
        if n_valleys == n_pairs > 0:
            return self if self.kind == "touching" else replace(self, kind="narrow_gaps")
        kind = "partly_touching" if 2 * n_valleys > n_pairs else "mostly_touching" if n_valleys else "reproducible"
        return replace(self, kind=kind, gaps=(n_valleys, n_pairs))

    def text(self, language: str) -> str:
        """How many segments, how separate and reproducible, by which method; then what to make of them."""
        words = text(language, "choice")
        record = get_method(self.method)
        method = words["methods"].get(self.method, self.method if record is None else record.label)
        number = words["numerals"][self.n_clusters] if self.n_clusters < len(words["numerals"]) else self.n_clusters
        kind = "uncertain" if self._advice == "uncertain" else self.kind
        first = plural_form(self.n_clusters, words[kind], language).format(
            number=number,
            method=method,
            agreement=self._agreement(words, language),
            gaps=self.gaps[0],
            pairs=self.gaps[1],
        )
        second = self._elsewhere(words, language) if self._divides_a_group else self._what_to_make_of_them(language)
        return " ".join(filter(None, (first[0].upper() + first[1:], second)))

    def remarks(self, language: str) -> list[str]:
        """One sentence each: near ties, an earlier number, resamples that differ, numbers that were not allowed."""
        words = text(language, "choice")
        sentences = self._alternatives(words, language)
        if self.natural_numbers and not self._divides_a_group:
            sentences.append(self._elsewhere(words, language))
        return sentences

    @property
    def _divides_a_group(self) -> bool:
        """Whether another number has groups: then this one does not divide a continuum."""
        return bool(self.natural_numbers) and self.kind in _CONTINUOUS

    def _what_to_make_of_them(self, language: str) -> str:
        """The advice, and which other numbers would do."""
        words = text(language, "choice")
        advice = str(words["advice"][self._advice])
        if not advice or self.kind == "undivided" or not (self._equally_good or self._is_scattered):
            return advice.rstrip(".") + str(words["few"]) if self._is_few else advice
        form = words["or_samples" if self._is_scattered else "or_number" if self._are_listed else "or_others"]
        return advice.rstrip(".") + str(form).format(numbers=listed_numbers(self._equally_good, language))

    def _elsewhere(self, words: dict[str, Any], language: str) -> str:
        form = plural_form(len(self.natural_numbers), words["elsewhere"], language)
        return str(form).format(numbers=listed_numbers(self.natural_numbers, language))

    @property
    def _is_few(self) -> bool:
        """Whether people expect more segments: that two groups are apart does not say that neither has any inside."""
        return self.kind in _NATURAL and self.n_clusters == _FEW and self.worth is None

    @property
    def _is_scattered(self) -> bool:
        """Whether resamples lead to numbers that are far apart, or to no segments."""
        return bool(self.leading) and not self._as_frequent

    @property
    def _as_frequent(self) -> tuple[int, ...]:
        """The most frequent numbers in resamples, where they are close to each other."""
        is_close = bool(self.leading) and 1 not in self.leading and max(self.leading) - min(self.leading) <= _CLOSE
        return self.leading if is_close else ()

    @property
    def _equally_good(self) -> list[int]:
        """All other numbers that would do as well, by the evidence or in resamples: none beside that of before."""
        if self.previous == self.n_clusters:
            return []
        return sorted({*self.near_numbers, *self._as_frequent} - {self.n_clusters})

    @property
    def _are_listed(self) -> bool:
        """Whether the second sentence lists the numbers that would do as well: a remark need not do so again."""
        has_advice = self.kind not in ("one", "undivided") and not self._divides_a_group
        return has_advice and not self._is_scattered and len(self._equally_good) <= _MOST_LISTED

    def _alternatives(self, words: dict[str, Any], language: str) -> list[str]:
        """Near ties, the earlier number, and in how many resamples this one is selected unless it is in all."""
        count, total = self.votes
        sentences = []
        if self.worth is not None and self.previous != self.n_clusters:
            sentences.append(words["worth"].format(share=percent(max(self.worth, 0.0), language)))
        if self.previous is not None:
            key = "as_before" if self.previous == self.n_clusters else "not_as_before"
            sentences.append(words[key].format(previous=self.previous))
        if self.previous_excluded is not None:
            sentences.append(words["previous_excluded"].format(previous=self.previous_excluded))
        as_good = listed_numbers(self._equally_good, language)
        if as_good and self.n_clusters in self.preferred:
            preferred = listed_numbers(self.preferred, language)
            form = plural_form(len(self.preferred), words["preferred"], language)
            sentences.append(form.format(numbers=as_good, preferred=preferred))
        elif as_good and not self._are_listed and not self._is_scattered:
            sentences.append(words["near"].format(numbers=as_good))
        if self.leading:
            sentences.append(self._seldom_selected(words, language))
        elif count < total and self.kind != "one":
            sentences.append(words["votes"].format(count=count, total=total))
        return sentences

    def _seldom_selected(self, words: dict[str, Any], language: str) -> str:
        """In how few samples this number is selected, and what the others lead to where that is something else."""
        count, total = self.votes
        if self._as_frequent:
            return str(words["seldom"]).format(count=count, total=total)
        selected = 1 if self.kind in ("one", "undivided") else self.n_clusters
        others = [number for number in self.leading if number not in (1, selected)]
        results = [words["other_numbers"].format(numbers=listed_numbers(others, language))] if others else []
        if 1 in self.leading and selected != 1:
            results.append(words["no_segments"])
        if not results:
            return str(words["votes"]).format(count=count, total=total)
        return str(words["scattered"]).format(count=count, total=total, results=f" {words['or']} ".join(results))

    @property
    def _advice(self) -> str:
        """The key of the advice: where refits agree only in part, groups exist but their borders are uncertain."""
        is_partial = self.stability is not None and self.stability < self.required_stability
        return "uncertain" if self.kind in _NATURAL and is_partial else self.kind

    def _agreement(self, words: dict[str, Any], language: str) -> str:
        if self.stability is None:
            return str(words["unmeasured"])
        if self.stability >= self.required_stability:
            return str(words["agree"]).format(stability=localized(f"{self.stability:.2f}", language))
        # Rounded down: 0.749 is not the 0.75 that is required.
        measured = localized(f"{math.floor(100 * self.stability) / 100:.2f}", language)
        required = words["required"].format(required=localized(f"{self.required_stability:.2f}", language))
        form = words["apart"] if self.stability < _NO_AGREEMENT else words["partly"]
        # Natural clusters need less, and the number of an earlier choice is kept with a little less.
        is_enough = self.kind in (*_NATURAL, *_CONTINUOUS, "gaps_by_chance")
        return str(form).format(stability=measured, required="" if is_enough else required)


def listed_numbers(numbers: Sequence[int], language: str = "en") -> str:
    """`3 to 8`, or `3, 5 and 8`; empty without numbers."""
    words = text(language, "choice")
    if len(numbers) > 2 and max(numbers) - min(numbers) == len(numbers) - 1:
        return f"{min(numbers)} {words['to']} {max(numbers)}"
    if not numbers:
        return ""
    *first, last = map(str, numbers)
    return f"{', '.join(first)} {words['and']} {last}" if first else last
