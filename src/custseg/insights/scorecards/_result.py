"""`Scorecard`: the measures of every segment and campaign in a period, with rankings and alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._display import Columnar, DisplayTable, html_block
from custseg._frames import frame_from_columns, table_writer
from custseg._privacy import SMALLEST_GROUP
from custseg._write import write_files
from custseg.insights.scorecards._complaints import ComplaintAlert, complaint_alert
from custseg.insights.scorecards._display import (
    card_rules,
    card_sentences,
    card_tables,
    card_text,
    card_title,
    figure_text,
    further_campaigns,
    ranking_sentence,
)
from custseg.insights.scorecards._estimates import Figure, columns_of_figures, joint_value
from custseg.insights.scorecards._ranking import Ranking, rank
from custseg.insights.scorecards._rows import RANKABLE, ScoreRow
from custseg.texts import DASH, text


@dataclass(frozen=True, eq=False, repr=False)
class Scorecard(Columnar):
    """How each segment and campaign did in a period, and how certain that is.

    Attributes
    ----------
    segments : tuple of ScoreRow
        One per segment, by number, and one per group of customers in none.
    campaigns : tuple of ScoreRow
        One per campaign, by name; empty where the log has none.
    since, until : datetime
        The period [since, until).
    conversion_days : int
        Length of the window in which a purchase counts for a mail.
    marks_machines : bool
        Whether the log marks opens by machines; if not, opens are doubtful.
    outside : int
        Mails delivered to customers while they were in none of the groups: not yet, or unknown.
    language : {"en", "ru"}
        Language of `repr`.
    """

    segments: tuple[ScoreRow, ...]
    campaigns: tuple[ScoreRow, ...]
    since: datetime
    until: datetime
    conversion_days: int
    marks_machines: bool
    outside: int
    language: str = field(default="en")

    @property
    def alerts(self) -> tuple[ComplaintAlert, ...]:
        """What the complaints of each segment with mails mean; segments of fewer than ten customers are left out."""
        rows = (row for row in self.segments if row.delivered and row.customers >= SMALLEST_GROUP)
        return tuple(complaint_alert(row.name, row.figures["complaint_rate"]) for row in rows)

    def ranking(self, measure: str = "click_rate", *, of: str = "segments") -> Ranking:
        """Which segments or campaigns work best by one measure.

        Parameters
        ----------
        measure : str, default "click_rate"
            One of "open_rate", "click_rate", "click_to_open", "conversion_rate", "revenue_per_customer" (segments
            alone) and "revenue_per_mail".
        of : {"segments", "campaigns"}, default "segments"
            What to rank.

        Returns
        -------
        Ranking
            With the verdict "winner", "no_clear_winner" or "not_enough_data".

        Raises
        ------
        ValueError
            If the scorecard has no such measure.
        """
        check_choice("ranking", "of", of, allowed=("segments", "campaigns"))
        rows = [row for row in getattr(self, of) if row.segment is not None or of == "campaigns"]
        present = [name for name in RANKABLE if any(name in row.figures for row in rows)]
        check_choice("ranking", "measure", measure, allowed=present or RANKABLE)
        rows = [row for row in rows if measure in row.figures]
        return rank([row.name for row in rows], [row.figures[measure] for row in rows])

    def plot(self, measure: str = "click_rate") -> dict[str, Any]:
        """Return the data for a picture of one measure of the segments, in plain lists.

        Parameters
        ----------
        measure : str, default "click_rate"
            One of those in the figures of `segments`.

        Returns
        -------
        dict
            `rows`: for each segment `segment`, `name`, `text` (such as "7.0% (5.3–9.2%)", "<2%", or why there is
            nothing to show), and `value`, `low`, `high`, None where the figure is hidden or there is not enough data.
            `base`: the value of all segments together whose figures are not hidden, None where no row
            has a value. `sentence`:
            which one works best, "" for a measure of which less is better.

        Raises
        ------
        ValueError
            If no segment has this measure.
        """
        present = list(dict.fromkeys(name for row in self.segments for name in row.figures))
        check_choice("plot", "measure", measure, allowed=present)
        words = text(self.language, "scorecard")
        rows = [(row, row.figures[measure]) for row in self.segments if measure in row.figures]
        sentence = ""
        if measure in RANKABLE:
            sentence = ranking_sentence(self.ranking(measure), words["of"]["segments"], self.language)
        drawn = [_drawn(row, figure, self.language) for row, figure in rows]
        shown_figures = [figure for _, figure in rows if not figure.is_hidden]
        return {
            "rows": drawn,
            "base": joint_value(shown_figures) if any(row["value"] is not None for row in drawn) else None,
            "sentence": sentence,
        }

    def columns(self) -> dict[str, list[Any]]:
        """All figures as columns for any frame constructor, one row per segment or campaign and measure.

        `of` ("segment" or "campaign"), `segment`, `name`, `measure`, `events`, `total`, `customers`, `value`, `low`,
        `high` and `hidden`. Figures that count 1 to 9 are missing, and `hidden` reads "<10".
        """
        entries = [
            ("segment" if row in self.segments else "campaign", row.segment, row.name, figure)
            for row in (*self.segments, *self.campaigns)
            for figure in row.figures.values()
        ]
        columns: dict[str, list[Any]] = {
            "of": [entry[0] for entry in entries],
            "segment": [entry[1] for entry in entries],
            "name": [entry[2] for entry in entries],
            **columns_of_figures([entry[3] for entry in entries]),
        }
        columns["hidden"] = ["<10" if entry[3].is_hidden else "" for entry in entries]
        return columns

    def write(self, folder: str | PathLike[str], *, form: str = "csv") -> list[Path]:
        """Write the figures into a folder as ``scorecard.csv`` or ``scorecard.parquet``: whole, or not at all.

        Parameters
        ----------
        folder : str or Path
            Created if it does not exist; a file of the same name is replaced.
        form : {"csv", "parquet"}, default "csv"
            The file format. In CSV, text that a spreadsheet would run as a formula gets a leading apostrophe.

        Returns
        -------
        list of Path
            The file.

        Raises
        ------
        TypeError, ValueError
            If `form` is not one of these.
        CustsegError
            If the folder cannot be written to.
        """
        check_choice("write", "form", form, allowed=("csv", "parquet"))
        table = nw.from_native(frame_from_columns(self.columns()), eager_only=True)
        writers: dict[str, Callable[[Path], object]] = {f"scorecard.{form}": table_writer(table, form)}
        return write_files(folder, writers, caller="write")

    @property
    def title(self) -> str:
        """The period in words."""
        return card_title(self)

    @property
    def sentences(self) -> list[str]:
        """The best segment and campaign, and the alerts about complaints."""
        return card_sentences(self)

    @property
    def rules(self) -> list[str]:
        """How was counted."""
        return card_rules(self)

    def tables(self) -> list[list[list[str]]]:
        """The measures of the segments and of the campaigns as texts, one table each with its headings first."""
        return card_tables(self)

    def __repr__(self) -> str:
        return card_text(self)

    def _repr_html_(self) -> str:
        tables = [DisplayTable.of(rows) for rows in self.tables()]
        more = [line for line in [further_campaigns(self)] if line]
        sentences = [*more, *self.sentences]
        return html_block(self.language, lead=[self.title], tables=tables, sentences=sentences, notes=self.rules)


def _drawn(row: ScoreRow, figure: Figure, language: str) -> dict[str, Any]:
    """One row of a picture."""
    words, is_shown = text(language, "scorecard"), figure.is_enough and not figure.is_hidden
    written = figure_text(figure, language)
    if not is_shown and written in (DASH, figure_text(replace(figure, is_hidden=False), language)):
        written = words["not_shown"] if figure.is_hidden else words["not_enough"]
    return {
        "segment": row.segment,
        "name": row.name,
        "text": written,
        **{name: getattr(figure, name) if is_shown else None for name in ("value", "low", "high")},
    }
