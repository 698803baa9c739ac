"""`profile_segments`: from a table and labels to names, evidence and advice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from numbers import Real

import numpy as np

from custseg._checks import check_choice
from custseg._labels import Labels, read_labels
from custseg.errors import DataError
from custseg.profiling._assemble import RETURNED, ProfileInputs, segment_markers, segment_row, with_nearest
from custseg.profiling._overview import overview
from custseg.profiling._profiles import Profiles
from custseg.profiling.measures._column_statistics import column_statistics
from custseg.profiling.measures._descriptor_tests import descriptor_tests
from custseg.profiling.measures._table import ProfileTable, checked_weights, read_table
from custseg.profiling.naming._archetypes import (
    Archetype,
    Play,
    builtin_archetypes,
    builtin_plays,
    read_archetypes,
    read_plays,
)
from custseg.profiling.naming._segment_names import (
    returned_name,
    segment_names,
    unclustered_name,
    unclustered_row,
)
from custseg.profiling.naming.traits._words import UNCLUSTERED
from custseg.texts import LANGUAGES, listed

_CALLER = "profile_segments"


def profile_segments(
    features: object,
    labels: object,
    *,
    descriptors: object = None,
    size_weight: object = None,
    stability: Mapping[int | str, float] | None = None,
    language: str = "en",
    archetypes: object = None,
    playbook: object = None,
    clustered_on: Sequence[str] = (),
    unclustered: Mapping[str, str] | None = None,
    customer_column: str | None = None,
    column_labels: object = None,
    given_names: Mapping[int | str, Mapping[str, str]] | None = None,
) -> Profiles:
    """Profile every segment: its figures, what sets it apart, its name, and what to do with it.

    A segment is compared with all other clustered customers by effect sizes with 95 % intervals: Cliff's delta,
    ``P(member > other) - P(member < other)`` in [-1, 1], for numbers; the difference of shares and their ratio (lift)
    for categories.

    Parameters
    ----------
    features : FeatureTable, table or mapping of str to array
        One row per customer. Ids are in `customer_id`, in `customer_column`, or in a first column of text or whole
        numbers that all differ; they are never shown. `revenue` gives the revenue shares; ``contactable_<channel>`` and
        ``consent_<channel>`` give how many customers each channel reaches.
    labels : array-like of shape (n_customers,)
        Segment of each customer, whole numbers or text, from any method. Customers with -1, None or NaN are in no
        segment and get a row of their own.
    descriptors : table, mapping, or list of columns of `features`, optional
        Columns that were not used for clustering, such as age or source; they are tested.
    size_weight : str or array-like of shape (n_customers,), optional
        A second measure of size: a column such as "revenue", or a number per customer.
    stability : mapping of segment to float, optional
        Mean Jaccard similarity of each segment over refits on resampled customers, in [0, 1].
    language : {"en", "ru"}, default "en"
        Language of `name`, `description`, `advice` and `notes`; `names` and `playbook` have both.
    archetypes : path or mapping, optional
        Definitions of archetypes as TOML that replace the built-in ones (with `keep_builtin = true`: in addition).
    playbook : path or mapping, optional
        Plays by key of the archetype, with `do`, `dont`, `channel` and `cadence`; with ``follows_orders = true``
        segments whose usual gap between orders is 30 days or more get a cadence of that gap, and the first line of
        `instead` whose `when` holds for most members, or with ``unread = true`` of whose mails hardly any were opened,
        gives another channel or cadence; no reach is given for channels in `avoids`.
    clustered_on : sequence of str, optional
        Features used for clustering: they represent a group of correlated features, and only they count for the nearest
        segment. By default all columns but descriptors.
    unclustered : mapping of str to str, optional
        Name of the row of customers in no segment, by language; those whose orders were all returned, charged back or
        cancelled have a row of their own, with a name of its own. By default "Prospects" if none of them has an order,
        "No data" if none has a value of `clustered_on`, else "In no segment".
    customer_column : str, optional
        Column of ids in `features` and `descriptors`.
    column_labels : mapping of str to str, or path of a TOML file, optional
        Names of columns for people, as `labels` of `FeatureTable.with_labels`.
    given_names : mapping of segment to mapping of str to str, optional
        Names by language that some segments have from elsewhere; the names of the others differ from them.

    Returns
    -------
    Profiles
        A sequence of `SegmentProfile` in the order of the labels; the rows of customers in no segment, if any, are
        last.
        `to_frame()` gives all figures in long form.

    Raises
    ------
    DataError
        If labels and tables do not fit together, a column cannot be used, or definitions of archetypes or plays have
        faults (all are listed in one message).
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Only `descriptors` have p values (Kruskal-Wallis and chi-square over all segments; Mann-Whitney and chi-square of a
    segment against the others), adjusted by Holm. Features used for clustering differ between segments by construction,
    so their p values would be meaningless.

    A segment gets an archetype's name if at least 60 % of its members meet the condition, at least twice the share of
    the others, and the 99.9 % interval of the difference lies above 0. Otherwise its name consists of up to three
    traits, which together hold for at least 60 % of its members: "high" and "low" require a delta of at least 0.33
    whose interval excludes 0.

    Markers are the largest effects of at least 0.147 whose interval excludes 0. Features with an absolute rank
    correlation of at least 0.8 are folded into one.

    No figure describes fewer than 10 customers. The guide on profiles explains privacy, intervals and names.

    References
    ----------
    Cliff, N. (1993). Dominance statistics: ordinal analyses to answer ordinal questions. Psychological Bulletin
    114(3), 494-509. doi:10.1037/0033-2909.114.3.494

    Feng, D. and Cliff, N. (2004). Monte Carlo evaluation of ordinal d with improved confidence interval. Journal of
    Modern Applied Statistical Methods 3(2), 322-332. doi:10.22237/jmasm/1099267560

    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions. Statistics in
    Medicine 17(8), 873-890.

    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics & Data Analysis 52(1),
    258-271. doi:10.1016/j.csda.2006.11.025

    Examples
    --------
    >>> from custseg.profiling import profile_segments
    >>> visits = [1, 2, 3] * 20 + [30, 40] * 20
    >>> profiles = profile_segments({"visits": visits}, [0] * 60 + [1] * 40)
    >>> [(row.name, row.size, row.medians["visits"]) for row in profiles]
    [('visits up to 3', 60, 2.0), ('visits 30+', 40, 35.0)]
    >>> print(profiles[1].markers[0])
    visits 35 (others 2)
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    table = read_table(
        features,
        descriptors,
        customer_column=customer_column,
        quantities=clustered_on,
        caller=_CALLER,
        language=language,
    )
    table = table.with_labels(column_labels, "column_labels", caller=_CALLER)
    segments = read_labels(labels, len(table), _CALLER)
    clustering_features = _checked_names(clustered_on, table)
    candidates, plays = _archetypes_and_plays(archetypes, playbook, table)
    weights = checked_weights(size_weight, table, _CALLER)
    jaccards = _checked_stability(stability, segments)
    _check_unclustered(unclustered)
    statistics = column_statistics(
        table, segments.codes, len(segments.segments), quantile_terms=_quantile_terms(candidates, plays), caller=_CALLER
    )

    outside = dict(unclustered or UNCLUSTERED[unclustered_row(statistics, clustering_features)])
    returned = returned_name(windowed=table.windowed)
    given = dict(given_names or {})
    reserved = [outside, returned.names, *given.values()]
    names = segment_names(statistics, candidates, clustered_on=clustering_features, reserved=reserved)
    names = [
        replace(name, names=given[segment], evidence=None, traits=()) if segment in given else name
        for segment, name in zip(segments.segments, names, strict=True)
    ]
    markers = segment_markers(statistics, clustering_features, names)
    tests, p_values = descriptor_tests(statistics)
    codes = np.where((segments.codes < 0) & table.returned_everything(), RETURNED, segments.codes)
    inputs = ProfileInputs(statistics, Labels(codes, segments.segments), language, plays, weights, jaccards, p_values)
    rows = [segment_row(inputs, index, name, ranked_markers=markers[index]) for index, name in enumerate(names)]
    rows = with_nearest(rows, statistics, clustering_features or table.clustering_columns)
    for code, name in ((RETURNED, returned), (-1, unclustered_name(outside, candidates))):
        if (codes == code).any():
            rows.append(segment_row(inputs, code, name, ranked_markers=[]))
    return Profiles(tuple(rows), tests, table.notes, overview(statistics, clustering_features), table.give_back)


