"""`Profiles`: the segments of one result, as a sequence, a table, a page and a frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import did_you_mean
from custseg._display import Columnar, DisplayTable, html_block
from custseg._frames import frame_from_columns
from custseg.errors import DataError
from custseg.profiling._display import profiles_display, profiles_table, profiles_text
from custseg.profiling._long_form import figure_columns, profile_columns, tidy_columns
from custseg.profiling._segment_profile import SegmentProfile
from custseg.profiling.measures._descriptor_tests import DescriptorTest
from custseg.texts import listed


@dataclass(frozen=True, repr=False)
class Profiles(Columnar):
    """The profiles of one result: a sequence of `SegmentProfile`; ``profiles["Loyal"]`` is that of one name.

    Attributes
    ----------
    rows : tuple of SegmentProfile
        In the order of the labels, the rows of customers in no segment last.
    tests : tuple of DescriptorTest
        Whether each descriptor differs between segments at all.
    notes : tuple of str
        Which columns were left out or read as ids.
    overviews : mapping of str to str
        One sentence about all customers in segments, by language.
    give_back : callable
        Converts a local frame to the caller's kind of table.
    listing : tuple of int
        Numbers of segments in the order in which they are printed and written; by default that of the labels.
    """

    rows: tuple[SegmentProfile, ...]
    tests: tuple[DescriptorTest, ...] = ()
    notes: tuple[str, ...] = ()
    overviews: Mapping[str, str] = field(default_factory=dict)
    give_back: Callable[[nw.DataFrame[Any]], Any] = field(default=nw.to_native, compare=False)
    listing: tuple[int, ...] = ()

    def __iter__(self) -> Iterator[SegmentProfile]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: int | str) -> SegmentProfile:
        """The profile at a position, or that of the segment with this name."""
        if not isinstance(key, str):
            return self.rows[key]
        rows = [row for row in self.rows if row.name == key]
        if not rows:
            names = [row.name for row in self.rows]
            raise DataError(
                f"Profiles: there is no segment {key!r}.{did_you_mean(key, names)} Names are {listed(names)}."
            )
        return rows[0]

    def _ipython_key_completions_(self) -> list[str]:
        """The names, which a notebook offers after ``profiles["``."""
        return [row.name for row in self.rows]

    @property
    def segments(self) -> tuple[SegmentProfile, ...]:
        """The profiles without the rows of customers in no segment."""
        return tuple(row for row in self.rows if row.segment is not None)

    @property
    def listed(self) -> tuple[SegmentProfile, ...]:
        """All rows in the order in which they are printed and written: that of `listing`."""
        positions = {segment: position for position, segment in enumerate(self.listing)}
        last = len(self.rows)
        return tuple(sorted(self.rows, key=lambda row: positions.get(row.segment, last)))  # type: ignore[arg-type]

    @property
    def listed_segments(self) -> tuple[SegmentProfile, ...]:
        """The same without the rows of customers in no segment."""
        return tuple(row for row in self.listed if row.segment is not None)

    @property
    def overview(self) -> str:
        """One sentence about all customers in segments, in the language of the profiles; "" where there is none."""
        return self.overviews.get(self.rows[0].language, "") if self.rows else ""

    def renamed(self, names: Mapping[int | str, str]) -> Profiles:
        """The same profiles with other names for some segments, in every language."""
        rows = tuple(
            replace(row, names=dict.fromkeys(row.names, names[row.segment]))
            if row.segment is not None and row.segment in names
            else row
            for row in self.rows
        )
        return replace(self, rows=rows)

    def in_language(self, language: str) -> Profiles:
        """The same profiles with the names, descriptions and advice of another language."""
        return replace(self, rows=tuple(row.in_language(language) for row in self.rows))

    def numbered(self, numbers: Sequence[int]) -> Profiles:
        """The same profiles with other numbers for the segments 0, 1, ..., in the same order."""
        rows = tuple(
            replace(
                row,
                segment=None if row.segment is None else numbers[int(row.segment)],
                nearest=None if row.nearest is None else numbers[int(row.nearest)],
            )
            for row in self.rows
        )
        return replace(self, rows=rows, listing=tuple(numbers[segment] for segment in self.listing))

    def with_rules(self, rules: Mapping[int | str, object]) -> Profiles:
        """The same profiles with a rule for some segments."""
        rows = tuple(
            replace(row, rule=rules.get(row.segment, row.rule)) if row.segment is not None else row for row in self.rows
        )
        return replace(self, rows=rows)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """The segments as texts: headings, and a row per segment."""
        return profiles_table(self.listed)

    def display_table(self) -> DisplayTable:
        """The same as it is shown in a notebook."""
        return profiles_display(self.listed)

    def columns(self) -> dict[str, list[object]]:
        """One row per profile as columns, for any frame constructor; medians as `median_<feature>`.

        Counts of 1 to 9 are missing, and so is the size of the smallest other segment if that of one is hidden, with
        its share; `hidden` names them, as in "size<10, reachable_email<10".
        """
        return profile_columns(self.listed)

    def figures(self) -> dict[str, list[object]]:
        """All figures in long form as columns: those of `to_frame`, with every text as it is."""
        return figure_columns(self.rows)

    def to_frame(self) -> Any:
        """All figures in long form, in the kind of table that the features came in.

        Returns
        -------
        table
            `segment` (missing for customers in none), `name`, `feature` and `category` (missing where they do not
            apply), `statistic` (such as "size", "q50", "effect_low", "lift"), `value` (Float64; missing where it is
            hidden or undefined), `hidden` ("<10" for a count of 1 to 9, ">=10" for the size of a segment that would
            give it away; missing for all others). Texts that a spreadsheet would read as a formula have a leading
            apostrophe.
        """
        local = nw.from_native(frame_from_columns(tidy_columns(self.listed)), eager_only=True)
        kind = nw.String if any(isinstance(row.segment, str) for row in self.rows) else nw.Int64
        texts = [nw.col(name).cast(nw.String) for name in ("name", "feature", "category", "statistic")]
        values = [nw.col("value").cast(nw.Float64), nw.col("hidden").cast(nw.String)]
        return self.give_back(local.select(nw.col("segment").cast(kind), *texts, *values))

    def __repr__(self) -> str:
        return profiles_text(self.listed)

    def _repr_html_(self) -> str:
        if not self.rows:
            return ""
        return html_block(self.rows[0].language, tables=[self.display_table()])
