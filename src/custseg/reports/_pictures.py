"""The pictures of a report: one line each in `PICTURES`, with the table that stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from custseg.feature_table import distinct_phrases
from custseg.plots import (
    plot_choice,
    plot_distributions,
    plot_map,
    plot_profile,
    plot_proof,
    plot_scorecard,
    plot_segments,
    plot_stability,
    plot_transitions,
)
from custseg.reports._sources import Sources, short_name
from custseg.texts import text, value_text

# One picture of a distribution for each of so many features of the clustering.
_MOST_DISTRIBUTIONS = 4
_QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}

Rows = list[list[str]]
"""The cells of a table, the headings first."""


@dataclass(frozen=True)
class Picture:
    """A kind of picture.

    Attributes
    ----------
    kind : str
        Key of its texts.
    section : str
        Key of the section that it stands in.
    draw : callable
        Draws it from the sources, and the feature if it has one.
    table : callable or None
        Its figures, from the same; None if they are in the tables of the section.
    features : callable
        The features for each of which there is one; "" for a picture of its own; none where the data are missing.
    is_wide : bool
        Whether it takes the whole width of the page.
    """

    kind: str
    section: str
    draw: Callable[[Sources, str], Figure]
    table: Callable[[Sources, str], Rows] | None
    features: Callable[[Sources], list[str]]
    is_wide: bool = True


def pictures(sources: Sources) -> list[dict[str, Any]]:
    """Title, alternative text and table of every picture, in the order of the page."""
    entries = []
    for key, picture, feature in _instances(sources):
        words = text(sources.language, "report", "pictures", picture.kind)
        table = None
        if picture.table is not None:
            head, *rows = picture.table(sources, feature)
            table = {"title": "", "head": head, "rows": rows}
        entries.append(
            {
                "key": key,
                "section": picture.section,
                "title": words["title"].format(feature=_phrase(sources, feature)),
                "alt": words["alt"],
                "is_wide": picture.is_wide,
                "table": table,
            }
        )
    return entries


def drawn_pictures(sources: Sources) -> Iterator[tuple[str, Figure]]:
    """The key of every picture, and its figure."""
    for key, picture, feature in _instances(sources):
        yield key, picture.draw(sources, feature)


def _instances(sources: Sources) -> Iterator[tuple[str, Picture, str]]:
    for picture in PICTURES:
        for position, feature in enumerate(picture.features(sources)):
            yield f"{picture.kind}{position or ''}", picture, feature


def _phrase(sources: Sources, feature: str) -> str:
    return short_name(distinct_phrases(sources.result.features.described, sources.language).get(feature, ""))


def _once(_: Sources) -> list[str]:
    """One picture, whatever the data."""
    return [""]


def _if_present(attribute: str) -> Callable[[Sources], list[str]]:
    """One picture where the report has such an object."""
    return lambda sources: [] if getattr(sources, attribute) is None else [""]


def _several(sources: Sources) -> list[str]:
    """One picture where there is more than one segment."""
    return [""] if len(sources.segments) > 1 else []


def _with_numbers(sources: Sources) -> list[str]:
    """One picture where several segments differ in numbers."""
    return _several(sources) if sources.result.telling_features else []


def _mapped(sources: Sources) -> list[str]:
    return [""] if len(sources.segments) > 1 and sources.result.segment_map is not None else []


def _compared(sources: Sources) -> list[str]:
    """One picture where several numbers of segments were measured; inside stages each has its own."""
    choices = [row.choice for row in sources.result.clusterings]
    return [""] if len(choices) == 1 and len({row.n_clusters for row in choices[0].candidates}) > 1 else []


def _repeated(sources: Sources) -> list[str]:
    """One picture where it was measured how stable several segments are."""
    return [""] if sum(row.stability is not None for row in sources.segments) > 1 else []


def _clustered(sources: Sources) -> list[str]:
    """The features of the clustering that have quantiles."""
    features = sources.segments[0].medians
    return [name for name in sources.result.model.preparation.names if name in features][:_MOST_DISTRIBUTIONS]


def _segments_table(sources: Sources, _: str) -> Rows:
    """Sizes and shares, as they are printed."""
    heads, rows = sources.result.profiles.table()
    n_sizes = heads.index(text(sources.language, "profiling", "columns", "markers"))
    return [heads[:n_sizes], *([short_name(cell) for cell in row[:n_sizes]] for row in rows)]


def _medians_table(sources: Sources, _: str) -> Rows:
    """The medians of the features that the segments are made of."""
    units = {feature.name: feature.unit for feature in sources.result.features.described}
    features = [name for name in sources.result.model.preparation.names if name in sources.segments[0].medians]
    rows = [[sources.words["columns"]["segment"], *(_phrase(sources, name) for name in features)]]
    for row in sources.segments:
        cells = [value_text(row.medians[name], units[name], sources.language) for name in features]
        rows.append([short_name(row.name), *cells])
    return rows


def _profile_table(sources: Sources, _: str) -> Rows:
    """Of each marker of a segment, Cliff's delta and the medians."""
    words = sources.words["columns"]
    rows = [[words["segment"], words["feature"], words["effect"], words["q50"], words["others"]]]
    units = {feature.name: feature.unit for feature in sources.result.features.described}
    for row in sources.segments:
        for marker in row.markers:
            profile = row.features[marker.feature]
            if marker.category is not None or not profile.quantiles:
                continue
            medians = (profile.quantiles[0.5], profile.others_median)
            rows.append(
                [
                    short_name(row.name),
                    _phrase(sources, marker.feature),
                    value_text(marker.effect.value, "", sources.language),
                    *(value_text(value, units[marker.feature], sources.language) for value in medians),
                ]
            )
    return rows


