"""What a report is made of, checked: the result, and what else the caller has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from custseg._checks import check_choice
from custseg.insights import Scorecard
from custseg.model import SegmentModel
from custseg.profiling import SegmentProfile
from custseg.proof import Proof
from custseg.result import Segmentation
from custseg.texts import LANGUAGES, single_line, text
from custseg.tracking import Transitions

# Longer names are shortened; the card of the segment has the whole name.
NAME_LENGTH = 120


@dataclass(frozen=True, eq=False)
class Sources:
    """What a report is made of.

    Attributes
    ----------
    result : Segmentation
        The segments.
    previous : Segmentation, SegmentModel or None
        The segments before.
    proof : Proof or None
        What segments of the past said about what happened afterwards.
    scorecard : Scorecard or None
        How the segments responded in a period.
    transitions : Transitions or None
        Who moved between two snapshots.
    command : str or None
        The command that makes the report.
    """

    result: Segmentation
    previous: Segmentation | SegmentModel | None = None
    proof: Proof | None = None
    scorecard: Scorecard | None = None
    transitions: Transitions | None = None
    command: str | None = None

    @property
    def language(self) -> str:
        """The language of the report."""
        return self.result.choice.language

    @property
    def words(self) -> dict[str, Any]:
        """The texts of the report."""
        words: dict[str, Any] = text(self.language, "report")
        return words

    @property
    def segments(self) -> tuple[SegmentProfile, ...]:
        """The segments in the order in which they are printed."""
        order = {number: position for position, number in enumerate(self.result.profiles.listing)}
        rows = self.result.profiles.segments
        return tuple(sorted(rows, key=lambda row: order.get(int(str(row.segment)), len(order))))


def checked_sources(
    caller: str, result: object, *, language: object, command: object = None, **further: object
) -> Sources:
    """The arguments of a report.

    Raises
    ------
    TypeError
        If one of them is of the wrong type.
    ValueError
        If the language is unknown, or that of another part of the report differs.
    """
    if not isinstance(result, Segmentation):
        raise TypeError(f"{caller}: result must be what fit_segments returns, got {type(result).__name__}.")
    if language is not None:
        check_choice(caller, "language", language, allowed=LANGUAGES)
        result = result.in_language(str(language))
    kinds: dict[str, tuple[type, ...]] = {
        "previous": (Segmentation, SegmentModel),
        "proof": (Proof,),
        "scorecard": (Scorecard,),
        "transitions": (Transitions,),
    }
    for name, kind in kinds.items():
        value = further.get(name)
        if value is not None and not isinstance(value, kind):
            names = " or ".join(item.__name__ for item in kind)
            raise TypeError(f"{caller}: {name} must be a {names}, got {type(value).__name__}.")
    if command is not None and not isinstance(command, str):
        raise TypeError(f"{caller}: command must be text, got {type(command).__name__}.")
    sources = Sources(result, command=command, **further)  # type: ignore[arg-type]
    for name in ("proof", "scorecard", "transitions"):
        part = getattr(sources, name)
        if part is not None and part.language != sources.language:
            raise ValueError(
                f"{caller}: the report is in {sources.language!r}, and {name} in {part.language!r}. "
                f"Make {name} with language={sources.language!r}."
            )
    return sources


def short_name(name: str) -> str:
    """A name on one line, without characters that do not print, shortened if it is very long."""
    return single_line(name, NAME_LENGTH)
