"""`Fairness`: how segments and plays are spread over groups of people, as records, a table and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw

from custseg._display import Columnar, DisplayTable, html_block
from custseg._frames import local_table
from custseg.profiling import Effect
from custseg.texts import DASH, number, percent, printable, table, text


@dataclass(frozen=True)
class GroupShare:
    """The share of one group that is in a segment or gets a play.

    Attributes
    ----------
    group : str
        The group.
    customers : int or None
        How many it has; None where it is hidden.
    share, low, high : float or None
        The share with Wilson's interval; None where it is hidden.
    difference : Effect or None
        The share minus that of all other customers, with Newcombe's interval; None where it is hidden.
    """

    group: str
    customers: int | None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    difference: Effect | None = None


@dataclass(frozen=True)
class FairnessRow:
    """How one segment or play is spread over the groups of one attribute.

    Attributes
    ----------
    attribute : str
        The column of the attribute.
    kind : {"segment", "play"}
        Which.
    outcome : int or str
        The number of the segment, or the name of the play.
    name : str
        What it is called.
    groups : tuple of GroupShare
        The groups.
    p_value : float or None
        Of the hypothesis that all groups get it alike, adjusted by Holm's method for all rows; None where it was not
        tested, or would give a hidden count away.
    is_clear : bool
        Whether the groups differ beyond chance: the adjusted p-value is at most the level.
    highest, lowest : str or None
        The two groups that differ most, of those that are shown.
    gap : Effect or None
        The difference of these two; its interval holds for all pairs of groups together.
    """

    attribute: str
    kind: str
    outcome: int | str
    name: str
    groups: tuple[GroupShare, ...]
    p_value: float | None
    is_clear: bool
    highest: str | None = None
    lowest: str | None = None
    gap: Effect | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Fairness(Columnar):
    """How segments and plays are spread over groups of people.

    Shares that count 1 to 9 customers are hidden, and so is what they could be computed from; nothing in this result
    gives them away.

    Attributes
    ----------
    rows : tuple of FairnessRow
        One per attribute and segment or play.
    labels : mapping of str to str
        What the attributes are called.
    confidence : float
        Of the intervals.
    language : {"en", "ru"}
        Of `repr`.
    """

    rows: tuple[FairnessRow, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.95
    language: str = "en"

    @property
    def clear(self) -> tuple[FairnessRow, ...]:
        """The rows whose groups differ beyond chance."""
        return tuple(row for row in self.rows if row.is_clear)

    def columns(self) -> dict[str, list[Any]]:
        """All shares as columns, for any frame constructor.

        Returns
        -------
        dict of columns
            One row per attribute, segment or play, and group: `attribute`, `kind`, `outcome` (text), `name`, `group`,
            `customers`, `share`, `low`, `high`, `difference`, `difference_low`, `difference_high` (missing where they
            are hidden), `p_value` (Holm) and `is_clear`.
        """
        pairs = [(row, share) for row in self.rows for share in row.groups]
        effects = [share.difference for _, share in pairs]
        return {
            "attribute": [row.attribute for row, _ in pairs],
            "kind": [row.kind for row, _ in pairs],
            "outcome": [str(row.outcome) for row, _ in pairs],
            "name": [row.name for row, _ in pairs],
            "group": [share.group for _, share in pairs],
            "customers": [share.customers for _, share in pairs],
            "share": [share.share for _, share in pairs],
            "low": [share.low for _, share in pairs],
            "high": [share.high for _, share in pairs],
            "difference": [None if effect is None else effect.value for effect in effects],
            "difference_low": [None if effect is None else effect.low for effect in effects],
            "difference_high": [None if effect is None else effect.high for effect in effects],
            "p_value": [row.p_value for row, _ in pairs],
            "is_clear": [row.is_clear for row, _ in pairs],
        }

    def sentences(self) -> list[str]:
        """The clear differences in words, the widest first; and that there is none, where there is none."""
        words = text(self.language, "fairness")
        clear = sorted(self.clear, key=lambda row: -(row.gap.value if row.gap else 0.0))
        return [self._sentence(row, words) for row in clear] or [words["none"]]

    def _sentence(self, row: FairnessRow, words: Mapping[str, Any]) -> str:
        name, attribute = printable(row.name), printable(self.labels.get(row.attribute, row.attribute))
        if row.gap is None:
            return str(words["clear_hidden"]).format(name=name, attribute=attribute)
        shares = {share.group: share.share for share in row.groups}
        return str(words["clear"]).format(
            name=name,
            attribute=attribute,
            highest=row.highest,
            lowest=row.lowest,
            high_share=percent(shares[row.highest or ""], self.language),
            low_share=percent(shares[row.lowest or ""], self.language),
            low=percent(row.gap.low, self.language),
            high=percent(row.gap.high, self.language),
        )

    def _tables(self) -> list[DisplayTable]:
        """One table per attribute: groups by segments and plays."""
        words = text(self.language, "fairness")
        tables = []
        for attribute in dict.fromkeys(row.attribute for row in self.rows):
            rows = [row for row in self.rows if row.attribute == attribute]
            head = [printable(self.labels.get(attribute, attribute)), words["customers"], *(row.name for row in rows)]
            lines = [
                [
                    share.group,
                    DASH if share.customers is None else number(share.customers, self.language),
                    *(self._cell(row.groups[index]) for row in rows),
                ]
                for index, share in enumerate(rows[0].groups)
            ]
            tables.append(DisplayTable([printable(cell) for cell in head], lines))
        return tables

    def _cell(self, share: GroupShare) -> str:
        if share.share is None:
            return DASH
        low, high = percent(share.low, self.language), percent(share.high, self.language)
        return f"{percent(share.share, self.language)} ({low}–{high})"

    def _notes(self) -> list[str]:
        words = text(self.language, "fairness")
        level = percent(self.confidence, self.language)
        return [words["reading"].format(level=level), words["hidden"], words["why"]]

    def __repr__(self) -> str:
        lines = [str(text(self.language, "fairness", "head")), ""]
        for shown in self._tables():
            lines += [*table([list(shown.head), *shown.rows], left={0}), ""]
        return "\n".join([*lines, *self.sentences(), *self._notes()])

    def _repr_html_(self) -> str:
        head = str(text(self.language, "fairness", "head"))
        return html_block(
            self.language, lead=[head], tables=self._tables(), sentences=self.sentences(), notes=self._notes()
        )

    def _local_table(self) -> nw.DataFrame[Any]:
        frame = local_table(self.columns())
        types: Sequence[tuple[str, Any]] = [("customers", nw.Int64), *((name, nw.Float64) for name in _FLOATS)]
        return frame.with_columns(nw.col(name).cast(kind) for name, kind in types)


_FLOATS = ("share", "low", "high", "difference", "difference_low", "difference_high", "p_value")
