"""The project file `custseg.toml`: what the commands of a pipeline share, such as logs, columns and paths."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any

from custseg._checks import MissingColumns, all_of, did_you_mean
from custseg.errors import DataError
from custseg.texts import LANGUAGES, listed, shown

FILE_NAME = "custseg.toml"
LOGS = ("orders", "events", "customers")
OF_ONE_FILE = ("only", "columns", "attributes")
SYSTEM_OPTIONS = ("timezone", "rates", "separator", "encoding", "decimal", "thousands", "date_format", *OF_ONE_FILE)
"""Keys of a log that another system wrote, besides its file and the system; the last are those of one file."""

_PATHS = {"model": "model.json", "history": "history", "out": "segments"}
_OPTIONS: Mapping[str, Collection[str]] = {
    "fit": (
        "min_size",
        "lift",
        "method",
        "segments",
        "goal",
        "columns",
        "weights",
        "window_days",
        "refunds",
        "seed",
        "labels",
        "rules",
        "lifecycle",
        "sensitive",
    ),
    "paths": tuple(_PATHS),
    "daily": ("max_age_days", "min_stay", "min_confidence", "max_sends_7d", "fail_on"),
}
LEVELS = ("keep", "watch", "refit")
"""The verdicts on drift, the mildest first."""
_LEAST = {"max_age_days": 0, "min_stay": 1, "max_sends_7d": 1}
_HEAD = """\
# Written by `custseg fit --config`, and read by the other commands of custseg.
# Paths are relative to this file. The guide "Every day" lists the keys. [fit] has the options of this fit, which
# `custseg refit` takes again.
"""


@dataclass(frozen=True)
class Project:
    """A project file.

    Attributes
    ----------
    folder : Path
        The folder that paths are relative to.
    language : {"en", "ru"}
        Language of the results.
    logs : mapping of str to mapping
        By log ("orders", "events", "customers"), its `file` and the arguments of its description.
    fit : mapping of str to object
        Options of `custseg fit`.
    paths : mapping of str to str
        Of the model, the history and the folder for results.
    daily : mapping of str to object
        Options of `custseg daily`.
    name : str
        Name of the file.
    """

    folder: Path = Path()
    language: str = "en"
    logs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fit: Mapping[str, Any] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    daily: Mapping[str, Any] = field(default_factory=dict)
    name: str = FILE_NAME

    @property
    def file(self) -> Path:
        """The project file."""
        return self.folder / self.name

    def path(self, name: str) -> Path:
        """The path of the model, the history or the folder for results."""
        return self.folder / self.paths.get(name, _PATHS[name])

    def described(self) -> dict[str, Any]:
        """The described logs by name; only those that the file has."""
        plain = [name for name, section in self.logs.items() if "from" not in section]
        described = all_of([partial(self._described, name) for name in plain])
        return {**self._from_systems(), **dict(zip(plain, described, strict=True))}

    def _from_systems(self) -> dict[str, Any]:
        """The logs in files of other systems; one file can give several."""
        from custseg.sources import SYSTEMS, read

        named = [(name, section) for name, section in self.logs.items() if "from" in section]
        groups: dict[str, dict[str, Mapping[str, Any]]] = {}
        for name, section in named:
            # The files of a preset have columns of their own.
            group = section["from"] if section["from"] in SYSTEMS else name
            groups.setdefault(group, {})[name] = section
        described: dict[str, Any] = {}
        for sections in groups.values():
            system = next(iter(sections.values()))["from"]
            files = {name: str(self.folder / section["file"]) for name, section in sections.items()}
            options = {key: value for section in sections.values() for key, value in section.items()
                       if key in SYSTEM_OPTIONS}  # fmt: skip
            logs = read(system, files, **options)
            described |= {name: log for name in LOGS if (log := getattr(logs, name)) is not None}
        return described

    def _described(self, name: str) -> Any:
        arguments = {key: value for key, value in self.logs[name].items() if key != "file"}
        path = str(self.folder / self.logs[name]["file"])
        try:
            return _kinds()[name](path, **arguments)
        except MissingColumns as error:
            words = ", ".join(f"{key} = {column!r}" for key, column in error.columns.items())
            raise MissingColumns(
                f"{self.file}: {shown(path, 300)} lacks {'columns' if len(error.columns) > 1 else 'a column'} of "
                f"[{name}]: {words}. Write the names that the file has: {listed(error.present)}.",
                error.columns,
                error.present,
            ) from None


def read_project(path: Path) -> Project:
    """Read the file; DataError for anything that is not a project file, with the nearest key for a typo."""
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"{path}: the project file cannot be read ({error.strerror or error}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: the project file is not valid TOML ({error}).") from None
    allowed = {**_OPTIONS, **{name: ("file", "from", *_arguments(kind)) for name, kind in _kinds().items()}}
    _check_keys(plain, ("language", *allowed), str(path))
    for section, keys in allowed.items():
        value = plain.get(section, {})
        if not isinstance(value, dict):
            raise DataError(f"{path}: {section} must be a section with keys of its own, as in [{section}].")
        _check_keys(value, [*keys, *(SYSTEM_OPTIONS if "from" in value else ())], f"{path}: [{section}]")
    language = plain.get("language", "en")
    if language not in LANGUAGES:
        raise DataError(f"{path}: 'language' must be one of {list(LANGUAGES)}, got {language!r}.")
    logs: dict[str, dict[str, Any]] = {name: plain[name] for name in LOGS if name in plain}
    for name, arguments in logs.items():
        if not isinstance(arguments.get("file"), str):
            raise DataError(f"{path}: [{name}] must have the path of its file, as in file = '{name}.csv'.")
        _check_system(arguments, f"{path}: [{name}]")
        arguments.update({key: None for key, value in arguments.items() if value == "none" and key != "file"})
    for key, location in plain.get("paths", {}).items():
        if not isinstance(location, str) or not location:
            raise DataError(f"{path}: [paths] {key} must be a path, got {location!r}.")
    _check_daily(plain.get("daily", {}), f"{path}: [daily]")
    fit, paths, daily = (plain.get(name, {}) for name in ("fit", "paths", "daily"))
    return Project(path.parent, language, logs, fit, paths, daily, path.name)


def write_project(path: Path, project: Project) -> None:
    """Write the file whole, or leave an earlier one unchanged; its sections [paths] and [daily] are kept."""
    if path.exists():
        before = read_project(path)
        paths, daily = {**before.paths, **project.paths}, {**before.daily, **project.daily}
    else:
        paths, daily = {**_PATHS, **project.paths}, dict(project.daily)
    lines = [_HEAD, f"language = {_toml(project.language)}"]
    sections: dict[str, Mapping[str, Any]] = {**project.logs, "fit": project.fit, "paths": paths, "daily": daily}
    for title, values in sections.items():
        present = {key: value for key, value in values.items() if value is not None or title in LOGS}
        if present:
            lines += ["", f"[{title}]", *(f"{key} = {_toml(value)}" for key, value in present.items())]
    from custseg._write import write_files

    text = "\n".join(lines) + "\n"
    write_files(path.parent, {path.name: lambda staged: staged.write_text(text, encoding="utf-8")}, caller="fit")


def log_section(log: Any, file: str, folder: Path) -> dict[str, Any]:
    """The section of a described log, with the path of its file relative to the project."""
    from custseg.logs import description_arguments

    return {"file": relative(file, folder), **description_arguments(log)}


def relative(path: str | Path, folder: Path) -> str:
    """A path as it is seen from the folder of the project; on another drive, as it is."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return str(path)