def _checked_names(clustered_on: object, table: ProfileTable) -> tuple[str, ...]:
    """The features used for clustering, which cannot be descriptors."""
    if isinstance(clustered_on, str) or not isinstance(clustered_on, Sequence):
        raise TypeError(f"{_CALLER}: clustered_on must be a list of features, got {clustered_on!r}.")
    if lacking := [name for name in clustered_on if name not in table.described]:
        raise DataError(
            f"{_CALLER}: clustered_on names {listed(lacking)}, which the table lacks; its columns are "
            f"{listed(table.described)}."
        )
    if overlapping := [name for name in clustered_on if name in table.descriptors]:
        raise ValueError(
            f"{_CALLER}: {listed(overlapping)} made the segments, so they cannot be descriptors: "
            "their p value would be meaningless."
        )
    return tuple(clustered_on)


def _archetypes_and_plays(
    archetypes: object, playbook: object, table: ProfileTable
) -> tuple[tuple[Archetype, ...], dict[str, Play]]:
    """The archetypes to look for, and the play of every key."""
    candidates, plays = builtin_archetypes(), builtin_plays()
    if archetypes is not None:
        candidates = read_archetypes(archetypes, table.described, _CALLER)
        plays |= {archetype.key: archetype.play for archetype in candidates}
    if playbook is not None:
        plays |= read_plays(playbook, plays, _CALLER, columns=table.described)
    return candidates, plays


