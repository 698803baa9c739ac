"""Descriptive names: every word of them is true of the segment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from custseg._texts import LANGUAGES
from custseg.profiling._markers import Candidate
from custseg.profiling._text import clean
from custseg.profiling.measures._intervals import Effect, wilson
from custseg.profiling.naming import _words as words
from custseg.profiling.naming._words import MAIN, Trait, Words

TELLING = 0.33
"""Cliff's delta from which a difference is called medium (Romano et al. 2006)."""

_MOST_TRAITS = 3
_MOSTLY = 0.6


def trait(name: str, effect: Effect | None, median: float | None) -> tuple[int, Words] | None:
    """Which side the segment is on (-1, 0, 1) and its word; None where nothing can be said for sure.

    High and low need a difference that is at least medium, with an interval on that side of 0; middling needs an
    interval within the medium differences.
    """
    if effect is None or median is None:
        return None
    known = words.TRAITS.get(name)
    if effect.low > -TELLING and effect.high < TELLING:
        return (0, known.middle) if known and known.middle else None
    side = (
        1 if effect.value >= TELLING and effect.low > 0 else -1 if effect.value <= -TELLING and effect.high < 0 else 0
    )
    if side == 0:
        return None
    if known is None:
        form = words.HIGH if side > 0 else words.LOW
        return side, {language: form[language].format(clean(name)) for language in LANGUAGES}
    return side, _side_word(known, side, median)


def _side_word(known: Trait, side: int, median: float) -> Words:
    """The absolute word where the median bears it, else the relative one."""
    if side > 0:
        bears = known.high_limit is None or median >= known.high_limit
        return known.high if bears or known.higher is None else known.higher
    bears = known.low_limit is None or median <= known.low_limit
    return known.low if bears or known.lower is None else known.lower


def one_order(ones: int, size: int) -> bool:
    """Whether most members have one order, and not by chance."""
    return size > 0 and ones / size >= _MOSTLY and wilson(ones, size)[0] > 0.5


def traits(
    markers: Sequence[tuple[Candidate, tuple[str, ...]]],
    effects: Mapping[str, Effect | None],
    medians: Mapping[str, float | None],
    *,
    told: Collection[str],
    one_order_words: Words | None,
) -> list[Words]:
    """Words for a segment: recency, frequency and money first, then its markers; empty where nothing is clear.

    Beside these three only features that are `told` are. `one_order_words` stand for the number of orders where most
    members have one.
    """
    main = {name: trait(name, effects[name], medians[name]) for name in MAIN if name in effects}
    if one_order_words and (effect := effects.get("order_count")) is not None and effect.high < 0:
        main["order_count"] = (-1, one_order_words)
    found = [one[1] for one in main.values() if one] if any(one and one[0] for one in main.values()) else []
    for candidate, folded in markers:
        name = candidate.feature
        if name not in told or not {name, *folded}.isdisjoint(main):
            continue
        if candidate.share is not None:
            share = candidate.share.share or 0.0
            if share >= _MOSTLY and candidate.effect.value >= TELLING:
                found.append(dict.fromkeys(LANGUAGES, f"{clean(name)} {clean(candidate.share.value)}"))
        elif (one := trait(name, candidate.effect, medians[name])) is not None and one[0]:
            found.append(one[1])
    return found


def nothing_clear(effects: Collection[Effect | None]) -> Words:
    """What a segment is called that has no traits."""
    known = [effect for effect in effects if effect is not None]
    near = known and all(effect.low > -TELLING and effect.high < TELLING for effect in known)
    return words.ALIKE if near else words.UNCLEAR


def unique_names(described: Mapping[int, Sequence[Words]], fallback: Mapping[int, Words], *,
                 taken: Collection[Words]) -> dict[int, Words]:  # fmt: skip
    """Up to three traits each; where that is not unique more of them, and at last a number."""
    used = {(language, name[language].casefold()) for name in taken for language in LANGUAGES}
    names: dict[int, Words] = {}
    for segment, found in described.items():
        length = min(_MOST_TRAITS, len(found))
        name = _joined(found[:length]) if found else fallback[segment]
        while _is_used(name, used) and length < len(found):
            length += 1
            name = _joined(found[:length])
        plain, number = name, 2
        while _is_used(name, used):
            name = {language: f"{plain[language]} · {words.GROUP[language]} {number}" for language in LANGUAGES}
            number += 1
        used |= {(language, name[language].casefold()) for language in LANGUAGES}
        names[segment] = name
    return names


def _is_used(name: Words, used: Collection[tuple[str, str]]) -> bool:
    return any((language, name[language].casefold()) in used for language in LANGUAGES)


def _joined(found: Sequence[Words]) -> Words:
    return {language: " · ".join(one[language] for one in found) for language in LANGUAGES}
