"""Presets as systems: several files of one account, read by `mapped`, as a command or a project file has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from custseg.sources.mapping._mapped import Kind, mapped
from custseg.sources.reading import FileOptions, SourceLogs, SourceReport, System, formats, raise_unless_any

_KINDS: tuple[Kind, ...] = ("orders", "events", "customers")


def read_preset(
    preset: str,
    *,
    orders: object = None,
    events: object = None,
    customers: object = None,
    columns: Mapping[str, str] | None = None,
    attributes: Mapping[str, str] | None = None,
    only: Mapping[str, Sequence[str]] | None = None,
    **options: Unpack[FileOptions],
) -> SourceLogs:
    """The logs in the files of a preset, each read by `mapped`, in one result.

    `columns`, `attributes` and `only` are those of the first file that is given, in the order of the parameters.
    """
    tables = dict(zip(_KINDS, (orders, events, customers), strict=True))
    raise_unless_any(f"sources.{preset}", **tables)
    of_the_first: dict[str, Any] = {"columns": columns, "attributes": attributes, "only": only}
    logs: dict[str, Any] = {}
    reports: list[SourceReport] = []
    for kind in _KINDS:
        if tables[kind] is None:
            continue
        read = mapped(tables[kind], preset=preset, gives=kind, **of_the_first, **options)
        of_the_first = {}
        logs[kind] = getattr(read, kind)
        reports.append(read.report)
    rows = {kind: n for report in reports for kind, n in report.rows.items()}
    findings = tuple(finding for report in reports for finding in report.findings)
    return SourceLogs(**logs, report=SourceReport(preset, rows, findings, reports[0].language))


PRESETS: Mapping[str, System] = {
    name: System(
        name,
        read_preset,
        files={kind: kind for kind in _KINDS if kind in form.files},
        gives=tuple(kind for kind in _KINDS if kind in form.files),
        fixed={"preset": name},
    )
    for name, form in formats("presets").items()
    if not any(kind.match for kind in form.files.values())
}
"""The presets whose files need no table of accounts, by name: their records."""
