"""The `custseg fit` line for a file."""

from __future__ import annotations

import shlex

from custseg.inspection._result import FileInspection
from custseg.texts import is_printable

_OUT = ("--out", "segments")


def command_words(inspection: FileInspection) -> list[str]:
    """The words of the command that fits segments to the file; empty where the file cannot be used alone."""
    if inspection.kind == "events":
        return ["custseg", "fit", "--events", inspection.path, *_OUT]
    if inspection.kind == "customers":
        return ["custseg", "fit", "ORDERS.csv", "--customers", inspection.path, *_OUT]
    if inspection.kind != "orders" or inspection.missing:
        return []
    words = ["custseg", "fit", inspection.path]
    for name, value in inspection.arguments.items():
        words += [f"--{name.replace('_', '-')}", "none" if value is None else str(value)]
    return [*words, *_OUT]


def command_line(inspection: FileInspection, width: int = 100) -> list[str]:
    """The command, continued over several lines."""
    words = [shlex.quote(word) for word in command_words(inspection)]
    if not all(map(is_printable, words)):
        return []  # the path cannot be typed or copied
    pairs: list[str] = []
    for word in words:
        if pairs and pairs[-1].startswith("--") and " " not in pairs[-1]:
            pairs[-1] += f" {word}"
        else:
            pairs.append(word)
    lines: list[str] = []
    for pair in pairs:
        if lines and len(lines[-1]) + len(pair) < width - 4:
            lines[-1] += f" {pair}"
        else:
            lines.append(pair)
    return [line + (" \\" if line is not lines[-1] else "") for line in lines]