def _quantile_terms(archetypes: Collection[Archetype], plays: Mapping[str, Play]) -> dict[str, set[tuple[str, float]]]:
    """The comparisons with a quantile in all conditions and plays, as (operator, quantile) by feature."""
    comparisons: dict[str, set[tuple[str, float]]] = {}
    for term in chain(*(one.all_terms for one in archetypes), *(play.terms for play in plays.values())):
        if term.quantile is not None:
            comparisons.setdefault(term.feature, set()).add((term.operator, term.quantile))
    return comparisons


def _checked_stability(stability: object, segments: Labels) -> dict[int | str, float]:
    """The Jaccard similarity by segment."""
    if stability is None:
        return {}
    if not isinstance(stability, Mapping):
        raise TypeError(
            f"{_CALLER}: stability must map segments to Jaccard similarities, got {type(stability).__name__}."
        )
    if unknown := [segment for segment in stability if segment not in segments.segments]:
        raise ValueError(f"{_CALLER}: stability has segments {listed(unknown)} that labels lack.")
    for segment, value in stability.items():
        if isinstance(value, bool) or not isinstance(value, (Real, np.floating)) or not 0 <= float(value) <= 1:
            raise ValueError(f"{_CALLER}: stability must lie between 0 and 1, got {value!r} for segment {segment!r}.")
    return {segment: float(value) for segment, value in stability.items()}


def _check_unclustered(unclustered: object) -> None:
    if unclustered is not None and (not isinstance(unclustered, Mapping) or set(unclustered) != set(LANGUAGES)):
        raise TypeError(f"{_CALLER}: unclustered must have a name in each of {listed(LANGUAGES)}, got {unclustered!r}.")
