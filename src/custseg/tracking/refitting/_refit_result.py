"""`Refit`: a new result whose segments have the numbers and names of the old ones, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from custseg._display import Columnar, DisplayTable, html_block
from custseg.model import RefitRecord, SegmentModel
from custseg.result import Segmentation
from custseg.texts import DASH, counted, percent, printable, table, text


@dataclass(frozen=True, eq=False, repr=False)
class Refit(Columnar):
    """A refit with identities.

    Attributes
    ----------
    result : Segmentation
        The new segments; `result.model` holds the lineage.
    record : RefitRecord
        What became of the old segments, and where the new ones come from.
    previous : SegmentModel
        The old model.
    language : {"en", "ru"}
        Language of the texts.
    """

    result: Segmentation
    record: RefitRecord
    previous: SegmentModel = field(repr=False)
    language: str = "en"

    @property
    def model(self) -> SegmentModel:
        """The new model."""
        return self.result.model

    @property
    def text(self) -> str:
        """What became of the segments, in sentences."""
        return "\n".join(self._sentences())

    def columns(self) -> dict[str, list[Any]]:
        """One row per relation as columns, for any frame constructor."""
        names = ("kind", "before", "after", "share_before", "share_after")
        columns: dict[str, list[Any]] = {
            name: [getattr(relation, name) for relation in self.record.relations] for name in names
        }
        old, new = self._names(self.previous), self._names(self.model)
        columns["name_before"] = [old.get(number) for number in columns["before"]]
        columns["name_after"] = [new.get(number) for number in columns["after"]]
        return columns

    def __repr__(self) -> str:
        return "\n".join([*table(self._table(), left={0, 1, 2}), "", self.text])

    def _repr_html_(self) -> str:
        return html_block(self.language, tables=[DisplayTable.of(self._table())], sentences=self._sentences())

    def _table(self) -> list[list[str]]:
        words = text(self.language, "refit")
        old, new = self._names(self.previous), self._names(self.model)
        rows = [list(words["columns"].values())]
        for relation in self.record.relations:
            shares = [
                DASH if share is None else percent(share, self.language)
                for share in (relation.share_before, relation.share_after)
            ]
            ends = [_called(relation.before, old), _called(relation.after, new)]
            rows.append([words["kinds"][relation.kind], *ends, *shares])
        return rows

    def _sentences(self) -> list[str]:
        words = text(self.language, "refit")
        numbers = {
            kind: {
                relation.after if kind == "new" else relation.before
                for relation in self.record.relations
                if relation.kind == kind
            }
            for kind in ("same", "merged", "split", "gone", "new")
        }
        counts = {"same": len(numbers.pop("same")), "old": len(self.previous.segments)}
        kept = "kept_numbers" if self.record.renamed else "kept"
        sentences = [words[kept].format(**counts, renamed=len(self.record.renamed))]
        sentences += [
            counted(len(segments), words[kind], self.language) for kind, segments in numbers.items() if segments
        ]
        old, new = self._names(self.previous), self._names(self.model)
        renamed = [
            words["renamed"].format(number=number, before=printable(old[number]), after=printable(new[number]))
            for number in self.record.renamed
        ]
        return [" ".join(sentences), *renamed]

    def _names(self, model: SegmentModel) -> Mapping[int, str]:
        return {segment.number: segment.names[self.language] for segment in model.segments}


def _called(number: int | None, names: Mapping[int, str]) -> str:
    return DASH if number is None else f"{number} {printable(names[number])}"
