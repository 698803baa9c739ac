"""The card of each segment: who they are, what to do, what they can show."""

from __future__ import annotations

import math
from typing import Any

from custseg._privacy import SMALLEST_GROUP, bound_text, share_words
from custseg.plots import segment_color
from custseg.profiling import SegmentProfile, sizes_to_show
from custseg.reports._sources import Sources, short_name
from custseg.rules import Rule
from custseg.texts import number, percent, plural_form, printable, stability_level, text, two_decimals


def segment_cards(sources: Sources) -> list[dict[str, Any]]:
    """One card per segment, in the order in which the segments are printed."""
    sizes = {row.segment: size for row, size in _rows_with_sizes(sources)}
    return [_card(row, sizes[row.segment], sources) for row in sources.segments]


def groups_outside(sources: Sources) -> list[dict[str, Any]]:
    """The customers in no segment."""
    return [
        {
            "name": short_name(row.name),
            "size": size,
            "size_text": _size_text(row, size, sources.language),
            "description": row.description,
            "do": list(row.advice.do),
        }
        for row, size in _rows_with_sizes(sources)
        if row.segment is None and row.size
    ]


def _rows_with_sizes(sources: Sources) -> list[tuple[SegmentProfile, int | None]]:
    rows = sources.result.profiles.rows
    return list(zip(rows, sizes_to_show(rows), strict=True))


def _size_text(row: SegmentProfile, size: int | None, language: str) -> str:
    """The size with its noun; "<10 customers" where it is hidden, and "≥10" where it would give another one away."""
    count = bound_text(row.size) if size is None else number(size, language)
    form = plural_form(SMALLEST_GROUP if size is None else size, text(language, "result", "customers"), language)
    return form.format(count=count)


def _card(row: SegmentProfile, size: int | None, sources: Sources) -> dict[str, Any]:
    language = sources.language
    share = None if size is None else row.share
    revenue = None if row.revenue_share is None else max(row.revenue_share, 0.0)
    segment = int(str(row.segment))
    name = short_name(row.name)
    return {
        "number": segment,
        "name": name,
        "full_name": None if name == printable(row.name) else row.name,
        "kind": row.key,
        "color": segment_color(segment),
        "size": size,
        "size_text": _size_text(row, size, language),
        "share": share,
        "share_text": percent(share, language, decimals=1),
        "revenue_share": revenue,
        "revenue_share_text": None if revenue is None else percent(revenue, language, decimals=1),
        "description": row.description,
        "stated": _stated(segment, sources),
        "markers": [marker.texts[language] for marker in row.markers],
        "name_reason": _name_reason(row, sources),
        "rule": _rule(row, sources),
        "do": list(row.advice.do),
        "dont": list(row.advice.dont),
        "channel": row.advice.channel,
        "cadence": row.advice.cadence,
        "own_channel": row.advice.own_channel,
        "own_cadence": row.advice.own_cadence,
        "shows": _shows(segment, name, sources),
        "stability": _stability(row, sources),
        "nearest": _nearest(row, sources),
        "warnings": _warnings(row, segment, sources),
    }


def _stated(segment: int, sources: Sources) -> dict[str, str] | None:
    """The rule that the segment is stated as, or the condition of the stage that it is a part of."""
    result = sources.result
    if segment not in result.rule_texts:
        return None
    return {"label": sources.words["stage" if result.stage_choices else "stated"], "text": result.rule_texts[segment]}


def _name_reason(row: SegmentProfile, sources: Sources) -> list[str]:
    """Which share of the segment, and of the others, what the name says is true of."""
    language = sources.language
    n_rest = sum(segment.size for segment in sources.segments) - row.size
    statements = [(trait.words[language], trait.members, trait.others) for trait in row.traits]
    if row.evidence is not None:
        statements = [(row.evidence.condition[language], row.evidence.members, row.evidence.others)]
    sentences = []
    for condition, members, rest in statements:
        shares = [
            share_words(round(share * count), count, language) for share, count in ((members, row.size), (rest, n_rest))
        ]
        if None not in shares:
            sentences.append(
                str(sources.words["name_evidence"]).format(condition=condition, members=shares[0], others=shares[1])
            )
    return sentences


def _rule(row: SegmentProfile, sources: Sources) -> dict[str, str] | None:
    """The rule in words and in SQL, and how good it is."""
    rule = row.rule
    if not isinstance(rule, Rule):
        return None
    words, language = sources.words, sources.language
    if rule.recall is None:
        accuracy = words["rule_unmeasured"]
    elif rule.precision is None:
        accuracy = words["rule_recall"].format(recall=percent(rule.recall, language))
    else:
        shares = {"precision": percent(rule.precision, language), "recall": percent(rule.recall, language)}
        accuracy = words["rule"].format(**shares)
    return {"text": rule.texts[language], "accuracy": accuracy, "sql": rule.sql}


def _shows(segment: int, name: str, sources: Sources) -> str | None:
    """Which lift the segment can show; None where no minimum was computed from the log."""
    minimum = sources.result.minimum
    if minimum is None or not any(row.segment == segment for row in minimum.segments):
        return None
    names = {row.segment: name for row in minimum.segments}
    texts = dict(zip(names, minimum.segment_texts(names, sources.language), strict=True))
    ability = texts[segment].removeprefix(f"{name}: ")
    return ability[0].upper() + ability[1:]


def _stability(row: SegmentProfile, sources: Sources) -> dict[str, Any] | None:
    if row.stability is None:
        return None
    jaccard = row.stability.jaccard
    level = row.stability.texts[sources.language]
    return {
        "jaccard": jaccard,
        "level": level,
        "text": sources.words["stability"].format(level=level, jaccard=two_decimals(jaccard, sources.language)),
    }


def _nearest(row: SegmentProfile, sources: Sources) -> str | None:
    names = {segment.segment: segment.name for segment in sources.segments}
    if row.nearest is None or row.nearest not in names:
        return None
    return short_name(names[row.nearest])


def _warnings(row: SegmentProfile, segment: int, sources: Sources) -> list[str]:
    """What must be read before the segment is used."""
    words = text(sources.language, "report", "warnings")
    keys = []
    if row.key == "too_few":
        keys.append("few")
    if row.stability is not None and (level := stability_level(row.stability.jaccard)) in ("dissolved", "pattern"):
        keys.append(level)
    minimum = sources.result.minimum
    if minimum is not None and any(
        item.segment == segment and not math.isfinite(item.shows) for item in minimum.segments
    ):
        keys.append("powerless")
    return [words[key] for key in keys]