def _kinds() -> Mapping[str, Any]:
    """The description of each log; imported late, since `--help` needs none of it."""
    from custseg.logs import Customers, Events, Orders

    return {"orders": Orders, "events": Events, "customers": Customers}


def _arguments(kind: Any) -> list[str]:
    return [item.name for item in fields(kind) if item.init and item.name != "table"]


def _check_keys(values: Mapping[str, Any], keys: Collection[str], where: str) -> None:
    for key in values:
        if key not in keys:
            hint = did_you_mean(key, keys) or f" Keys are {', '.join(keys)}."
            raise DataError(f"{where} has the unknown key {key!r}.{hint}")


def _check_system(arguments: Mapping[str, Any], where: str) -> None:
    """Raise for a system that there is not, and for keys that its files do not need."""
    if "from" not in arguments:
        return
    from custseg.sources import READABLE

    system = arguments["from"]
    if system not in READABLE:
        raise DataError(f"{where} 'from' must be one of {listed(list(READABLE))}, got {system!r}.")
    takes = READABLE[system].options()
    _check_keys(arguments, ("file", "from", *(key for key in SYSTEM_OPTIONS if key in takes)), where)
    for key in ("columns", "attributes"):
        if not isinstance(arguments.get(key, {}), dict):
            raise DataError(f"{where} {key!r} must map names, as in {key} = {{customer = 'Client'}}.")
    only = arguments.get("only", {})
    if not isinstance(only, dict) or not all(isinstance(values, list) for values in only.values()):
        raise DataError(f"{where} 'only' must have a list of values for each role, as in only = {{stage = ['Won']}}.")


def _check_daily(values: Mapping[str, Any], where: str) -> None:
    """Raise for a value that the option of this name does not take: a misspelled alarm would never sound."""
    for key, value in values.items():
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if key == "fail_on":
            if value not in LEVELS[1:]:
                raise DataError(f"{where} {key!r} must be 'watch' or 'refit', got {value!r}.")
        elif key == "min_confidence":
            if not is_number or not 0 <= value <= 1:
                raise DataError(f"{where} {key!r} must be a number from 0 to 1, got {value!r}.")
        elif not is_number or not isinstance(value, int) or value < _LEAST[key]:
            raise DataError(f"{where} {key!r} must be a whole number of at least {_LEAST[key]}, got {value!r}.")


def _toml(value: Any) -> str:
    """A value of TOML; "none" stands for a column that is not used, for TOML has no empty value."""
    if value is None:
        return '"none"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(str(key))} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, (int, float)):
        return repr(value)
    # A JSON string is one of TOML, but for the character DEL.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
