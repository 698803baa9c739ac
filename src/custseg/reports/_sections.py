"""The sections below the cards: the choice, stability, proof, scorecard, movement and data, as texts and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from custseg.reports._method import method_section
from custseg.reports._previous import previous_section
from custseg.reports._sources import Sources, short_name
from custseg.texts import shortened, two_decimals


def sections(sources: Sources) -> list[dict[str, Any]]:
    """All sections that have data."""
    makers = (
        _choice,
        _stability,
        _proof,
        _scorecard,
        _movement,
        previous_section,
        _data,
        method_section,
    )
    return [section for make in makers if (section := make(sources)) is not None]


def _section(
    key: str,
    sources: Sources,
    *,
    paragraphs: Sequence[str] = (),
    tables: Sequence[dict[str, Any]] = (),
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    return {
        "key": key,
        "title": sources.words["sections"][key],
        "text": list(paragraphs),
        "tables": list(tables),
        "notes": list(notes),
    }


def _table(rows: Sequence[Sequence[str]], title: str = "") -> dict[str, Any]:
    """Rows of texts, the headings first, as a table of the report."""
    head, *body = rows
    return {"title": title, "head": list(head), "rows": [list(row) for row in body]}


def _choice(sources: Sources) -> dict[str, Any]:
    """The reason, and what was measured on each number of segments."""
    clusterings = sources.result.clusterings
    remarks = [row.said(remark) for row in clusterings for remark in row.choice.remarks]
    tables = [
        _table(row.choice.table(), short_name(row.stage))
        for row in clusterings
        if not row.stage or max(len(row.numbers), len(row.choice.candidates)) > 1
    ]
    notes = [sources.words["how_to_read_choice"]] if tables else []
    return _section("choice", sources, paragraphs=[sources.result.reason, *remarks], tables=tables, notes=notes)


def _stability(sources: Sources) -> dict[str, Any] | None:
    """How reproducible each segment is; None where it was not measured."""
    measured = [(row, row.stability) for row in sources.segments if row.stability is not None]
    if len(measured) < 2:
        return None
    columns = sources.words["columns"]
    rows = [[columns["segment"], columns["jaccard"], columns["reading"]]]
    rows += [
        [short_name(row.name), two_decimals(item.jaccard, sources.language), item.texts[sources.language]]
        for row, item in measured
    ]
    return _section("stability", sources, tables=[_table(rows)], notes=[sources.words["how_to_read_stability"]])


def _proof(sources: Sources) -> dict[str, Any] | None:
    proof = sources.proof
    if proof is None:
        return None
    return _section(
        "proof",
        sources,
        paragraphs=[proof.headline, proof.sentence],
        tables=[_table(_shortened(rows)) for rows in proof.tables()],
    )


def _scorecard(sources: Sources) -> dict[str, Any] | None:
    card = sources.scorecard
    if card is None:
        return None
    tables = [_table(_shortened(rows)) for rows in card.tables()]
    return _section("scorecard", sources, paragraphs=[card.title, *card.sentences], tables=tables, notes=card.rules)


def _movement(sources: Sources) -> dict[str, Any] | None:
    movement = sources.transitions
    if movement is None:
        return None
    tables = [_table(_shortened(rows), title) for title, rows in movement.tables()]
    paragraphs = [movement.headline, *_other_segments(sources)]
    return _section("movement", sources, paragraphs=paragraphs, tables=tables, notes=movement.remarks)


def _other_segments(sources: Sources) -> list[str]:
    """That customers moved between segments that have no card, as those of an earlier fit."""
    cards = {row.name for row in sources.segments}
    moved = [] if sources.transitions is None else sources.transitions.segments
    names = [row.name for row in moved if row.segment is not None and row.name not in cards]
    quoted = [sources.words["quoted"].format(name=short_name(name)) for name in names]
    listed = ", ".join(shortened(quoted, sources.language))
    return [sources.words["moved_before"].format(names=listed)] if quoted else []


def _shortened(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[short_name(cell) for cell in row] for row in rows]


def _data(sources: Sources) -> dict[str, Any]:
    """The data report; `findings` say what may mislead and what to do."""
    return {**_section("data", sources), "logs": sources.result.data_report.groups()}
