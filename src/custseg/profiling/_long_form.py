"""The figures of profiles as columns of a table: in long form, or one row per segment."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from custseg._frames import safe_text
from custseg._privacy import SMALLEST_GROUP, bound_words
from custseg.profiling._segment_profile import FeatureProfile, SegmentProfile, sizes_to_show
from custseg.profiling.measures._intervals import Effect
from custseg.texts import printable

Figure = tuple[str | None, str | None, str, float | None]
"""Feature, category, statistic and value."""


def figure_columns(rows: Sequence[SegmentProfile]) -> dict[str, list[object]]:
    """Columns of the long form, one row per figure."""
    sizes = sizes_to_show(rows)
    lines = [(row, figure) for row, size in zip(rows, sizes, strict=True) for figure in _figures(row, size)]
    return {
        "segment": [row.segment for row, _ in lines],
        "name": [row.name for row, _ in lines],
        "feature": [figure[0] for _, figure in lines],
        "category": [figure[1] for _, figure in lines],
        "statistic": [figure[2] for _, figure in lines],
        "value": [_finite(figure[3]) for _, figure in lines],
        "hidden": [_bound(row, figure[2]) if figure[3] is None else None for row, figure in lines],
    }


def tidy_columns(rows: Sequence[SegmentProfile]) -> dict[str, list[object]]:
    """The same with texts that are safe for spreadsheets."""
    columns = figure_columns(rows)
    texts = ("segment", "name", "feature", "category", "statistic")
    return columns | {name: [_escaped(text) for text in columns[name]] for name in texts}


def profile_columns(rows: Sequence[SegmentProfile]) -> dict[str, list[object]]:
    """Columns of the wide form, one row per segment."""
    sizes = sizes_to_show(rows)
    columns: dict[str, list[object]] = {
        "segment": [row.segment for row in rows],
        "name": [row.name for row in rows],
        "size": list(sizes),
        "share": [None if size is None else row.share for row, size in zip(rows, sizes, strict=True)],
    }
    if _has_revenue(rows[0]):
        columns["revenue_share"] = [row.revenue_share for row in rows]
    columns["hidden"] = [_hidden(row, size) for row, size in zip(rows, sizes, strict=True)]
    columns["description"] = [row.description for row in rows]
    columns["markers"] = ["; ".join(marker.texts[row.language] for marker in row.main_markers) for row in rows]
    if any(row.rule is not None for row in rows):
        columns["rule"] = [None if row.rule is None else str(row.rule) for row in rows]
    columns["do"] = [" ".join(row.advice.do) for row in rows]
    columns["dont"] = [" ".join(row.advice.dont) for row in rows]
    columns["channel"] = [row.advice.channel for row in rows]
    columns["cadence"] = [row.advice.cadence for row in rows]
    for channel in rows[0].reachable:
        columns[printable(_reach(channel))] = [row.reachable[channel] for row in rows]
    for feature in rows[0].medians:
        columns[f"median_{printable(feature)}"] = [row.medians[feature] for row in rows]
    return columns


def _has_revenue(row: SegmentProfile) -> bool:
    return "revenue" in row.features


def _hidden(row: SegmentProfile, size: int | None) -> str | None:
    """The counts of a row that are left empty, with what may be said of them: "size<10, reachable_email<10"."""
    names = [*["size"] * (size is None), *(_reach(channel) for channel, n in row.reachable.items() if n is None)]
    return ", ".join(f"{printable(name)}{_bound(row, name) or ''}" for name in names) or None


def _bound(row: SegmentProfile, statistic: str) -> str | None:
    """What may be said of a hidden count: its bound, unless most members of a group under 20 are reached."""
    if statistic == "size":
        return bound_words(row.size)
    if statistic not in map(_reach, row.reachable) or SMALLEST_GROUP <= row.size < 2 * SMALLEST_GROUP:
        return None
    return bound_words(0)


def _reach(channel: str) -> str:
    return f"reachable_{channel}"


def _figures(row: SegmentProfile, size: int | None) -> Iterator[Figure]:
    yield None, None, "size", size
    yield None, None, "share", None if size is None else row.share
    for name in (*["revenue_share"] * _has_revenue(row), "weight_share", "overlap"):
        yield None, None, name, getattr(row, name)
    yield None, None, "stability", row.stability.jaccard if row.stability else None
    if row.evidence:
        yield None, None, "evidence_members", row.evidence.members
        yield None, None, "evidence_others", row.evidence.others
    for channel, count in row.reachable.items():
        yield None, None, _reach(channel), count
    for feature in row.features.values():
        yield from ((feature.name, *figure) for figure in _feature_figures(feature))


def _feature_figures(feature: FeatureProfile) -> Iterator[tuple[str | None, str, float | None]]:
    yield None, "coverage", feature.coverage
    for share, value in feature.quantiles.items():
        yield None, f"q{round(100 * share):02}", value
    if feature.quantiles:
        yield None, "others_q50", feature.others_median
        yield from _effect_figures(None, "effect", feature.effect)
    for category in feature.categories:
        yield category.value, "share", category.share
        yield category.value, "others_share", category.others_share
        yield from _effect_figures(category.value, "difference", category.difference)
        yield from _effect_figures(category.value, "lift", category.lift)
    if feature.is_descriptor:
        yield None, "p_value", feature.p_value


def _effect_figures(
    category: str | None, name: str, effect: Effect | None
) -> Iterator[tuple[str | None, str, float | None]]:
    yield category, name, effect.value if effect else None
    yield category, f"{name}_low", effect.low if effect else None
    yield category, f"{name}_high", effect.high if effect else None


def _escaped(text: object) -> object:
    """The text; with a leading apostrophe if a spreadsheet would read it as a formula."""
    return safe_text(text) if isinstance(text, str) else text


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
