"""`Star`: the tables of all snapshots, to which further ones are added; keys stay what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw

from custseg.errors import DataError
from custseg.exports.bi._dates import date_rows, day_of_moment
from custseg.exports.bi._membership import LocalMembership, Membership
from custseg.exports.bi._snapshot import BISnapshot
from custseg.exports.bi._snapshot_members import CALLER, Group
from custseg.exports.bi._star_schema import DATES, FEATURES, METRICS, SEGMENTS, columns_of_rows, rows_of, typed_table
from custseg.tracking import is_zoned, unclustered_group

NO_FEATURE = 0
"""The key of the row of `dim_feature` for figures about a segment as a whole."""

_FigureKey = tuple[int, int, str, str | None]
_FIGURE_COLUMNS = ("segment_key", "feature_key", "measure", "category")


@dataclass
class Star:
    """The content of the tables, by key.

    Attributes
    ----------
    membership : Membership
        The rows of `fact_membership`.
    figures : dict of str to dict
        Value and bound of each row of `fact_metric` by moment.
    segments, features : dict of int to dict
        Attributes of the rows of `dim_segment` and `dim_feature`.
    described_at : dict
        By table and key, the latest moment with figures of a segment or a feature; earlier ones describe it no more.
    """

    membership: Membership = field(default_factory=LocalMembership)
    figures: dict[str, dict[_FigureKey, tuple[float | None, str | None]]] = field(default_factory=dict)
    segments: dict[int, dict[str, Any]] = field(default_factory=dict)
    features: dict[int, dict[str, Any]] = field(default_factory=dict)
    described_at: dict[tuple[str, int], str] = field(default_factory=dict)

    @classmethod
    def of_tables(cls, membership: Membership, tables: Mapping[str, nw.DataFrame[Any]] | None) -> Star:
        """The content of the tables of an earlier export, if there are any."""
        star = cls(membership)
        if tables is None:
            return star
        star.segments = {row["segment_key"]: row for row in rows_of(tables[SEGMENTS])}
        star.features = {row["feature_key"]: row for row in rows_of(tables[FEATURES])}
        star.figures = {moment: {} for moment in membership.moments}
        for row in rows_of(tables[METRICS]):
            key: _FigureKey = (row["segment_key"], row["feature_key"], row["measure"], row["category"])
            star.figures.setdefault(row["snapshot"], {})[key] = row["value"], row["hidden"]
        for moment, figures in star.figures.items():
            star._note_described(moment, figures)
        return star

    @property
    def moments(self) -> list[str]:
        """The moments of the snapshots, the earliest first."""
        return self.membership.moments

    def check_moment(self, moment: str) -> None:
        """Raise if the other snapshots have moments of another kind."""
        if differing := [present for present in self.moments if is_zoned(present) != is_zoned(moment)]:
            raise DataError(
                f"{CALLER}: the snapshots must all have a time zone or all have none; the folder has {differing[0]}, "
                f"and {moment} is to be added. Use another folder."
            )

    def add(self, snapshot: BISnapshot, *, replace: bool) -> bool:
        """Add a snapshot; whether anything of its facts is new.

        Raises
        ------
        DataError
            If there is a snapshot of this moment with other content, or the others have moments of another kind.
        """
        moment = snapshot.moment
        self.check_moment(moment)
        segment_keys = {group: self._segment_key(group) for group in snapshot.groups}
        names = [*snapshot.features, *(figure.feature for figure in snapshot.figures)]
        feature_keys = {name: self._feature_key(name) for name in dict.fromkeys(names)}
        figures: dict[_FigureKey, tuple[float | None, str | None]] = {
            (segment_keys[item.group], feature_keys[item.feature], item.measure, item.category): (
                item.value,
                item.hidden,
            )
            for item in snapshot.figures
            if item.value is not None or item.hidden is not None
        }
        is_new, earlier = moment not in self.moments, self.figures.get(moment, {})
        has_same_members = self.membership.add(snapshot, [segment_keys[group] for group in snapshot.groups])
        is_same = has_same_members and _agree(earlier, figures)
        if not is_new and not is_same and not replace:
            raise DataError(
                f"{CALLER}: the folder has a snapshot as of {moment} with other content. "
                "Give replace=True to replace it, or another folder."
            )
        for group, words in snapshot.segments.items():
            self._describe(moment, (SEGMENTS, segment_keys[group]), words)
        for name, description in snapshot.features.items():
            self._describe(moment, (FEATURES, feature_keys[name]), description)
        self.figures[moment] = earlier | figures if is_same else figures
        self._note_described(moment, figures)
        return not is_same or self.figures[moment] != earlier

    def days(self, timezone: str) -> dict[str, date]:
        """The day of each snapshot, the earliest first."""
        return {moment: day_of_moment(moment, timezone) for moment in self.moments}

    def tables(self, days: Mapping[str, date], language: str, *, no_feature: str) -> dict[str, nw.DataFrame[Any]]:
        """All tables but that of the memberships."""
        features = {NO_FEATURE: {"feature_key": NO_FEATURE, "is_clustered": False}, **self.features}
        features[NO_FEATURE]["label"] = no_feature
        figures: list[dict[str, Any]] = [
            {"date": days[moment], "snapshot": moment, **dict(zip(_FIGURE_COLUMNS, key, strict=True))}
            | {"value": value, "hidden": hidden}
            for moment in self.moments
            for key, (value, hidden) in sorted(self.figures[moment].items(), key=lambda item: _order(item[0]))
        ]
        rows = {
            DATES: date_rows(set(days.values()), language),
            SEGMENTS: list(self._segment_rows(days)),
            FEATURES: [features[key] for key in sorted(features)],
            METRICS: figures,
        }
        return {name: typed_table(name, columns_of_rows(name, lines)) for name, lines in rows.items()}

    def _segment_rows(self, days: Mapping[str, date]) -> Iterator[dict[str, Any]]:
        """The segments that have customers in a snapshot, with the days of the first and the last of these."""
        days_of: dict[int, list[date]] = {}
        for moment, day in days.items():
            for key in self.membership.segment_keys(moment):
                days_of.setdefault(key, []).append(day)
        for key in sorted(days_of, key=lambda key: (key < 0, abs(key))):
            yield {**self.segments[key], "first_date": min(days_of[key]), "last_date": max(days_of[key])}

    def _segment_key(self, group: Group) -> int:
        """The number of a segment; for customers in none a number below 0, the same in every snapshot."""
        if isinstance(group, int):
            self.segments.setdefault(group, {"segment_key": group, "segment": group})
            return group
        outside = {unclustered_group(row["name"]): key for key, row in self.segments.items() if key < 0}
        if group not in outside:
            outside[group] = min((*self.segments, 0)) - 1
            self.segments[outside[group]] = {"segment_key": outside[group], "segment": None, "name": group}
        return outside[group]

    def _feature_key(self, name: str | None) -> int:
        if name is None:
            return NO_FEATURE
        keys = {row["feature"]: key for key, row in self.features.items() if key != NO_FEATURE}
        if name not in keys:
            keys[name] = max((*self.features, NO_FEATURE)) + 1
            self.features[keys[name]] = {"feature_key": keys[name], "feature": name}
        return keys[name]

    def _describe(self, moment: str, entry: tuple[str, int], attributes: Mapping[str, Any]) -> None:
        """Take over the attributes of a moment, unless a later one has described the entry already."""
        if moment >= self.described_at.get(entry, ""):
            rows = self.segments if entry[0] == SEGMENTS else self.features
            rows[entry[1]] |= {name: value for name, value in attributes.items() if value is not None}

    def _note_described(self, moment: str, figures: Mapping[_FigureKey, object]) -> None:
        for segment_key, feature_key in {(key[0], key[1]) for key in figures}:
            for key in ((SEGMENTS, segment_key), (FEATURES, feature_key)):
                self.described_at[key] = max(moment, self.described_at.get(key, ""))


def _agree(before: Mapping[_FigureKey, object], after: Mapping[_FigureKey, object]) -> bool:
    """Whether the figures that both have are the same: a result has more of them than a history."""
    return all(before[key] == value for key, value in after.items() if key in before)


def _order(key: _FigureKey) -> tuple[object, ...]:
    segment_key, feature_key, measure, category = key
    return segment_key < 0, abs(segment_key), feature_key, measure, category is not None, category or ""