def _distribution_table(sources: Sources, feature: str) -> Rows:
    """The quantiles of one feature in each segment."""
    words = sources.words["columns"]
    units = {column.name: column.unit for column in sources.result.features.described}
    rows = [[words["segment"], *(words[key] for key in _QUANTILES)]]
    for row in sources.segments:
        quantiles = row.features[feature].quantiles
        cells = [value_text(quantiles[share], units[feature], sources.language) for share in _QUANTILES.values()]
        rows.append([short_name(row.name), *cells])
    return rows


def _figure_of(axes: Any) -> Figure:
    """The figure that the axes are in."""
    figure = axes.figure
    assert isinstance(figure, Figure)
    return figure


def _shown_measure(sources: Sources) -> list[str]:
    """The measure of the scorecard that is drawn: the nearest to money of which a figure may be shown."""
    card = sources.scorecard
    figures = [] if card is None else [figure for row in card.segments for figure in row.figures.values()]
    measures = {figure.measure for figure in figures if figure.is_enough and not figure.is_hidden}
    preferred: list[str] = ["conversion_rate", "click_rate", "open_rate"]
    return [name for name in preferred if name in measures][:1]


def _draw_proof(sources: Sources, _: str) -> Figure:
    assert sources.proof is not None
    return _figure_of(plot_proof(sources.proof))


def _draw_scorecard(sources: Sources, measure: str) -> Figure:
    assert sources.scorecard is not None
    return _figure_of(plot_scorecard(sources.scorecard, measure))


def _draw_transitions(sources: Sources, _: str) -> Figure:
    assert sources.transitions is not None
    return _figure_of(plot_transitions(sources.transitions))


PICTURES = (
    Picture("segments", "segments", lambda of, _: plot_segments(of.result), _segments_table, _once),
    Picture("profile", "segments", lambda of, _: plot_profile(of.result), _profile_table, _with_numbers),
    Picture("map", "segments", lambda of, _: _figure_of(plot_map(of.result)), _medians_table, _mapped),
    Picture(
        "distributions",
        "segments",
        lambda of, feature: _figure_of(plot_distributions(of.result, feature)),
        _distribution_table,
        _clustered,
        is_wide=False,
    ),
    Picture("choice", "choice", lambda of, _: _figure_of(plot_choice(of.result)), None, _compared),
    Picture("stability", "stability", lambda of, _: plot_stability(of.result), None, _repeated),
    Picture("proof", "proof", _draw_proof, None, _if_present("proof")),
    Picture("scorecard", "scorecard", _draw_scorecard, None, _shown_measure),
    Picture("transitions", "movement", _draw_transitions, None, _if_present("transitions")),
)
