"""`export_bi`: the segments over time as a star schema for Power BI and Tableau."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice, check_timezone
from custseg._frames import count_lines, readable_rows, table_writer
from custseg._privacy import group_size, is_small
from custseg._write import recover, working_folder, write_files
from custseg.errors import DataError
from custseg.exports.bi._hyper import HYPER_FILE, hyper_writer
from custseg.exports.bi._membership import LocalMembership, Membership
from custseg.exports.bi._same_to_power_bi import colliding
from custseg.exports.bi._snapshot import BISnapshot, snapshot_of_result, snapshots_of_history
from custseg.exports.bi._snapshot_members import CALLER
from custseg.exports.bi._star import Star
from custseg.exports.bi._star_schema import MEMBERSHIP, SEGMENTS, TABLES, read_tables
from custseg.exports.bi._streamed_membership import StreamedMembership
from custseg.model import SegmentModel
from custseg.result import Segmentation
from custseg.snapshot import moment_text
from custseg.texts import LANGUAGES, shortened, single_line, text
from custseg.tracking import SegmentHistory

MOST_IN_MEMORY = 5_000_000
"""Rows of `fact_membership`, those of the folder included; each takes some 200 bytes while they are written."""


@dataclass(frozen=True)
class BIExport:
    """What `export_bi` has written.

    Attributes
    ----------
    folder : Path
        The folder of the tables.
    files : tuple of Path
        The files.
    snapshots : tuple of str
        The moments of all snapshots in the tables, the earliest first.
    added : tuple of str
        Those that are new, or have new figures or other content than before.
    colliding_ids : int
        Number of customer ids that Power BI takes for another one, because they differ only by case or by spaces at
        the end.
    notes : tuple of str
        What to bear in mind, in the language of the export: ids and names that Power BI takes for one, and which
        figures are of a sample.
    """

    folder: Path
    files: tuple[Path, ...]
    snapshots: tuple[str, ...]
    added: tuple[str, ...]
    colliding_ids: int = 0
    notes: tuple[str, ...] = ()


def export_bi(
    source: Segmentation | SegmentHistory,
    folder: str | PathLike[str],
    *,
    as_of: object = None,
    model: SegmentModel | None = None,
    language: str | None = None,
    timezone: str = "UTC",
    hyper: bool = False,
    replace: bool = False,
) -> BIExport:
    """Write the segments as five tables for Power BI and Tableau: a star schema, as Parquet and as CSV.

    A folder that has the tables already is appended to: snapshots that it has are left as they are, others are added.
    All files are replaced, or none is. Run twice, the Parquet and CSV files are the same byte by byte. Only one
    process at a time may export to a folder.

    `fact_membership` is a list of customers, and so is complete. In `fact_metric`, counts of 1 to 9 customers are
    missing, as in `Profiles.columns`, and the column `hidden` says "<10". In CSV, text that a spreadsheet would run as
    a formula gets a leading apostrophe, which `original_text` removes; Parquet keeps every value as it is.

    Parameters
    ----------
    source : Segmentation or SegmentHistory
        A result, which is one snapshot with all figures of its profiles; or a history, all of whose snapshots are
        written, with the figures that follow from them: "size", "share", "mean_confidence" and "outlier_share".
    folder : str or Path
        Created if it does not exist.
    as_of : date, datetime or str, optional
        The moment of a result that was made from a ready table; other results and histories have their own.
    model : SegmentModel, optional
        Describes the segments of a history: names in the language, advice, rules, and the clustered features.
    language : {"en", "ru"}, optional
        Language of names, labels and months; by default that of the result or of the model, else English. The names
        in a history stay as they are without a model.
    timezone : str, default "UTC"
        Where a snapshot whose moment has a time zone has its day, such as "Europe/Berlin".
    hyper : bool, default False
        Whether to write the tables as `segments.hyper` for Tableau too, which needs ``pip install 'custseg[tableau]'``.
        A folder that has this file always gets it anew.
    replace : bool, default False
        Whether to replace snapshots that have other content in the folder.

    Returns
    -------
    BIExport
        The files, the snapshots, and notes on ids and names that Power BI takes for one.

    Raises
    ------
    DataError
        If a snapshot has other content in the folder, the history has no snapshot or a damaged one, the result has no
        moment, or the folder has files of the same names that are not of this function.
    TypeError, ValueError
        If an argument is of the wrong type or value.
    MissingDependencyError
        If `hyper` is asked for, and tableauhyperapi is not installed.
    CustsegError
        If the folder cannot be written to; its files are then as they were.

    Notes
    -----
    The tables, with their keys:

    - `dim_date`: `date`, every day from the first to the last snapshot; `year`, `quarter`, `month`, `month_name`,
      `day`, `iso_year`, `iso_week`, `weekday` (1 is Monday), `weekday_name`, `is_snapshot`.
    - `dim_segment`: `segment_key`, the number of the segment, and below 0 for customers in no segment; `segment`
      (missing for these), `name`, `description`, `rule`, `do`, `dont`, `channel`, `cadence`, as the latest snapshot has
      them; `first_date` and `last_date`, the first and the last snapshot with customers in it.
    - `dim_feature`: `feature_key`; `feature`, `label`, `unit`, `family`, `is_clustered`. Key 0 stands for figures that
      are about a segment as a whole.
    - `fact_membership`: one row per customer and snapshot: `date`, `snapshot` (the moment as text), `customer_key`,
      `customer_id` (text), `segment_key`, `confidence`, `is_outlier`. `customer_key` is a number that a customer keeps
      in all snapshots.
    - `fact_metric`: one row per figure: `date`, `snapshot`, `segment_key`, `feature_key`, `measure` and `category` (the
      `statistic` and `category` of `Profiles.to_frame`), `value`, `hidden`. Figures that are undefined have no row.

    Numbers are whole numbers of 64 bits and float64, dates have no zone, and no column is nested.

    Of a result in Spark, the customers are sorted there and come to this machine in batches. Size, share and revenue
    share of the segments, confidence and outliers are of all customers; the other figures are those of the sample,
    as `notes` says. Customers are then in files, and never in memory as a whole: memory holds a partition of Spark, a
    batch of 131,072 rows, and 65,536 rows of each snapshot of the folder. While the function runs, the disk of the
    folder needs room for two more copies of the new rows. A history is read in the same way, if it and the folder have
    more than five million rows, and pyarrow is installed.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.exports import export_bi
    >>> shop = make_shop(300)
    >>> result = fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=2)
    >>> written = export_bi(result, "bi")
    >>> written.snapshots == (f"{shop.as_of:%Y-%m-%d}",)
    True
    >>> export_bi(result, "bi").added
    ()
    """
    for name, value in (("hyper", hyper), ("replace", replace)):
        if not isinstance(value, bool):
            raise TypeError(f"{CALLER}: {name} must be True or False, got {type(value).__name__}.")
    check_timezone(CALLER, timezone)
    language = _language(source, model, language)
    recover(folder, caller=CALLER)
    target = Path(folder)
    with_hyper = hyper or (target / HYPER_FILE).exists()
    last = {HYPER_FILE: hyper_writer(list(TABLES), CALLER)} if with_hyper else {}
    whole = source.whole if isinstance(source, Segmentation) else None
    with working_folder(target, caller=CALLER) if _exceeds_memory(source, target) else nullcontext() as scratch:
        star = _earlier_star(target, scratch)
        snapshots = _snapshots(source, as_of, star, scratch=scratch, model=model, language=language)
        added = [snapshot.moment for snapshot in snapshots if star.add(snapshot, replace=replace)]
        words, days = text(language, "bi"), star.days(timezone)
        tables = star.tables(days, language, no_feature=words["no_feature"])
        writers = {
            f"{name}.{form}": (
                star.membership.writer(days, form) if name == MEMBERSHIP else table_writer(tables[name], form)
            )
            for name in TABLES
            for form in ("parquet", "csv")
        }
        n_colliding = star.membership.n_colliding()
        # The file for Tableau is made from the Parquet files, and so comes last.
        files = write_files(target, {**writers, **last}, caller=CALLER)
    notes = _notes(tables[SEGMENTS], n_colliding, words, language=language)
    notes += () if whole is None else tuple(whole.notes(language, "tables"))
    return BIExport(target, tuple(files), tuple(star.moments), tuple(added), n_colliding, notes)


def _language(source: object, model: object, language: object) -> str:
    """The language of the texts, after a check of where they come from."""
    if not isinstance(source, (Segmentation, SegmentHistory)):
        raise TypeError(f"{CALLER}: source must be a Segmentation or a SegmentHistory, got {type(source).__name__}.")
    if model is not None and not isinstance(model, SegmentModel):
        raise TypeError(f"{CALLER}: model must be a SegmentModel, got {type(model).__name__}.")
    if model is not None and isinstance(source, Segmentation):
        raise ValueError(f"{CALLER}: model belongs to a history; a result has its own. Leave it out.")
    if language is not None:
        check_choice(CALLER, "language", language, allowed=LANGUAGES)
        return str(language)
    if isinstance(source, Segmentation):
        return source.choice.language
    return LANGUAGES[0] if model is None else model.language


def _exceeds_memory(source: object, target: Path) -> bool:
    """Whether customers are read from files some at a time: those in Spark, and more than memory may hold."""
    if isinstance(source, Segmentation):
        if source.whole is not None:
            return True
        n_rows = len(source.labels)
    else:
        assert isinstance(source, SegmentHistory)
        n_rows = sum(source.sizes(CALLER).values())
    earlier = readable_rows(target / f"{MEMBERSHIP}.parquet")
    n_rows += 0 if earlier is None else count_lines(earlier)
    # Files larger than memory are written by pyarrow.
    return n_rows > MOST_IN_MEMORY and find_spec("pyarrow") is not None


def _earlier_star(target: Path, scratch: Path | None) -> Star:
    """The tables of an earlier export to the folder, if there are any; with `scratch`, memberships stay in files."""
    earlier = read_tables(target, CALLER, lazily=() if scratch is None else (MEMBERSHIP,))
    members = None if earlier is None else earlier[MEMBERSHIP]
    membership: Membership = (
        LocalMembership(members)
        if scratch is None
        else StreamedMembership(scratch, members, appended_to=target, caller=CALLER)
    )
    return Star.of_tables(membership, earlier)


def _snapshots(
    source: object, as_of: object, star: Star, *, scratch: Path | None, model: SegmentModel | None, language: str
) -> Iterable[BISnapshot]:
    """The snapshots of the source, which has a moment for each of them, and one at least."""
    if isinstance(source, Segmentation):
        if as_of is not None and source.as_of is not None:
            raise ValueError(
                f"{CALLER}: as_of belongs to a result of a ready table; this one has its own. Leave it out."
            )
        moment = source.as_of if as_of is None else as_of
        if moment is None:
            raise DataError(
                f"{CALLER}: the result was made from a ready table, and has no moment. Give as_of='2024-07-01'."
            )
        as_text = moment_text(moment, CALLER)
        star.check_moment(as_text)
        return [snapshot_of_result(source, as_text, language, folder=scratch)]
    assert isinstance(source, SegmentHistory)
    if as_of is not None:
        raise ValueError(f"{CALLER}: as_of belongs to a result; a history has its own moments. Leave it out.")
    if not source.moments(CALLER):
        raise DataError(f"{CALLER}: the history has no snapshots yet. Record one, or export a result.")
    return snapshots_of_history(source, model, language, folder=scratch)


def _notes(
    segments: nw.DataFrame[Any], n_colliding: int, words: Mapping[str, Any], *, language: str
) -> tuple[str, ...]:
    """What Power BI takes for one."""
    count = group_size(None if is_small(np.array(n_colliding)) else n_colliding, language)
    notes = [words["colliding_ids"].format(count=count)] if n_colliding else []
    for names in colliding(segments.get_column("name").to_list()):
        shown = shortened([words["quoted"].format(name=single_line(name)) for name in names], language)
        notes.append(words["colliding_names"].format(names=", ".join(shown)))
    return tuple(notes)
