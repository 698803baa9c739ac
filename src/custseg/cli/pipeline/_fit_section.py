"""The section `[fit]` of the project file: options of the fit, which a refit takes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custseg.cli._values import min_size, segments, share
from custseg.cli.pipeline._project import Project
from custseg.errors import DataError

if TYPE_CHECKING:
    from custseg.model import SegmentModel

_ARGUMENTS = {"segments": "n_segments", "seed": "random_state"}


def fit_arguments(project: Project) -> dict[str, Any]:
    """The section as arguments of `fit_segments`; DataError for a value that an option of `custseg fit` refuses."""
    arguments = {}
    for key, value in project.fit.items():
        try:
            arguments[_ARGUMENTS.get(key, key)] = _READERS[key](value)
        except (click.BadParameter, ValueError) as error:
            reason = error.message if isinstance(error, click.BadParameter) else str(error)
            raise DataError(f"{project.file}: [fit] {key} cannot be used: {reason}") from None
    return arguments | {name: project.folder / arguments[name] for name in ("labels", "rules") if name in arguments}


def differing_keys(project: Project, model: SegmentModel) -> list[str]:
    """The keys of the section whose values are not those that the model was fitted with."""
    from custseg.rule_segments import RuleSegments

    options = model.options
    fitted: dict[str, Any] = {
        "columns": options.columns,
        "n_segments": options.n_segments,
        "min_size": options.min_size,
        "random_state": options.random_state,
        "method": model.method,
        "goal": None if options.goal is None else options.goal.name,
        "rules": options.rules,
        "lifecycle": options.lifecycle,
        "weights": dict(options.weights),
    }
    if model.definition is not None:
        fitted |= {"window_days": model.definition.window_days, "refunds": model.definition.refunds}
    wanted = fit_arguments(project)
    numbers = wanted.get("n_segments")
    if numbers is not None:
        wanted["n_segments"] = tuple(numbers) if isinstance(numbers, range) else (numbers,)
    if "rules" in wanted:
        wanted["rules"] = RuleSegments.from_toml(wanted["rules"])
    # The model has what these became: the method that was selected, the minimum that the log called for.
    wanted = {name: value for name, value in wanted.items() if value != "auto"}
    return [
        key
        for key in project.fit
        if (name := _ARGUMENTS.get(key, key)) in fitted and name in wanted and wanted[name] != fitted[name]
    ]


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r} is not a whole number.")
    return value


def _size(value: Any) -> int | float | str:
    """A minimum size: a number, or a text that the option reads."""
    if isinstance(value, str):
        return min_size(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is neither a count, such as 200, nor a share, such as 0.05.")
    return value


def _share(value: Any) -> float:
    """A share: a number, or the text of one."""
    if isinstance(value, str):
        return share(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is no number, such as 0.5.")
    return float(value)


def _names(value: Any) -> tuple[str, ...]:
    """Names of columns: a list, or one text with commas."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise ValueError(f"{value!r} is not a list of columns, such as 'recency_days,revenue'.")
    return tuple(name.strip() for name in names)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false.")
    return value


def _weights(value: Any) -> dict[str, float]:
    """Columns with their weights."""
    weights: dict[str, Any] = value if isinstance(value, dict) else {"": None}
    if any(isinstance(weight, bool) or not isinstance(weight, (int, float)) for weight in weights.values()):
        raise ValueError(f"{value!r} is not columns with numbers, such as {{region = 2}}.")
    return {str(column): float(weight) for column, weight in weights.items()}


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is not text.")
    return value


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "min_size": _size,
    "lift": _share,
    "goal": _word,
    "method": _word,
    "segments": lambda value: segments(str(value)),
    "columns": _names,
    "window_days": _whole,
    "refunds": _word,
    "seed": _whole,
    "labels": lambda value: Path(_word(value)),
    "rules": lambda value: Path(_word(value)),
    "lifecycle": _flag,
    "sensitive": _names,
    "weights": _weights,
}
