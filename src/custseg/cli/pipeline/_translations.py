"""Names of segments in the language of the results.

A model stores each name in all languages, and a history has it in the language of its model. Files and texts have it in
the language that is asked for. Names that a user gave are the same in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from custseg.cli.pipeline._workspace import Workspace
from custseg.errors import DataError

if TYPE_CHECKING:
    from custseg.model import SegmentModel
    from custseg.tracking import Transitions


def translations(workspace: Workspace, model: SegmentModel | None = None) -> dict[str, str]:
    """The names of segments, in any language, with what they are called in the language that is asked for.

    Empty where no language is asked for, or where there is no model.
    """
    language = workspace.named_language
    if language is None:
        return {}
    from custseg.profiling import UNCLUSTERED

    try:
        model = workspace.model() if model is None else model
    except DataError:
        return {}
    every = [*UNCLUSTERED.values(), *(segment.names for segment in model.segments)]
    return {name: names[language] for names in every for name in names.values() if name != names[language]}


def with_translated_names(table: Any, names: Mapping[str, str]) -> Any:
    """A table of assignments with its names translated; others stay."""
    if not names:
        return table
    import narwhals.stable.v2 as nw

    local = nw.from_native(table, eager_only=True)
    present = [name for name in local.get_column("name").unique().to_list() if name is not None]
    called = [names.get(name, name) for name in present]
    return local.with_columns(nw.col("name").replace_strict(present, called, return_dtype=nw.String)).to_native()


def with_translated_segments(movement: Transitions, names: Mapping[str, str]) -> Transitions:
    """A comparison with the names of its segments translated; others stay."""
    if not names:
        return movement
    renamed = {item: replace(item, name=names.get(item.name, item.name)) for item in movement.segments}
    flows = tuple(
        replace(
            flow,
            before=None if flow.before is None else renamed[flow.before],
            after=None if flow.after is None else renamed[flow.after],
        )
        for flow in movement.flows
    )
    return replace(movement, segments=tuple(renamed.values()), flows=flows)
