"""One profile per segment: how large it is, what it brings, what its members are like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from custseg.profiling._names import cliffs_deltas, name_segments

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SegmentProfile:
    """What a person needs to know about one segment.

    Attributes
    ----------
    segment : int or None
        Number of the segment, 0 the largest; None for the customers that cannot be clustered.
    name : str
        In the asked language, unique within the result.
    names : mapping of str to str
        The name in each language.
    size : int
        Customers.
    share : float or None
        Share of the clustered customers; None for those that cannot be clustered.
    revenue_share : float or None
        Share of the revenue of all customers; None where there is no revenue.
    medians : mapping of str to float or None
        Median of each feature in its own unit; None where no member has a value.
    effects : mapping of str to float
        Cliff's delta of each feature against all other clustered customers, in [-1, 1]: 0 is no
        difference, 1 every member above every other customer.
    """

    segment: int | None
    name: str
    names: Mapping[str, str]
    size: int
    share: float | None
    revenue_share: float | None
    medians: Mapping[str, float | None] = field(repr=False)
    effects: Mapping[str, float] = field(repr=False)


@dataclass(frozen=True)
class Profiles:
    """The profiles of one result: a sequence of `SegmentProfile`.

    Attributes
    ----------
    rows : tuple of SegmentProfile
        The largest segment first, the unclustered row last.
    """

    rows: tuple[SegmentProfile, ...]

    def __iter__(self) -> Iterator[SegmentProfile]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, position: int) -> SegmentProfile:
        return self.rows[position]

    @property
    def segments(self) -> tuple[SegmentProfile, ...]:
        """The profiles of the segments alone, without the unclustered row."""
        return tuple(row for row in self.rows if row.segment is not None)

    def renamed(self, names: Mapping[int, str]) -> Profiles:
        """The same profiles with other names for some segments, in every language."""
        rows = []
        for row in self.rows:
            if row.segment is not None and row.segment in names:
                name = names[row.segment]
                row = replace(row, name=name, names=dict.fromkeys(row.names, name))
            rows.append(row)
        return Profiles(tuple(rows))

    def columns(self) -> dict[str, list[object]]:
        """One row per profile as columns, for any frame constructor; medians as `median_<feature>`."""
        columns: dict[str, list[object]] = {
            name: [getattr(row, name) for row in self.rows]
            for name in ("segment", "name", "size", "share", "revenue_share")
        }
        for feature in self.rows[0].medians:
            medians = [row.medians[feature] for row in self.rows]
            columns[f"median_{feature}"] = list(medians)
        return columns


def profile_segments(
    values: Mapping[str, Floats],
    labels: NDArray[np.intp],
    *,
    language: str = "en",
    unclustered: Mapping[str, str],
    clustered_on: Sequence[str] = (),
    windowed: bool = False,
) -> Profiles:
    """Profile every segment and the row of the unclustered.

    Parameters
    ----------
    values : mapping of str to ndarray of shape (n_customers,)
        Features in human units; NaN where a value is missing. `revenue` gives the revenue shares.
    labels : ndarray of int, shape (n_customers,)
        Segment of each customer; -1 for those that cannot be clustered.
    language : {"en", "ru"}, default "en"
        Of `name`; `names` has both.
    unclustered : mapping of str to str
        The name of the unclustered row, by language.
    clustered_on : sequence of str, optional
        Features that made the segments: names tell what sets them apart there.
    windowed : bool, default False
        Whether orders before a window are not counted: then nobody is called a one-time buyer.

    Returns
    -------
    Profiles
        With a row for the unclustered only where there are any.

    Notes
    -----
    A segment earns a well-known name when at least 60 % of its members, and at least twice the share of
    the others, meet its condition. Other segments are described by up to three traits.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.profiling import UNCLUSTERED, profile_segments
    >>> values = {"visits": np.array([1.0, 2.0, 1.0, 30.0, 40.0, np.nan])}
    >>> labels = np.array([0, 0, 0, 1, 1, -1])
    >>> profiles = profile_segments(values, labels, unclustered=UNCLUSTERED["no data"])
    >>> [(row.name, row.size, row.medians["visits"]) for row in profiles]
    [('low visits', 3, 1.0), ('high visits', 2, 35.0), ('No data', 1, None)]
    """
    inside = labels >= 0
    n_segments = int(labels.max()) + 1
    base = {name: column[inside] for name, column in values.items()}
    effects = {name: cliffs_deltas(column, labels[inside], n_segments) for name, column in base.items()}
    names = name_segments(base, labels[inside], effects, clustered_on=clustered_on, windowed=windowed)
    rows = []
    for segment in (*range(n_segments), -1):
        members = labels == segment
        size = int(members.sum())
        if segment == -1 and size == 0:
            continue
        both = unclustered if segment == -1 else names[segment]
        rows.append(
            SegmentProfile(
                segment=None if segment == -1 else segment,
                name=both[language],
                names=both,
                size=size,
                share=None if segment == -1 else size / int(inside.sum()),
                revenue_share=_revenue_share(values.get("revenue"), members),
                medians={name: _median(column[members]) for name, column in values.items()},
                effects={} if segment == -1 else {name: float(effect[segment]) for name, effect in effects.items()},
            )
        )
    return Profiles(tuple(rows))


def _revenue_share(revenue: Floats | None, members: NDArray[np.bool_]) -> float | None:
    if revenue is None:
        return None
    total = float(np.nansum(revenue))
    return float(np.nansum(revenue[members])) / total if total > 0 else None


def _median(column: Floats) -> float | None:
    known = column[~np.isnan(column)]
    return float(np.median(known)) if len(known) else None
