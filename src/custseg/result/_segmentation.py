"""`Segmentation`: the result of a fit, with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_choice, check_integer
from custseg._display import Tabular, html_block
from custseg._frames import CSVFormat, frame_from_columns, table_writer
from custseg._labels import check_new_names
from custseg._write import write_files
from custseg.classical_rfm import RFMGrid, rfm_grid
from custseg.clustering import ClusteringChoice, Reassignment
from custseg.distributed import WholeBase
from custseg.errors import DataError
from custseg.feature_table import FeatureTable, check_features, distinct_phrases
from custseg.goals import Goal
from custseg.logs import DataReport
from custseg.model import SegmentModel
from custseg.picture_data import (
    SegmentMap,
    SegmentMeans,
    SizeChange,
    map_columns,
    segment_map,
    segment_means,
    size_changes,
    telling_features,
)
from custseg.preparation import Preparation
from custseg.profiling import Profiles
from custseg.result._clusterings import Clustering, clusterings_of, notes_on_clusters, numbered
from custseg.result._notes import notes_on_columns, notes_on_goal, notes_on_minimum, notes_on_weights
from custseg.result._sentences import headline, reason_of, rule_texts, why
from custseg.rule_segments import RuleCheck
from custseg.rules import SegmentRules
from custseg.texts import LANGUAGES
from custseg.trials import AutoMinimum

__all__ = ["Segmentation"]

_MOST_TELLING = 10
"""Features of pictures that show many of them."""
_IN_SPARK = (
    "Segmentation: the assignments of customers in Spark are a Spark DataFrame. Write them there, as in "
    "result.assignments.write.parquet('segments'), and the profiles with result.profiles.to_polars()."
)


@dataclass(frozen=True, eq=False, repr=False)
class Segmentation(Tabular):
    """Customers in named segments, and why.

    Attributes
    ----------
    profiles : Profiles
        One profile per segment, in the order of `model.segments`, and one for customers that cannot be clustered.
        After a fit that is the largest first.
    choice : ClusteringChoice
        The clusterings that were tried, and the reason for the one that was selected.
    features : FeatureTable
        One row per customer: the clustering features and all others.
    model : SegmentModel
        Assigns new customers to the segments.
    preparation : Preparation
        How the features became the matrix, with the counts of values that were filled and clipped.
    data_report : DataReport
        Findings about the logs or the ready table.
    labels : ndarray of int, shape (n_customers,)
        Number of the segment of each customer in the order of `features`; -1 for those that cannot be clustered.
    rules : SegmentRules
        One IF-THEN rule for each segment, and a set of rules that covers all customers.
    minimum : AutoMinimum or None
        What ``min_size="auto"`` stood for, and which lift each segment can show in an experiment; None for another
        minimum size.
    rule_check : RuleCheck or None
        How many customers each rule takes, and what is to be said about the rules; None without rules.
    stage_choices : tuple of ClusteringChoice
        By stage of the lifecycle the clusterings of its customers that were tried; empty without stages.
    whole : WholeBase or None
        Of a fit to a sample of customers in Spark, what is known of all customers: their features and their counts.
        Then `features`, `labels`, `confidence`, the map and all figures but sizes and shares are those of the sample.
    """

    profiles: Profiles
    choice: ClusteringChoice
    features: FeatureTable
    model: SegmentModel
    preparation: Preparation
    data_report: DataReport
    labels: NDArray[np.intp] = field(repr=False)
    rules: SegmentRules = field(repr=False)
    minimum: AutoMinimum | None = field(default=None, repr=False)
    rule_check: RuleCheck | None = field(default=None, repr=False)
    stage_choices: tuple[ClusteringChoice, ...] = field(default=(), repr=False)
    whole: WholeBase | None = field(default=None, repr=False)

    @property
    def as_of(self) -> datetime | None:
        """The moment of the snapshot; None for a ready feature table."""
        return self.features.snapshot.as_of if self.features.snapshot else None

    @property
    def assignments(self) -> Any:
        """The segment of every customer, in the caller's kind of table; `to_pandas` and `to_polars` give it too.

        Columns as of `SegmentModel.assign`: `customer_id`, `segment` (int; missing for customers that cannot be
        clustered), `name`, `confidence`, `second_segment`, `is_outlier`.
        """
        if self.whole is not None:
            return self.model.assign(features=self.whole.features)
        return self.features.give_back(self._assignments)

    @property
    def confidence(self) -> NDArray[np.float64]:
        """Confidence of each customer's assignment, in [0, 1], in the order of `features`.

        About 1/2 on the boundary of two segments; NaN for customers that cannot be clustered.
        """
        confidence = np.full(len(self.labels), np.nan)
        if self.model.branches.items:
            labels = self.model.labels(self.features)
            confidence[labels >= 0] = self.model.assess(self.features, labels, "confidence").confidence
        else:
            confidence[self.labels >= 0] = self.choice.best.confidence
        return confidence

    @property
    def cluster_numbers(self) -> tuple[int, ...]:
        """Numbers of the segments that `choice` has as clusters: all but those of rules."""
        return self.model.numbers[self.model.branches.n_segments :]

    @property
    def is_clustered(self) -> NDArray[np.bool_]:
        """Which customers `choice` has as rows: all in segments but those whom rules took."""
        return np.isin(self.labels, self.cluster_numbers)

    @property
    def clusterings(self) -> tuple[Clustering, ...]:
        """The clusterings that the segments come from, with the numbers of their segments.

        Without stages of the lifecycle that is `choice`, if it has a segment: rules may take all customers. With stages
        there is one for each.
        """
        return clusterings_of(self.choice, self.model, self.stage_choices)

    @property
    def reassignments(self) -> tuple[Reassignment, ...]:
        """Customers reassigned to meet the minimum size: from which segment to which, how many, at what cost."""
        if self.whole is not None:
            return numbered(self.whole.reassignments, self.cluster_numbers)
        moves = (numbered(row.choice.best.reassignments, row.numbers) for row in self.clusterings)
        return tuple(move for of_one in moves for move in of_one)

    @property
    def min_size(self) -> int:
        """The minimum size of a segment, in customers."""
        return self.choice.min_size if self.whole is None else self.whole.min_size

    @property
    def size_changes(self) -> tuple[SizeChange, ...]:
        """The size of each segment before and after customers were reassigned to meet the minimum size."""
        sizes = {int(row.segment or 0): row.size for row in self.profiles.listed_segments}
        return size_changes(sizes, self.reassignments)

    @property
    def telling_features(self) -> list[str]:
        """The clustering features and those of markers, in the order of the table; the ten with the largest effects."""
        return telling_features(self.profiles, self.model.preparation.names, most=_MOST_TELLING)

    @cached_property
    def segment_means(self) -> SegmentMeans:
        """The means of the segments in `telling_features`, in standard deviations of all clustered customers."""
        clustered = self.labels >= 0
        values = {name: self.features.values(name)[clustered] for name in self.telling_features}
        return segment_means(values, self.labels[clustered], self.model.numbers)

    @cached_property
    def segment_map(self) -> SegmentMap | None:
        """The segments in the two dimensions in which they differ most; None if they were made of one feature."""
        names, clustered = self.model.preparation.names, self.labels >= 0
        if len(names) < 2:
            return None
        values = {name: self.features.values(name)[clustered] for name in names}
        columns = map_columns(self.preparation, values, features=self.features.described, phrases=self._phrases)
        return segment_map(columns, self.labels[clustered], numbers=self.model.numbers)

    def rfm_grid(self, *, recency: str = "recency_days", frequency: str = "order_count", bins: int = 5) -> RFMGrid:
        """Which segment the customers of each cell of the grid of recency and frequency scores are in.

        Parameters
        ----------
        recency, frequency : str
            The two features; recency is better when smaller. Customers without one of the values are left out.
        bins : int, default 5
            Number of scores, 2 to 9; see `rfm_scores`. They rank the clustered customers alone.

        Raises
        ------
        DataError
            If a feature does not exist, has no numbers, or no customer has both values.
        TypeError, ValueError
            If `bins` is no whole number from 2 to 9, or both features are the same.
        """
        check_integer("rfm_grid", "bins", bins, minimum=2, maximum=9)
        if recency == frequency:
            raise ValueError(f"rfm_grid: recency and frequency must be two features, got {recency!r} twice.")
        check_features(self.features, [recency, frequency], argument="recency= and frequency=", caller="rfm_grid")
        values = {name: self.features.values(name) for name in (recency, frequency)}
        usable = (self.labels >= 0) & ~np.isnan(values[recency]) & ~np.isnan(values[frequency])
        if not usable.any():
            raise DataError(f"rfm_grid: no clustered customer has both {recency!r} and {frequency!r}.")
        scored = {name: column[usable] for name, column in values.items()}
        return rfm_grid(scored, self.labels[usable], self.model.numbers, bins=bins, languages=LANGUAGES)

    @property
    def notes(self) -> list[str]:
        """The minimum size; values filled, compressed or left out; columns that are no amounts; the choice."""
        language = self.choice.language
        units = {feature.name: feature.unit for feature in self.features.described}
        return [
            *([] if self.rule_check is None else self.rule_check.notes(language)),
            *([] if self.whole is None else self.whole.notes(language)),
            *notes_on_minimum(self.minimum, self.profiles, language),
            *self.preparation.notes(language, self._phrases, units),
            *notes_on_weights(self.model, self._phrases, language),
            *self._notes_on_columns,
            *notes_on_clusters(self.clusterings),
            *notes_on_goal(self.model, language),
        ]

    @property
    def goal(self) -> Goal | None:
        """What the segments are for; None if they were made without a goal."""
        return self.model.options.goal

    @cached_property
    def _phrases(self) -> dict[str, str]:
        """What each feature is called inside a sentence."""
        return distinct_phrases(self.features.described, self.choice.language)

    def rename(self, names: Mapping[int | str, str]) -> Segmentation:
        """The same result with other names for some segments.

        Parameters
        ----------
        names : mapping of int to str
            New name by segment number.

        Raises
        ------
        ValueError, TypeError
            If a segment does not exist, or a name is empty, not text, has several lines, or is in use.
        """
        present = {row.segment: row.name for row in self.profiles.segments if row.segment is not None}
        check_new_names(names, present, reserved=(self.model.unclustered_name, self.model.returned_name))
        rules = self.rules.renamed(names)
        return replace(
            self,
            profiles=self.profiles.renamed(names).with_rules(
                {rule.segment: rule for rule in rules.rules if rule.conditions}
            ),
            model=self.model.renamed({int(segment): name for segment, name in names.items()}),
            rules=rules,
        )

    def in_language(self, language: str) -> Segmentation:
        """The same result with its texts in "en" or "ru"; ValueError for another language.

        Names given by `rename` stay.
        """
        check_choice("in_language", "language", language, allowed=LANGUAGES)
        profiles = self.profiles.in_language(language)
        names: dict[int | str, str] = {row.segment: row.name for row in profiles.segments if row.segment is not None}
        rules = self.rules.in_language(language).renamed(names)
        return replace(
            self,
            profiles=profiles.with_rules({rule.segment: rule for rule in rules.rules if rule.conditions}),
            choice=replace(self.choice, language=language),
            features=self.features.in_language(language),
            rule_check=None if self.rule_check is None else replace(self.rule_check, language=language),
            stage_choices=tuple(replace(choice, language=language) for choice in self.stage_choices),
            data_report=self.data_report.in_language(language),
            model=self.model.in_language(language),
            rules=rules,
        )

    def write(
        self,
        folder: str | PathLike[str],
        *,
        form: str = "csv",
        encoding: str = "utf-8-sig",
        separator: str = ",",
        decimal: str = ".",
        also: Mapping[str, Callable[[Path], object]] | None = None,
    ) -> list[Path]:
        """Write `assignments` and `profiles` into a folder: all files are replaced, or none is.

        A process that is killed leaves files that the next `write` to the folder finishes or removes. In CSV,
        text that a spreadsheet would run as a formula gets a leading apostrophe; Parquet keeps every value as it is.

        Counts of 1 to 9 customers are empty cells in `profiles`, so that its columns stay numeric. The column
        `hidden` names them and reads "<10", as in "size<10, reachable_email<10"; where the size of one segment is
        hidden, so are the size of the smallest other one ("size>=10") and both shares, whose sums would give it away.

        Parameters
        ----------
        folder : str or Path
            Created if it does not exist; files of the same name are replaced. It may be a mount point or a link.
        form : {"csv", "parquet"}, default "csv"
            The file format.
        encoding : {"utf-8-sig", "utf-8"}, default "utf-8-sig"
            Encoding of CSV files. "utf-8-sig" begins with a byte order mark, without which Excel shows Cyrillic and
            accented letters wrongly; pandas, polars, pyarrow and DuckDB skip it. "utf-8" has none.
        separator : str, default ","
            Character between the fields of CSV files. Excel expects ";" where the decimal mark is a comma.
        decimal : {".", ","}, default "."
            Decimal mark of CSV files. For Excel in Russian or German give ``separator=";", decimal=","``.
        also : mapping of str to callable, optional
            Additional files, by name: a function that writes the file to a given path.

        Returns
        -------
        list of Path
            The files.

        Raises
        ------
        TypeError, ValueError
            If an argument is of the wrong type, or separator and decimal mark are the same.
        DataError
            If the path of the folder or the name of a file is invalid.
        CustsegError
            If the folder cannot be written to, or a function of `also` writes no file.
        """
        check_choice("write", "form", form, allowed=("csv", "parquet"))
        style = CSVFormat.to_write("write", encoding=encoding, separator=separator, decimal=decimal)
        profiles = nw.from_native(frame_from_columns(self.profiles.columns()), eager_only=True)
        writers = {
            f"assignments.{form}": table_writer(self._assignments, form, style),
            f"profiles.{form}": table_writer(profiles, form, style),
        }
        if also is not None and not isinstance(also, Mapping):
            raise TypeError(f"write: also must map file names to functions of a path, got {type(also).__name__}.")
        return write_files(folder, {**writers, **(also or {})}, caller="write")

    def __repr__(self) -> str:
        overview = [self.profiles.overview] if self.profiles.overview else []
        return "\n".join([self._headline(), *overview, "", repr(self.profiles), "", self.why()])

    def _repr_html_(self) -> str:
        lead = [self._headline(), *([self.profiles.overview] if self.profiles.overview else [])]
        tables = [self.profiles.display_table()]
        return html_block(self.choice.language, lead=lead, tables=tables, sentences=[self.why()])

    def _headline(self) -> str:
        """Return how many segments of how many customers, when, and by which features."""
        phrases = [self._phrases[name] for name in self.model.preparation.names]
        sizes = [row.size for row in self.profiles.segments]
        return headline(sizes, self.features.snapshot, phrases, min_size=self.min_size, language=self.choice.language)

    @cached_property
    def _notes_on_columns(self) -> list[str]:
        columns, language = self.model.preparation.names, self.choice.language
        return notes_on_columns(self.features, self.labels, columns, phrases=self._phrases, language=language)

    @property
    def rule_texts(self) -> dict[int, str]:
        """By number of a segment the rule that it is stated as, or the condition of its stage, in words."""
        return rule_texts(self.model, self.features, self.choice.language)

    @property
    def reason(self) -> str:
        """Why there are these segments: which are rules or stages, and the reason for the choice of the others."""
        return reason_of(self.clusterings, self.model, self.features, labels=self.labels)

    def why(self) -> str:
        """Return `reason` as it is printed, the goal if there is one, and which of `columns=` are not used."""
        phrases, language = self._phrases, self.choice.language
        return why(self.reason, self.model.options, self.preparation, phrases=phrases, language=language)

    def _local_table(self) -> nw.DataFrame[Any]:
        return self._assignments

    @cached_property
    def _assignments(self) -> nw.DataFrame[Any]:
        if self.whole is not None:
            raise TypeError(_IN_SPARK)
        return self.model.assigned(self.features, "assignments")
