"""The arguments of `export_destination`, checked before any work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path

from custseg._checks import check_choice
from custseg._frames import safe_text
from custseg.errors import DataError
from custseg.exports.destinations._destination import Destination
from custseg.exports.destinations._members import CHANGES, MEMBERS
from custseg.tracking import Transitions

CALLER = "export_destination"


def checked_path(path: object, system: Destination) -> Path:
    """The path, if its end fits the form of the file."""
    if not isinstance(path, (str, PathLike)) or not isinstance(fspath(path), str):
        raise TypeError(f"{CALLER}: path must be a path (str or Path), got {type(path).__name__}.")
    target = Path(fspath(path))
    if target.suffix.lower() != system.suffix:
        raise DataError(f"{CALLER}: a file for {system.title} must end in {system.suffix!r}, got {target.name!r}.")
    return target


def check_choices(
    system: Destination, source: object, *, consent: object, segment: object, members: object, header: object
) -> None:
    """Raise unless the choices that must be made were made, and fit each other."""
    if consent is None:
        raise ValueError(
            f"{CALLER}: say whether these people agreed that {system.title} gets their data: consent='...' names the "
            "column of customers that holds it, consent='given' says that all did."
        )
    if not isinstance(consent, str) or not consent:
        raise TypeError(f"{CALLER}: consent must be the name of a column or 'given', got {consent!r}.")
    check_choice(CALLER, "members", members, allowed=MEMBERS)
    if members in CHANGES and not isinstance(source, Transitions):
        raise ValueError(
            f"{CALLER}: members={members!r} needs a comparison of two snapshots as source, transitions(before, after)."
        )
    if system.use == "audience" and segment is None:
        raise ValueError(f"{CALLER}: a file for {system.title} is one audience. Give segment=, the segment to write.")
    if members == "left" and system.use != "audience":
        raise ValueError(
            f"{CALLER}: {system.title} stores the segment of each person, so that nobody is to be removed: a later "
            "segment replaces an earlier one. Give members='entered'."
        )
    if (header is not None) != (system.form == "parameters"):
        if header is not None:
            raise ValueError(f"{CALLER}: the headers for {system.title} are known. Leave out header=.")
        raise ValueError(
            f"{CALLER}: the headers for {system.title} are not published. Copy the three of id, parameter and value "
            "from its page of uploads, as in header=['...', '...', '...']."
        )
    if header is not None and (
        isinstance(header, str) or not isinstance(header, Sequence) or len(header) != 3
        or not all(isinstance(name, str) and name.isprintable() and name for name in header)
    ):  # fmt: skip
        raise TypeError(f"{CALLER}: header must be three names of columns, got {header!r}.")


def checked_attribute(attribute: object, system: Destination) -> str:
    """The column or trait that takes the segment."""
    if attribute is None:
        return system.attribute
    if system.use == "audience":
        raise ValueError(f"{CALLER}: a file for {system.title} has no column of segments. Leave out attribute=.")
    if not isinstance(attribute, str):
        raise TypeError(f"{CALLER}: attribute must be the name of a column, got {type(attribute).__name__}.")
    fits = re.fullmatch(system.attribute_pattern, attribute) if system.attribute_pattern else attribute.strip()
    if not fits or not attribute.isprintable() or safe_text(attribute) != attribute:
        raise ValueError(
            f"{CALLER}: attribute must be the name of a column of {system.title}, such as {system.attribute!r}, "
            f"got {attribute!r}."
        )
    if any(attribute.casefold() == column.header.casefold() for column in system.columns):
        raise ValueError(
            f"{CALLER}: attribute={attribute!r} is the name of another column of the file for {system.title}. Give "
            f"another one, such as {system.attribute!r}."
        )
    return attribute


def checked_mapping(columns: object) -> Mapping[str, str]:
    """The columns by field."""
    if columns is None:
        return {}
    if not isinstance(columns, Mapping) or not all(isinstance(name, str) for pair in columns.items() for name in pair):
        raise TypeError(f"{CALLER}: columns must map fields to names of columns, got {columns!r}.")
    return columns


def checked_list(suppress: object) -> Sequence[str] | None:
    """The columns that say that nothing may be sent; None for the usual ones."""
    if suppress is None:
        return None
    if isinstance(suppress, str) or not isinstance(suppress, Sequence) or not all(isinstance(n, str) for n in suppress):
        raise TypeError(f"{CALLER}: suppress must list columns of customers, got {suppress!r}.")
    return suppress
