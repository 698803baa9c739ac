"""The segments compared with those before: how many there were, which are new, and how their shares changed."""

from __future__ import annotations

from typing import Any

from custseg._privacy import SMALLEST_GROUP, at_least
from custseg.model import SegmentModel
from custseg.profiling import sizes_to_show
from custseg.reports._sources import Sources, short_name
from custseg.result import Segmentation
from custseg.texts import DASH, calendar_date, counted, percent, plural_form, shortened, text

Key = int | str
Shares = dict[Key, tuple[str, float | None]]
"""By number or name, the name of a segment and its share of the customers in segments."""


def changes(sources: Sources) -> list[str]:
    """How many segments there were before, and which of them are new or gone; empty without `previous`."""
    if sources.previous is None:
        return []
    language, words = sources.language, sources.words
    before, now = _before(sources), _now(sources)
    names = {key: words["quoted"].format(name=short_name(shares[key][0])) for shares in (before, now) for key in shares}
    sentences = [_before_text(sources, len(before))]
    for word, keys in (("appeared", now.keys() - before.keys()), ("disappeared", before.keys() - now.keys())):
        if keys:
            listed = shortened([names[key] for key in sorted(keys, key=str)], language)
            sentences.append(words[word].format(names=", ".join(listed)))
    return sentences


def previous_section(sources: Sources) -> dict[str, Any] | None:
    """The shares before and now, side by side."""
    if sources.previous is None:
        return None
    words, language = sources.words, sources.language
    before, now = _before(sources), _now(sources)
    keys = [*now, *(key for key in before if key not in now)]
    rows = [
        [
            short_name((now.get(key) or before[key])[0]),
            *(percent(shares[key][1], language, decimals=1) if key in shares else DASH for shares in (before, now)),
        ]
        for key in keys
    ]
    columns = words["columns"]
    return {
        "key": "previous",
        "title": words["sections"]["previous"],
        "text": [*changes(sources), words["by_number" if _keeps_numbers(sources) else "by_name"]],
        "tables": [{"title": "", "head": [columns["segment"], columns["before"], columns["now"]], "rows": rows}],
        "notes": [],
    }


def _keeps_numbers(sources: Sources) -> bool:
    """Whether the segments are those of a refit, or of the same model, whose numbers are identities."""
    before = sources.previous.model if isinstance(sources.previous, Segmentation) else sources.previous
    return bool(sources.result.model.refits) or before is sources.result.model


def _now(sources: Sources) -> Shares:
    return _shares_of_result(sources.result, sources.language, by_number=_keeps_numbers(sources))


def _before(sources: Sources) -> Shares:
    previous, by_number = sources.previous, _keeps_numbers(sources)
    if isinstance(previous, Segmentation):
        return _shares_of_result(previous, sources.language, by_number=by_number)
    assert isinstance(previous, SegmentModel)
    total = _total(previous)
    return {
        segment.number if by_number else segment.names[sources.language]: (
            segment.names[sources.language],
            None if segment.size is None or total is None else segment.size / total,
        )
        for segment in previous.segments
    }


def _shares_of_result(result: Segmentation, language: str, *, by_number: bool) -> Shares:
    rows = result.profiles.segments
    return {
        int(str(row.segment)) if by_number else row.names[language]: (
            row.names[language],
            None if size is None else row.share,
        )
        for row, size in zip(rows, sizes_to_show(rows), strict=True)
    }


def _total(model: SegmentModel) -> int | None:
    """The customers in segments; None where the size of one is not stored."""
    sizes = [segment.size for segment in model.segments]
    return None if None in sizes else sum(size for size in sizes if size is not None)


def _before_text(sources: Sources, n_segments: int) -> str:
    """How many segments and customers there were."""
    language, words, previous = sources.language, sources.words, sources.previous
    assert previous is not None
    forms = text(language, "result")
    if isinstance(previous, Segmentation):
        n_customers: int | None = sum(row.size for row in previous.profiles.segments)
    else:
        n_customers = _total(previous)
    as_of = words["moment"].format(moment=calendar_date(previous.as_of.date(), language)) if previous.as_of else ""
    customers = DASH if n_customers is None else _count_words(n_customers, sources)
    return str(words["segments_before"]).format(
        as_of=as_of, segments=counted(n_segments, forms["segments"], language), customers=customers
    )


def _count_words(n_customers: int, sources: Sources) -> str:
    """The number of customers before; as a bound where those who are new or gone could be counted from it."""
    language = sources.language
    difference = n_customers - sum(row.size for row in sources.segments)
    is_known = sources.transitions is None or sources.transitions.sums()["before"].is_exact
    if is_known and not 0 < abs(difference) < SMALLEST_GROUP:
        return counted(n_customers, text(language, "result", "customers"), language)
    form = plural_form(SMALLEST_GROUP, text(language, "result", "customers"), language)
    return form.format(count=at_least(n_customers, language))
